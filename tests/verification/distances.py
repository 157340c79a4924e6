"""Distances between two samples against their theory: the population stability index, Kolmogorov and Smirnov's."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import stats

from sim.practices import psi
from tests.verification.check import Check, Row, mean_against


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


def measured(
    seed: int, repeats: int, n: int, m: int, bins: int = 10, shift: float = 0.0, scale: float = 1.0
) -> np.ndarray:
    """Return the index of many pairs of samples, shape (repeats,)."""
    rng = np.random.default_rng(seed)
    return np.array([psi(rng.normal(size=n), rng.normal(shift, scale, m), bins) for _ in range(repeats)])


def summary(part: int, **setting: float) -> tuple[float, float, float]:
    """Return mean, standard error and variance of the index under a setting of `measured`."""
    found = measured(**setting)
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(len(found))), float(found.var(ddof=1))


def conclude(theory: float, repeats: int, parts: np.ndarray) -> list[Row]:
    """Hold the mean to its theory, sharply enough to show a fault of 3 %."""
    mean, error, _ = parts[0]
    return [mean_against(theory, repeats, mean, error, 0.03 * theory)]


def index(about: str, theory: float, slow: bool = False, **setting: float) -> Check:
    """Return a check of the index's mean."""
    repeats = int(setting["repeats"])
    what = partial(summary, **setting)
    return Check("theory", (f"PSI: {about}",), "index", 1, what, partial(conclude, theory, repeats), slow)


BIASES = [
    index(
        f"two samples alike, {n} and {m} in {bins} bins",
        sampling_bias(bins, n, m),
        slow,
        seed=1,
        repeats=repeats,
        n=n,
        m=m,
        bins=bins,
    )
    for bins, n, m, repeats, slow in [(10, 2000, 1000, 3000, False), (5, 1500, 1500, 9000, True)]
]

SHIFTS = [
    index(
        f"a normal shifted by {shift:g} and stretched by {scale:g}, {bins} bins",
        population_psi(shift, bins, scale) + sampling_bias(bins, n, n),
        slow,
        seed=seed,
        repeats=repeats,
        n=n,
        m=n,
        bins=bins,
        shift=shift,
        scale=scale,
    )
    for shift, scale, bins, n, repeats, seed, slow in [
        (0.3, 1.0, 10, 12_000, 500, 2, False),
        (0.5, 1.0, 10, 12_000, 500, 2, False),
        (0.2, 1.0, 10, 40_000, 1500, 3, True),
        (1.0, 1.0, 10, 40_000, 1500, 3, True),
        (0.0, 1.3, 10, 40_000, 1500, 3, True),
        (0.5, 1.0, 20, 40_000, 1500, 3, True),
    ]
]

KS_REPEATS, KS_N, KS_M = 4000, 800, 500


def ks_distances() -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of samples alike, shape (repeats, n + m), and the largest distance of each by its definition."""
    values = np.random.default_rng(1).random((KS_REPEATS, KS_N + KS_M))
    first = np.argsort(values, axis=1) < KS_N
    return values, np.abs(np.cumsum(np.where(first, 1 / KS_N, -1 / KS_M), axis=1)).max(axis=1)


def ks_alarms(alpha: float, part: int) -> tuple[float]:
    """Return the share of samples alike whose distance is beyond Kolmogorov's critical value."""
    critical = stats.kstwobign.isf(alpha) * np.sqrt((KS_N + KS_M) / (KS_N * KS_M))
    return (float(np.mean(ks_distances()[1] > critical)),)


def ks_conclude(alpha: float, parts: np.ndarray) -> list[Row]:
    """Hold the share to its level."""
    return [mean_against(alpha, KS_REPEATS, float(parts[0, 0]), np.sqrt(alpha * (1 - alpha) / KS_REPEATS))]


ALARMS = [
    Check(
        "theory",
        (f"Kolmogorov-Smirnov: false alarms at a level of {alpha:g}",),
        "share",
        1,
        partial(ks_alarms, alpha),
        partial(ks_conclude, alpha),
    )
    for alpha in (0.05, 0.01)
]

CHECKS = [*BIASES, *SHIFTS, *ALARMS]
