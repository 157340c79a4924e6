"""Distances between two samples against their theory: the population stability index, Kolmogorov and Smirnov's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.practices import psi


def population_psi(shift: float, bins: int = 10, scale: float = 1.0) -> float:
    """Return the index of a normal that has moved, over bins of equal share before: each share by integration."""
    inner = stats.norm.ppf(np.arange(1, bins) / bins)
    p = np.full(bins, 1 / bins)
    q = np.diff(np.concatenate([[0.0], stats.norm.cdf(inner, shift, scale), [1.0]]))
    return float(np.sum((q - p) * np.log(q / p)))


def sampling_bias(bins: int, n: int, m: int) -> float:
    """Return what chance alone adds on average: the index of two samples of one distribution is nearly chi-squared.

    (1 / n + 1 / m) chi^2 with bins - 1 degrees of freedom: Yurdakul (2018).
    """
    return (bins - 1) * (1 / n + 1 / m)


def measured(seed: int, repeats: int, n: int, m: int, bins: int = 10, shift: float = 0.0, scale: float = 1.0):
    """Return the mean of the index over many pairs of samples, and its standard error."""
    rng = np.random.default_rng(seed)
    found = [psi(rng.normal(size=n), rng.normal(shift, scale, m), bins) for _ in range(repeats)]
    return np.mean(found), np.std(found, ddof=1) / np.sqrt(repeats), np.array(found)


def agrees(mean: float, error: float, wanted: float) -> None:
    """Hold a mean to its theory within three standard errors, and make sure that three would show a fault of 3 %."""
    assert 3 * error < 0.03 * wanted, "too few repetitions to show a fault of 3 %"
    assert abs(mean - wanted) < 3 * error
    assert abs(1.03 * mean - wanted) > 3 * error or abs(0.97 * mean - wanted) > 3 * error


class TestPopulationStabilityIndex:
    def test_one_large_sample_gives_the_closed_form(self):
        rng = np.random.default_rng(0)
        found = psi(rng.normal(size=2_000_000), rng.normal(0.5, 1, 2_000_000))
        assert found == pytest.approx(population_psi(0.5), rel=0.01)

    def test_the_closed_form_is_that_of_kullback_and_leibler_in_the_limit_of_many_bins(self):
        """The index is the two Kullback-Leibler divergences together, which for a shifted normal is its square."""
        assert population_psi(0.5, bins=100_000) == pytest.approx(0.25, rel=1e-3)

    @pytest.mark.parametrize(
        ("bins", "n", "m", "repeats"),
        [(10, 2000, 1000, 3000), pytest.param(5, 1500, 1500, 9000, marks=pytest.mark.slow)],
    )
    def test_bias_of_two_samples_alike(self, bins, n, m, repeats):
        mean, error, found = measured(1, repeats, n, m, bins)
        agrees(mean, error, sampling_bias(bins, n, m))
        scaled = found / (1 / n + 1 / m)
        assert np.var(scaled) == pytest.approx(2 * (bins - 1), rel=0.1)

    @pytest.mark.parametrize("shift", [0.3, 0.5])
    def test_mean_of_a_shifted_normal(self, shift):
        mean, error, _ = measured(2, 500, 12_000, 12_000, shift=shift)
        agrees(mean, error, population_psi(shift) + sampling_bias(10, 12_000, 12_000))

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("shift", "scale", "bins"), [(0.2, 1.0, 10), (1.0, 1.0, 10), (0.0, 1.3, 10), (0.5, 1.0, 20)]
    )
    def test_mean_of_other_changes(self, shift, scale, bins):
        n = 40_000
        mean, error, _ = measured(3, 1500, n, n, bins, shift, scale)
        agrees(mean, error, population_psi(shift, bins, scale) + sampling_bias(bins, n, n))


class TestKolmogorovSmirnov:
    """The largest distance between two staircases, as the lesson draws them, is scipy's statistic."""

    def staircases(self, a: np.ndarray, b: np.ndarray) -> float:
        values = np.concatenate([a, b])
        shares = [np.mean(sample[:, None] <= values, axis=0) for sample in (a, b)]
        return float(np.max(np.abs(shares[0] - shares[1])))

    @pytest.mark.parametrize("seed", range(20))
    def test_statistic(self, seed):
        rng = np.random.default_rng(seed)
        a, b = rng.normal(size=rng.integers(2, 300)), rng.normal(0.4, 1.2, rng.integers(2, 300))
        if seed % 2:
            a, b = np.rint(a), np.rint(b)
        assert stats.ks_2samp(a, b).statistic == pytest.approx(self.staircases(a, b), abs=1e-12)

    def test_distance_of_a_shifted_normal(self):
        """In the population it is 2 Phi(shift / 2) - 1, at the middle between the two."""
        rng = np.random.default_rng(0)
        found = stats.ks_2samp(rng.normal(size=1_000_000), rng.normal(0.5, 1, 1_000_000)).statistic
        assert found == pytest.approx(2 * stats.norm.cdf(0.25) - 1, rel=0.01)

    @pytest.mark.parametrize("alpha", [0.05, 0.01])
    def test_false_alarms_at_the_critical_value(self, alpha):
        """Kolmogorov's limit gives the share of alarms among samples alike, within three standard errors."""
        rng = np.random.default_rng(1)
        n, m, repeats = 800, 500, 4000
        values = rng.random((repeats, n + m))
        first = np.argsort(values, axis=1) < n
        distances = np.abs(np.cumsum(np.where(first, 1 / n, -1 / m), axis=1)).max(axis=1)
        for row, distance in zip(values[:20], distances[:20], strict=True):
            assert stats.ks_2samp(row[:n], row[n:]).statistic == pytest.approx(distance, abs=1e-9)
        critical = stats.kstwobign.isf(alpha) * np.sqrt((n + m) / (n * m))
        assert abs(np.mean(distances > critical) - alpha) < 3 * np.sqrt(alpha * (1 - alpha) / repeats)
