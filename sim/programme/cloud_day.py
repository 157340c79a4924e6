"""The cloud's day: metered at night, looked into when somebody asks, and resized now and then."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import simpy

from sim.cloud.adjustments import Adjustments
from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS
from sim.programme.incidents import Incident
from sim.world.shocks import shocks

if TYPE_CHECKING:
    from sim.programme.programme import Programme

SIZE_EVERY = 28
"""Days from one look at the sizes of the estate to the next."""

LOOK_HOURS = 3.0
"""Hours of work to look into the bill."""

STOP_HOURS = 1.0
"""Hours of work to stop a leak of money that has been found."""


class CloudDay:
    """What is done about the cloud at the close of each day.

    Parameters
    ----------
    programme : Programme
        Whose estate, people and journal are used.

    Attributes
    ----------
    spend_gbp : ndarray of float, shape (days,)
        Cloud spend of each day; zero for those to come.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self.spend_gbp = np.zeros(programme.calendar.days)
        self._shown_spend = pd.Series(self.spend_gbp, name="spend_gbp", copy=False)
        self._looking = False
        self._announced: dict[str, int] = {}
        given = programme.scenario.invoicing
        if given.overcharges_per_year or given.credit_gbp:
            chance = programme.streams.generator("invoices/overcharges").random((programme.calendar.days, 2))
            programme.estate.adjustments = Adjustments(given, programme.calendar, chance)

    def expect(self) -> None:
        """Let money leaks happen when their time comes."""
        programme = self._programme
        for kind in programme.scenario.spend_incidents:
            for shock in shocks(programme.streams, "spend", kind.name, kind.per_year, programme.calendar.days):
                if shock.incident_id not in programme.scenario.switched_off:
                    programme.incidents.schedule(shock, kind, "", kind.resource, self._mend, self._begun, self._over)

    def close(self, day: int) -> None:
        """Meter the cloud, and look at the bill and the sizes."""
        programme = self._programme
        if programme.scenario.price_changes:
            self._prices(day)
        event = programme.journal.write(day + NIGHTLY, "metered", "", "estate", programme.opened)
        self.spend_gbp[day] = programme.estate.close_day(day, event)
        for leak in programme.incidents.of(""):
            leak.spent_gbp += programme.estate.leaked_gbp(leak.subject, leak.spec)
        programme.jobs.day(day)
        programme.tagging.day(day)
        if not self._looking and self._asked_to_look(day):
            self._looking = True
            programme.env.process(self._look(day))
        size = programme.holder["size"]
        if (day + 1) % SIZE_EVERY == 0 and size is not POINTS["size"].naive:
            programme.estate.resize(programme.ask("size", size, (programme.estate.usage(),), lambda: f"on day {day}"))
        if day + 1 in programme.calendar.months:
            programme.market.commit(day)
            programme.showback.month(day)

    def _prices(self, day: int) -> None:
        """Announce the provider's changes, and let those of the day come into force."""
        journal, now = self._programme.journal, day + NIGHTLY
        for change in self._programme.scenario.price_changes:
            if change.announced_day == day < change.day:
                said = f"{change.line}: {change.factor - 1:+.1%} from day {change.day}"
                self._announced[change.name] = journal.write(now, "price change announced", "", change.name, None, said)
        for change in self._programme.estate.change_prices(day):
            said = f"{change.line}: {change.factor - 1:+.1%}"
            journal.write(now, "price changed", "", change.name, self._announced.get(change.name), said)

    # Money leaks

    def _begun(self, incident: Incident) -> None:
        self._programme.estate.leak(incident.subject, incident.spec, 1)

    def _over(self, incident: Incident) -> None:
        self._programme.estate.leak(incident.subject, incident.spec, -1)

    def _mend(self, incident: Incident, event: int) -> simpy.Event:
        kind = "stop retries" if incident.kind == "retry_storm" else "stop machines"
        return self._programme.team("finops").work(kind, STOP_HOURS, event)

    def _look(self, day: int) -> Generator[simpy.Event, Any, None]:
        """Somebody looks into the bill and finds whatever runs for nobody."""
        programme = self._programme
        event = programme.journal.write(day + NIGHTLY, "looked into the bill", "", "spend", None)
        yield programme.team("finops").work("spend alert", LOOK_HOURS, event)
        for incident in programme.incidents.of(""):
            incident.find("spend watch")
        self._looking = False

    def _asked_to_look(self, day: int) -> bool:
        decision = self._programme.holder["watch_spend"]
        if decision is POINTS["watch_spend"].naive:
            return (day + 1) % 365 == 0
        spend = self._shown_spend[: day + 1]
        return bool(self._programme.ask("watch_spend", decision, (spend,), lambda: f"on day {day}"))
