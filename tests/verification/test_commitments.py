"""A commitment pays from a use of one less its discount: by hand, and in a run, to the penny.

At a price on demand p and a discount d, a commitment that covers one machine costs 24 p (1 - d) a day, whatever runs.
A machine that runs h hours a day would have cost h p. So it saves p (h - 24 (1 - d)) a day: nothing at a use of h / 24
= 1 - d, which is 16.8 hours for a year's discount of 30 %, and 11.52 for three years' 52 %.
"""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from sim.cloud.commitments import TERMS, capacity_gbp, offer
from sim.cloud.prices import price

PRICE = price("m5.4xlarge").gbp


def once(years: int):
    """Commit to one machine at the first month's end."""

    def commit(usage: pd.DataFrame) -> list:
        hourly = PRICE * (1 - usage[f"discount_{years}"].iloc[0])
        return [sim.commitment(hourly, years)] if usage["days"].iloc[0] < 40 else []

    return commit


def saved_pence(quiet, years: int, hours: float, quarters: int) -> int:
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


@pytest.mark.parametrize("years", sorted(TERMS))
@pytest.mark.parametrize("hours", [6.0, 11.52, 16.8, 20.0, 24.0])
def test_it_saves_what_it_saves_by_hand(quiet, years, hours):
    """Over the last two months of a quarter, which is as long as it has run."""
    days = 91 - 30
    wanted = by_hand(years, hours, days) - uncovered(years, hours, days)
    assert saved_pence(quiet, years, hours, 1) == pytest.approx(wanted, abs=1.0)


@pytest.mark.parametrize(("years", "even"), [(1, 16.8), (3, 11.52)])
def test_it_breaks_even_at_one_less_its_discount(quiet, years, even):
    """Three per cent less use than that loses money, and three per cent more saves it; at it, a penny a day at most."""
    assert even / 24 == pytest.approx(1 - TERMS[years].discount)
    less, at, more = (saved_pence(quiet, years, even * share, 1) for share in (0.97, 1.0, 1.03))
    assert less < -100 and more > 100 and abs(at) <= 91 - 30


def test_over_a_whole_term_it_is_paid_for_a_year_and_no_day_longer(quiet):
    saved = saved_pence(quiet, 1, 20.0, 5)
    wanted = by_hand(1, 20.0, 365) - uncovered(1, 20.0, 365)
    assert saved == pytest.approx(wanted, abs=1.0)
