"""Reference practices of MLOps: a monitor of data and of concept, rules for retraining, and referral of doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.decisions import Monitor, Signals, monitor
from sim.practices.quantile import quantiles

BOOKKEEPING = ("score", "group", "outcome", "decided_day")
"""Columns of a monitor's frames that are not features."""

_QUARTERS = np.array([0.25, 0.5, 0.75])

_BY_SIZE = np.array(["refuse", "refer", "approve"])
"""What to do by the size of a score, from small to large."""


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
    reference = reference[~np.isnan(reference)]
    return _psi(*_binned(reference, bins), recent)


def _binned(reference: np.ndarray, bins: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Return edges of equal share, and the shares of the reference between them; no edge where nothing is known."""
    if not len(reference):
        return np.empty(0), np.ones(1)
    edges = np.unique(quantiles(reference[None], np.arange(1, bins) / bins))
    return edges, np.maximum(_counts(edges, reference), 0.5) / len(reference)


def _counts(edges: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Count the values below the first edge, from each edge to the next, and from the last one up."""
    above = [np.count_nonzero(known >= edge) for edge in edges.tolist()]
    return -np.diff([len(known), *above, 0])


def _psi(edges: np.ndarray, p: np.ndarray, recent: np.ndarray) -> float:
    recent = recent[~np.isnan(recent)]
    if not len(recent):
        return 0.0
    q = np.maximum(_counts(edges, recent), 0.5) / len(recent)
    return float(np.sum((p - q) * np.log(p / q)))


def _features(frame: pd.DataFrame) -> list[str]:
    return [c for c in frame.columns if c not in BOOKKEEPING]


def largest_psi(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Return the largest population stability index over the features: a score of data drift."""
    names = _features(recent)
    return max(psi(reference[n].to_numpy(dtype=float), recent[n].to_numpy(dtype=float)) for n in names)


def miscalibration(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Return how far known outcomes are from the scores given, in standard errors: a score of concept drift.

    Parameters
    ----------
    reference : DataFrame
        Where the features usually lie; for a forecast, with scores and outcomes, how far off it usually is.
    recent : DataFrame
        Features, score and outcome; cases whose outcome is not known are left out.

    Returns
    -------
    float
        The largest absolute standardised sum of (outcome - score) x over the features x, standardised by the
        reference and cut off at 2, and over x = 1; 0 with fewer than 100 outcomes. It is the score test of the
        model's coefficients: near 1 to 4 while the model's relation holds, whoever applies; selection by score leaves
        it unbiased, which cannot be said of accuracy. Where scores are amounts and no probabilities, what is summed
        is compared with its mean over the reference, and standardised by its own squares.
    """
    names = _features(recent)
    y, p = (recent[c].to_numpy(dtype=float) for c in ("outcome", "score"))
    usual = _Usual.of(reference, names)
    return _miscalibration(usual, recent[names].to_numpy(dtype=float), y, p)


@dataclass(frozen=True)
class _Usual:
    """Where features lie in a reference, and for a forecast what its errors come to with each of them.

    Attributes
    ----------
    middle, spread : ndarray of float, shape (k,)
        Median and a robust standard deviation of each feature; 0 and 1 where nothing is known.
    errors : ndarray of float, shape (1 + k,), or None
        Mean product of error and standardised feature, a constant first; None where scores are probabilities.
    """

    middle: np.ndarray
    spread: np.ndarray
    errors: np.ndarray | None = None

    @classmethod
    def of(cls, reference: pd.DataFrame, names: list[str]) -> _Usual:
        """Return what is usual in a reference."""
        values = reference[names].to_numpy(dtype=float)
        quartiles = quantiles(np.ascontiguousarray(values.T), _QUARTERS)
        lower, middle, upper = np.where(np.isnan(quartiles), 0.0, quartiles)
        usual = cls(middle, np.maximum((upper - lower) / 1.35, 1.0))
        if "score" not in reference or not ((p := reference["score"].to_numpy(dtype=float)) > 1).any():
            return usual
        off = reference["outcome"].to_numpy(dtype=float) - p
        return cls(usual.middle, usual.spread, np.nanmean(off[:, None] * usual.standardised(values), axis=0))

    def standardised(self, features: np.ndarray) -> np.ndarray:
        """Return a constant and the standardised features, cut off at 2, missing ones in the middle."""
        x = np.clip((features - self.middle) / self.spread, -2, 2)
        return np.column_stack([np.ones(len(x)), np.where(np.isnan(x), 0.0, x)])


def _miscalibration(usual: _Usual, features: np.ndarray, y: np.ndarray, p: np.ndarray) -> float:
    known = ~np.isnan(y)
    if known.sum() < 100:
        return 0.0
    y, p, x = y[known], p[known], usual.standardised(features[known])
    if usual.errors is None:
        sums, variances = (y - p) @ x, np.maximum(p * (1 - p), 0.01) @ x**2
    else:
        parts = (y - p)[:, None] * x - usual.errors
        sums, variances = parts.sum(axis=0), (parts**2).sum(axis=0)
    return float(np.max(np.abs(sums) / np.sqrt(np.maximum(variances, 1e-9))))


@dataclass(eq=True)
class DataAndConcept:
    """The larger of data drift and concept drift, each as a share of what alarms; it remembers its reference."""

    psi_alarm: float
    z_alarm: float
    _of: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    _names: list[str] = field(default_factory=list, compare=False, repr=False)
    _bins: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list, compare=False, repr=False)
    _usual: _Usual | None = field(default=None, compare=False, repr=False)

    def fresh(self) -> DataAndConcept:
        """Return one that knows no reference."""
        return DataAndConcept(self.psi_alarm, self.z_alarm)

    def __call__(self, reference: pd.DataFrame, recent: pd.DataFrame) -> float:
        """Return the score."""
        if self._of is not reference:
            self._of, self._names = reference, _features(reference)
            values = np.ascontiguousarray(reference[self._names].to_numpy(dtype=float).T)
            self._bins = [_binned(column[~np.isnan(column)]) for column in values]
            self._usual = _Usual.of(reference, self._names)
        assert self._usual is not None
        features = recent.iloc[:, : len(self._names)].to_numpy(dtype=float)
        data = max(_psi(*bins, column) for bins, column in zip(self._bins, features.T, strict=True))
        y, p = recent["outcome"].to_numpy(dtype=float), recent["score"].to_numpy(dtype=float)
        return max(data / self.psi_alarm, _miscalibration(self._usual, features, y, p) / self.z_alarm)


def drift_monitor(
    threshold: float = 1.0, psi_alarm: float = 0.5, z_alarm: float = 6.5, every_days: int = 14, window_days: int = 28
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
    return monitor(DataAndConcept(psi_alarm, z_alarm), threshold, every_days, window_days)


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
        return _BY_SIZE.take((p >= self.low).astype(int) + (p >= self.high))
