"""Decision point ``retrain``: whether to train the model anew on what has become known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sim.decisions.point import DecisionPoint, truth_of


@dataclass(frozen=True)
class Signals:
    """What a team knows about its model today. Every field is known by now; none is hindsight.

    Attributes
    ----------
    day : int
        Days from the start.
    days_since_training : float
        Since a version was last trained: the one in use, or one that was stopped or taken back.
    alarms : int
        Alarms of the last 28 days, raised since the version in use came into use, that a person has answered and
        found no fault in the data to explain.
    drift : float
        The monitor's latest score; NaN if there is none.
    accuracy_known : float
        Share of right decisions among those whose outcome became known in the last 28 days; NaN if there are none.
        For a forecast it is the mean absolute error as a share of the outcome (MAPE), and lower is better.
        Refused cases are nearly absent from it: their outcome is seldom known.
    accuracy_at_training : float
        Of the version in use, on rows kept apart: a share; NaN for a forecast.
    outcomes_known : int
        Cases in the training store, decided since the version in use was trained, whose outcome is known.
    spend_gbp : float
        Cloud spend of the whole programme so far.
    """

    day: int
    days_since_training: float
    alarms: int
    drift: float
    accuracy_known: float
    accuracy_at_training: float
    outcomes_known: int
    spend_gbp: float


class Retrain(Protocol):
    """A rule for retraining."""

    def __call__(self, signals: Signals) -> bool:
        """Return True to start a retraining today; it is not asked while one is under way."""
        ...


def never(signals: Signals) -> bool:
    """Never retrain: the naive default."""
    return False


def accept(answer: object, *_: Any) -> bool:
    """Return the answer, or raise `DecisionError`."""
    return truth_of(answer, "True (retrain today) or False")


POINT = DecisionPoint(
    name="retrain",
    discipline="mlops",
    scope="service",
    signature="(signals: Signals) -> bool",
    about="Asked each day. Retraining takes a person's time, computing, and days until its release; it learns from the "
    "cases in the training store whose outcome is known by then.",
    given={
        "day": "days from the start",
        "days_since_training": "days",
        "alarms": "answered and unexplained, last 28 days",
        "drift": "the monitor's latest score",
        "accuracy_known": "share right, last 28 days; for a forecast its MAPE, of which lower is better",
        "accuracy_at_training": "share right on rows kept apart; NaN for a forecast",
        "outcomes_known": "cases",
        "spend_gbp": "GBP, cloud spend of the whole programme so far",
    },
    naive=never,
    accept=accept,
    effort_days=12,
    effort_gbp=3000,
)
