"""Evaluation: how versions do on the same rows, and how far apart their scores lie. Nothing here simulates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.models.fairness import equity_gap
from sim.models.learning import REGRESSION, metrics


@dataclass(frozen=True)
class Figures:
    """What one model's answers are worth on some rows.

    Attributes
    ----------
    accuracy, auc, brier : float
        Of a classification; NaN otherwise.
    mape : float
        Of a regression; NaN otherwise.
    gap : float
        Between groups, in the share of eligible people whom the model would award from one half up, or in the share
        of forecasts that are near enough; NaN where a group has nobody to count.
    """

    accuracy: float
    auc: float
    brier: float
    mape: float
    gap: float


def figures(
    answers: np.ndarray, outcome: np.ndarray, group: np.ndarray, groups: int, task: str, tolerance: float
) -> Figures:
    """Measure a model's answers against what came true.

    Parameters
    ----------
    answers, outcome : ndarray, shape (n,)
        What the model said, and what came true.
    group : ndarray of int, shape (n,)
        Whose cases they are.
    groups : int
        How many groups there are.
    task : str
        As in `sim.models.learning`.
    tolerance : float
        A forecast within this share of what came, or within one unit of it, is near enough (regression only).

    Returns
    -------
    Figures
    """
    found = metrics(outcome, answers, task)
    if task == REGRESSION:
        counted = np.ones(len(outcome), dtype=bool)
        served = np.abs(answers - outcome) <= np.maximum(tolerance * np.abs(outcome), 1.0)
    else:
        counted, served = outcome.astype(bool), answers >= 0.5
    eligible = np.bincount(group[counted], minlength=groups)
    granted = np.bincount(group[counted & served], minlength=groups)
    return Figures(found["accuracy"], found["auc"], found["brier"], found["mape"], float(equity_gap(eligible, granted)))


def score_shift(usual: np.ndarray, recent: np.ndarray) -> float:
    """Return how far apart two sets of scores lie: the Kolmogorov-Smirnov distance.

    Parameters
    ----------
    usual, recent : ndarray of float, shape (n,) and (m,)

    Returns
    -------
    float
        The largest difference between the shares of each that lie at or below any value: 0 to 1; NaN where either is
        empty. It is 0.05 or so by chance alone with 1,500 of each.
    """
    shift = ScoreShift(usual)
    shift.see(recent)
    return shift.distance


class ScoreShift:
    """The distance of `score_shift` from usual scores to those that come in, a few at a time.

    Parameters
    ----------
    usual : ndarray of float, shape (n,)
        What scores were before.

    Attributes
    ----------
    cases : int
        Scores seen.
    """

    def __init__(self, usual: np.ndarray) -> None:
        self._usual, n = np.sort(usual), len(usual)
        self._share = np.arange(n + 1) / n if n else np.zeros(1)
        self._from, self._past = np.zeros(n + 1), np.zeros(n + 1)
        self.cases = 0

    def see(self, scores: np.ndarray) -> None:
        """Count some scores by how many usual ones lie below each (``_from``), and at or below it (``_past``)."""
        ordered = np.sort(scores)
        for counts, side in ((self._from, "left"), (self._past, "right")):
            np.add.at(counts, self._usual.searchsorted(ordered, side), 1.0)
        self.cases += len(scores)

    @property
    def distance(self) -> float:
        """The distance; NaN as long as there is nothing to compare.

        The usual share is the higher by most at a usual score, with all seen that are no higher; the share of those
        seen is the higher by most just before one, with all seen that are lower.
        """
        if not self.cases or not len(self._usual):
            return float("nan")
        lower, no_higher = np.cumsum(self._past), np.cumsum(self._from[:-1])
        for share, seen in ((self._share, lower), (self._share[1:], no_higher)):
            seen /= self.cases
            np.subtract(share, seen, out=seen)
        return float(max(no_higher.max(), -lower.min()))
