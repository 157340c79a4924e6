"""Commitments: machines at a discount for a year or three, paid for by the hour whether they run or not.

A commitment is a savings plan: so many pounds in each hour of its term, at the committed price, for any machines that
the department runs on demand. It is met hour for hour: what is not used in an hour is lost in that hour. Nothing here
simulates, and money is whole pence throughout: what a commitment is billed for a span of days equals, to the penny,
what its use and its unused rest cost in the end over the same days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.cloud.charges import Commitment
from sim.errors import ScenarioError, unknown

HOURS = 24
"""Hours of a day, each of which is met by itself."""

STEPS = 10_000
"""Steps in a pound to which an hourly commitment is rounded, so that its pence are exact."""

LEAST_GBP = 1e-7
"""Use worth less than this is the rounding of a sum, and no use."""


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the provider's list of commitments.

    Attributes
    ----------
    years, days : int
        How long it binds.
    discount : float
        Share taken off the price on demand.
    source, confidence : str
        Where the discount comes from, and whether that was read.
    """

    years: int
    days: int
    discount: float
    source: str
    confidence: str


_TYPICAL = "typical of compute savings plans, nothing paid in advance, from general knowledge: "

TERMS: dict[int, Term] = {
    term.years: term
    for term in (
        Term(1, 365, 0.30, f"{_TYPICAL}27 to 40 %; at most 66 % (AWS, read)", "general"),
        Term(3, 1095, 0.52, f"{_TYPICAL}50 to 62 %; at most 66 % (AWS, read)", "general"),
    )
}
"""The terms on offer, by years; the lower half of each range, as who pays in advance pays less."""


def offer(number: int, hourly_gbp: float, years: int, began_day: int) -> Commitment:
    """Return a commitment as the provider would enter it.

    Parameters
    ----------
    number : int
        How many were made before it.
    hourly_gbp : float
        GBP an hour at the committed price, rounded to `STEPS` in a pound.
    years : int
        A term in `TERMS`.
    began_day : int
        Its first day.

    Returns
    -------
    Commitment

    Raises
    ------
    ScenarioError
        There is no such term.
    """
    if years not in TERMS:
        raise ScenarioError(unknown("term of years", str(years), [str(y) for y in TERMS]))
    term = TERMS[years]
    name = f"{years}-year commitment {number}"
    exact = round(hourly_gbp * STEPS) / STEPS
    return Commitment(f"commitment-{number}", name, term.days, began_day, exact, term.discount)


def paid_pence(commitment: Commitment, days: int) -> int:
    """Return what the first so many days of a commitment cost, whole pence, halves rounded up.

    Computed in whole numbers, so that any span of days costs the difference of two such sums, however it is divided.
    """
    per_pound, days = STEPS // 100, min(max(days, 0), commitment.term_days)
    return (round(commitment.hourly_gbp * STEPS) * HOURS * days + per_pound // 2) // per_pound


def purchase(commitment: Commitment, first: int, last: int) -> tuple[int, int]:
    """Return the days and the pence of a commitment that fall due for the days [first, last) of a run."""
    began = commitment.began_day
    days = [min(max(day - began, 0), commitment.term_days) for day in (first, last)]
    return days[1] - days[0], paid_pence(commitment, days[1]) - paid_pence(commitment, days[0])


def in_force(commitment: Commitment, day: int) -> bool:
    """Say whether a commitment covers a day."""
    return commitment.began_day <= day < commitment.began_day + commitment.term_days


def outstanding_gbp(commitments: Sequence[Commitment], day: int) -> float:
    """Return what is still to be paid on all commitments from a day on, GBP: nobody may cancel one."""
    return sum(purchase(c, day, c.began_day + c.term_days)[1] for c in commitments) / 100.0


def affordable(hourly_gbp: float, years: int, left_gbp: float) -> float:
    """Return the hourly sum, at most the one asked for, whose whole term costs no more than what is left, GBP."""
    most = np.floor(max(left_gbp, 0.0) * STEPS / (HOURS * TERMS[years].days)) / STEPS
    return min(round(hourly_gbp * STEPS) / STEPS, float(most))


def capacity_gbp(commitment: Commitment) -> float:
    """Return the hourly use that a commitment covers at most, GBP at the price on demand."""
    return commitment.hourly_gbp / (1 - commitment.discount)


def by_hour(machine_hours: np.ndarray) -> np.ndarray:
    """Spread a day's machine hours over its hours.

    Parameters
    ----------
    machine_hours : ndarray of float, shape (n,)
        Of a resource on a day.

    Returns
    -------
    ndarray of float, shape (n, 24)
        Machines that run in each hour: as many as run all day, and one more from midnight on for the hours that are
        left. Twelve hours are one machine that runs from midnight to noon, and not half a machine all day.
    """
    whole, rest = np.divmod(np.asarray(machine_hours, dtype=float), HOURS)
    return whole[:, None] + np.clip(rest[:, None] - np.arange(HOURS), 0.0, 1.0)


class CommittedLine(NamedTuple):
    """Use that a commitment covers on a day, or its unused rest.

    Attributes
    ----------
    commitment : int
        Place among the commitments.
    row : int
        Place of the resource among those given; -1 for an unused rest.
    hours : float
        Machine hours; of a rest, hours of the whole commitment.
    pence, list_gbp : int, float
        Its share of the commitment's price, each the rounded running total less the one before; and what the same use
        costs on demand.
    """

    commitment: int
    row: int
    hours: float
    pence: int
    list_gbp: float


def cover(
    commitments: Sequence[Commitment], day: int, machine_hours: Sequence[float], price: Sequence[float]
) -> tuple[list[float], list[CommittedLine]]:
    """Meet a day's machines from the commitments in force, hour by hour.

    Parameters
    ----------
    commitments : sequence of Commitment
        Those ever made. The one with the largest discount is used up first, as the provider does.
    day : int
        Day of the run.
    machine_hours : sequence of float
        Hours of each resource's machines that would be bought on demand, in the order in which they are met. They run
        as `by_hour` has it. Resources are few, so that plain numbers are met much faster than arrays.
    price : sequence of float
        Price of one on demand, GBP, more than nothing.

    Returns
    -------
    on_demand_hours : list of float
        Machine hours of each resource that no commitment covers.
    lines : list of CommittedLine
        The pence of a commitment's lines sum to those of its day.
    """
    rests = [h % HOURS for h in machine_hours]
    starts = sorted({0, *(int(r) for r in rests if r), *(int(r) + 1 for r in rests if 0 < r < HOURS - 1)})
    length = [end - begin for begin, end in pairwise([*starts, HOURS])]
    left: dict[int, list[float]] = {}

    def wanted(row: int) -> list[float]:
        if row not in left:
            whole, gbp = machine_hours[row] // HOURS, price[row]
            left[row] = [(whole + min(max(rests[row] - start, 0.0), 1.0)) * gbp for start in starts]
        return left[row]

    lines: list[CommittedLine] = []
    force = [i for i, c in enumerate(commitments) if in_force(c, day)]
    for place in sorted(force, key=lambda i: -commitments[i].discount):
        mine, room, used = commitments[place], [capacity_gbp(commitments[place])] * len(length), []
        for row, gbp in enumerate(price):
            if not any(room):
                break
            if not any(wanted(row)):
                continue
            met = [min(want, have) for want, have in zip(wanted(row), room, strict=True)]
            value = sum([x * n for x, n in zip(met, length, strict=True)])
            if value > LEAST_GBP:
                left[row] = [want - x for want, x in zip(left[row], met, strict=True)]
                room = [have - x for have, x in zip(room, met, strict=True)]
                used.append((row, value / gbp, value))
        lines += _shared_out(mine, place, day, used)
    bare = list(machine_hours)
    for row, gbp in left.items():
        rest = sum([x * n for x, n in zip(gbp, length, strict=True)])
        bare[row] = rest / price[row] if rest > LEAST_GBP else 0.0
    return bare, lines


def _shared_out(mine: Commitment, place: int, day: int, used: list[tuple[int, float, float]]) -> list[CommittedLine]:
    """Share a commitment's pence of a day among its uses and its unused rest, none of them less than nothing.

    A rest takes what is left of them. Where there is none the uses have them all: a day's price in steps of a hundredth
    of a penny an hour is never within a fiftieth of half a penny, so that no sum of floats is rounded the other way.

    Parameters
    ----------
    mine, place, day : Commitment, int, int
        Which, its place among all, and the day of the run.
    used : list of tuple
        Place of the resource, machine hours, and GBP at the price on demand.
    """
    since, share = day - mine.began_day, 1 - mine.discount
    before = paid_pence(mine, since)
    total = paid_pence(mine, since + 1) - before
    running = mine.hourly_gbp * HOURS * since * 100 - before + 0.5
    lines, paid = [], 0
    for row, hours, gbp in used:
        running += gbp * share * 100
        now = min(max(math.floor(running), paid), total)
        lines.append(CommittedLine(place, row, hours, now - paid, gbp))
        paid = now
    rest = mine.hourly_gbp * HOURS - sum([gbp for *_, gbp in used]) * share
    if rest > LEAST_GBP or not lines:
        lines.append(CommittedLine(place, -1, max(rest, 0.0) / mine.hourly_gbp, total - paid, 0.0))
    return lines


def hourly_gbp(
    day: np.ndarray, group: np.ndarray, hours: np.ndarray, price: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """Return what machines cost on demand in each hour, by group.

    Parameters
    ----------
    day, group : ndarray of int, shape (n,)
        Day and group of each resource-day, counted from 0.
    hours, price : ndarray of float, shape (n,)
        Machine hours, however they were bought, and their price on demand, GBP.
    shape : tuple of int
        Days and groups.

    Returns
    -------
    ndarray of float, shape (days, 24, groups)
        GBP.
    """
    spend = by_hour(hours) * price[:, None]
    days, groups = shape
    flat = np.zeros((days * groups, HOURS))
    np.add.at(flat, np.asarray(day) * groups + group, spend)
    return flat.reshape(days, groups, HOURS).transpose(0, 2, 1)
