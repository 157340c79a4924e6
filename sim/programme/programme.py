"""One programme: its clock, its people, its estate, its books and its services."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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
from sim.programme.books import Books
from sim.programme.cloud_day import CloudDay
from sim.programme.incidents import Incidents
from sim.programme.jobs import Jobs
from sim.programme.market import Market
from sim.programme.organisation import Asked, Organisation
from sim.programme.records import frames
from sim.programme.service import ServiceDay
from sim.programme.showback import Showback
from sim.programme.tagging import Tagging
from sim.run import Run
from sim.scenario import Scenario
from sim.scorecard import scorecard
from sim.stopwatch import Stopwatch
from sim.streams import Streams


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
    cloud : CloudDay
        What is done about the cloud at the close of each day.
    jobs : Jobs
        Training and notebooks that take turns on machines.
    market : Market
        What is bought otherwise than on demand, and the grid.
    tagging : Tagging
        Which tags the cloud's resources bear.
    showback : Showback
        What services are told that they cost.
    books : Books
        What is asked for, handed out and paid.
    holder : dict of str to Any
        Decisions in force for the whole programme, by decision point.
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
        self.holder: dict[str, Any] = {n: p.naive for n, p in POINTS.items() if p.scope == "programme"}
        self.tagging, self.showback = Tagging(self), Showback(self)
        self.cloud, self.books = CloudDay(self), Books(self)
        self.jobs, self.market = Jobs(self), Market(self)
        self._history: list[Playbook] = []
        self._stopped = False
        self.quarter = 1
        with _one_thread():
            self.services = [ServiceDay(self, given) for given in scenario.services]
        self.cloud.expect()
        self.env.process(self._days())
        self.watch.leave()

    @property
    def done(self) -> bool:
        """Whether the last quarter has been played."""
        return self.quarter > self.scenario.quarters

    @property
    def spent_gbp(self) -> float:
        """Cloud spend so far, GBP."""
        return float(self.cloud.spend_gbp.sum())

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
        self.books.open_quarter()
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

    def run(self, by_quarter: bool = True) -> Run:
        """Return everything that has happened so far, as tidy frames.

        Parameters
        ----------
        by_quarter : bool
            Whether its ``quarterly`` is wanted, which takes a third of the time; it is empty if not.

        Returns
        -------
        Run
        """
        days = self.calendar.bounds[self.quarter - 1]
        self.watch.enter("records")
        tidy = frames(self, days, by_quarter=by_quarter)
        self.watch.leave()
        return Run(
            **tidy,
            scenario=self.scenario.name,
            seed=int(self.seed),
            days=days,
            targets=dict(self.scenario.targets),
            floors=dict(self.scenario.floors),
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
        """Do something when an event happens that has not happened yet."""
        event.callbacks.append(lambda _: then())

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
                self._adoption.want(point, playbook.decision(point), {"programme": self.holder})
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

    # The clock

    def _days(self) -> Generator[simpy.Event, Any, None]:
        for day in range(self.calendar.days):
            yield self.env.timeout(day + NIGHTLY - self.env.now)
            for service in self.services:
                service.day(day)
                self.estate.keep(service.given.name, service.arrivals(day), int(service.intake.records[day]))
            self.organisation.day(day)
            self._close(day)

    def _close(self, day: int) -> None:
        """Close the cloud's day, and keep the books."""
        self.cloud.close(day)
        if day + 1 in self.calendar.months:
            self.books.close_month(day)

    def _report(self, quarter: int) -> QuarterReport:
        tidy = frames(self, self.calendar.bounds[quarter], first=self.calendar.bounds[quarter - 1], by_quarter=False)
        spend = float(tidy["daily"]["spend_gbp"].sum())
        return QuarterReport(quarter, scorecard(tidy, self.scenario.targets), tidy["journal"], spend)
