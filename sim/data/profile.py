"""A profile of a batch of records: what is missing, where the values lie, and what is usual. Nothing here simulates."""

from __future__ import annotations

import numpy as np

FIGURES = ("rows", "missing", "low", "median", "high", "invalid", "duplicates", "late")
"""What a profile says of each feature, in order."""

QUANTILES = (0.05, 0.5, 0.95)
"""Of low, median and high."""

WINDOW_DAYS = 28
"""Days over which is judged what is usual."""

LEAST_BATCHES = 7
"""Batches from which on something is usual."""


def profile(values: np.ndarray, low: np.ndarray, high: np.ndarray, case: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Describe a batch.

    Parameters
    ----------
    values : ndarray of float, shape (n, k)
        Records, NaN where missing; n is 1 or more.
    low, high : ndarray of float, shape (k,)
        Valid range of each feature, inclusive.
    case : ndarray, shape (n,)
        Whose record each is.
    late : ndarray of bool, shape (n,)
        Which arrived on an earlier day.

    Returns
    -------
    ndarray of float, shape (len(FIGURES), k)
        `FIGURES`; quantiles are linear between order statistics, NaN where a feature is missing throughout.
    """
    n, k = values.shape
    ordered = np.sort(values, axis=0)
    there = n - np.isnan(ordered).sum(axis=0)
    figures = np.empty((len(FIGURES), k))
    figures[0] = n
    figures[1] = 1 - there / n
    column = np.arange(k)
    for place, share in enumerate(QUANTILES, start=2):
        position = share * np.maximum(there - 1, 0)
        under = position.astype(int)
        lower, upper = ordered[under, column], ordered[np.minimum(under + 1, np.maximum(there - 1, 0)), column]
        figures[place] = lower + (upper - lower) * (position - under)
    figures[5] = ((values < low) | (values > high)).mean(axis=0)
    figures[6] = 1 - len(np.unique(case)) / n
    figures[7] = late.mean()
    return figures


class Usual:
    """What batches have been like over the last days.

    Parameters
    ----------
    width : int
        Features.
    """

    def __init__(self, width: int) -> None:
        self._seen = np.full((WINDOW_DAYS, len(FIGURES), width), np.nan)
        self._day = np.full(WINDOW_DAYS, -np.inf)

    def see(self, day: int, figures: np.ndarray) -> None:
        """Take a day's profile into account, in place of the one of 28 days before."""
        self._seen[day % WINDOW_DAYS], self._day[day % WINDOW_DAYS] = figures, day

    def before(self, day: int) -> np.ndarray:
        """Return the median of the batches of the 28 days before a day, shape (len(FIGURES), k); NaN if too few."""
        recent = self._day >= day - WINDOW_DAYS
        if recent.sum() < LEAST_BATCHES:
            return np.full(self._seen.shape[1:], np.nan)
        ordered = np.sort(self._seen[recent], axis=0)
        there = (~np.isnan(ordered)).sum(axis=0)
        lower, upper = np.maximum(there - 1, 0) // 2, there // 2
        pick = np.take_along_axis
        return (pick(ordered, lower[None], 0)[0] + pick(ordered, upper[None], 0)[0]) / 2
