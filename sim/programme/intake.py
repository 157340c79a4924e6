"""One service's intake: collect the day's records, run the pipeline, gate and mend, and hold some back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.data.freshness import Freshness
from sim.data.pipeline import NIGHTLY, Pipeline
from sim.decisions import Load
from sim.decisions.point import columns_of
from sim.programme.data_watch import DataWatch
from sim.programme.faults import VALUES
from sim.programme.handout import Handout
from sim.programme.protection import Protection
from sim.programme.runs import Runs

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

GATE_ALERT = 0.25
"""Share of a batch held back at the gate from which somebody looks for a cause at once."""

LOOK_HOURS = 2.0
"""Hours of work to look for that cause."""

REST_DAYS = 7
"""Days after a look for nothing within which nobody looks again because of the gate."""

OPEN_HOURS = 0.25
"""Hours of work on a batch's quarantine, beside its records."""

HELD_PER_HOUR = 30.0
"""Held records that a person looks at and corrects in an hour."""

MOST_HOURS = 7.4
"""Most hours that somebody spends on one batch's quarantine, however many records it holds: a working day."""


@dataclass(frozen=True)
class Batch:
    """What the pipeline delivers on a night.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Cases.
    values : ndarray of float, shape (n + m, features)
        Their records as delivered, and after them the copies of those that came more than once.
    times : ndarray of float, shape (n,)
        When each is decided upon, in days from the start.
    age : ndarray of float, shape (n,)
        How old each record's values are by then, in hours: the mean over the sources.
    touched : ndarray of int16, shape (n,), or None
        Number of the incident that touched each record; -1 when none did. None when none was going on.
    second : ndarray of int, shape (m,)
        Cases of which a copy was delivered as well.
    blame : ndarray of int16, shape (m,)
        Number of the incident by which each copy came; -1 for those that come on any day.
    """

    rows: np.ndarray
    values: np.ndarray
    times: np.ndarray
    age: np.ndarray
    touched: np.ndarray | None
    second: np.ndarray
    blame: np.ndarray


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
    age_hours : ndarray of float, shape (days,)
        Mean age of what the model read on each night, over the sources; NaN where it read nothing.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme, self._given = service, service.programme, service.given
        days = self._programme.calendar.days
        self.pipeline = Pipeline(service.given, service.people, service.file)
        self._freshness = Freshness(service.given, self._programme.streams, service.people)
        self._runs = Runs(service)
        self.hours = np.zeros(days)
        self.records = np.zeros(days, dtype=int)
        self._shown_records = pd.Series(self.records, copy=False)
        self.age_hours = np.full(days, np.nan)
        self._columns = columns_of(["case_id", "arrived_day", *service.names])
        self._serving = self._programme.estate.find("serving", service.given.name)
        self._ingest = self._programme.estate.find("pipeline", service.given.name)
        self._replicas = self._programme.estate.count(self._serving) if self._serving is not None else 0
        self._asked: list[int] = []
        self._data_watch, self._protection = DataWatch(service), Protection(service)
        self._waiting = 0
        self._stream_machines = 0
        self._last_false_alert = -np.inf

    def batch(self, day: int) -> Batch | None:
        """Return what is delivered tonight, or None if nothing is."""
        sent_back = self.pipeline.send_back(day)
        if sent_back:
            self._service.write(
                day + NIGHTLY, "sent back", "quarantine", None, f"{sent_back * self._given.weight} records"
            )
        rows = self.pipeline.collect(day, self._service.public.stay_away(day))
        blocking = self._service.faults.blocking()
        tries = self._runs.tries(day) if blocking is None else 0
        if not tries:
            if blocking is not None:
                self._service.faults.wait(day, blocking, rows)
            self.pipeline.postpone(rows, day + 1)
            self._waiting = len(rows) * self._given.weight
            return None
        if not len(rows):
            return None
        self._programme.watch.enter("pipeline")
        made = self._run(day, rows, tries)
        self._programme.watch.leave()
        return made if len(made.rows) else None

    def _run(self, day: int, rows: np.ndarray, tries: int) -> Batch:
        rows = self._within_capacity(day, rows, tries)
        values = self.pipeline.read(rows)
        times, ages, late = self._grow_old(day, rows, values)
        touched = self._service.faults.strike(rows, values, late)
        again = self.pipeline.twice(rows)
        blame = np.full(len(again), -1, dtype="int16")
        for incident, places in self._service.faults.loaded_again(rows):
            again = np.concatenate([again, places])
            blame = np.concatenate([blame, np.full(len(places), incident.number, dtype="int16")])
        values = np.concatenate([values, values.take(again, axis=0)])
        self.records[day] = len(values) * self._given.weight
        handout = Handout(self._service.people, self._columns, np.concatenate([rows, rows[again]]))
        self._data_watch.night(day, handout.rows, values)
        kept = self._gate_and_mend(day, handout, values)
        self._protection.night(day, handout, values, kept)
        if kept is None:
            return Batch(rows, values, times, ages, touched, rows[again], blame)
        n = len(rows)
        source, order = _each_once(n, again, kept)
        copies = order[len(source) :] - n
        lost = np.ones(n, dtype=bool)
        lost[source] = False
        self._hold(day, rows, lost, touched)
        return Batch(
            rows[source],
            values.take(order, axis=0),
            times[source],
            ages[source],
            touched[source] if touched is not None else None,
            rows[again[copies]],
            blame[copies],
        )

    def _grow_old(
        self, day: int, rows: np.ndarray, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Let records carry what their sources said at the last extract.

        Returns
        -------
        times : ndarray of float, shape (n,)
            When each is decided upon, in days.
        age : ndarray of float, shape (n,)
            Mean age over the sources, hours.
        late : ndarray of bool, shape (n,), or None
            Which carry old values only because a feed is late.
        """
        freshness, ingest = self._freshness, self._service.in_force["ingest"]
        times = freshness.times(day, rows, ingest)
        behind, vouched = self._service.faults.behind(), self.pipeline.vouched(rows)
        ages = freshness.ages(times, rows, ingest, behind)
        aged = freshness.grow_old(rows, values, ages, vouched)
        late = None
        if behind:
            late = aged & ~freshness.stale(rows, freshness.ages(times, rows, ingest))
        return times / 24, ages.sum(axis=0) / len(ages), late

    def _within_capacity(self, day: int, rows: np.ndarray, tries: int) -> np.ndarray:
        """Run the pipeline, and score no more than the night allows; the rest waits until tomorrow."""
        estate, serving, ingest = self._programme.estate, self._serving, self._ingest
        if ingest is not None and estate.rate(ingest):
            weighed = len(rows) * self._given.weight
            self._take_in(day, ingest, tries * weighed / estate.rate(ingest), weighed)
        if serving is None or not estate.rate(serving):
            return rows
        capacity = estate.night_capacity(serving)
        if self._service.naive("scale"):
            self._replicas = estate.count(serving)
            self._asked.clear()
        else:
            past = slice(max(day - 28, 0), day)
            bought, lag = estate.count(serving), estate.given[serving].lag_nights
            load = Load(day, self._shown_records.iloc[past], self._waiting, capacity, self._replicas, bought, lag)
            wanted = self._service.ask("scale", (load,), lambda: f"on day {day}, for {self._given.name}")
            self._asked.append(self._service.purse.machines(wanted, bought, serving))
            self._replicas = self._asked.pop(0) if len(self._asked) > lag else self._replicas
        estate.machines[serving] = self._replicas
        weight = self._given.weight
        room = int(self._replicas * capacity / weight)
        estate.work(serving, min(len(rows), room) * weight / estate.rate(serving))
        self._waiting = max(len(rows) - room, 0) * weight
        self.pipeline.postpone(rows[room:], day + 1)
        return rows[:room]

    def _take_in(self, day: int, pipeline: int, work: float, records: int) -> None:
        """Charge the taking in of the day's records to the pipeline's machines, with what oftener runs need beside."""
        estate, given, ingest = self._programme.estate, self._given.ingestion, self._service.in_force["ingest"]
        wanted = given.stream_machines if ingest == "streaming" else 0
        if wanted != self._stream_machines:
            estate.machines[pipeline] += wanted - self._stream_machines
            self._stream_machines = wanted
        starts = 23 if ingest == "hourly" else 0
        estate.work(pipeline, work + starts * given.start_vcpu_hours)
        runs = {"nightly": 1, "hourly": 24, "streaming": max(records, 1)}[ingest]
        self.hours[day] = work / runs / (estate.vcpu[pipeline] * max(estate.machines[pipeline], 1))

    def _gate_and_mend(self, day: int, handout: Handout, values: np.ndarray) -> np.ndarray | None:
        """Ask the gate for the places of the records to keep (None: all), and mend those, in place."""
        service = self._service
        if service.naive("validate") and service.naive("repair") or not len(values):
            return None
        frame, kept = handout.frame(values, None), None

        def where() -> str:
            return f"on day {day}, in the batch of {len(frame)} records of {self._given.name}"

        if not service.naive("validate"):
            keep = service.ask("validate", (frame,), where) | self.pipeline.vouched(handout.rows)
            kept = None if keep.all() else np.nonzero(keep)[0]
        if not service.naive("repair"):
            if not service.naive("validate"):
                frame = handout.frame(values, kept)
            values[slice(None) if kept is None else kept] = service.ask("repair", (frame,), where)
        return kept

    def _hold(self, day: int, rows: np.ndarray, lost: np.ndarray, touched: np.ndarray | None) -> None:
        """Quarantine the records of which no copy was kept, and have somebody look at them."""
        held = rows[lost]
        if not len(held):
            return
        programme, service, weight = self._programme, self._service, self._given.weight
        self.pipeline.hold(held, day)
        share = len(held) / len(rows)
        cause = self._cause(touched[lost]) if touched is not None else None
        said = f"{len(held) * weight} of {len(rows) * weight} records"
        event = service.write(day + NIGHTLY, "quarantined", f"batch {day}", cause, said)
        team = programme.team("dataops")
        if share >= GATE_ALERT:
            active = [i for i in service.faults.active() if i.kind in VALUES]
            for incident in active:
                incident.find("gate")
            if active:
                return
            if day - self._last_false_alert >= REST_DAYS:
                self._last_false_alert = day
                service.write(day + NIGHTLY, "false alert", "gate", event)
                team.work("gate alert", LOOK_HOURS, event)
        hours = min(OPEN_HOURS + len(held) * weight / HELD_PER_HOUR, MOST_HOURS)
        programme.after(team.work("quarantine", hours, event), lambda: self._let_go(day))

    def _cause(self, touched: np.ndarray) -> int | None:
        """Return the event of the incident that touched the most of some records; None if none did."""
        hit = touched[touched >= 0]
        return self._programme.incidents.all[np.bincount(hit).argmax()].event if len(hit) else None

    def _let_go(self, batch: int) -> None:
        self.pipeline.release(batch, int(self._programme.env.now) + 1)


def _each_once(n: int, again: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part what the gate kept into one record of each case and the copies beyond it.

    Parameters
    ----------
    n : int
        Records, each of another case; their copies come after them.
    again : ndarray of int, shape (m,)
        The record that each copy repeats.
    kept : ndarray of int, shape (k,)
        Places of what is kept, in order.

    Returns
    -------
    source : ndarray of int, shape (j,)
        The records whose case goes on, in the order in which the first of each is kept.
    order : ndarray of int, shape (k,)
        Places of what is kept: one for each source, and after them the other copies.
    """
    own = int(np.searchsorted(kept, n))
    source, copied = kept[:own], again[kept[own:] - n]
    alone = np.zeros(n, dtype=bool)
    alone[copied] = True
    alone[source] = False
    if not alone.any():
        return source, kept
    record = np.concatenate([source, copied])
    first = np.sort(np.unique(record, return_index=True)[1])
    return record[first], np.concatenate([kept[first], np.delete(kept, first)])
