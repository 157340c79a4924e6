"""The AI cost council: somebody of each team, the bill, and an afternoon each month."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.scenario.organisation import Organisation as Given

if TYPE_CHECKING:
    from sim.programme.programme import Programme


class Council:
    """Meetings about the bill.

    Parameters
    ----------
    programme : Programme
        Whose bill, and whose people.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    def meet(self, now: float) -> None:
        """Call a meeting."""
        event = self._programme.journal.write(now, "cost council called", "", "spend")
        self._programme.env.process(self._go_through_the_bill(event))

    def _go_through_the_bill(self, event: int) -> Generator[simpy.Event, Any, None]:
        """Find, once every team has done its part, whatever runs for nobody."""
        programme = self._programme
        hours = (programme.scenario.organisation or Given()).oversight.council_hours
        organisation = programme.organisation
        yield simpy.AllOf(
            programme.env, [organisation.team(d).work("cost council", hours, event) for d in organisation.disciplines]
        )
        found = programme.incidents.of("")
        for incident in found:
            incident.find("cost council")
        said = f"{len(found)} found that run for nobody"
        programme.journal.write(programme.env.now, "cost council met", "", "spend", event, said)
