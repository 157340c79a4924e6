"""One service's day: collect, gate, mend, score, decide, learn what has become known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.data.casefile import APPROVE, DELIVERED, REFER, REFUSE, CaseFile
from sim.data.pipeline import NIGHTLY, Pipeline
from sim.decisions import POINTS, Load
from sim.decisions.retrain import Signals
from sim.models import learning
from sim.models.registry import Registry, Version
from sim.organisation.casework import Casework
from sim.programme.incidents import Incident
from sim.programme.lifecycle import MONITOR_ROWS, Lifecycle
from sim.scenario import Service
from sim.world.population import populate
from sim.world.shocks import shocks

if TYPE_CHECKING:
    from sim.programme.programme import Programme

GATE_ALERT = 0.25
"""Share of a batch held back at the gate from which somebody looks for a cause at once."""


class ServiceDay:
    """The running of one service, a day at a time.

    Parameters
    ----------
    programme : Programme
        Whose service it is: clock, people, estate and books.
    given : Service
        As the scenario has it.
    """

    def __init__(self, programme: Programme, given: Service) -> None:
        self.programme, self.given = programme, given
        days = programme.calendar.days
        with programme.watch.part("pipeline"):
            self.pilot = populate(given, programme.streams, -given.training.pilot_days, 0, "pilot")
            self.people = populate(given, programme.streams, 0, days)
        self.file = CaseFile(self.people)
        self.pipeline = Pipeline(given, self.people, self.file)
        self.casework = Casework(given.review, programme.calendar, programme.log)
        self.registry = Registry(given.name)
        self.names = list(given.feature_names)
        self._columns = pd.Index(self.names)
        self._batch_columns = pd.Index(["case_id", "arrived_day", *self.names])
        self._monitor_columns = pd.Index([*self.names, "score", "outcome", "decided_day"])
        self._groups = pd.CategoricalDtype([g.name for g in given.groups])
        self.in_force: dict[str, Any] = {n: p.naive for n, p in POINTS.items() if p.scope == "service"}
        self._known_total = np.zeros(days + 1000)
        self._known_right = np.zeros(days + 1000)
        self.pipeline_hours = np.zeros(days)
        self.records = np.zeros(days, dtype=int)
        self._serving = programme.estate.find("serving", given.name)
        self._ingest = programme.estate.find("pipeline", given.name)
        self._replicas = programme.estate.count(self._serving) if self._serving is not None else 0
        self._waiting = 0
        self._last_false_alert = -np.inf
        self.lifecycle = Lifecycle(self)
        for kind in given.incidents:
            for shock in shocks(programme.streams, given.name, kind.name, kind.per_year, days, kind.on_days):
                programme.incidents.schedule(shock, kind, given.name, kind.feed, self._mend, self._begun, self._over)

    # Incidents

    def _begun(self, incident: Incident) -> None:
        if incident.kind == "outage":
            incident.find("pipeline")

    def _mend(self, incident: Incident, event: int) -> Any:
        hours = incident.spec.fix_hours * incident.shock.effort
        return self.programme.team("dataops").work("data incident", hours, event)

    def _over(self, incident: Incident) -> None:
        """Run the pipeline again on whatever the gate held back while the incident lasted."""
        now = self.programme.env.now
        for batch in range(int(incident.shock.began), int(now) + 1):
            if self.pipeline.held(batch):
                self.pipeline.release(batch, int(now) + 1)

    # A day

    def day(self, day: int) -> None:
        """Live one day; the clock stands at the time of the nightly run."""
        programme = self.programme
        self._return_of(self.casework.day(day), day)
        sent_back = self.pipeline.send_back(day)
        if sent_back:
            programme.journal.write(
                day + NIGHTLY, "sent back", self.given.name, "quarantine", None, f"{sent_back} records"
            )
        rows = self.pipeline.collect(day)
        active = programme.incidents.of(self.given.name)
        if any(i.kind == "outage" for i in active):
            self.pipeline.postpone(rows, day + 1)
            self._waiting = len(rows)
        elif len(rows):
            self._batch(day, rows, active)
        self.lifecycle.day(day)

    def _batch(self, day: int, rows: np.ndarray, active: list[Incident]) -> None:
        self.programme.watch.enter("pipeline")
        rows = self._within_capacity(day, rows)
        values = self.pipeline.read(rows)
        touched = None
        for incident in active:
            if touched is None:
                touched = np.full(len(rows), -1, dtype="int16")
            touched[self.pipeline.corrupt(rows, values, incident.spec)] = incident.number
        again = self.pipeline.twice(rows)
        values = np.concatenate([values, values[again]])
        self.records[day] = len(values)
        keep = self._gate_and_mend(day, np.concatenate([rows, rows[again]]), values)
        second = rows[again]
        if keep is not None and not keep.all():
            n = len(rows)
            main, copies = keep[:n], keep[n:]
            place = np.concatenate([np.nonzero(main)[0], n + np.nonzero(copies & ~main[again])[0]])
            source = np.concatenate([np.arange(n), again])[place]
            lost = np.ones(n, dtype=bool)
            lost[source] = False
            self._hold(day, rows, lost, active)
            kept_twice = np.nonzero(copies & main[again])[0]
            values = values[np.concatenate([place, n + kept_twice])]
            second = second[kept_twice]
            rows, touched = rows[source], touched[source] if touched is not None else None
        if len(rows):
            self._decide(day, rows, values, touched, second)
        self.programme.watch.leave()

    def _within_capacity(self, day: int, rows: np.ndarray) -> np.ndarray:
        """Run the pipeline, and score no more than the night allows; the rest waits until tomorrow."""
        estate, serving, ingest = self.programme.estate, self._serving, self._ingest
        if ingest is not None and estate.rate(ingest):
            work = len(rows) / estate.rate(ingest)
            estate.work(ingest, work)
            self.pipeline_hours[day] = work / (estate.vcpu[ingest] * max(estate.machines[ingest], 1))
        if serving is None or not estate.rate(serving):
            return rows
        capacity = estate.night_capacity(serving)
        if self._naive("scale"):
            self._replicas = estate.count(serving)
        else:
            past = slice(max(day - 28, 0), day)
            recent = pd.Series(self.records[past], index=pd.RangeIndex(past.start, past.stop))
            load = Load(day, recent, self._waiting, capacity, self._replicas, estate.count(serving))
            self._replicas = self._ask("scale", (load,), lambda: f"on day {day}, for {self.given.name}")
        estate.machines[serving] = self._replicas
        room = int(self._replicas * capacity)
        estate.work(serving, min(len(rows), room) / estate.rate(serving))
        self._waiting = max(len(rows) - room, 0)
        self.pipeline.postpone(rows[room:], day + 1)
        return rows[:room]

    def _gate_and_mend(self, day: int, rows: np.ndarray, values: np.ndarray) -> np.ndarray | None:
        """Ask the gate which records to keep (None: all), and mend those, in place."""
        if self._naive("validate") and self._naive("repair") or not len(rows):
            return None
        block = np.empty((len(rows), 2 + values.shape[1]))
        block[:, 0], block[:, 1], block[:, 2:] = self.people.case_id_of(rows), self.people.arrived_of(rows), values
        frame = pd.DataFrame(block, columns=self._batch_columns, copy=False)

        def where() -> str:
            return f"on day {day}, in the batch of {len(frame)} records of {self.given.name}"

        keep = None
        if not self._naive("validate"):
            keep = self._ask("validate", (frame,), where) | self.pipeline.vouched(rows)
        if not self._naive("repair"):
            whole = keep is None or keep.all()
            if not whole:
                frame = pd.DataFrame(block[keep], columns=self._batch_columns, copy=False)
            mended = self._ask("repair", (frame,), where)
            values[slice(None) if whole else keep] = mended
        return keep

    def _hold(self, day: int, rows: np.ndarray, lost: np.ndarray, active: list[Incident]) -> None:
        """Quarantine the records of which no copy was kept, and have somebody look at them."""
        held = rows[lost]
        if not len(held):
            return
        programme = self.programme
        self.pipeline.hold(held, day)
        share = len(held) / len(rows)
        event = programme.journal.write(
            day + NIGHTLY, "quarantined", self.given.name, f"batch {day}", None, f"{len(held)} of {len(rows)} records"
        )
        team = programme.team("dataops")
        if share >= GATE_ALERT:
            for incident in active:
                incident.find("gate")
            if active:
                return
            if day - self._last_false_alert >= 7:
                self._last_false_alert = day
                programme.journal.write(day + NIGHTLY, "false alert", self.given.name, "gate", event)
                team.work("gate alert", 2.0, event)
        hours = min(0.25 + len(held) / 30.0, 7.4)
        programme.after(team.work("quarantine", hours, event), lambda: self._let_go(day))

    def _let_go(self, batch: int) -> None:
        self.pipeline.release(batch, int(self.programme.env.now) + 1)

    def _decide(
        self, day: int, rows: np.ndarray, values: np.ndarray, touched: np.ndarray | None, second: np.ndarray
    ) -> None:
        """Score and decide the records of some cases, and after them the copies of those that came twice."""
        watch, champion, file = self.programme.watch, self.registry.champion, self.file
        watch.enter("learning")
        score = learning.score(champion.fitted.estimator, values, champion.fitted.folded)
        watch.leave()
        if self._naive("decide"):
            choice = np.where(score >= 0.5, APPROVE, REFUSE).astype("int8")
        else:
            cases = pd.DataFrame(values, columns=self._columns)
            scores = pd.Series(score, index=cases.index, name="score")
            choice = self._ask(
                "decide",
                (scores, cases),
                lambda: f"on day {day}, for the batch of {len(cases)} cases of {self.given.name}",
            )
        n, now = len(rows), day + NIGHTLY
        file.state[rows] = DELIVERED
        file.delivered_day[rows] = now
        file.features[rows] = values[:n]
        file.score[rows] = score[:n]
        file.choice[rows] = choice[:n]
        file.version[rows] = champion.number
        if len(second):
            file.twice[second] = True
            file.twice_paid[second[(choice[n:] == APPROVE) & (file.choice[second] == APPROVE)]] = True
        choice = choice[:n]
        decided = choice != REFER
        everyone = decided.all()
        mine = rows if everyone else rows[decided]
        self._settle(mine, (choice if everyone else choice[decided]) == APPROVE, now, self.people.u["audit"])
        if not everyone:
            event = self.programme.journal.write(now, "referred", self.given.name, f"batch {day}", champion.event)
            self.casework.refer(now, event, rows[~decided])
        if touched is not None:
            file.incident[rows] = touched
            self._count_harm(rows, touched, champion)

    def _settle(self, rows: np.ndarray, granted: np.ndarray, now: float, audit: np.ndarray | None) -> None:
        """Make decisions final, and note when their outcome will be known."""
        file, people = self.file, self.people
        file.granted[rows] = granted
        file.decided_day[rows] = now
        known = now + people.lag[rows]
        right = granted == people.truth[rows]
        if audit is not None:
            seen = granted | (audit[rows] < self.given.outcomes.audit_share)
            rows, known, right = rows[seen], known[seen], right[seen]
        file.known_day[rows] = known
        day = np.ceil(known).astype(int) - int(now)
        total, rights = np.bincount(day), np.bincount(day, weights=right)
        here = slice(int(now), int(now) + len(total))
        room = len(self._known_total[here])
        self._known_total[here] += total[:room]
        self._known_right[here] += rights[:room]

    def _return_of(self, rows: np.ndarray, day: int) -> None:
        """Take the caseworkers' decisions: theirs are checked, so their outcome becomes known either way."""
        if len(rows):
            right = self.people.u["review"][rows] < self.given.review.right_share
            self._settle(rows, self.people.truth[rows] == right, day + NIGHTLY, None)

    def _count_harm(self, rows: np.ndarray, touched: np.ndarray, champion: Version) -> None:
        """Find the wrong decisions that the same model gets right on the clean record, and hear complaints."""
        people, file = self.people, self.file
        hit = np.nonzero((touched >= 0) & (file.choice[rows] != REFER))[0]
        mine, truth = rows[hit], people.truth[rows[hit]]
        wrong = (file.choice[mine] == APPROVE) != truth
        self.programme.watch.enter("learning")
        clean = learning.score(champion.fitted.estimator, people.clean[mine].astype(float), champion.fitted.folded)
        self.programme.watch.leave()
        harmed = wrong & ((clean >= 0.5) == truth)
        file.harmed[mine] = harmed
        outcomes = self.given.outcomes
        loud = harmed & truth & (people.u["complaint"][mine] < outcomes.complaint_share)
        for incident in self.programme.incidents.of(self.given.name):
            incident.complaints += int((loud & (touched[hit] == incident.number)).sum())
            if incident.complaints >= outcomes.complaints_noticed:
                incident.find("complaints")

    # What is asked, and what is known

    def _naive(self, point: str) -> bool:
        return POINTS[point].is_naive(self.in_force[point])

    def _ask(self, point: str, given: tuple[Any, ...], where: Callable[[], str]) -> Any:
        return self.programme.ask(point, self.in_force[point], given, where)

    def accuracy_known(self, day: int, window: int = 28) -> tuple[float, int]:
        """Return the share of right decisions among outcomes that became known in the last days, and their number."""
        since = max(day - window + 1, 0)
        total = self._known_total[since : day + 1].sum()
        return (float(self._known_right[since : day + 1].sum() / total) if total else float("nan")), int(total)

    def signals(self, day: int) -> Signals:
        """Return what the team knows of its model today."""
        champion, now = self.registry.champion, day + NIGHTLY
        return Signals(
            day=day,
            days_since_training=now - champion.trained_day,
            alarms=sum(1 for raised in self.lifecycle.unexplained if raised > max(now - 28, champion.released_day)),
            drift=self.lifecycle.drift,
            accuracy_known=self.accuracy_known(day)[0],
            accuracy_at_training=champion.fitted.accuracy,
            outcomes_known=self.lifecycle.fresh_outcomes(champion, now),
            spend_gbp=self.programme.spent_gbp,
        )

    def monitor_frame(self, rows: np.ndarray) -> pd.DataFrame:
        """Return decided cases as a monitor sees them, at most `MONITOR_ROWS`, spread evenly."""
        if len(rows) > MONITOR_ROWS:
            rows = rows[np.linspace(0, len(rows) - 1, MONITOR_ROWS).astype(int)]
        known = self.file.known_day[rows] <= self.programme.env.now
        outcome = np.where(known, self.people.truth[rows], np.nan)
        return self.frame_of(
            self.file.features[rows],
            self.file.score[rows],
            self.people.group[rows],
            outcome,
            self.file.decided_day[rows],
        )

    def frame_of(
        self, features: np.ndarray, score: np.ndarray, group: np.ndarray, outcome: np.ndarray, day: np.ndarray
    ) -> pd.DataFrame:
        """Return features, score, group, outcome and day of decision as one frame."""
        block = np.column_stack([features, score, outcome, day]).astype(float)
        frame = pd.DataFrame(block, columns=self._monitor_columns, copy=False)
        frame["group"] = pd.Categorical.from_codes(group, dtype=self._groups, validate=False)
        return frame
