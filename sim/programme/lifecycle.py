"""The life of a service's model: trained, released, watched, doubted, trained again."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import simpy
from pandas.api.internals import create_dataframe_from_blocks

from sim.data.pipeline import NIGHTLY
from sim.decisions.point import columns_of
from sim.decisions.retrain import Signals
from sim.models import learning
from sim.models.registry import Version

if TYPE_CHECKING:
    from sim.programme.market import Placement
    from sim.programme.service import ServiceDay

MONITOR_ROWS = 3000
"""Most rows that a monitor is given of each frame, spread evenly."""

LEAST_ROWS = 200
"""Fewest cases that a monitor is shown, and fewest known outcomes that a model is trained on."""

NEWEST_ROWS = 1000
"""Newest rows, of those kept apart from training, on which a candidate is compared with the version in use."""


class Lifecycle:
    """Training, release and monitoring of one service's model.

    Parameters
    ----------
    service : ServiceDay
        Whose model it is. The pilot's version is trained and released at once.

    Attributes
    ----------
    unexplained : list of float
        When each alarm was raised that a person answered and found no fault in the data to explain.
    alarms : list of float
        When each alarm was raised.
    drift : float
        The monitor's latest score; NaN if there is none.
    training : bool
        Whether a retraining is under way.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service
        self._columns = columns_of([*service.names, "score", "outcome", "decided_day", "group"])
        self._groups = pd.CategoricalDtype([g.name for g in service.given.groups])
        self.unexplained: list[float] = []
        self.drift = float("nan")
        self.alarms: list[float] = []
        self.training = False
        self._answering = False
        self._reference: tuple[int, pd.DataFrame] | None = None
        self._known_at = -1.0
        self._known = 0
        pilot = self.learn(0.0, "pilot", None)
        assert pilot is not None
        service.releases.release(pilot, pilot.event)

    def day(self, day: int) -> None:
        """Watch the model and ask whether to retrain."""
        service = self._service
        watching = service.in_force["watch_model"]
        if not service.naive("watch_model") and (day + 1) % watching.every_days == 0:
            self._watch(day, watching)
        if not service.naive("retrain") and not self.training:
            wanted = service.ask("retrain", (self.signals(day),), lambda: f"on day {day}, for {service.given.name}")
            if wanted and service.purse.may_retrain():
                self.training = True
                service.programme.env.process(self._retrain(day))

    def _watch(self, day: int, watching: Any) -> None:
        service = self._service
        programme, champion, now = service.programme, service.registry.champion, day + NIGHTLY
        since = now - watching.window_days
        reach = min(service.given.outcomes.median_days * 4, since - service.store.cool_since)
        recent = service.file.recent(since, now, reach)
        if len(recent) < LEAST_ROWS:
            return
        if self._reference is None or self._reference[0] != champion.number:
            frame = self._frame_of(
                champion.reference, champion.score, champion.group, champion.outcome.astype(float), champion.decided
            )
            self._reference = (champion.number, frame)
        frames = (self._reference[1], self._monitor_frame(recent))
        self.drift = programme.ask(
            "watch_model",
            watching.score_fn,
            frames,
            lambda: (
                f"on day {day}, comparing {len(frames[1])} recent cases of {service.given.name} with {len(frames[0])}"
            ),
        )
        if self.drift > watching.threshold:
            self.alarms.append(now)
            event = programme.journal.write(
                now, "alarm", service.given.name, f"v{champion.number}", champion.event, f"score {self.drift:.3f}"
            )
            if not self._answering:
                self._answering = True
                programme.env.process(self._answer(now, event))

    def _answer(self, raised: float, event: int) -> Generator[simpy.Event, Any, None]:
        """A person looks into an alarm, and tells a fault in the data from a change in the world."""
        service = self._service
        programme = service.programme
        yield programme.team("mlops").work("alarm", service.given.training.alarm_hours, event)
        self._answering = False
        faults = programme.incidents.of(service.given.name)
        for incident in faults:
            incident.find("monitor")
        bad = not faults and service.registry.champion.defect is not None
        if not faults and not bad:
            self.unexplained.append(raised)
        said = "a fault in the data" if faults else "a fault in the code" if bad else "no fault in the data"
        answered = programme.journal.write(programme.env.now, "alarm answered", service.given.name, "", event, said)
        if bad:
            service.releases.found_bad("monitor", answered)

    def _retrain(self, day: int) -> Generator[simpy.Event, Any, None]:
        service = self._service
        programme, training = service.programme, service.given.training
        event = programme.journal.write(
            day + NIGHTLY, "retraining", service.given.name, f"v{len(service.registry.versions)}", None
        )
        started = programme.env.now
        yield programme.team("mlops").work("retraining", training.staff_hours, event)
        placed = None if service.naive("place") else (yield from programme.market.place(service, event))
        version = self.learn(programme.env.now, "retrained", event, started, placed)
        if placed is not None:
            yield from placed.finish()
        yield from service.releases.computed()
        if version is not None:
            yield from service.releases.bring_in(version)
        self.training = False

    def learn(
        self, now: float, reason: str, cause: int | None, started: float = 0.0, placed: Placement | None = None
    ) -> Version | None:
        """Train on what the training store holds now, and enter the version; None when too little is known.

        Parameters
        ----------
        now, started : float
            Times in days: now, and when the work on it began.
        reason : str
            ``"pilot"``, ``"retrained"`` or ``"rebuilt"``.
        cause : int or None
            The journal's event that called for it.
        placed : Placement or None
            The job that does it, where it was placed.
        """
        service = self._service
        compute = service.releases.compute if placed is None else placed.work
        given, pilot, file, people = service.given, service.pilot, service.file, service.people
        first = max(now - given.training.window_days, service.store.cool_since)
        old = np.nonzero(pilot.day >= first)[0]
        new = file.known(first, now)
        total = len(old) + len(new)
        journal = service.programme.journal
        if reason != "pilot":
            compute(given.training.machine_hours)
        if total < LEAST_ROWS and reason != "pilot":
            journal.write(now, "retraining abandoned", given.name, "", cause, f"only {total} known outcomes")
            return None
        take = np.arange(total)
        if total > given.training.max_rows:
            take = np.linspace(0, total - 1, given.training.max_rows).astype(int)
        old, new = old[take[take < len(old)]], new[take[take >= len(old)] - len(old)]
        features = np.concatenate([pilot.record[old], file.features[new]]).astype(float)
        outcome = np.concatenate([pilot.truth[old], service.labels.recorded[new]])
        misled_by = service.labels.blamed(new)
        truth = outcome if misled_by < 0 else np.concatenate([pilot.truth[old], people.truth[new]])
        group = np.concatenate([pilot.group[old], people.group[new]])
        decided = np.concatenate([pilot.day[old].astype(float), file.decided_day[new]])
        service.programme.watch.enter("learning")
        train = self._train(now)
        fitted = learning.fit(features, outcome, given.task, train, service.names)
        taught_right = learning.fit(features, truth, given.task, train, service.names) if misled_by >= 0 else None
        shown = np.linspace(0, len(outcome) - 1, min(len(outcome), MONITOR_ROWS)).astype(int)
        score = fitted.score(features[shown])
        service.programme.watch.leave()
        if reason != "pilot":
            compute(given.training.machine_hours * (fitted.fits - 1))
        kept_apart = np.nonzero(learning.held_out(len(outcome)))[0][-NEWEST_ROWS:]
        event = journal.write(
            now, "trained", given.name, f"v{len(service.registry.versions)}", cause, f"{reason}, {total} rows"
        )
        if misled_by >= 0:
            blamed = service.programme.incidents.all[misled_by].shock.incident_id
            service.write(now, "learnt wrong outcomes", blamed, event, f"v{len(service.registry.versions)}")
        version = Version(
            number=len(service.registry.versions),
            fitted=fitted,
            started_day=started,
            trained_day=now,
            reason=reason,
            reference=features[shown],
            score=score,
            outcome=outcome[shown],
            group=group[shown],
            decided=decided[shown],
            event=event,
            newest=tuple(part[kept_apart] for part in (features, outcome, group, decided)),
            misled_by=misled_by,
            taught_right=taught_right,
        )
        service.registry.add(version)
        return version

    def _train(self, now: float) -> learning.Train | None:
        """Return how to train, as decided; None for the task's default."""
        service = self._service
        if service.naive("train"):
            return None

        def train(examples: pd.DataFrame, outcome: pd.Series) -> Any:
            return service.ask(
                "train",
                (examples, outcome),
                lambda: f"on day {int(now)}, for the {len(examples)} examples of {service.given.name}",
            )

        return train

    def fresh_outcomes(self, champion: Version, now: float) -> int:
        """Return how many cases decided since the version was trained have a known outcome."""
        if now - self._known_at >= 7 or self._known_at < champion.trained_day:
            self._known_at = now
            first = max(champion.trained_day, self._service.store.cool_since)
            self._known = len(self._service.file.known(first, now))
        return self._known

    def signals(self, day: int) -> Signals:
        """Return what the team knows of its model today."""
        service, now = self._service, day + NIGHTLY
        champion = service.registry.champion
        return Signals(
            day=day,
            days_since_training=now - service.registry.versions[-1].trained_day,
            alarms=sum(1 for raised in self.unexplained if raised > max(now - 28, champion.in_use_day)),
            drift=self.drift,
            accuracy_known=service.deciding.accuracy_known(day)[0],
            accuracy_at_training=champion.fitted.accuracy,
            outcomes_known=self.fresh_outcomes(champion, now),
            spend_gbp=service.programme.spent_gbp,
        )

    def _monitor_frame(self, rows: np.ndarray) -> pd.DataFrame:
        """Return decided cases as a monitor sees them, at most `MONITOR_ROWS`, spread evenly."""
        file, people, labels = self._service.file, self._service.people, self._service.labels
        if len(rows) > MONITOR_ROWS:
            rows = rows[np.linspace(0, len(rows) - 1, MONITOR_ROWS).astype(int)]
        known = file.known_day[rows] <= self._service.programme.env.now
        outcome = np.where(known, labels.recorded[rows], np.nan)
        return self._frame_of(
            file.features[rows], file.score[rows], people.group[rows], outcome, file.decided_day[rows]
        )

    def _frame_of(
        self, features: np.ndarray, score: np.ndarray, group: np.ndarray, outcome: np.ndarray, day: np.ndarray
    ) -> pd.DataFrame:
        """Return features, score, group, outcome and day of decision as one frame."""
        n, width = len(score), len(self._columns) - 1
        block = np.empty((n, width))
        block[:, :-3], block[:, -3], block[:, -2], block[:, -1] = features, score, outcome, day
        whose = pd.Categorical.from_codes(group, dtype=self._groups, validate=False)
        parts = [(block.T, np.arange(width)), (whose, np.arange(width, width + 1))]
        return create_dataframe_from_blocks(parts, pd.RangeIndex(n), self._columns)
