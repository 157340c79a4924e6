"""Test suites that a candidate passes or fails before its release. Plain functions; nothing here simulates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.models.evaluation import Figures
from sim.models.learning import REGRESSION
from sim.models.registry import Version
from sim.scenario import Feature

MOST_MISSING = 0.12
"""Largest share of missing values in a feature of the training data."""

MOST_OUTSIDE = 0.03
"""Largest share of values outside a feature's valid range."""

RATE_MOVES = 0.15
"""Largest difference between the share of outcome 1, or relative difference of mean outcomes, of two snapshots."""

WORSE = 0.02
"""Share by which a candidate's Brier score or MAPE may be worse than the champion's."""

WIDER = 0.03
"""How much wider than the champion's a candidate's equity gap may be."""

SAME = 1e-6
"""Largest difference between a score in serving and the same score in training."""


@dataclass(frozen=True)
class Snapshot:
    """What a test of data reads of the rows that a version was trained on.

    Attributes
    ----------
    missing, outside : ndarray of float, shape (k,)
        By feature, the share of rows where it is missing, and where it is outside its valid range.
    rate : float
        Mean outcome.
    """

    missing: np.ndarray
    outside: np.ndarray
    rate: float


def snapshot(version: Version, features: Sequence[Feature]) -> Snapshot:
    """Profile a version's training rows."""
    low, high = (np.array([getattr(f, end) for f in features]) for end in ("low", "high"))
    values = version.reference
    with np.errstate(invalid="ignore"):
        outside = ((values < low) | (values > high)).mean(axis=0)
    return Snapshot(np.isnan(values).mean(axis=0), outside, float(version.outcome.mean()))


def data(candidate: Snapshot, champion: Snapshot | None, names: Sequence[str], task: str) -> str:
    """Test the rows that a candidate was trained on.

    Parameters
    ----------
    candidate : Snapshot
        Of the candidate.
    champion : Snapshot or None
        Of the version in use, where its data were kept; else only the candidate's own rows are looked at.
    names : sequence of str
        Features.
    task : str
        As in `sim.models.learning`.

    Returns
    -------
    str
        What is wrong; empty when it passes.
    """
    for shares, most, what in (
        (candidate.missing, MOST_MISSING, "missing"),
        (candidate.outside, MOST_OUTSIDE, "out of range"),
    ):
        worst = int(np.argmax(shares))
        if shares[worst] > most:
            return f"{names[worst]} is {what} in {shares[worst]:.1%} of the training rows"
    if champion is not None:
        moved = abs(candidate.rate - champion.rate)
        if moved > RATE_MOVES * (abs(champion.rate) if task == REGRESSION else 1.0):
            return f"the mean outcome is {candidate.rate:.3g}, and was {champion.rate:.3g}"
    return ""


def model(candidate: Figures, champion: Figures) -> str:
    """Test whether a candidate is worse than the champion on the same newest known outcomes; say how, or nothing."""
    for name in ("brier", "mape"):
        new, old = getattr(candidate, name), getattr(champion, name)
        if new > old * (1 + WORSE):
            return f"{name} is {new:.4f}, and the version in use has {old:.4f} on the same cases"
    return ""


def code(candidate: Version, rows: np.ndarray) -> str:
    """Test whether serving gives the scores that training gave, on some rows; say on how many not, or nothing."""
    off = int((np.abs(candidate.serve(rows, testing=True) - candidate.fitted.score(rows)) > SAME).sum())
    return f"serving scores {off} of {len(rows)} rows otherwise than training did" if off else ""


def fairness(candidate: Figures, champion: Figures) -> str:
    """Test whether a candidate serves groups less evenly than the champion; say how, or nothing."""
    if candidate.gap > champion.gap + WIDER:
        return f"the gap between groups is {candidate.gap:.3f}, and was {champion.gap:.3f}"
    return ""
