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
    if not len(usual) or not len(recent):
        return float("nan")
    every = np.concatenate([usual, recent])
    order = np.argsort(every, kind="stable")
    ordered, one = every.take(order), np.cumsum(order < len(usual))
    below = one / len(usual) - (np.arange(1, len(every) + 1) - one) / len(recent)
    alike = ordered[1:] == ordered[:-1]
    below[:-1][alike] = 0.0
    return float(max(below.max(), -below.min()))
