"""Decision point ``scale``: how many replicas serve the model, from tonight or as soon as they are up."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError


@dataclass(frozen=True)
class Load:
    """What the platform team knows about tonight's load.

    Attributes
    ----------
    day : int
        Days from the start.
    recent : Series of int
        Records to score on each of the last 28 nights, indexed by day; empty on the first.
    waiting : int
        Records left over from last night.
    capacity : float
        Records that one replica scores in a night.
    replicas : int
        In use last night.
    peak : int
        Replicas bought for the peak.
    lag : int
        Nights until replicas that are asked for now serve, or go; 0 for those of tonight.
    """

    day: int
    recent: pd.Series
    waiting: int
    capacity: float
    replicas: int
    peak: int
    lag: int = 0


class Scale(Protocol):
    """A rule for scaling."""

    def __call__(self, load: Load) -> int:
        """Return the number of replicas for the night that is `Load.lag` nights away."""
        ...


def peak_always_on(load: Load) -> int:
    """Keep the peak's replicas on: the naive default."""
    return load.peak


def accept(answer: object, load: Load) -> int:
    """Return the number of replicas, or raise `DecisionError`."""
    most = 10 * max(load.peak, 1)
    if isinstance(answer, bool) or not isinstance(answer, Integral):
        raise DecisionError(f"it returned {kind_of(answer)}, but a whole number of replicas was expected.")
    if not 0 <= answer <= most:
        raise DecisionError(f"it returned {answer} replicas, but 0 to {most} are allowed.")
    return int(answer)


POINT = DecisionPoint(
    name="scale",
    discipline="finops",
    scope="service",
    signature="(load: Load) -> int, replicas",
    about="Asked each night. Too few replicas leave records waiting until the next night; each costs its hours. Where "
    "the estate has a lag, what is asked for tonight comes up some nights later: a rule that follows the last night is "
    "late for a jump.",
    given={
        "day": "days from the start",
        "recent": "records on each of the last 28 nights",
        "waiting": "records left over",
        "capacity": "records a replica scores in a night",
        "replicas": "in use last night",
        "peak": "bought for the peak",
        "lag": "nights until replicas asked for now serve, or go",
    },
    naive=peak_always_on,
    accept=accept,
    effort_days=6,
    effort_gbp=1000,
)
