"""One programme: its clock, its people, its estate, its books and its services."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import simpy
from threadpoolctl import ThreadpoolController

from sim.calendar import Calendar
from sim.cloud.estate import Estate
from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS
from sim.decisions.call import call
from sim.errors import PlaybookError, ScenarioError, unknown
from sim.journal import Journal
from sim.ledger import Ledger
from sim.organisation.teams import WorkLog
from sim.playbook import Playbook
from sim.programme.adoption import Adoption
from sim.programme.incidents import Incident, Incidents
from sim.programme.organisation import Asked, Organisation
from sim.programme.records import frames
from sim.programme.service import ServiceDay
from sim.run import Run
from sim.scenario import Scenario
from sim.scorecard import scorecard
from sim.stopwatch import Stopwatch
from sim.streams import Streams
from sim.world.shocks import shocks

SIZE_EVERY = 28
"""Days from one look at the sizes of the estate to the next."""

LOOK_HOURS = 3.0
"""Hours of work to look into the bill."""


@lru_cache
def _pools(learning_loaded: bool) -> ThreadpoolController:
    """Return the thread pools of the libraries in this process; finding them takes as long as half a quarter's run.

    Parameters
    ----------
    learning_loaded : bool
        Whether scikit-learn, which brings a pool of its own, has been loaded yet.
    """
    return ThreadpoolController()


def _one_thread() -> AbstractContextManager[Any]:
    """Keep numerical libraries to one thread: arrays are small, and bytes must not depend on the machine."""
    return _pools("sklearn" in sys.modules).limit(limits=1)


@dataclass(frozen=True)
class QuarterReport:
    """What a quarter's board is told.

    Attributes
    ----------
    quarter : int
        Counted from 1.
    scorecard : DataFrame
        Measures of the quarter alone: measure, family, service, value, unit, target, met.
    events : DataFrame
        The journal of the quarter.
    spend_gbp : float
        Spend of the quarter.
    """

    quarter: int
    scorecard: pd.DataFrame
    events: pd.DataFrame
    spend_gbp: float


class Programme:
    """A programme that is run turn by turn.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    seed : int
        Zero or more; the same seed is the same world.
    instant : bool
        Let practices come into force at once and for nothing.

    Raises
    ------
    sim.errors.TrinityError
        If the seed is refused, or the scenario names a size that is not on the price list.

    Attributes
    ----------
    quarter : int
        The quarter about to be played, counted from 1.
    """

    def __init__(self, scenario: Scenario, seed: int = 0, instant: bool = False) -> None:
        if not isinstance(scenario, Scenario):
            raise ScenarioError(
                f"scenario is {type(scenario).__name__}, but a Scenario was expected; see sim.load_scenario."
            )
        self.scenario, self.seed, self.instant = scenario, seed, instant
        self.watch = Stopwatch()
        self.watch.enter("engine")
        self.streams = Streams(seed)
        self.calendar = Calendar(scenario.start, scenario.quarters)
        self.env = simpy.Environment()
        self.journal, self.ledger, self.log = Journal(), Ledger(self.calendar), WorkLog()
        self.opened = self.journal.write(0.0, "opened", "", scenario.name, None, scenario.title)
        self.estate = Estate(scenario, self.ledger)
        self.incidents = Incidents(self.env, self.journal)
        self.organisation = Organisation(self)
        self._adoption = Adoption(self)
        self._holder: dict[str, Any] = {n: p.naive for n, p in POINTS.items() if p.scope == "programme"}
        self._spend = np.zeros(self.calendar.days)
        self._history: list[Playbook] = []
        self._looking = self._stopped = False
        self.quarter = 1
        with _one_thread():
            self.services = [ServiceDay(self, given) for given in scenario.services]
        for kind in scenario.spend_incidents:
            for shock in shocks(self.streams, "spend", kind.name, kind.per_year, self.calendar.days):
                if shock.incident_id not in scenario.switched_off:
                    self.incidents.schedule(shock, kind, "", kind.resource, self._mend, self._begun, self._over)
        self.env.process(self._days())
        self.watch.leave()

    @property
    def done(self) -> bool:
        """Whether the last quarter has been played."""
        return self.quarter > self.scenario.quarters

    @property
    def spent_gbp(self) -> float:
        """Cloud spend so far, GBP."""
        return float(self._spend.sum())

    def team(self, discipline: str) -> Asked:
        """Return where work of a discipline is asked for."""
        return self.organisation.team(discipline)

    def step(self, playbook: Playbook) -> QuarterReport:
        """Play one quarter.

        Parameters
        ----------
        playbook : Playbook
            In force from the quarter's first day, but for what has yet to be taken up.

        Returns
        -------
        QuarterReport
            Of the quarter.

        Raises
        ------
        sim.errors.TrinityError
            If the programme is over, or the playbook or one of its decisions' answers is refused.
        """
        self.advance(playbook)
        return self._report(self.quarter - 1)

    def advance(self, playbook: Playbook) -> None:
        """Play one quarter as `step` does, without a report."""
        if self._stopped:
            raise PlaybookError(
                f"The programme stopped in quarter {self.quarter}, when a decision failed. "
                f"Mend the decision and go on from branch(quarter={self.quarter})."
            )
        if self.done:
            raise PlaybookError(f"The programme is over: all {self.scenario.quarters} quarters have been played.")
        self._decide(playbook)
        self._history.append(playbook)
        self.watch.enter("engine")
        self._stopped = True
        try:
            with _one_thread():
                self.env.run(until=self.calendar.bounds[self.quarter])
        finally:
            self.watch.leave()
        self._stopped = False
        self.quarter += 1

    def branch(self, quarter: int) -> Programme:
        """Return a programme with the same past up to a quarter, and its future open.

        Parameters
        ----------
        quarter : int
            The first quarter that may be decided anew: from 1 to the one about to be played.

        Returns
        -------
        Programme
            A replay of the decisions made so far; this programme is untouched.

        Raises
        ------
        PlaybookError
            If the quarter has not been reached.
        """
        if not isinstance(quarter, int) or not 1 <= quarter <= self.quarter:
            nearest = min(max(quarter, 1), self.quarter) if isinstance(quarter, int) else self.quarter
            raise PlaybookError(
                f"quarter is {quarter!r}, but it must be from 1 to {self.quarter}. The nearest is {nearest}."
            )
        twin = Programme(self.scenario, seed=self.seed, instant=self.instant)
        for playbook in self._history[: quarter - 1]:
            twin.advance(playbook)
        return twin

    def run(self) -> Run:
        """Return everything that has happened so far, as tidy frames."""
        days = self.calendar.bounds[self.quarter - 1]
        self.watch.enter("records")
        tidy = frames(self, days)
        self.watch.leave()
        return Run(
            **tidy,
            scenario=self.scenario.name,
            seed=int(self.seed),
            days=days,
            targets=dict(self.scenario.targets),
            timings=dict(self.watch.seconds),
        )

    def close(self) -> None:
        """Let go of everything it holds; it cannot be used afterwards.

        A programme, its services and its clock refer to one another, so Python would keep their arrays, some 50 MB,
        until it next looks for such circles.
        """
        for service in self.services:
            vars(service).clear()
        vars(self).clear()

    def ask(self, point: str, decision: Callable[..., Any], given: tuple[Any, ...], where: Callable[[], str]) -> Any:
        """Ask a decision, its time charged to decisions; see `sim.decisions.call.call`."""
        self.watch.enter("decisions")
        try:
            return call(POINTS[point], decision, given, where)
        finally:
            self.watch.leave()

    def after(self, event: simpy.Event, then: Callable[[], None]) -> None:
        """Do something when an event has happened."""

        def wait() -> Generator[simpy.Event, Any, None]:
            yield event
            then()

        self.env.process(wait())

    # Deciding

    def _decide(self, playbook: Playbook) -> None:
        if not isinstance(playbook, Playbook):
            raise PlaybookError(
                f"playbook is {type(playbook).__name__}, but a Playbook was expected; see sim.Playbook."
            )
        names = [s.given.name for s in self.services]
        for service in playbook.services:
            if service not in names:
                raise PlaybookError(f"The playbook decides for a service. {unknown('service', service, names)}")
        for point, about in POINTS.items():
            if about.scope == "programme":
                self._adoption.want(point, playbook.decision(point), {"programme": self._holder})
                continue
            groups: list[tuple[Any, dict[str, dict[str, Any]]]] = []
            for service in self.services:
                decision = playbook.decision(point, service.given.name)
                if about.fits is not None:
                    about.fits(decision, service.given)
                for known, holders in groups:
                    if known is decision or (about.chosen and known == decision):
                        holders[service.given.name] = service.in_force
                        break
                else:
                    groups.append((decision, {service.given.name: service.in_force}))
            for decision, holders in groups:
                self._adoption.want(point, decision, holders)

    # Money leaks

    def _begun(self, incident: Incident) -> None:
        self.estate.leave_running(incident.subject, incident.spec.machines)

    def _over(self, incident: Incident) -> None:
        self.estate.leave_running(incident.subject, -incident.spec.machines)

    def _mend(self, incident: Incident, event: int) -> simpy.Event:
        return self.team("finops").work("stop machines", 1.0, event)

    def _look(self, day: int) -> Generator[simpy.Event, Any, None]:
        """Somebody looks into the bill and finds whatever runs for nobody."""
        event = self.journal.write(day + NIGHTLY, "looked into the bill", "", "spend", None)
        yield self.team("finops").work("spend alert", LOOK_HOURS, event)
        for incident in self.incidents.of(""):
            incident.find("spend watch")
        self._looking = False

    # The clock

    def _days(self) -> Generator[simpy.Event, Any, None]:
        for day in range(self.calendar.days):
            yield self.env.timeout(day + NIGHTLY - self.env.now)
            for service in self.services:
                service.day(day)
                self.estate.keep(service.given.name, service.arrivals(day))
            self._close(day)
            self.organisation.day(day)

    def _close(self, day: int) -> None:
        """Meter the cloud, look at the bill and the sizes, and keep the books."""
        event = self.journal.write(day + NIGHTLY, "metered", "", "estate", self.opened)
        self._spend[day] = self.estate.close_day(day, event)
        for leak in self.incidents.of(""):
            leak.spent_gbp += leak.spec.machines * 24 * self.estate.hour_gbp(leak.subject)
        if not self._looking and self._asked_to_look(day):
            self._looking = True
            self.env.process(self._look(day))
        if (day + 1) % SIZE_EVERY == 0 and self._holder["size"] is not POINTS["size"].naive:
            self.estate.resize(self.ask("size", self._holder["size"], (self.estate.usage(),), lambda: f"on day {day}"))
        if day + 1 in self.calendar.months:
            self._month_end(day)

    def _asked_to_look(self, day: int) -> bool:
        decision = self._holder["watch_spend"]
        if decision is POINTS["watch_spend"].naive:
            return (day + 1) % 365 == 0
        spend = pd.Series(self._spend[: day + 1], name="spend_gbp")
        return bool(self.ask("watch_spend", decision, (spend,), lambda: f"on day {day}"))

    def _month_end(self, day: int) -> None:
        """Pay people, settle the cloud's invoice, and draw the quarter's funding."""
        staff = self.scenario.staff
        now = day + NIGHTLY
        event = self.journal.write(now, "month closed", "", "books", self.opened)
        for team in staff.teams:
            pence = round(self.organisation.paid(team) * team.pay_gbp * staff.on_cost * team.share * 100 / 12)
            self.ledger.post(now, "salaries", "cash", pence, category="people", cause=event, discipline=team.discipline)
        for service in self.services:
            hours = self._casework_hours(service)
            gbp = hours * service.deciding.casework.hourly_gbp(staff.caseworker_pay_gbp, staff.on_cost)
            self.ledger.post(
                now,
                "casework",
                "cash",
                round(gbp * 100),
                category="operations",
                cause=event,
                service=service.given.name,
            )
        owed = self.ledger.balance("cloud_payable")
        self.ledger.post(now, "cloud_payable", "cash", -owed, category="settlement", cause=event)
        if day + 1 in self.calendar.bounds:
            self.ledger.post(
                now, "cash", "funding", round(self.scenario.funding_gbp * 100), category="funding", cause=event
            )

    def _casework_hours(self, service: ServiceDay) -> float:
        total = service.deciding.casework.hours
        new, service.deciding.casework.hours_paid = total - service.deciding.casework.hours_paid, total
        return new

    def _report(self, quarter: int) -> QuarterReport:
        tidy = frames(self, self.calendar.bounds[quarter], first=self.calendar.bounds[quarter - 1])
        spend = float(tidy["daily"]["spend_gbp"].sum())
        return QuarterReport(quarter, scorecard(tidy, self.scenario.targets), tidy["journal"], spend)
