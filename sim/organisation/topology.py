"""Topology: which people form a team, and by which teams a piece of work passes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import simpy

from sim.calendar import Calendar
from sim.organisation.teams import Person, Piece, Team, WorkLog
from sim.scenario import Staff
from sim.scenario import Team as Given
from sim.scenario.organisation import Teamwork

SILO, CROSS_FUNCTIONAL, CENTRE = "silo", "cross-functional", "centre of excellence"

FORMS = (SILO, CROSS_FUNCTIONAL, CENTRE)
"""Ways in which people work together."""

TRADES: dict[str, tuple[tuple[str, float], ...]] = {
    "retraining": (("dataops", 0.25), ("mlops", 0.5), ("finops", 0.25)),
    "data incident": (("dataops", 0.75), ("finops", 0.25)),
    "repair run": (("dataops", 0.5), ("finops", 0.5)),
    "mend a release": (("mlops", 0.75), ("finops", 0.25)),
    "roll back": (("mlops", 0.5), ("finops", 0.5)),
    "rebuild": (("dataops", 0.25), ("mlops", 0.75)),
    "impact assessment": (("dataops", 0.4), ("mlops", 0.4), ("finops", 0.2)),
}
"""Work that needs several trades, in the order in which it needs them, and the share of its hours that each takes
(general). Whoever makes data, a model and the machines ready for a release is in turn of the data, the ml and the
platform team; finops stands for the platform."""


@dataclass(frozen=True)
class Desk:
    """Where work of a trade is asked for, whoever it is that does it."""

    topology: Topology
    trade: str

    def work(self, kind: str, hours: float, cause: int, urgent: bool = False, ahead: bool = False) -> simpy.Process:
        """Ask for a piece of work; see `sim.organisation.teams.Team.work`."""
        return self.topology.work(self.trade, kind, hours, cause, urgent, ahead)


class Topology:
    """The people of a programme, the teams that they form, and the way of work through these.

    Parameters
    ----------
    env : simpy.Environment
        In days.
    staff : Staff
        Teams as given: the silos.
    teamwork : Teamwork
        What passing work on takes.
    calendar : Calendar
        Working days.
    log : WorkLog
        Where work is recorded.
    services : sequence of str
        The services, that with the most cases first.
    owner : callable
        From a journal's event to the service that it concerns, or nothing.

    Attributes
    ----------
    form : str
        One of `FORMS`.
    people : list of Person
        All who are there.
    teams : dict of str to Team
        By discipline, service, or ``"centre"``.
    """

    def __init__(
        self,
        env: simpy.Environment,
        staff: Staff,
        teamwork: Teamwork,
        calendar: Calendar,
        log: WorkLog,
        services: Sequence[str],
        owner: Callable[[int], str],
    ) -> None:
        self._env, self._teamwork, self._calendar, self._log = env, teamwork, calendar, log
        self._services, self._owner = tuple(services), owner
        self._given = {t.discipline: t for t in staff.teams}
        self.people = [
            Person(t.discipline, t.share, t.name, teamwork.outside_pace, urgent_share=t.urgent_share)
            for t in staff.teams
            for _ in range(t.people)
        ]
        self.form, self.teams = SILO, {}
        self._form({d: [p for p in self.people if p.trade == d] for d in self._given}, self.people)

    def work(
        self, trade: str, kind: str, hours: float, cause: int, urgent: bool = False, ahead: bool = False
    ) -> simpy.Process:
        """Ask for a piece of work, which passes from team to team as the topology has it.

        Parameters
        ----------
        trade : str
            Discipline of those who are asked; work of one of the kinds in `TRADES` needs further ones.
        kind, hours, cause, urgent, ahead
            See `sim.organisation.teams.Team.work`.

        Returns
        -------
        simpy.Process
            Done when all of it is.
        """
        parts = [(t, hours * share) for t, share in TRADES.get(kind, ((trade, 1.0),))]
        return self._env.process(self._pass_on(Piece(kind, cause, urgent, parts, ahead)))

    def _pass_on(self, piece: Piece) -> Generator[simpy.Event, Any, None]:
        hard, service = len(piece.parts) > 1, self._owner(piece.cause)
        while piece.parts:
            team, n = self._route(piece, hard, service)
            for row in piece.rows:
                self._log.move(row, team.name)
            if (yield from team.serve(piece, piece.parts[:n])):
                piece.parts = piece.parts[n:]
                piece.explain = self._teamwork.explain_hours

    def _route(self, piece: Piece, hard: bool, service: str) -> tuple[Team, int]:
        """Return the team that goes on with a piece of work, and how many of its parts it does."""
        trade, rest = piece.parts[0][0], len(piece.parts)
        if self.form == CROSS_FUNCTIONAL:
            return self.teams.get(service) or self._least_busy(), rest
        if self.form == CENTRE and (hard or trade not in self.teams):
            return self.teams["centre"], rest
        return self.teams[trade], 1

    def _least_busy(self) -> Team:
        return min(self.teams.values(), key=lambda team: team.waiting / max(len(team.people), 1))

    def reorganise(self, form: str) -> None:
        """Form the teams anew. Work that has been begun is finished by whoever began it; what waits is passed on."""
        self.form = form
        trades = {d: [p for p in self.people if p.trade == d] for d in self._given}
        if form == CROSS_FUNCTIONAL:
            dealt = [p for people in trades.values() for p in people]
            groups = {s: dealt[i :: len(self._services)] for i, s in enumerate(self._services)}
        elif form == CENTRE:
            experts = []
            wanted = max(round(len(self.people) * self._teamwork.centre_share), 1)
            for _ in range(min(wanted, len(self.people))):
                experts.append(max(trades.values(), key=len).pop())
            groups = trades | {"centre": experts}
        else:
            groups = trades
        for person in self.people:
            expert = form == CENTRE and person in groups["centre"]
            person.outside_pace = 1.0 if expert else self._teamwork.outside_pace
        idle, old = [], list(self.teams.values())
        for team in old:
            idle += [p for p in list(team.people) if team.leave(p)]
        there = {name: people for name, people in groups.items() if people or form == SILO or name == "centre"}
        self._form(there or groups, idle)
        for team in old:
            team.dissolve()

    def _form(self, groups: dict[str, list[Person]], idle: Sequence[Person]) -> None:
        self.teams = {}
        for name, people in groups.items():
            given = self._given.get(name) or Given(name=name, discipline="integration", people=max(len(people), 1))
            self.teams[name] = team = Team(self._env, given, self._calendar, self._log, [])
            for person in people:
                team.join(person, person in idle)

    def leave(self, person: Person) -> None:
        """Let somebody go."""
        self.people.remove(person)
        if person.team is not None:
            person.team.leave(person)

    def come(self, trade: str, pace: float) -> Person:
        """Take in somebody new: into the team of their trade, or the one with the fewest people."""
        given = self._given[trade]
        person = Person(trade, given.share, given.name, self._teamwork.outside_pace, pace, given.urgent_share)
        self.people.append(person)
        team = self.teams.get(trade) or min(self.teams.values(), key=lambda team: len(team.people))
        if team is self.teams.get("centre"):
            person.outside_pace = 1.0
        team.join(person, idle=True)
        return person

    def further_pay_gbp(self, pay: dict[str, float]) -> float:
        """Return what the topology costs a month beyond plain pay, before on-costs.

        Parameters
        ----------
        pay : dict of str to float
            Pay a year, by the team that pays.
        """
        about = self._teamwork
        if self.form == SILO:
            return 0.0
        broad = self.people if self.form == CROSS_FUNCTIONAL else self.teams["centre"].people
        more = about.broader_pay if self.form == CROSS_FUNCTIONAL else about.expert_pay
        leads = len(self.teams) if self.form == CROSS_FUNCTIONAL else 1
        extra = sum(pay[p.home] * p.share for p in broad) * more
        return (extra + leads * about.lead_gbp * about.lead_share) / 12
