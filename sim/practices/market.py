"""Reference practices of buying: commit to what always runs, and train on spot machines at the cleanest hour."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.decisions.commit import Order, commitment
from sim.decisions.place import NOW, ON_DEMAND, SPOT, Job

LEAST_GBP = 0.01
"""A commitment to less than a penny an hour is not worth the paper."""


@dataclass(frozen=True)
class commit_to_floor:  # noqa: N801 - a practice is named as it is called
    """Commit to a share of what the machines cost in the cheapest hour, once that has been seen for long enough.

    Parameters
    ----------
    share : float
        Share of that floor to be covered, commitments made before included.
    years : int
        Term.
    days : int
        Days that must have been seen.
    """

    share: float = 0.8
    years: int = 1
    days: int = 90

    def __call__(self, usage: pd.DataFrame) -> list[Order]:
        """Return at most one commitment, for what lies below the floor and is not covered."""
        everything = usage.iloc[0]
        bare = self.share * everything["lowest_gbp"] - everything["covered_gbp"]
        if everything["days"] < self.days or bare < 0.1 * everything["lowest_gbp"]:
            return []
        hourly = bare * (1 - everything[f"discount_{self.years}"])
        return [commitment(hourly, self.years)] if hourly >= LEAST_GBP else []


@dataclass(frozen=True)
class place_on_spot_at_night:  # noqa: N801
    """Train on a spot machine where that costs less, and at the cleanest of some hours.

    Parameters
    ----------
    first, last : int
        Hours of the day between which it may start; the night when the first is the greater.
    """

    first: int = 22
    last: int = 6

    def __call__(self, job: Job) -> tuple[str, str | int]:
        """Return the market, and the hour at which to start."""
        market = SPOT if job.spot_gbp < job.on_demand_gbp and not job.paid_anyway else ON_DEMAND
        hours = pd.Index(job.carbon.index)
        early, late = hours >= self.first, hours <= self.last
        night = job.carbon[early | late if self.first > self.last else early & late]
        return market, int(night.idxmin()) if len(night) else NOW
