"""Stewards: the hours that contracts, a catalogue and quicker ingest take of the data team, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.data.pipeline import NIGHTLY
from sim.decisions.contracts import covers

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

WEEKS_PER_MONTH = 365.25 / 12 / 7


class Stewards:
    """The upkeep of what is known about one service's data, and of its ingest.

    Parameters
    ----------
    service : ServiceDay
        Whose data they are.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service

    def hours(self) -> dict[str, float]:
        """Return the hours of work of a month, by kind of work, under the decisions in force; none for naive ones."""
        given, force = self._service.given, self._service.in_force
        about, ingestion = given.stewardship, given.ingestion
        contracts = sum(covers(force["contracts"], source.name) for source in given.sources)
        catalogue = {
            "none": 0.0,
            "catalogue": about.catalogue_hours,
            "catalogue with lineage": about.catalogue_hours + about.lineage_hours,
        }
        toil = {"nightly": 0.0, "hourly": ingestion.hourly_toil_hours, "streaming": ingestion.stream_toil_hours}
        wanted = {
            "keep contracts": contracts * about.contract_hours,
            "keep catalogue": catalogue[force["catalogue"]],
            "keep ingest": toil[force["ingest"]] * WEEKS_PER_MONTH,
        }
        return {kind: hours for kind, hours in wanted.items() if hours}

    def day(self, day: int) -> None:
        """Ask for a month's work when the month ends."""
        service = self._service
        if day + 1 not in service.programme.calendar.months:
            return
        for kind, hours in self.hours().items():
            event = service.write(day + NIGHTLY, "upkeep", kind)
            service.programme.team("dataops").work(kind, hours, event)
