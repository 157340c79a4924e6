"""Toil: what comes back every week as long as nothing does it by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.decisions.contracts import covers
from sim.scenario.organisation import Organisation as Given

if TYPE_CHECKING:
    from sim.programme.organisation import Organisation
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay


class Toil:
    """The weekly toil of every service.

    Parameters
    ----------
    organisation : Organisation
        How the programme is governed.
    programme : Programme
        Its services and people.
    """

    def __init__(self, organisation: Organisation, programme: Programme) -> None:
        self._organisation, self._programme = organisation, programme

    def hours(self, service: ServiceDay) -> dict[str, tuple[str, float]]:
        """Return a week's toil under the decisions in force: by kind, the discipline that has it, and its hours."""
        scenario = self._programme.scenario
        given = (scenario.organisation or Given()).toil
        loose = sum(not covers(service.in_force["contracts"], source.name) for source in service.given.sources)
        by_hand = not self._organisation.governance.automated_controls
        return {
            "manual loads": ("dataops", loose * given.load_hours),
            "manual reports": ("mlops", service.naive("watch_model") * given.report_hours),
            "access requests": ("finops", by_hand * given.access_hours),
        }

    def week(self, day: int) -> None:
        """Ask for a week's toil."""
        for service in self._programme.services:
            for kind, (discipline, hours) in self.hours(service).items():
                if hours:
                    self._programme.organisation.team(discipline).work(kind, hours, self._programme.opened)
