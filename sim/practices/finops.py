"""Reference practices of FinOps: scale to the load, size to the use, and look at an unusual bill."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.decisions import Load


@dataclass(frozen=True)
class scale_to_load:  # noqa: N801 - a practice is named as it is called
    """Keep replicas for the busiest of the last nights, and a margin.

    Parameters
    ----------
    margin : float
        Spare capacity, as a share of the load.
    """

    margin: float = 0.3

    def __call__(self, load: Load) -> int:
        """Return the number of replicas for tonight."""
        if not len(load.recent) or load.capacity <= 0:
            return load.peak
        wanted = (load.recent.to_numpy().max() + load.waiting) * (1 + self.margin)
        return min(max(math.ceil(wanted / load.capacity), 1), 2 * max(load.peak, 1))


@dataclass(frozen=True)
class right_size:  # noqa: N801
    """Give each resource the cheapest size of which its work, at the 95th percentile, fills no more than a share.

    Machines off at night, functions and the shared machine are sizes like any other, and win where they are cheapest.

    Parameters
    ----------
    ceiling : float
        Highest use to aim at.
    """

    ceiling: float = 0.6

    def __call__(self, usage: pd.DataFrame) -> dict[str, str]:
        """Return the new sizes by resource."""
        sizes = {}
        columns = ("kind", "size", "sizes", "work", "capacity", "day_gbp")
        for name, kind, size, options, work, capacity, day_gbp in zip(
            usage.index, *(usage[column] for column in columns), strict=True
        ):
            if kind == "serving":
                continue
            enough = [o for o in zip(day_gbp, options, capacity, strict=True) if o[2] * self.ceiling >= work]
            best = min(enough, key=lambda option: option[0])[1] if enough else size
            if best != size:
                sizes[name] = best
        return sizes


@dataclass(frozen=True)
class spend_alert:  # noqa: N801
    """Look when the last days cost much more than those before.

    Parameters
    ----------
    ratio : float
        How many times the usual daily spend is unusual.
    days : int
        Days whose mean is compared.
    """

    ratio: float = 1.15
    days: int = 3

    def __call__(self, spend: pd.Series) -> bool:
        """Return whether to have somebody look today."""
        values = spend.to_numpy()
        if len(values) < 28 + self.days:
            return False
        usual = np.sort(values[-28 - self.days : -self.days])[14]
        return bool(values[-self.days :].mean() > self.ratio * usual)
