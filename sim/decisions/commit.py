"""Decision point ``commit``: how much of the machines to pay for in advance, for a year or three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError

YEARS = (1, 3)
"""Terms that may be had."""

MOST_GBP = 10_000.0
"""More than any department commits to in an hour."""

USAGE = {
    "lowest_gbp": "GBP that machines cost on demand in the cheapest hour of the days looked back upon. The index is "
    "the family of machines; the first row is all of them. What is covered already counts as well, spot does not",
    "tenth_gbp": "the same: a tenth of all hours cost less",
    "median_gbp": "the same: half of all hours cost less",
    "highest_gbp": "the same, in the dearest hour",
    "covered_gbp": "GBP an hour, on demand, that the commitments in force cover; zero but for all families together",
    "days": "days looked back upon: up to 90, fewer in the first months",
    "discount_1": "share taken off the price on demand for a commitment of one year",
    "discount_3": "the same for three years",
    "delegated_gbp": "GBP that may still be promised: the delegated budget less what is to be paid on commitments made",
}


@dataclass(frozen=True)
class Order:
    """One commitment to be made.

    Attributes
    ----------
    hourly_gbp : float
        GBP to be paid for each hour of the term, at the committed price.
    years : int
        Term.
    """

    hourly_gbp: float
    years: int = 1


Orders = Sequence[Order]


class Commit(Protocol):
    """A rule for commitments."""

    def __call__(self, usage: pd.DataFrame) -> Orders:
        """Return the commitments to be made today."""
        ...


def commitment(hourly_gbp: float, years: int = 1) -> Order:
    """Order a commitment: a lower price for machines, paid for each hour of a term whether they run or not.

    Parameters
    ----------
    hourly_gbp : float
        GBP for each hour, at the committed price: more than 0, at most 10,000. At a discount d it covers machines that
        cost ``hourly_gbp / (1 - d)`` on demand, so that it pays if more than a share ``1 - d`` of it is used.
    years : int
        1 or 3.

    Returns
    -------
    Order
        For the list that `commit` returns.

    Raises
    ------
    DecisionError
        If something is of the wrong kind or out of range.
    """
    number = isinstance(hourly_gbp, int | float | np.number) and not isinstance(hourly_gbp, bool)
    if not number or not 0 < hourly_gbp <= MOST_GBP:
        raise DecisionError(
            f"hourly_gbp is {hourly_gbp!r}, but a number of pounds, more than 0 and at most {MOST_GBP:,.0f}, was "
            "expected. To make no commitment, return an empty list."
        )
    if isinstance(years, bool) or not isinstance(years, int | np.integer) or years not in YEARS:
        raise DecisionError(f"years is {years!r}, but 1 or 3 was expected.")
    return Order(float(hourly_gbp), int(years))


def none(usage: pd.DataFrame) -> list[Order]:
    """Make no commitment: the naive default."""
    return []


def accept(answer: object, usage: pd.DataFrame) -> tuple[Order, ...]:
    """Return the orders, or raise `DecisionError`."""
    if isinstance(answer, Order):
        raise DecisionError(
            "it returned a single commitment, but a list of them was expected: put it in brackets, [...]."
        )
    if not isinstance(answer, list | tuple):
        raise DecisionError(
            f"it returned {kind_of(answer)}, but a list of commitments was expected, such as [sim.commitment(0.5, 1)]; "
            "an empty list makes none."
        )
    for order in answer:
        if not isinstance(order, Order):
            raise DecisionError(
                f"its list holds {kind_of(order)}, but commitments were expected, such as sim.commitment(0.5, 1)."
            )
        commitment(order.hourly_gbp, order.years)
    return tuple(answer)


POINT = DecisionPoint(
    name="commit",
    discipline="finops",
    scope="programme",
    signature="(usage: DataFrame) -> list of sim.commitment(hourly_gbp, years)",
    about="Asked at each month's end. A commitment begins on the first of the next month and makes machines cheaper, "
    "hour by hour, up to its sum; it is paid each month whether they run or not, and nobody may cancel it. What goes "
    "beyond the delegated budget, counted over the whole term, is cut or refused.",
    given=USAGE,
    naive=none,
    accept=accept,
    effort_days=4,
    effort_gbp=500,
)
