"""Faults: the incidents of one service's data, from their announcement, if there is one, to their mending."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.data.pipeline import NIGHTLY
from sim.data.stages import CAUSES, OUTCOMES, Suspect, search, suspects
from sim.decisions.contracts import covers
from sim.programme.incidents import Incident
from sim.records.trace import counts
from sim.scenario import IncidentKind
from sim.world.shocks import Shock, shocks

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

ANNOUNCED = ("unit_change", "schema_change")
"""Changes that a source's owner makes on purpose, and announces to those who have a contract."""

BREAKING = ("unit_change", "schema_change", "silent_nulls", "duplicate_load")
"""What a contract's checks hold back."""

CHECKED = (*BREAKING, "late_feed")
"""What a contract's checks tell; an old extract can still be read."""

VALUES = ("unit_change", "schema_change", "silent_nulls")
"""What changes a record's values."""


class Faults:
    """What befalls one service's data.

    Parameters
    ----------
    service : ServiceDay
        Whose data they are.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme, self._given = service, service.programme, service.given
        self._prepared: set[str] = set()
        self._suspects = suspects(service.given)
        self._format = {s.name: s.format for s in service.given.sources}

    def expect(self) -> None:
        """Let the incidents of the service's data happen when their time comes."""
        programme, given = self._programme, self._given
        off = set(programme.scenario.switched_off)
        for kind in given.incidents:
            days = programme.calendar.days
            for shock in shocks(programme.streams, given.name, kind.name, kind.per_year, days, kind.on_days):
                if shock.incident_id in off:
                    continue
                subject = kind.source or OUTCOMES
                programme.incidents.schedule(shock, kind, given.name, subject, self._mend, self._begun, self._over)
                if kind.kind in ANNOUNCED:
                    programme.env.process(self._announce(shock, kind))

    def active(self) -> list[Incident]:
        """Return those that are going on, in order of their beginning."""
        return self._programme.incidents.of(self._given.name)

    # From announcement to mending

    def _announce(self, shock: Shock, kind: IncidentKind) -> Generator[simpy.Event, Any, None]:
        """The owner announces a change to those who have a contract by then, and the team prepares for it."""
        service, programme = self._service, self._programme
        yield programme.env.timeout(max(shock.began - self._given.source(kind.source).notice_days, 0.0))
        if not self._contract(kind.source):
            return
        event = service.write(
            programme.env.now, "change announced", shock.incident_id, None, f"{kind.source} from day {shock.began:.1f}"
        )
        yield programme.team("dataops").work("prepare for change", self._given.stewardship.prepare_hours, event)
        self._prepared.add(shock.incident_id)
        service.write(programme.env.now, "change prepared", shock.incident_id, event)

    def _begun(self, incident: Incident) -> None:
        if incident.shock.incident_id in self._prepared:
            incident.find("contract")
        elif incident.kind == "outage":
            incident.find("pipeline")

    def _mend(self, incident: Incident, found: int) -> simpy.Event:
        return self._programme.env.process(self._search_and_repair(incident, found))

    def _search_and_repair(self, incident: Incident, found: int) -> Generator[simpy.Event, Any, None]:
        """Somebody looks for the cause, suspect by suspect, and mends it; a change prepared for needs neither."""
        programme, about = self._programme, self._given.stewardship
        if incident.shock.incident_id in self._prepared:
            return
        team, looked_at = programme.team("dataops"), self._looked_at(incident)
        yield team.work("diagnosis", len(looked_at) * about.suspect_hours, found, urgent=True)
        if incident not in programme.incidents.active:
            return
        cause = looked_at[-1]
        known = self._service.write(
            programme.env.now,
            "cause known",
            incident.shock.incident_id,
            found,
            f"{cause.source}, {cause.stage} ({cause.owner}), after {len(looked_at)} of {len(self._suspects)} suspects",
        )
        hours = incident.spec.repair_hours * incident.shock.effort
        yield team.work("data incident", hours, known, urgent=True)

    def _looked_at(self, incident: Incident) -> list[Suspect]:
        """Return the suspects that are looked at until the cause is found."""
        stage = CAUSES[incident.kind]
        cause = next(s for s in self._suspects if (s.source, s.stage) == (incident.subject, stage))
        generator = self._programme.streams.generator(f"incident/{incident.shock.incident_id}/search")
        order = [self._suspects[i] for i in generator.permutation(len(self._suspects))]
        catalogue, known, upstream = self._service.in_force["catalogue"], "nothing", set()
        if catalogue == "catalogue":
            known = "owner"
        if catalogue == "catalogue with lineage" or incident.found_by in ("contract", "pipeline"):
            known = "source"
        if catalogue == "catalogue with lineage":
            passed = {"validation": "validate", "repair": "repair"}
            upstream = {s.stage for s in self._suspects} - {"serving"}
            upstream -= {stage for stage, point in passed.items() if self._service.naive(point)}
        return search(order, cause, known, upstream)

    def _over(self, incident: Incident) -> None:
        """Run the pipeline again on whatever the gate held back meanwhile, and put wrong outcomes right if found."""
        now, pipeline = self._programme.env.now, self._service.intake.pipeline
        for batch in range(int(incident.shock.began), int(now) + 1):
            if pipeline.held(batch):
                pipeline.release(batch, int(now) + 1)
        if incident.kind == "poisoned_labels" and not np.isnan(incident.detected_day):
            self._service.labels.restore(incident)

    # A night

    def _contract(self, source: str) -> bool:
        return covers(self._service.in_force["contracts"], source)

    def blocking(self) -> Incident | None:
        """Return an incident because of which nothing can be read tonight, or None; tell what a contract's checks find.

        An outage, a renamed column in a format whose schema is checked by its reader, or a batch that breaks its
        contract.
        """
        first = None
        for incident in self.active():
            contract = incident.kind in CHECKED and self._contract(incident.subject)
            stops = incident.kind == "schema_change" and self._format[incident.subject] == "xml"
            if contract or stops:
                incident.find("contract" if contract else "pipeline")
            if incident.kind == "outage" or stops or (contract and incident.kind in BREAKING):
                first = first or incident
        return first

    def behind(self) -> dict[str, float]:
        """Return, by source, by how many hours its extract is late."""
        late = [i for i in self.active() if i.kind == "late_feed"]
        return {i.subject: i.spec.late_days * 24 for i in late}

    def strike(self, rows: np.ndarray, values: np.ndarray, late: np.ndarray | None) -> np.ndarray | None:
        """Do to tonight's records, in place, what the incidents that are going on do to them.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
            Cases.
        values : ndarray of float, shape (n, features)
            Changed in place.
        late : ndarray of bool, shape (n,), or None
            Which records carry old values because of a late feed.

        Returns
        -------
        ndarray of int16, shape (n,), or None
            Number of the incident that touched each record; -1 when none did. None when none was going on.
        """
        touched = None
        for incident in self.active():
            hit = None
            if incident.kind in VALUES:
                hit = self._service.intake.pipeline.corrupt(rows, values, incident.spec)
            elif incident.kind == "late_feed" and late is not None:
                hit = late
            if hit is not None:
                touched = np.full(len(rows), -1, dtype="int16") if touched is None else touched
                touched[hit] = incident.number
        return touched

    def loaded_again(self, rows: np.ndarray) -> list[tuple[Incident, np.ndarray]]:
        """Return, by incident, the places among the rows of records that are loaded twice more tonight."""
        befallen = self._service.intake.pipeline.befallen
        return [
            (incident, np.repeat(np.nonzero(befallen(rows, incident.spec))[0], 2))
            for incident in self.active()
            if incident.kind == "duplicate_load"
        ]

    def wait(self, day: int, incident: Incident, rows: np.ndarray) -> None:
        """Note that a batch waits a day because of an incident, and what that costs."""
        people = len(rows) * self._given.weight
        gbp = people * self._given.value.waiting_gbp_per_day
        incident.harm_gbp += gbp
        self.touch(day, incident, "records wait", people, 0, gbp)

    def touch(self, day: int, incident: Incident, kind: str, records: int, wrong: int, gbp: float) -> None:
        """Write into the journal how many records an incident touched tonight, and what came of it."""
        incident.nights.append(day)
        told = counts(records, wrong, gbp)
        self._service.write(day + NIGHTLY, kind, incident.shock.incident_id, incident.event, told)
