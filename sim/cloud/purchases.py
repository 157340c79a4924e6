"""Purchases: machine hours that are bought otherwise than on demand, under commitments and on the spot market."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.calendar import Calendar
from sim.cloud.buying import Bought
from sim.cloud.carbon import spread
from sim.cloud.charges import CHARGES, Commitment, running_pence
from sim.cloud.commitments import cover, in_force, offer, purchase
from sim.cloud.spot import Runs

SPOT, COMMITTED, UNUSED, PURCHASE, ON_DEMAND = (
    CHARGES.index(name) for name in ("spot", "committed", "unused", "purchase", "on demand")
)


@dataclass(frozen=True)
class Hire:
    """A job's machine on the spot market.

    Attributes
    ----------
    service : str
        Whose job it is.
    variant : int
        Place, among the resources billed, of the machine that it would run on.
    day, hour : ndarray of int, shape (n,)
        Each clock hour that the job touches.
    hours : ndarray of float, shape (n,)
        Machine hours in each.
    on_demand : float
        Share of them that was bought on demand in the end, as the job was interrupted too often.
    """

    service: str
    variant: int
    day: np.ndarray
    hour: np.ndarray
    hours: np.ndarray
    on_demand: float


class Purchases:
    """What is bought otherwise than on demand, day by day; in the form of `sim.cloud.estate.Buying`.

    Parameters
    ----------
    calendar : Calendar
        Its months are those for which commitments are paid.
    commitments : list of Commitment
        Those ever made, to be added to in place.
    saving : callable
        From a day to the saving of the spot market.
    variant : callable
        From a resource's place in the estate to its place among those billed.
    published : callable
        From a place among those billed to today's price of an hour on demand, GBP.

    Attributes
    ----------
    hires : list of Hire
        Spot machines ever hired.
    """

    def __init__(
        self, calendar: Calendar, commitments: list[Commitment], saving: Callable[[int], float],
        variant: Callable[[int], int], published: Callable[[int], float],
    ) -> None:  # fmt: skip
        self._calendar, self._saving, self._variant, self._published = calendar, saving, variant, published
        self.commitments = commitments
        self.hires: list[Hire] = []
        self._carried: dict[tuple[int, int], float] = {}

    def commit(self, hourly_gbp: float, years: int, day: int) -> Commitment:
        """Make a commitment that begins on a day, and return it."""
        made = offer(len(self.commitments) + 1, hourly_gbp, years, day)
        self.commitments.append(made)
        return made

    def hire(self, service: str, variant: int, start: float, ran: Runs) -> Hire:
        """Bill a job that ran on spot machines, day by day as it goes on; return its hours.

        Parameters
        ----------
        service, variant : str, int
            Whose job it is, and the place, among the resources billed, of the machine that it would run on.
        start : float
            Time at which it began, in days.
        ran : Runs
            What became of it: of one job.
        """
        spot, dear = float(ran.spot_hours[0]), float(ran.on_demand_hours[0])
        hours = spread(start, float(ran.elapsed_hours[0]), spot + dear)
        made = Hire(service, variant, *hours, dear / (spot + dear) if dear else 0.0)
        self.hires.append(made)
        return made

    def __call__(self, day: int, hours: list[float], price: list[float]) -> tuple[list[float], list[Bought]]:
        """Return the hours of each resource left to be bought on demand, and what was bought otherwise."""
        bought: list[Bought] = []
        for job in self.hires:
            if not job.day[0] <= day <= job.day[-1]:
                continue
            mine = float(job.hours[job.day == day].sum())
            if mine > 0:
                bought += self._spot(day, job, mine)
        if not self.commitments:
            return hours, bought
        if day in self._calendar.months[:-1]:
            bought += self._due(day)
        if any(in_force(c, day) for c in self.commitments):
            hours, covered = self._cover(day, hours, price)
            bought += covered
        return hours, bought

    def _spot(self, day: int, job: Hire, hours: float) -> list[Bought]:
        published = self._published(job.variant)
        parts = ((SPOT, hours * (1 - job.on_demand), 1 - self._saving(day)), (ON_DEMAND, hours * job.on_demand, 1.0))
        bought = []
        for charge, quantity, share in parts:
            if quantity > 0:
                key = (job.variant, charge)
                pence, self._carried[key] = running_pence(quantity * published * share, self._carried.get(key, 0.0))
                bought.append(Bought(job.variant, quantity, published, published * share, pence, pence, charge))
        return bought

    def _due(self, day: int) -> list[Bought]:
        """Pay for the month that begins, for each commitment in force in it."""
        months = self._calendar.months
        end, bought = months[months.index(day) + 1], []
        for place, mine in enumerate(self.commitments):
            days, pence = purchase(mine, day, end)
            if days:
                bought.append(Bought(-1, days * 24.0, mine.hourly_gbp, mine.hourly_gbp, pence, 0, PURCHASE, place))
        return bought

    def _cover(self, day: int, hours: list[float], price: list[float]) -> tuple[list[float], list[Bought]]:
        rows = [i for i, (h, gbp) in enumerate(zip(hours, price, strict=True)) if h > 0 and gbp > 0]
        bare, lines = cover(self.commitments, day, [hours[i] for i in rows], [price[i] for i in rows])
        left, bought = list(hours), []
        for i, rest in zip(rows, bare, strict=True):
            left[i] = rest
        for line in lines:
            mine = self.commitments[line.commitment]
            if line.row < 0:
                gbp = mine.hourly_gbp
                bought.append(Bought(-1, line.hours, gbp, gbp, 0, line.pence, UNUSED, line.commitment))
                continue
            i = rows[line.row]
            committed = price[i] * (1 - mine.discount)
            bought.append(
                Bought(self._variant(i), line.hours, price[i], committed, 0, line.pence, COMMITTED, line.commitment)
            )
        return left, bought
