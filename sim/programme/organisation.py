"""The organisation of a programme: who works with whom, and what its weeks and months bring beside the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS
from sim.decisions.govern import Governance
from sim.organisation.teams import Team
from sim.organisation.topology import Desk, Topology
from sim.organisation.turnover import Turnover
from sim.programme.approvals import Approvals
from sim.programme.audits import Audits
from sim.programme.council import Council
from sim.programme.toil import Toil
from sim.scenario import Team as Given
from sim.scenario.targets import TARGETS

if TYPE_CHECKING:
    from sim.programme.programme import Programme

Asked = Team | Desk
"""Where work of a discipline is asked for: its team, or a desk that knows who does it."""

WEEK = 7

LEAST_VERDICT, MOST_VERDICT = 0.9, 1.1
"""Shares of the funding so far that a board grants a programme that fails at everything, or at nothing."""


class Organisation:
    """The organisation of a programme. In a scenario without one, teams have their queues and that is all.

    Parameters
    ----------
    programme : Programme
        Whose people, clock and books are used.

    Attributes
    ----------
    governance : Governance
        How the programme is governed now.
    approvals : Approvals
        Of its releases.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        scenario, env, calendar, log = programme.scenario, programme.env, programme.calendar, programme.log
        self._given, staff = scenario.organisation, scenario.staff
        self.governance: Governance = POINTS["govern"].naive
        self.approvals = Approvals(self, programme)
        self._topology: Topology | None = None
        if self._given is None:
            self._desks: dict[str, Asked] = {t.discipline: Team(env, t, calendar, log) for t in staff.teams}
            return
        busiest = sorted(scenario.services, key=lambda s: -s.cases_per_day * s.weight)
        self._topology = Topology(
            env,
            staff,
            self._given.teamwork,
            calendar,
            log,
            [s.name for s in busiest],
            programme.journal.service_of,
        )
        self._desks = {t.discipline: Desk(self._topology, t.discipline) for t in staff.teams}
        weeks = calendar.days // WEEK + 1
        self._turnover = Turnover(self._topology, staff, self._given.turnover, programme.streams, weeks)
        self._audits, self._council, self._toil = Audits(self, programme), Council(programme), Toil(self, programme)

    @property
    def disciplines(self) -> tuple[str, ...]:
        """Disciplines of the teams, in the scenario's order."""
        return tuple(self._desks)

    @property
    def topology(self) -> Topology | None:
        """The people and the teams that they form; None in a scenario without an organisation."""
        return self._topology

    def team(self, discipline: str) -> Asked:
        """Return where work of a discipline is asked for."""
        return self._desks[discipline]

    def paid(self, team: Given) -> int:
        """Return how many people of a team as given are there to be paid."""
        return team.people if self._given is None else self._turnover.filled(team.name)

    def next_board(self, now: float) -> float:
        """Return when the board meets next: now, if it meets today.

        It meets on each quarter's first day and every so many days from then, unless the next quarter is nearer than
        half of that.
        """
        bounds, every = self._programme.calendar.bounds, self.governance.board_days
        began = max(b for b in bounds if b <= now)
        ends = min((b for b in bounds if b > now), default=began + every)
        return float(min((day for day in range(began, ends - every // 2, every) if day + 1 > now), default=ends))

    def decided(self, point: str, decision: Any) -> None:
        """Act upon a decision of integration that has come into force."""
        if point == "govern":
            self.governance = decision
            if decision.impact_assessment and self._given is not None:
                self.approvals.assess(self._given.oversight.assessment_hours)
        elif point == "organise" and self._topology is not None and self._topology.form != decision:
            self._topology.reorganise(decision)

    def day(self, day: int) -> None:
        """Live one day; the clock stands at the time of the nightly run."""
        if self._given is None:
            return
        calendar, now = self._programme.calendar, day + NIGHTLY
        if (day + 1) % WEEK == 0:
            frozen = self._programme.books.hiring_frozen
            self._turnover.week(day // WEEK, frozen, lambda what, team: self._tell(now, what, team))
            self._toil.week(day)
        if day + 1 in calendar.months:
            self._month(day)
        if day + 1 in calendar.bounds[4::4]:
            self._programme.books.verdict = self._judge(day)

    def _tell(self, now: float, what: str, team: str) -> None:
        self._programme.journal.write(now, what, "", team)

    def _month(self, day: int) -> None:
        """Let the council meet, pay what the teams' form costs, and serve by hand those who stayed away."""
        programme, now = self._programme, day + NIGHTLY
        staff = programme.scenario.staff
        if self.governance.cost_council:
            self._council.meet(now)
        for service in programme.services:
            service.public.month(day, programme.opened)
        gbp = self._topology.further_pay_gbp({t.name: t.pay_gbp for t in staff.teams}) if self._topology else 0.0
        programme.ledger.post(
            now, "salaries", "cash", round(gbp * staff.on_cost * 100), category="people", cause=programme.opened
        )

    def _judge(self, day: int) -> float:
        """Judge a year by what a board can know: outcomes known against the target, and trust."""
        programme = self._programme
        marks = []
        for service in programme.services:
            known, cases = service.deciding.accuracy_known(day, 91)
            aim = programme.scenario.targets.get("mape" if service.given.regression else "accuracy")
            aim = aim if aim is not None else TARGETS["mape" if service.given.regression else "accuracy"]
            marks.append(float(cases > 0 and (known <= aim if service.given.regression else known >= aim)))
            marks.append(min(service.public.trust[day] / self._given.trust.opening, 1.0) if self._given else 1.0)
        share = sum(marks) / len(marks)
        verdict = LEAST_VERDICT + (MOST_VERDICT - LEAST_VERDICT) * share
        programme.journal.write(day + NIGHTLY, "board's verdict", "", "funding", None, f"{verdict:.3f} of it")
        return verdict
