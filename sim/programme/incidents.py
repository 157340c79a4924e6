"""Incidents as they happen: begun by the world, found by somebody or by nobody, mended by people."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from sim.journal import Journal
from sim.world.shocks import Shock


@dataclass
class Incident:
    """One incident of one service's data, or of the estate's spend.

    Attributes
    ----------
    number : int
        Its place in the run's list.
    shock : Shock
        Name and beginning.
    kind, subject, service : str
        What sort, what it befell, and whose.
    event : int
        The journal's event of its beginning.
    detected_day, fixed_day : float
        NaN until then.
    found_by : str
        Who found it; empty until then, ``"nobody"`` if it ended by itself.
    complaints : int
        So far.
    spent_gbp : float
        What machines that run for nobody have cost so far, GBP.
    harmed : int
        Wrong decisions so far that came of it otherwise than by a record's wrong values: second awards on copies, and
        decisions of a model that had learnt wrong outcomes.
    harm_gbp : float
        What those have cost, and the waiting for a decision, GBP of public value.
    nights : list of int
        Days on which it touched records, in order; a day may come more than once.
    """

    number: int
    shock: Shock
    spec: Any
    kind: str
    subject: str
    service: str
    event: int
    found: simpy.Event
    detected_day: float = float("nan")
    fixed_day: float = float("nan")
    found_by: str = ""
    complaints: int = 0
    spent_gbp: float = 0.0
    harmed: int = 0
    harm_gbp: float = 0.0
    nights: list[int] = field(default_factory=list)

    def find(self, by: str) -> None:
        """Let somebody find it; a second finding changes nothing."""
        if not self.found.triggered:
            self.found_by = by
            self.found.succeed()


class Incidents:
    """All incidents of a run, and those that are going on.

    Parameters
    ----------
    env : simpy.Environment
        In days.
    journal : Journal
        Where they are written.
    """

    def __init__(self, env: simpy.Environment, journal: Journal) -> None:
        self._env, self._journal = env, journal
        self.all: list[Incident] = []
        self.active: list[Incident] = []

    def schedule(
        self,
        shock: Shock,
        spec: Any,
        service: str,
        subject: str,
        mend: Callable[[Incident, int], simpy.Event],
        begun: Callable[[Incident], None],
        ended: Callable[[Incident], None],
    ) -> None:
        """Let an incident happen when its time comes.

        Parameters
        ----------
        shock : Shock
            When.
        spec : IncidentKind or SpendIncident
            What; it ends by itself after ``spec.ends_after_days``.
        service, subject : str
            Whose, and what it befalls.
        mend : callable
            Starts the work of mending it once found, given the incident and the journal's event of its finding;
            returns an event for when it is done.
        begun, ended : callable
            Called when it begins and when it is over.
        """
        self._env.process(self._happen(shock, spec, service, subject, mend, begun, ended))

    def _happen(
        self,
        shock: Shock,
        spec: Any,
        service: str,
        subject: str,
        mend: Callable[[Incident, int], simpy.Event],
        begun: Callable[[Incident], None],
        ended: Callable[[Incident], None],
    ) -> Generator[simpy.Event, Any, None]:
        yield self._env.timeout(shock.began)
        event = self._journal.write(self._env.now, f"{spec.kind} began", service, shock.incident_id, None, subject)
        incident = Incident(len(self.all), shock, spec, spec.kind, subject, service, event, simpy.Event(self._env))
        self.all.append(incident)
        self.active.append(incident)
        begun(incident)
        over = self._env.timeout(spec.ends_after_days)
        yield incident.found | over
        if incident.found.triggered:
            incident.detected_day = self._env.now
            found = self._journal.write(
                self._env.now, f"{spec.kind} found", service, shock.incident_id, event, f"found by {incident.found_by}"
            )
            yield mend(incident, found) | over
        else:
            incident.found_by, found = "nobody", event
        incident.fixed_day = self._env.now
        self.active.remove(incident)
        self._journal.write(self._env.now, f"{spec.kind} ended", service, shock.incident_id, found)
        ended(incident)

    def of(self, service: str) -> list[Incident]:
        """Return the incidents of a service that are going on, in order of their beginning."""
        return [i for i in self.active if i.service == service]
