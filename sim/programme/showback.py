"""Showback: each month's bill, allocated and shown to the services' owners, who clear what is theirs and idle."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.cloud.billing import billing
from sim.cloud.charges import DISCIPLINES
from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS
from sim.decisions.allocate import SHARED, Portion, told
from sim.errors import DecisionError
from sim.scenario.estate import HELD

if TYPE_CHECKING:
    from sim.programme.programme import Programme

IDLE_DAYS = 28
"""Days without any use after which an owner who sees a resource's cost asks what it is for."""

SHOW_HOURS = 2.0
"""Hours of work to make the month's bills and send them to their owners."""

CLEAR_HOURS = 2.0
"""Hours of work to make sure that nobody needs a resource, and to switch it off."""


class Showback:
    """What services are told that they cost.

    Parameters
    ----------
    programme : Programme
        Whose estate, people and journal are used.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._told: list[tuple[int, int, dict[str, float]]] = []
        self._asked_about: set[str] = set()

    def month(self, day: int) -> None:
        """Allocate the month that ends with a day, and show it."""
        programme = self._programme
        allocate = programme.holder["allocate"]
        if allocate is POINTS["allocate"].naive:
            return
        months = programme.calendar.months
        first = months[months.index(day + 1) - 1]
        about = programme.scenario
        bill = billing(programme.estate.lines(first), about.name, about.start, programme.tagging.borne)
        portions = programme.ask("allocate", allocate, (bill,), lambda: f"on day {day}")
        try:
            shown = told(portions, [s.given.name for s in programme.services])
        except DecisionError as error:
            raise DecisionError(f"allocate, on day {day}: {error}") from None
        self._told.append((first, day + 1, shown))
        said = ", ".join(f"{name}: £{gbp:,.0f}" for name, gbp in shown.items())
        event = programme.journal.write(day + NIGHTLY, "showback", "", "bill", None, said)
        programme.env.process(self._show(portions, event))

    def _show(self, portions: Sequence[Portion], event: int) -> Generator[simpy.Event, Any, None]:
        """Let owners see their resources, and ask for what is theirs and idle to be cleared."""
        programme = self._programme
        yield programme.team("finops").work("showback", SHOW_HOURS, event)
        idle = set(self._idle())
        for portion in portions:
            seen = portion.service != SHARED and portion.gbp > 0
            new = portion.resource in idle and portion.resource not in self._asked_about
            if seen and new and programme.estate.owner(portion.resource) in (portion.service, SHARED):
                self._asked_about.add(portion.resource)
                programme.env.process(self._clear(portion, event))

    def _clear(self, portion: Portion, event: int) -> Generator[simpy.Event, Any, None]:
        programme, estate = self._programme, self._programme.estate
        name = portion.resource
        asked = programme.journal.write(programme.env.now, "asked about", portion.service, name, event)
        kind = estate.given[estate.place(name)].kind
        yield programme.team(DISCIPLINES[kind]).work("clear idle resource", CLEAR_HOURS, asked)
        self._asked_about.discard(name)
        if name in self._idle():
            estate.remove(name)
            programme.journal.write(programme.env.now, "cleared", portion.service, name, asked)

    def _idle(self) -> list[str]:
        """Return what is of no use and may be cleared: a machine of production that waits for work may be needed."""
        estate = self._programme.estate
        found = []
        for name in estate.idle(IDLE_DAYS):
            i = estate.place(name)
            given = estate.given[i]
            if i != estate.pool and (given.environment != "production" or given.kind in HELD):
                found.append(name)
        return found

    def by_day(self, last: int) -> tuple[dict[str, np.ndarray], ...]:
        """Return by day what the cloud cost each service, what of it did no work, and what each was told that it cost.

        A service's cost is that of its own resources, and of what is shared in proportion to its own cost of the month.
        A month without showback is told as an even split.

        Parameters
        ----------
        last : int
            Days.

        Returns
        -------
        tuple of dict of str to ndarray of float, shape (last,)
            GBP, effective cost.
        """
        names = [s.given.name for s in self._programme.services]
        n = len(names)
        metered = np.zeros((2, last, n + 1))
        for kind, spent in zip(metered, self._programme.estate.meter.spent(), strict=True):
            kind[: len(spent)] = spent[:last]
        cost = np.empty((2, last, n))
        bounds = [m for m in self._programme.calendar.months if m < last] + [last]
        for first, end in zip(bounds, bounds[1:], strict=False):
            own = metered[0, first:end, :n].sum(axis=0)
            key = own / own.sum() if own.sum() > 0 else np.full(n, 1 / n)
            cost[:, first:end] = metered[:, first:end, :n] + metered[:, first:end, n:] * key
        total = metered[0].sum(axis=1)
        shown = np.repeat(total[:, None] / n, n, axis=1)
        for first, end, bill in self._told:
            whole = sum(bill.values())
            if whole > 0:
                share = np.array([bill[name] for name in names]) / whole
                shown[first:end] = total[first:end, None] * share
        return tuple({name: of[:, i] for i, name in enumerate(names)} for of in (*cost, shown))
