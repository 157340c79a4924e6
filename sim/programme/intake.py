"""One service's intake: collect the day's records, run the pipeline, gate and mend, and hold some back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.data.pipeline import NIGHTLY, Pipeline
from sim.decisions import Load
from sim.programme.data_watch import DataWatch
from sim.programme.incidents import Incident
from sim.programme.protection import Protection
from sim.world.shocks import shocks

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

GATE_ALERT = 0.25
"""Share of a batch held back at the gate from which somebody looks for a cause at once."""


@dataclass(frozen=True)
class Batch:
    """What the pipeline delivers on a night.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Cases.
    values : ndarray of float, shape (n + m, features)
        Their records as delivered, and after them the copies of those that came twice.
    touched : ndarray of int16, shape (n,), or None
        Number of the incident that touched each record; -1 when none did. None when none was going on.
    second : ndarray of int, shape (m,)
        Cases of which a copy was delivered as well.
    """

    rows: np.ndarray
    values: np.ndarray
    touched: np.ndarray | None
    second: np.ndarray


class Intake:
    """From the sources' records to a batch that the model can read.

    Parameters
    ----------
    service : ServiceDay
        Whose records they are.

    Attributes
    ----------
    hours : ndarray of float, shape (days,)
        Hours that the pipeline took on each night.
    records : ndarray of int, shape (days,)
        Records that each night's batch held, copies and all.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme, self._given = service, service.programme, service.given
        days = self._programme.calendar.days
        self.pipeline = Pipeline(service.given, service.people, service.file)
        self.hours = np.zeros(days)
        self.records = np.zeros(days, dtype=int)
        self._columns = pd.Index(["case_id", "arrived_day", *service.names])
        self._serving = self._programme.estate.find("serving", service.given.name)
        self._ingest = self._programme.estate.find("pipeline", service.given.name)
        self._replicas = self._programme.estate.count(self._serving) if self._serving is not None else 0
        self._data_watch, self._protection = DataWatch(service), Protection(service)
        self._waiting = 0
        self._last_false_alert = -np.inf

    # Incidents

    def expect_incidents(self) -> None:
        """Let the incidents of the service's data happen when their time comes."""
        programme, given = self._programme, self._given
        for kind in given.incidents:
            days = programme.calendar.days
            for shock in shocks(programme.streams, given.name, kind.name, kind.per_year, days, kind.on_days):
                programme.incidents.schedule(shock, kind, given.name, kind.feed, self._mend, self._begun, self._over)

    def _begun(self, incident: Incident) -> None:
        if incident.kind == "outage":
            incident.find("pipeline")

    def _mend(self, incident: Incident, event: int) -> Any:
        hours = incident.spec.fix_hours * incident.shock.effort
        return self._programme.team("dataops").work("data incident", hours, event)

    def _over(self, incident: Incident) -> None:
        """Run the pipeline again on whatever the gate held back while the incident lasted."""
        now = self._programme.env.now
        for batch in range(int(incident.shock.began), int(now) + 1):
            if self.pipeline.held(batch):
                self.pipeline.release(batch, int(now) + 1)

    # A night

    def batch(self, day: int) -> Batch | None:
        """Return what is delivered tonight, or None if nothing is."""
        sent_back = self.pipeline.send_back(day)
        if sent_back:
            self._service.write(
                day + NIGHTLY, "sent back", "quarantine", None, f"{sent_back * self._given.weight} records"
            )
        rows = self.pipeline.collect(day)
        active = self._programme.incidents.of(self._given.name)
        if any(i.kind == "outage" for i in active):
            self.pipeline.postpone(rows, day + 1)
            self._waiting = len(rows) * self._given.weight
            return None
        if not len(rows):
            return None
        self._programme.watch.enter("pipeline")
        made = self._run(day, rows, active)
        self._programme.watch.leave()
        return made if len(made.rows) else None

    def _run(self, day: int, rows: np.ndarray, active: list[Incident]) -> Batch:
        rows = self._within_capacity(day, rows)
        values = self.pipeline.read(rows)
        touched = None
        for incident in active:
            if touched is None:
                touched = np.full(len(rows), -1, dtype="int16")
            touched[self.pipeline.corrupt(rows, values, incident.spec)] = incident.number
        again = self.pipeline.twice(rows)
        values = np.concatenate([values, values[again]])
        self.records[day] = len(values) * self._given.weight
        cases = np.concatenate([rows, rows[again]])
        self._data_watch.night(day, cases, values)
        keep = self._gate_and_mend(day, cases, values)
        self._protection.night(day, cases, values, keep)
        if keep is None or keep.all():
            return Batch(rows, values, touched, rows[again])
        n = len(rows)
        main, copies = keep[:n], keep[n:]
        place = np.concatenate([np.nonzero(main)[0], n + np.nonzero(copies & ~main[again])[0]])
        source = np.concatenate([np.arange(n), again])[place]
        lost = np.ones(n, dtype=bool)
        lost[source] = False
        self._hold(day, rows, lost, active)
        kept_twice = np.nonzero(copies & main[again])[0]
        return Batch(
            rows[source],
            values[np.concatenate([place, n + kept_twice])],
            touched[source] if touched is not None else None,
            rows[again][kept_twice],
        )

    def _within_capacity(self, day: int, rows: np.ndarray) -> np.ndarray:
        """Run the pipeline, and score no more than the night allows; the rest waits until tomorrow."""
        estate, serving, ingest = self._programme.estate, self._serving, self._ingest
        if ingest is not None and estate.rate(ingest):
            work = len(rows) * self._given.weight / estate.rate(ingest)
            estate.work(ingest, work)
            self.hours[day] = work / (estate.vcpu[ingest] * max(estate.machines[ingest], 1))
        if serving is None or not estate.rate(serving):
            return rows
        capacity = estate.night_capacity(serving)
        if self._service.naive("scale"):
            self._replicas = estate.count(serving)
        else:
            past = slice(max(day - 28, 0), day)
            recent = pd.Series(self.records[past], index=pd.RangeIndex(past.start, past.stop))
            load = Load(day, recent, self._waiting, capacity, self._replicas, estate.count(serving))
            self._replicas = self._service.ask("scale", (load,), lambda: f"on day {day}, for {self._given.name}")
        estate.machines[serving] = self._replicas
        weight = self._given.weight
        room = int(self._replicas * capacity / weight)
        estate.work(serving, min(len(rows), room) * weight / estate.rate(serving))
        self._waiting = max(len(rows) - room, 0) * weight
        self.pipeline.postpone(rows[room:], day + 1)
        return rows[:room]

    def _gate_and_mend(self, day: int, rows: np.ndarray, values: np.ndarray) -> np.ndarray | None:
        """Ask the gate which records to keep (None: all), and mend those, in place."""
        service = self._service
        if service.naive("validate") and service.naive("repair") or not len(rows):
            return None
        block = np.empty((len(rows), 2 + values.shape[1]))
        block[:, 0], block[:, 1] = service.people.case_id_of(rows), service.people.arrived_of(rows)
        block[:, 2:] = values
        frame = pd.DataFrame(block, columns=self._columns, copy=False)

        def where() -> str:
            return f"on day {day}, in the batch of {len(frame)} records of {self._given.name}"

        keep = None
        if not service.naive("validate"):
            keep = service.ask("validate", (frame,), where) | self.pipeline.vouched(rows)
        if not service.naive("repair"):
            whole = keep is None or keep.all()
            if not whole:
                frame = pd.DataFrame(block[keep], columns=self._columns, copy=False)
            mended = service.ask("repair", (frame,), where)
            values[slice(None) if whole else keep] = mended
        return keep

    def _hold(self, day: int, rows: np.ndarray, lost: np.ndarray, active: list[Incident]) -> None:
        """Quarantine the records of which no copy was kept, and have somebody look at them."""
        held = rows[lost]
        if not len(held):
            return
        programme, service, weight = self._programme, self._service, self._given.weight
        self.pipeline.hold(held, day)
        share = len(held) / len(rows)
        event = service.write(
            day + NIGHTLY, "quarantined", f"batch {day}", None, f"{len(held) * weight} of {len(rows) * weight} records"
        )
        team = programme.team("dataops")
        if share >= GATE_ALERT:
            for incident in active:
                incident.find("gate")
            if active:
                return
            if day - self._last_false_alert >= 7:
                self._last_false_alert = day
                service.write(day + NIGHTLY, "false alert", "gate", event)
                team.work("gate alert", 2.0, event)
        hours = min(0.25 + len(held) * weight / 30.0, 7.4)
        programme.after(team.work("quarantine", hours, event), lambda: self._let_go(day))

    def _let_go(self, batch: int) -> None:
        self.pipeline.release(batch, int(self._programme.env.now) + 1)
