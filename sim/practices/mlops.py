"""Reference practices of MLOps: a monitor of data and of concept, rules for retraining, and referral of doubt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.decisions import Monitor, Signals, monitor

BOOKKEEPING = ("score", "group", "outcome", "decided_day")
"""Columns of a monitor's frames that are not features."""


def psi(reference: np.ndarray, recent: np.ndarray, bins: int = 10) -> float:
    """Return the population stability index of one variable.

    Parameters
    ----------
    reference, recent : ndarray of float, shape (n,) and (m,)
        Missing values are left out.
    bins : int
        Bins of equal share in the reference.

    Returns
    -------
    float
        Sum over bins of (p - q) ln(p / q); an empty bin counts as half a case. 0.1 is often called slight and 0.25
        large, by convention rather than theory.
    """
    reference, recent = reference[~np.isnan(reference)], recent[~np.isnan(recent)]
    if not len(reference) or not len(recent):
        return 0.0
    edges = np.unique(np.quantile(reference, np.arange(1, bins) / bins))
    size = len(edges) + 1
    p = np.bincount(np.searchsorted(edges, reference, side="right"), minlength=size)
    q = np.bincount(np.searchsorted(edges, recent, side="right"), minlength=size)
    p, q = np.maximum(p, 0.5) / len(reference), np.maximum(q, 0.5) / len(recent)
    return float(np.sum((p - q) * np.log(p / q)))


def largest_psi(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Return the largest population stability index over the features: a score of data drift."""
    names = [c for c in recent.columns if c not in BOOKKEEPING]
    return max(psi(reference[n].to_numpy(dtype=float), recent[n].to_numpy(dtype=float)) for n in names)


def miscalibration(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Return how far known outcomes are from the scores given, in standard errors: a score of concept drift.

    Parameters
    ----------
    reference : DataFrame
        Not used: a calibrated model is its own reference.
    recent : DataFrame
        With columns score and outcome.

    Returns
    -------
    float
        The larger of two absolute standardised sums over cases whose outcome is known: of outcome less score, and of
        the squared error less its expectation (Spiegelhalter's z). Selection by score leaves both unbiased, which
        cannot be said of accuracy. A slack of 0.02 is taken off first, for a model is never perfectly calibrated.
    """
    known = recent["outcome"].notna().to_numpy()
    y, p = recent["outcome"].to_numpy(dtype=float)[known], recent["score"].to_numpy(dtype=float)[known]
    p = np.clip(p, 0.01, 0.99)
    n, variance = len(p), p * (1 - p)
    if n < 100:
        return 0.0
    bias = max(abs(np.sum(y - p)) - 0.02 * n, 0.0) / np.sqrt(variance.sum())
    excess = max(np.sum((y - p) ** 2 - variance) - 0.01 * n, 0.0) / np.sqrt(np.sum(variance * (1 - 2 * p) ** 2))
    return float(max(bias, excess))


@dataclass(frozen=True)
class _DataAndConcept:
    """The larger of data drift and concept drift, each as a share of what alarms."""

    psi_alarm: float
    z_alarm: float

    def __call__(self, reference: pd.DataFrame, recent: pd.DataFrame) -> float:
        return max(largest_psi(reference, recent) / self.psi_alarm, miscalibration(reference, recent) / self.z_alarm)


def drift_monitor(
    threshold: float = 1.0, psi_alarm: float = 0.5, z_alarm: float = 5.0, every_days: int = 7, window_days: int = 28
) -> Monitor:
    """Return a monitor that watches the features at once and the outcomes when they are known.

    Parameters
    ----------
    threshold : float
        Alarm above this; 1 is where either score reaches its own alarm.
    psi_alarm : float
        Population stability index that alarms.
    z_alarm : float
        Standard errors of miscalibration that alarm.
    every_days, window_days : int
        As for `sim.monitor`.

    Returns
    -------
    Monitor
        For ``watch_model``.
    """
    return monitor(_DataAndConcept(psi_alarm, z_alarm), threshold, every_days, window_days)


@dataclass(frozen=True)
class retrain_on_drift:  # noqa: N801 - a practice is named as it is called
    """Retrain when an alarm has been answered and no fault in the data explains it.

    Parameters
    ----------
    rest_days : float
        Least time from one training to the next.
    least_outcomes : int
        Least number of fresh known outcomes to learn from.
    """

    rest_days: float = 45.0
    least_outcomes: int = 3000

    def __call__(self, signals: Signals) -> bool:
        """Return whether to retrain today."""
        return (
            signals.alarms > 0
            and signals.days_since_training >= self.rest_days
            and signals.outcomes_known >= self.least_outcomes
        )


@dataclass(frozen=True)
class retrain_on_schedule:  # noqa: N801
    """Retrain so many days after the last training, whatever happens.

    Parameters
    ----------
    days : float
        From one training to the next.
    """

    days: float = 91.0

    def __call__(self, signals: Signals) -> bool:
        """Return whether to retrain today."""
        return signals.days_since_training >= self.days


@dataclass(frozen=True)
class refer_uncertain:  # noqa: N801
    """Approve likely claims, refuse unlikely ones, and refer those in between to a person.

    Parameters
    ----------
    low, high : float
        Scores from ``low`` up to ``high`` are referred.
    """

    low: float = 0.35
    high: float = 0.65

    def __call__(self, scores: pd.Series, cases: pd.DataFrame) -> np.ndarray:
        """Return approve, refer or refuse for each case."""
        p = scores.to_numpy()
        return np.array(["refuse", "refer", "approve"], dtype=object)[(p >= self.low).astype(int) + (p >= self.high)]
