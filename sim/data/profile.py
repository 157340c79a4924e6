"""A profile of a batch of records: what is missing, where the values lie, and what is usual. Nothing here simulates."""

from __future__ import annotations

import numpy as np

FIGURES = ("rows", "missing", "low", "median", "high", "invalid", "duplicates", "late")
"""What a profile says of each feature, in order."""

QUANTILES = (0.05, 0.5, 0.95)
"""Of low, median and high."""

_SHARES = np.array(QUANTILES)[:, None]

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
    ordered = np.array(values.T, order="C")
    ordered.sort(axis=1)
    there = n - np.isnan(ordered).sum(axis=1)
    last = np.maximum(there - 1, 0)
    position = _SHARES * last
    under = position.astype(int)
    column = np.arange(k)
    lower, upper = ordered[column, under], ordered[column, np.minimum(under + 1, last)]
    figures = np.empty((len(FIGURES), k))
    figures[0] = n
    figures[1] = 1 - there / n
    figures[2:5] = lower + (upper - lower) * (position - under)
    invalid = ordered < low[:, None]
    invalid |= ordered > high[:, None]
    figures[5] = invalid.sum(axis=1) / n
    figures[6] = 1 - distinct(case) / n
    figures[7] = np.count_nonzero(late) / n
    return figures


def distinct(values: np.ndarray) -> int:
    """Count the different values among some numbers; a few hundred are counted much faster than by hashing."""
    ordered = np.sort(values)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(len(ordered))


class Usual:
    """What batches have been like over the last days.

    Parameters
    ----------
    width : int
        Features.
    """

    def __init__(self, width: int) -> None:
        self._seen = np.full((len(FIGURES), width, WINDOW_DAYS), np.nan)
        self._day = np.full(WINDOW_DAYS, -np.inf)

    def see(self, day: int, figures: np.ndarray) -> None:
        """Take a day's profile into account, in place of the one of 28 days before."""
        self._seen[..., day % WINDOW_DAYS], self._day[day % WINDOW_DAYS] = figures, day

    def before(self, day: int) -> np.ndarray:
        """Return the median of the batches of the 28 days before a day, shape (len(FIGURES), k); NaN if too few."""
        recent = self._day >= day - WINDOW_DAYS
        count = int(recent.sum())
        if count < LEAST_BATCHES:
            return np.full(self._seen.shape[:-1], np.nan)
        ordered = np.sort(self._seen if count == WINDOW_DAYS else self._seen[..., recent], axis=-1)
        if not np.isnan(ordered[..., -1]).any():
            return (ordered[..., (count - 1) // 2] + ordered[..., count // 2]) / 2
        there = count - np.isnan(ordered).sum(axis=-1)
        where = np.stack([np.maximum(there - 1, 0) // 2, there // 2], axis=-1)
        return np.take_along_axis(ordered, where, axis=-1).sum(axis=-1) / 2
