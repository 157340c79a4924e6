"""A check: measured in parts that can be noted one by one, and concluded in rows that pass or do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtri

from sim.experiments.interval import interval

MOST_ERRORS = 3.0
"""A mean may miss its theory by so many standard errors."""

LEVEL = 0.95
"""Confidence of every interval."""


@dataclass(frozen=True)
class Row:
    """One line of the report.

    Attributes
    ----------
    value, low, high : float
        What was measured, and its interval.
    wanted_low, wanted_high : float
        What it should be: theory (both the same), a bound (the other is infinite), or a band.
    z : float
        Standard errors between value and theory; NaN where there is no such thing.
    count : float
        Replications, worlds or things compared.
    passed : float
        One if it holds, zero if not; a number, so that a row is noted as numbers.
    """

    value: float
    low: float
    high: float
    wanted_low: float
    wanted_high: float
    z: float
    count: float
    passed: float


WIDTH = len(fields(Row))


@dataclass(frozen=True)
class Check:
    """Something to be verified.

    Attributes
    ----------
    section : str
        theory, conservation, worlds, monotonicity or stylised facts.
    rows : tuple of str
        What each row of the conclusion says.
    unit : str
        Of all of them.
    parts : int
        Replications: worlds, seeds or samples.
    measure : callable
        From the number of a part to numbers, as many in each.
    conclude : callable
        From those, shape (parts, k), to one row for each name.
    slow : bool
        Whether it takes more than about ten seconds.
    """

    section: str
    rows: tuple[str, ...]
    unit: str
    parts: int
    measure: Callable[[int], Sequence[float]]
    conclude: Callable[[np.ndarray], list[Row]]
    slow: bool = False

    def results(self, parts: int | None = None) -> list[Row]:
        """Measure every part, or the first few, and conclude."""
        return self.conclude(np.array([self.measure(part) for part in range(parts or self.parts)], dtype=float))

    @property
    def name(self) -> str:
        """Return what tells it from the others of its section."""
        return self.rows[0]


def mean_against(theory: float, count: float, mean: float, error: float, most_error: float | None = None) -> Row:
    """Compare a mean with its theory: it passes within three standard errors.

    Parameters
    ----------
    theory : float
        What it should be.
    count : float
        Replications.
    mean, error : float
        Measured, and its standard error.
    most_error : float, optional
        Where given, three standard errors may be no more than this: else an error of the model could hide in chance.
    """
    z = (mean - theory) / error if error else float("nan") if mean == theory else float("inf")
    half = float(ndtri(0.5 + LEVEL / 2)) * error
    sharp = most_error is None or MOST_ERRORS * error <= most_error
    passed = (abs(z) < MOST_ERRORS or mean == theory) and sharp
    return Row(mean, mean - half, mean + half, theory, theory, z, count, float(passed))


def equal_to(theory: float, value: float, tolerance: float) -> Row:
    """Compare a value that chance has no part in: it passes within a tolerance, which stands as its interval."""
    passed = abs(value - theory) <= tolerance
    return Row(value, value - tolerance, value + tolerance, theory, theory, float("nan"), 1, float(passed))


def never(broken: float, count: float) -> Row:
    """Say that something never happened, with the upper bound of its chance by Clopper and Pearson, at 95 %."""
    high = float(betaincinv(broken + 1, count - broken, LEVEL)) if broken < count else 1.0
    return Row(broken / count, 0.0, high, 0.0, 0.0, float("nan"), count, float(not broken))


def at_most(values: np.ndarray, most: float = 0.0) -> Row:
    """Say that no value is above a bound; the interval is of their mean."""
    mean, low, high, n = interval(values, LEVEL)
    return Row(mean, low, high, -np.inf, most, float("nan"), n, float(n > 0 and bool((values <= most).all())))


def in_band(values: np.ndarray, low: float, high: float) -> Row:
    """Say that a mean over worlds lies within a band."""
    mean, least, most, n = interval(values, LEVEL)
    return Row(mean, least, most, low, high, float("nan"), n, float(low <= mean <= high))


def row_of(numbers: Sequence[Any]) -> Row:
    """Return a row from its numbers, in their order."""
    return Row(*(float(number) for number in numbers))
