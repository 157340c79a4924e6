"""Decision point ``watch_model``: a monitor that raises an alarm when the model's world has moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.decisions.memory import afresh
from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError

ScoreFn = Callable[[pd.DataFrame, pd.DataFrame], float]

FRAMES = {
    "<feature>": "one column for each feature, as delivered to the model",
    "score": "the model's probability of the outcome, 0 to 1",
    "group": "protected group",
    "outcome": "1 or 0 once known, else NaN",
    "decided_day": "when the case was decided, days from the start (before 0 in the pilot)",
}


@dataclass(frozen=True)
class Monitor:
    """A score of how far recent cases have moved from those the model was trained on, and when to be alarmed.

    Attributes
    ----------
    score_fn : callable
        ``score_fn(reference, recent) -> float``. ``reference`` holds the rows that the model in use was trained on;
        ``recent`` those decided, or whose outcome became known, within the window. Both have the columns `FRAMES`.
    threshold : float
        An alarm is raised when the score is above it.
    every_days : int
        Days from one look to the next.
    window_days : int
        Length of the window of recent cases.
    """

    score_fn: ScoreFn
    threshold: float
    every_days: int = 7
    window_days: int = 28

    def fresh(self) -> Monitor:
        """Return a monitor for a new run, its score function's memory empty."""
        score = afresh(self.score_fn)
        return self if score is self.score_fn else replace(self, score_fn=score)


def monitor(score_fn: ScoreFn, threshold: float, every_days: int = 7, window_days: int = 28) -> Monitor:
    """Make a ``watch_model`` decision of a score function and a threshold.

    Parameters
    ----------
    score_fn : callable
        ``score_fn(reference: DataFrame, recent: DataFrame) -> float``; see `Monitor`.
    threshold : float
        An alarm is raised when the score is above it.
    every_days : int
        1 or more.
    window_days : int
        1 to 365.

    Returns
    -------
    Monitor
        For ``Playbook.replace(watch_model=...)``.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    if not callable(score_fn):
        raise DecisionError(
            f"score_fn is {kind_of(score_fn)}, but a function (reference, recent) -> float was expected."
        )
    if isinstance(threshold, bool) or not isinstance(threshold, int | float | np.number) or not np.isfinite(threshold):
        raise DecisionError(f"threshold is {kind_of(threshold)}, but a finite number was expected.")
    for name, value, high in (("every_days", every_days, 365), ("window_days", window_days, 365)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
            raise DecisionError(f"{name} is {value!r}, but a whole number from 1 to {high} was expected.")
    return Monitor(score_fn, float(threshold), every_days, window_days)


def never(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Score nothing: the naive default's score function."""
    return 0.0


def accept(answer: object, *_: Any) -> float:
    """Return the score as a float, or raise `DecisionError`."""
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise DecisionError(f"the score function returned {kind_of(answer)}, but one number was expected.")
    if not np.isfinite(answer):
        raise DecisionError(f"the score function returned {answer}, but a finite number was expected.")
    return float(answer)


POINT = DecisionPoint(
    name="watch_model",
    discipline="mlops",
    scope="service",
    signature="monitor(score_fn, threshold); score_fn(reference: DataFrame, recent: DataFrame) -> float",
    about="Every so many days the score is compared with the threshold. An alarm must be answered by a person, who "
    "tells a fault in the data from a change in the world.",
    given=FRAMES,
    naive=Monitor(never, float("inf")),
    accept=accept,
    effort_days=10,
    effort_gbp=5000,
)
