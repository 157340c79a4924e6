"""Checks of the two distances between samples, against closed forms and scipy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import ks_2samp

from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Outcome, attempt, register

TOLERANCE = 1e-6


def _case(name: str, points: float, function: object, tries: list[tuple], tried: str, step: str) -> Criterion:
    """Compare a function with known values; every one of them must agree."""
    said, right = [], True
    for what, given, wanted in tries:
        done = attempt(function, *(values.copy() for values in given))
        near = (
            done.ok and _number(done.value) and math.isclose(done.value, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        )
        right = right and near
        if not near:
            given_back = f"it returned {done.value:.6g}" if isinstance(done.value, (int, float)) else done.said
            said.append(f"for {what}, {given_back}")
    happened = "; ".join(said) if said else "every value agreed"
    wanted = "; ".join(f"for {what}, {value:.6g}" for what, _, value in tries)
    return Criterion(name, points, right, tried, happened, wanted, step)


def _number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and math.isfinite(value)


def _moved(bench: Bench) -> Callable[[np.ndarray], np.ndarray]:
    """Return what puts a sample into a unit and an order of the learner's own, which changes no share."""
    if bench.variant.open:
        return lambda values: values
    chance = bench.variant.generator("m09.psi")
    scale, start = chance.uniform(0.5, 40.0), chance.uniform(-500.0, 500.0)
    return lambda values: chance.permutation(values * scale + start)


@register("m09.psi")
def psi(function: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Compare the learner's index with its closed form."""
    to = _moved(bench)
    reference = np.arange(1000.0)
    tilted = np.concatenate(
        [np.tile(np.arange(lower, lower + 100.0), 3 if lower < 500 else 1) for lower in range(0, 1000, 100)]
    )
    upper = np.repeat(np.arange(500.0, 1000.0), 2)
    holes = tilted.copy()
    holes = np.concatenate([holes, np.full(300, np.nan)])
    gappy = np.concatenate([np.full(50, np.nan), reference])
    reference, tilted, upper, holes, gappy = (to(values) for values in (reference, tilted, upper, holes, gappy))
    tilt = 5 * (0.1 - 0.15) * math.log(0.1 / 0.15) + 5 * (0.1 - 0.05) * math.log(0.1 / 0.05)
    half = 5 * (0.1 - 0.0005) * math.log(0.1 / 0.0005) + 5 * (0.1 - 0.2) * math.log(0.1 / 0.2)
    return Outcome(
        [
            _case(
                "Shares, bin by bin",
                1.0,
                function,
                [
                    ("two samples that are the same", (reference, reference), 0.0),
                    ("low values three times as common", (reference, tilted), tilt),
                ],
                "a thousand evenly spaced values against themselves, and against a sample in which the lower "
                "half comes three times as often as the upper",
                "Print the ten shares of each sample: those of the reference must all be 0.1. Cut at the reference's "
                "deciles, not at those of the recent sample, and use the natural logarithm.",
            ),
            _case(
                "A bin that nobody falls into",
                0.5,
                function,
                [("a sample with no value in the lower half", (reference, upper), half)],
                "a recent sample of a thousand in which five of the ten bins are empty",
                "With an empty bin the formula divides by nought: count that bin as half a case, so that its share "
                "is 0.5 / n.",
            ),
            _case(
                "Missing values",
                0.5,
                function,
                [("missing values in both", (gappy, holes), tilt)],
                "the tilted sample again, with 50 missing values in the reference and 300 in the recent sample",
                "Leave out missing values first, and divide by what remains: values[~np.isnan(values)].",
            ),
        ],
        beyond="which change in the world would move every weight of the model, and leave this index where it was?",
    )


@register("m09.ks")
def ks(function: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Compare the learner's statistic with scipy's."""
    numbers = np.random.default_rng(9) if bench.variant.open else bench.variant.generator("m09.ks")
    reference, recent = numbers.normal(size=400), numbers.normal(0.4, 1.3, size=300)
    tied, shifted = numbers.integers(0, 6, size=500).astype(float), numbers.integers(1, 8, size=350).astype(float)
    gaps = np.concatenate([recent, np.full(100, np.nan)])
    lower, nothing, above = reference - 0.8, np.zeros(50), np.array([5.0, 6.0])

    def wanted(a: np.ndarray, b: np.ndarray) -> float:
        return float(ks_2samp(a, b).statistic)

    return Outcome(
        [
            _case(
                "The largest gap between two staircases",
                1.0,
                function,
                [
                    ("two samples that are the same", (reference, reference), 0.0),
                    ("a shifted and wider sample", (reference, recent), wanted(reference, recent)),
                    ("the same two the other way round", (recent, reference), wanted(recent, reference)),
                    ("a recent sample that lies lower", (reference, lower), wanted(reference, lower)),
                    ("a gap that opens at the reference's own values", (nothing, above), wanted(nothing, above)),
                ],
                "four hundred normal values against themselves, against three hundred with another mean and spread, "
                "those two the other way round, against values 0.8 lower, and fifty noughts against 5 and 6; "
                "scipy.stats.ks_2samp gave the wanted values",
                "At every value seen, take the share of each sample that is at or below it; the answer is the largest "
                "absolute difference between the two shares.",
            ),
            _case(
                "Values that come many times",
                0.5,
                function,
                [("whole numbers with ties", (tied, shifted), wanted(tied, shifted))],
                "whole numbers from 0 to 5 against whole numbers from 1 to 7",
                "Compare the shares only when all equal values have been counted: np.searchsorted on each sorted "
                "sample does so, a running count value by value does not.",
            ),
            _case(
                "Missing values",
                0.5,
                function,
                [("missing values", (reference, gaps), wanted(reference, recent))],
                "the first comparison again, with 100 missing values in the recent sample",
                "Leave out missing values from each sample before you sort it.",
            ),
        ],
        beyond="with fifty thousand cases, how small a shift does this statistic call sure, and who would act on it?",
    )
