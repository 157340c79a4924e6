"""Distances between two samples agree with their theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.practices import psi
from tests.verification.distances import (
    ALARMS,
    BIASES,
    CHECKS,
    KS_N,
    SHIFTS,
    conclude,
    ks_distances,
    population_psi,
)


def marked(checks):
    return [pytest.param(c, marks=pytest.mark.slow) if c.slow else c for c in checks]


def test_one_large_sample_gives_the_closed_form():
    rng = np.random.default_rng(0)
    found = psi(rng.normal(size=2_000_000), rng.normal(0.5, 1, 2_000_000))
    assert found == pytest.approx(population_psi(0.5), rel=0.01)


def test_the_closed_form_is_that_of_kullback_and_leibler_in_the_limit_of_many_bins():
    """The index is the two Kullback-Leibler divergences together, which for a shifted normal is its square."""
    assert population_psi(0.5, bins=100_000) == pytest.approx(0.25, rel=1e-3)


@pytest.mark.parametrize("check", marked([*BIASES, *SHIFTS]))
def test_the_index_has_the_mean_that_theory_has_and_a_fault_of_three_per_cent_shows(check):
    part = check.measure(0)
    (row,) = check.conclude(np.array([part]))
    assert row.passed, row
    theory, repeats = row.wanted_low, int(row.count)
    mean, error, variance = part
    assert any(not conclude(theory, repeats, np.array([(f * mean, error, variance)]))[0].passed for f in (0.97, 1.03))


@pytest.mark.parametrize("check", marked(BIASES))
def test_the_index_of_samples_alike_varies_as_chi_squared_does(check):
    setting = check.measure.keywords
    scale = 1 / setting["n"] + 1 / setting["m"]
    assert check.measure(0)[2] / scale**2 == pytest.approx(2 * (setting["bins"] - 1), rel=0.1)


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

    @pytest.mark.parametrize("check", ALARMS)
    def test_false_alarms_at_the_critical_value(self, check):
        """Kolmogorov's limit gives the share of alarms among samples alike, within three standard errors."""
        (row,) = check.results()
        assert row.passed, row

    def test_the_distances_of_samples_alike_are_scipys(self):
        for row, distance in zip(*(found[:20] for found in ks_distances()), strict=True):
            assert stats.ks_2samp(row[:KS_N], row[KS_N:]).statistic == pytest.approx(distance, abs=1e-9)


def test_every_comparison_has_one_row():
    assert len({check.name for check in CHECKS}) == len(CHECKS)
