"""How versions of a service's model come into use, and how they go: tests, promotion, roll-out, and the way back."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.data.casefile import REFUSE
from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS, Evidence
from sim.decisions.release import BIG_BANG, BlueGreen, Canary, Shadow
from sim.models import suites
from sim.models.evaluation import Figures, figures
from sim.models.registry import Version
from sim.models.serving import drawn
from sim.programme.aftermath import WATCHED_DAYS, Watch
from sim.programme.tally import within
from sim.programme.trial import Trial

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

LEAST_FRESH = 200
"""Fewest cases, decided since the version in use was trained, on which it is compared with a candidate; with fewer, all
that were kept apart from the candidate's training are used."""

TESTED_ROWS = 500
"""Rows that the test of code scores both ways."""

Steps = Generator[simpy.Event, Any, Any]


class Releases:
    """Releases of one service.

    Parameters
    ----------
    service : ServiceDay
        Whose model it is.

    Attributes
    ----------
    trial : Trial or None
        The shadow or canary that is going on.
    changes : int
        Changes of the code so far: one comes with each candidate.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme = service, service.programme
        self.trial: Trial | None = None
        self.changes = 0
        self._watch: Watch | None = None
        self._compared: tuple[tuple[int, int], tuple[Figures, Figures, int]] | None = None
        self._warm_until = -1.0
        self._complaints = 0
        self._released = 0
        self._mending = False
        self._jobs: list[simpy.Process] = []

    # Serving

    def serve(self, day: int, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return a night's scores, and the number of the version that each is from, both of shape (n,)."""
        if self.trial is not None:
            return self.trial.serve(day, values)
        champion = self._service.registry.champion
        return champion.serve(values), np.full(len(values), champion.number, dtype="int16")

    def compute(self, vcpu_hours: float) -> None:
        """Charge work to the machine that trains the service's models, if there is one; see `computed`."""
        programme, given = self._programme, self._service.given
        machine = programme.estate.find("training", given.name)
        if machine is None:
            return
        if programme.estate.given[machine].takes_turns:
            self._jobs.append(programme.jobs.start(machine, vcpu_hours, given.training.gpu_vcpus))
        else:
            programme.estate.work(machine, vcpu_hours)

    def computed(self) -> Steps:
        """Wait until the jobs that take turns on a machine are done."""
        while self._jobs:
            yield self._jobs.pop(0)

    # Before a release

    def bring_in(self, version: Version) -> Steps:
        """Bring a candidate into use, or stop it on the way."""
        service, training = self._service, self._service.given.training
        self.changes += 1
        streams, name = self._programme.streams, service.given.name
        version.defect = drawn(
            streams, name, self.changes, training.bug_share, training.hidden_share, len(service.names)
        )
        if not service.naive("tests") and not (yield from self._tests(version)):
            return
        if not service.naive("promote") and not self._promoted(version):
            return
        if not (yield from self._programme.organisation.approvals.allow(service, version)):
            return
        yield self._programme.env.timeout(training.release_days)
        way, cause = service.in_force["release"], version.event
        if isinstance(way, Shadow | Canary):
            cause = yield from self._try(version, way)
            if cause is None:
                return
        self.release(version, cause)

    def _tests(self, version: Version) -> Steps:
        """Run the suites, one after the other; return whether the candidate may go on."""
        service, training = self._service, self._service.given.training
        team, name = self._programme.team("mlops"), f"v{version.number}"
        for suite in POINTS["tests"].accept(service.in_force["tests"]):
            yield team.work(f"{suite} test", training.test_hours, version.event)
            self.compute(training.test_machine_hours)
            yield from self.computed()
            wrong = self.wrong(version, suite)
            said = wrong or "passed"
            tested = service.write(self._programme.env.now, f"{suite} test", name, version.event, said)
            if not wrong:
                continue
            stopped = service.write(self._programme.env.now, "release stopped", name, tested, f"{suite}: {wrong}")
            yield team.work("look into a failed test", training.fix_hours, stopped)
            if not self._mend(version, stopped):
                return False
        return True

    def wrong(self, version: Version, suite: str) -> str:
        """Run one suite on a candidate; return what is wrong, or nothing."""
        service = self._service
        if suite == "code":
            return suites.code(version, version.newest[0][-TESTED_ROWS:])
        if suite == "data":
            features, champion = service.given.features, service.registry.champion
            kept = champion.kept_data
            before = suites.snapshot(champion, features) if kept else None
            return suites.data(suites.snapshot(version, features), before, service.names, service.given.task)
        candidate, champion, _ = self.compared(version)
        return (suites.model if suite == "model" else suites.fairness)(candidate, champion)

    def compared(self, version: Version) -> tuple[Figures, Figures, int]:
        """Measure a candidate and the version in use on the same newest known cases; return both, and how many."""
        service, champion = self._service, self._service.registry.champion
        numbers = (version.number, champion.number)
        if self._compared is not None and self._compared[0] == numbers:
            return self._compared[1]
        features, outcome, group, decided = version.newest
        fresh = decided > champion.trained_day
        if fresh.sum() >= LEAST_FRESH:
            features, outcome, group = features[fresh], outcome[fresh], group[fresh]
        groups, task, near = len(service.given.groups), service.given.task, service.given.quantity.tolerance
        new, old = (figures(v.fitted.score(features), outcome, group, groups, task, near) for v in (version, champion))
        self._compared = numbers, (new, old, len(outcome))
        return self._compared[1]

    def evidence(self, version: Version) -> Evidence:
        """Return what is known of a candidate beside the version in use."""
        now, champion = self._programme.env.now, self._service.registry.champion
        new, old, rows = self.compared(version)
        return Evidence(
            day=int(now),
            days_since_release=now - champion.in_use_day,
            rows=rows,
            candidate_rows=version.fitted.rows,
            champion_rows=champion.fitted.rows,
            candidate_accuracy=new.accuracy,
            champion_accuracy=old.accuracy,
            candidate_auc=new.auc,
            champion_auc=old.auc,
            candidate_brier=new.brier,
            champion_brier=old.brier,
            candidate_mape=new.mape,
            champion_mape=old.mape,
            candidate_gap=new.gap,
            champion_gap=old.gap,
            spend_gbp=self._programme.spent_gbp,
        )

    def _promoted(self, version: Version) -> bool:
        service = self._service
        evidence = self.evidence(version)
        if service.ask(
            "promote", (evidence,), lambda: f"on day {evidence.day}, for v{version.number} of {service.given.name}"
        ):
            return True
        service.write(self._programme.env.now, "not promoted", f"v{version.number}", version.event)
        return False

    def _try(self, version: Version, way: Shadow | Canary) -> Steps:
        """Let a candidate score beside the version in use; return the event that lets it go on, or None."""
        service, programme = self._service, self._programme
        name, env = f"v{version.number}", programme.env
        began = service.write(env.now, f"{way.name} began", name, version.event, f"{way.days} days")
        self.trial = Trial(way, service.registry, version, programme.streams, service.given.name)
        yield from self._beside(way.share, way.days)
        shift, self.trial = self.trial.shift(), None
        said = f"scores lie {shift:.3f} apart"
        if not shift > way.tolerance:
            return service.write(env.now, f"{way.name} passed", name, began, said)
        stopped = service.write(env.now, f"{way.name} stopped", name, began, said)
        yield programme.team("mlops").work("look into a release", service.given.training.fix_hours, stopped)
        if self._mend(version, stopped):
            return stopped
        candidate, champion, _ = self.compared(version)
        worse = suites.model(candidate, champion)
        said = worse or "nothing is wrong with it"
        looked = service.write(env.now, "release looked into", name, stopped, said)
        return None if worse else looked

    def _beside(self, share: float, days: float) -> Steps:
        """Pay for a share of the serving machines a second time for some days."""
        estate = self._programme.estate
        serving = estate.find("serving", self._service.given.name)
        machines = np.ceil(estate.machines[serving] * share) if serving is not None else 0
        if machines:
            estate.run_beside(serving, machines)
        yield self._programme.env.timeout(days)
        if machines:
            estate.run_beside(serving, -machines)

    # A release

    def release(self, version: Version, cause: int) -> None:
        """Bring a version into use."""
        service, now = self._service, float(self._programme.env.now)
        registry, way = service.registry, service.in_force["release"]
        before = registry.champion if registry.in_use else None
        self._keep(version)
        said = way if way == BIG_BANG else way.name
        event = service.write(now, "released", f"v{version.number}", cause, said)
        if before is not None:
            self._keep(before)
            self._watch = Watch(service, version, before, event, now)
        registry.release(version.number, now)
        self._complaints, self._released = 0, event
        if before is not None and isinstance(way, BlueGreen):
            self._warm_until = now + way.days
            self._programme.env.process(self._beside(1.0, way.days))

    def _keep(self, version: Version) -> None:
        """Keep a version, and the rows that it was trained on, where versioning does so."""
        choice = self._service.in_force["versioning"]
        version.kept |= choice != "none"
        if choice == "models and data" and not version.kept_data:
            version.kept_data = True
            self._programme.estate.keep_copy(self._service.given.name, version.fitted.rows)

    def _mend(self, version: Version, cause: int) -> bool:
        """Mend the serving code of a version, if that is what is wrong, and say so."""
        if version.defect is None:
            return False
        said = version.defect.describe(self._service.names)
        self._service.write(self._programme.env.now, "code mended", f"v{version.number}", cause, said)
        version.defect = None
        return True

    # After a release

    def day(self, day: int) -> None:
        """Ask, in the first weeks after a release, whether to take it back."""
        watch, service = self._watch, self._service
        if watch is None or service.naive("roll_back"):
            return
        now = day + NIGHTLY
        if now - watch.released > WATCHED_DAYS:
            self._watch = None
            return
        evidence = watch.evidence(day)
        if service.ask(
            "roll_back", (evidence,), lambda: f"on day {day}, for v{watch.version.number} of {service.given.name}"
        ):
            self._watch = None
            self._programme.env.process(self._roll_back(watch))

    def _roll_back(self, watch: Watch) -> Steps:
        service, training, env = self._service, self._service.given.training, self._programme.env
        team, bad, back = self._programme.team("mlops"), watch.version, watch.before
        name = f"v{bad.number}"
        began = env.now
        event = service.write(began, "roll-back began", name, watch.event)
        warm = env.now <= self._warm_until
        if not warm and back.kept:
            yield team.work("roll back", training.roll_back_hours, event)
        elif not warm:
            yield team.work("rebuild", training.rebuild_hours, event)
            back = service.lifecycle.learn(env.now, "rebuilt", event, began)
            yield from self.computed()
        if back is None or service.registry.champion is not bad:
            service.write(env.now, "roll-back abandoned", name, event)
            return
        service.registry.release(back.number, env.now)
        rolled = service.write(env.now, "rolled back", name, event, f"to v{back.number}")
        yield team.work("look into a release", training.fix_hours, rolled)
        if self._mend(bad, rolled) and service.registry.champion is back and not service.lifecycle.training:
            self.release(bad, rolled)

    def hear(self, rows: np.ndarray, values: np.ndarray) -> None:
        """Count those who suffer from the serving code alone and complain; enough of them are noticed.

        They are people wrongly refused; or whoever acts upon a forecast that is beyond the service's tolerance, and
        would be within it.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
            Cases decided tonight, while the serving code of the version in use is at fault.
        values : ndarray of float, shape (n, features)
            Their records as delivered.
        """
        service = self._service
        people, file, given = service.people, service.file, service.given
        champion, outcomes, truth = service.registry.champion, given.outcomes, people.truth[rows]
        hurt = ~within(given, truth, file.score[rows]) if given.regression else truth & (file.choice[rows] == REFUSE)
        loud = hurt & (file.version[rows] == champion.number)
        loud &= people.u["complaint"][rows] < outcomes.complaint_share
        if loud.any():
            meant = champion.fitted.score(values[loud])
            by_code = within(given, truth[loud], meant) if given.regression else meant >= 0.5
            self._complaints += int(by_code.sum())
        if self._complaints >= outcomes.complaints_noticed:
            self.found_bad("complaints", self._released)

    def found_bad(self, by: str, cause: int) -> None:
        """Let somebody mend the serving code in use, once it has been found to be at fault."""
        if not self._mending:
            self._mending = True
            self._programme.env.process(self._hotfix(by, cause))

    def _hotfix(self, by: str, cause: int) -> Steps:
        service, env = self._service, self._programme.env
        bad = service.registry.champion
        found = service.write(env.now, "release found bad", f"v{bad.number}", cause, f"found by {by}")
        yield self._programme.team("mlops").work("mend a release", service.given.training.fix_hours, found)
        self._mending = False
        if self._mend(bad, found) and service.registry.champion is bad:
            service.write(env.now, "hotfixed", f"v{bad.number}", found)
