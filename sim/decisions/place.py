"""Decision point ``place``: on which market a training job runs, and at which hour it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of, one_of
from sim.errors import DecisionError, nearest

ON_DEMAND, SPOT, NOW = "on demand", "spot", "now"
MARKETS = (ON_DEMAND, SPOT)

JOB = {
    "day": "day from the start",
    "hour": "hour of the day now, 0 to 23",
    "service": "whose model is to be trained",
    "resource": "the machine that trains its models",
    "size": "size of that machine on the price list",
    "machine_hours": "hours that the job takes on one such machine, going by the version before",
    "paid_anyway": "whether that machine is on all day, so that the job costs nothing more there",
    "on_demand_gbp": "GBP for an hour of such a machine on demand",
    "spot_gbp": "GBP for an hour of one on the spot market today",
    "interrupted_share": "share of spot machines that are taken away within a month",
    "carbon": "expected g CO2e per kWh from each hour at which the job may start, for as long as the job takes; a "
    "Series whose index is the hour of the day, beginning with the hour now",
}


@dataclass(frozen=True)
class Job:
    """A training job that is ready to run.

    Attributes
    ----------
    day, hour : int
        Today, and the hour of the day.
    service, resource, size : str
        Whose model, on which machine, of which size.
    machine_hours : float
        Hours that it takes on one such machine.
    paid_anyway : bool
        Whether the machine is on all day.
    on_demand_gbp, spot_gbp : float
        GBP for an hour.
    interrupted_share : float
        Share of spot machines that are taken away within a month.
    carbon : Series of float
        g CO2e per kWh by starting hour.
    """

    day: int
    hour: int
    service: str
    resource: str
    size: str
    machine_hours: float
    paid_anyway: bool
    on_demand_gbp: float
    spot_gbp: float
    interrupted_share: float
    carbon: pd.Series


class Place(Protocol):
    """A rule for placing jobs."""

    def __call__(self, job: Job) -> tuple[str, str | int]:
        """Return the market, and the hour at which to start."""
        ...


def on_demand_now(job: Job) -> tuple[str, str | int]:
    """Run every job on the service's own machine at once: the naive default."""
    return ON_DEMAND, NOW


def accept(answer: object, job: Job) -> tuple[str, str | int]:
    """Return market and hour, or raise `DecisionError`."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise DecisionError(
            f"it returned {kind_of(answer)}, but a market and a starting hour were expected, such as ('spot', 2) or "
            "('on demand', 'now')."
        )
    try:
        market = one_of(answer[0], MARKETS)
    except DecisionError as error:
        raise DecisionError(f"it returned the market {answer[0]!r}: {error}") from None
    hour = answer[1]
    if isinstance(hour, str):
        if hour != NOW:
            raise DecisionError(
                f"it returned the starting hour {hour!r}, but 'now' or an hour from 0 to 23 was expected."
                f"{nearest(hour, [NOW])}"
            )
        return market, NOW
    number = isinstance(hour, int | float | np.number) and not isinstance(hour, bool)
    if not number or not 0 <= hour <= 23 or hour != int(hour):
        raise DecisionError(f"it returned the starting hour {hour!r}, but 'now' or an hour from 0 to 23 was expected.")
    allowed = list(job.carbon.index)
    if int(hour) not in allowed:
        raise DecisionError(
            f"it returned the starting hour {int(hour)}, but it is {job.hour} o'clock now and the job may wait for "
            f"{len(allowed) - 1} hours at most; the latest hour that is allowed is {allowed[-1]}."
        )
    return market, int(hour)


POINT = DecisionPoint(
    name="place",
    discipline="finops",
    scope="service",
    signature="(job) -> market ('on demand' or 'spot'), starting hour (0 to 23, or 'now')",
    about="Asked for each retraining when its data are ready. A spot machine is cheaper, but may be taken away: "
    "the job goes on from its last checkpoint, later. An hour to come may have a cleaner grid; the release waits with "
    "the job.",
    given=JOB,
    naive=on_demand_now,
    accept=accept,
    effort_days=5,
    effort_gbp=500,
)
