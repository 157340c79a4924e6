"""A commitment pays from a use of one less its discount: by hand, and in a run, to the penny.

At a price on demand p and a discount d, a commitment that covers one machine costs 24 p (1 - d) a day, whatever runs.
A machine that runs h hours a day would have cost h p. So it saves p (h - 24 (1 - d)) a day: nothing at a use of h / 24
= 1 - d, which is 16.8 hours for a year's discount of 30 %, and 11.52 for three years' 52 %.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

import sim
from sim.cloud.commitments import TERMS, capacity_gbp, offer
from sim.cloud.prices import price
from tests.verification.check import Check, Row, equal_to
from tests.worlds import quiet

PRICE = price("m5.4xlarge").gbp


def once(years: int):
    """Commit to one machine at the first month's end."""

    def commit(usage: pd.DataFrame) -> list:
        hourly = PRICE * (1 - usage[f"discount_{years}"].iloc[0])
        return [sim.commitment(hourly, years)] if usage["days"].iloc[0] < 40 else []

    return commit


def saved_pence(years: int, hours: float, quarters: int) -> int:
    """Return what a commitment to one machine saves a department whose one machine runs so many hours a day."""
    machine = {
        "name": "batch", "kind": "development", "environment": "development", "size": "m5.4xlarge", "always_on": False,
        "vcpu_hours_per_day": 16 * hours,
    }  # fmt: skip
    world = quiet(quarters, 60, {"estate": [machine], "budget": {"delegated_gbp": 1e6}})
    bills = [
        sim.simulate(world, sim.Playbook(commit=commit), seed=1, instant=True).billing["BilledCost"].sum()
        for commit in (sim.Playbook().commit, once(years))
    ]
    return round((bills[0] - bills[1]) * 100)


def by_hand(years: int, hours: float, days: int) -> float:
    """Return the same, in pence: the hourly sum is to a hundredth of a penny."""
    hourly = round(PRICE * (1 - TERMS[years].discount), 4)
    return 100 * days * (PRICE * hours - 24 * hourly)


def uncovered(years: int, hours: float, days: int) -> float:
    """Return what the rounding of the hourly sum leaves on demand, in pence."""
    short = max(PRICE - capacity_gbp(offer(0, PRICE * (1 - TERMS[years].discount), years, 0)), 0.0)
    return 100 * days * hours * short


QUARTER, MONTH = 91, 30


def saved(years: int, hours: float, part: int) -> tuple[float]:
    """Return the pence saved over the last two months of a quarter, which is as long as it has run."""
    return (saved_pence(years, hours, 1),)


def conclude(years: int, hours: float, parts: np.ndarray) -> list[Row]:
    """Hold that to what it is by hand, within a penny."""
    days = QUARTER - MONTH
    return [equal_to(by_hand(years, hours, days) - uncovered(years, hours, days), float(parts[0, 0]), 1.0)]


CHECKS = [
    Check(
        "theory",
        (f"A commitment of {years} year{'s' * (years > 1)} to a machine used {hours:g} hours a day: saved",),
        "pence",
        1,
        partial(saved, years, hours),
        partial(conclude, years, hours),
    )
    for years in sorted(TERMS)
    for hours in (6.0, 11.52, 16.8, 20.0, 24.0)
]
