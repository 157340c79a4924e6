"""Teams: finite people, for whom work queues."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import simpy

from sim.calendar import Calendar
from sim.scenario import Team as Given

COLUMNS = ("work_id", "kind", "team", "queued_day", "started_day", "finished_day", "hours", "cause")

HAND_OVER = "hand over"
"""Kind of the work of being told what another team has done so far."""


@dataclass
class WorkLog:
    """Every piece of people's work, in the order in which it was asked for."""

    _rows: list[list[Any]] = field(default_factory=list)

    def open(self, kind: str, team: str, queued_day: float, hours: float, cause: int) -> int:
        """Enter a piece of work and return its number."""
        self._rows.append([len(self._rows), kind, team, queued_day, np.nan, np.nan, hours, cause])
        return len(self._rows) - 1

    def start(self, work_id: int, day: float) -> None:
        """Note that somebody has begun."""
        self._rows[work_id][4] = day

    def finish(self, work_id: int, day: float) -> None:
        """Note that it is done."""
        self._rows[work_id][5] = day

    def move(self, work_id: int, team: str) -> None:
        """Note that it waits for another team now."""
        self._rows[work_id][2] = team

    def takes(self, work_id: int, hours: float) -> None:
        """Note how many hours whoever does it really works on it."""
        self._rows[work_id][6] = hours

    def frame(self) -> pd.DataFrame:
        """Return one row per piece of work; a day is NaN until it has come. Hours are a person's own."""
        columns = list(zip(*self._rows, strict=True)) if self._rows else [()] * len(COLUMNS)
        types = ("int64", "str", "str", "float64", "float64", "float64", "float64", "int64")
        return pd.DataFrame({c: pd.array(v, dtype=t) if t == "str" else np.asarray(v, dtype=t)
                             for c, v, t in zip(COLUMNS, columns, types, strict=True)})  # fmt: skip


@dataclass(eq=False)
class Person:
    """Somebody who works.

    Attributes
    ----------
    trade : str
        Discipline.
    share : float
        Share of their time that the programme has.
    home : str
        Team that pays them.
    outside_pace, pace : float
        How fast they work outside their trade, and at anything.
    urgent_share : float
        Share of their time that they give to what is urgent; what is more than ``share``, others have back after it.
    team : Team or None
        To whom they belong now; None once they have left.
    called : Event or None
        Calls them away; None while they are free, or at what is urgent.
    back : Event or None
        Lets what they were called away from go on; None once whatever they were called for has begun.
    """

    trade: str
    share: float
    home: str
    outside_pace: float = 1.0
    pace: float = 1.0
    urgent_share: float = 1.0
    team: Team | None = None
    called: simpy.Event | None = None
    back: simpy.Event | None = None

    def hours(self, parts: Iterable[tuple[str, float]]) -> float:
        """Return how long they take over parts of a work, each of a trade, given as hours of whose trade it is."""
        return sum(h if t == self.trade else h / self.outside_pace for t, h in parts) / self.pace


@dataclass
class Piece:
    """A piece of work on its way through the teams.

    Attributes
    ----------
    kind : str
        What sort of work.
    cause : int
        The journal's event that calls for it.
    urgent : bool
        Whether somebody is called away for it.
    parts : list of (str, float)
        What is left to do: trades, and hours of somebody whose trade it is.
    ahead : bool
        Whether it goes before what waits and is neither this nor urgent.
    explain : float
        Hours of being told about it, for whoever takes it over next; 0 for the first.
    rows : list of int
        Its open places in the log of work.
    """

    kind: str
    cause: int
    urgent: bool
    parts: list[tuple[str, float]]
    ahead: bool = False
    explain: float = 0.0
    rows: list[int] = field(default_factory=list)


class Team:
    """People each at one piece of work at a time; the rest queues.

    First come, first served; of those who are free, somebody whose trade it is takes the work, and nobody puts it down
    once begun. But for what is urgent, such as an open incident, somebody is called away if nobody is free, and works
    on it with the whole of their time (`Person.urgent_share`). The hours that this takes from whoever has the rest of
    their time are given back before the programme has more of them, so that a share of somebody's time stays that
    share; then they go on with what they put down.

    Parameters
    ----------
    env : simpy.Environment
        In days.
    given : sim.scenario.Team
        Name, number, pay and share of time.
    calendar : Calendar
        Working days.
    log : WorkLog
        Where the work is recorded.
    people : list of Person, optional
        Who is in it; as many as given, all of one trade, when left out.

    Attributes
    ----------
    name : str
        In the log.
    people : list of Person
        Who is in it now.
    """

    def __init__(
        self,
        env: simpy.Environment,
        given: Given,
        calendar: Calendar,
        log: WorkLog,
        people: list[Person] | None = None,
    ) -> None:
        self.given, self.name, self._env, self._calendar, self._log = given, given.name, env, calendar, log
        if people is None:
            people = [
                Person(given.discipline, given.share, given.name, urgent_share=given.urgent_share)
                for _ in range(given.people)
            ]
        self.people: list[Person] = []
        self._free: list[Person] = []
        self._queue: list[tuple[int, int, simpy.Event, Piece]] = []
        self._asked = 0
        for person in people:
            self.join(person, idle=True)

    @property
    def waiting(self) -> int:
        """Pieces of work in the queue."""
        return len(self._queue)

    def work(self, kind: str, hours: float, cause: int, urgent: bool = False, ahead: bool = False) -> simpy.Process:
        """Ask for a piece of work.

        Parameters
        ----------
        kind : str
            What sort of work.
        hours : float
            Hours that it takes a person who has nothing else to do; those of this team give the programme only a
            share of their time.
        cause : int
            The journal's event that calls for it.
        urgent : bool
            Whether somebody is called away for it, and works on nothing else: an open incident.
        ahead : bool
            Whether it goes before what waits and is neither this nor urgent; it interrupts nothing.

        Returns
        -------
        simpy.Process
            Done when the work is.
        """
        piece = Piece(kind, cause, urgent, [(self.given.discipline, hours)], ahead)
        return self._env.process(self.serve(piece, piece.parts))

    def serve(self, piece: Piece, parts: list[tuple[str, float]]) -> Generator[simpy.Event, Any, bool]:
        """Do some parts of a piece of work, when its turn has come.

        Returns
        -------
        bool
            Whether they are done; if not, the teams have been formed anew while it waited.
        """
        if not piece.rows:
            now, hours = self._env.now, sum(h for _, h in parts)
            told = [(HAND_OVER, piece.explain)] if piece.explain else []
            piece.rows = [self._log.open(k, self.name, now, h, piece.cause) for k, h in [*told, (piece.kind, hours)]]
        turn = self._env.event()
        self._asked += 1
        rank = 0 if piece.urgent else 1 if piece.ahead else 2
        heapq.heappush(self._queue, (rank, self._asked, turn, piece))
        self._hand_out()
        person = yield turn
        if person is None:
            return False
        back, person.back = person.back, None
        own = [person.hours(parts)]
        if piece.explain:
            own.insert(0, piece.explain / person.pace)
        for row, hours in zip(piece.rows, own, strict=True):
            self._log.start(row, self._env.now)
            self._log.takes(row, hours)
            if piece.urgent:
                end = self._calendar.finish(self._env.now, hours / max(person.share, person.urgent_share))
                yield self._env.timeout(max(end - self._env.now, 0.0))
            else:
                yield from self._until_done(person, hours / person.share)
            self._log.finish(row, self._env.now)
        piece.rows = []
        if piece.urgent:
            owed = sum(own) * (1 / person.share - 1 / max(person.share, person.urgent_share))
            self._env.process(self._give_back(person, owed, back))
        elif person.team is not None:
            person.team.take_back(person)
        return True

    def _until_done(self, person: Person, hours: float) -> Generator[simpy.Event, Any, None]:
        """Let somebody be at something for so many hours of working time, and be called away from it meanwhile."""
        while hours > 0:
            began, called = self._env.now, self._env.event()
            person.called = called
            if person.team is not None:
                person.team._hand_out()
            end = self._calendar.finish(began, hours)
            yield self._env.timeout(max(end - began, 0.0)) | called
            if not called.triggered:
                person.called = None
                return
            hours -= self._calendar.worked(began, self._env.now)
            yield called.value

    def _give_back(self, person: Person, hours: float, back: simpy.Event | None) -> Generator[simpy.Event, Any, None]:
        """Let others have back the hours that what was urgent took from them; then go on where somebody left off."""
        yield from self._until_done(person, hours)
        if back is not None:
            back.succeed()
        elif person.team is not None:
            person.team.take_back(person)

    def join(self, person: Person, idle: bool) -> None:
        """Take somebody in, who is free now or will be when they have finished."""
        person.team = self
        self.people.append(person)
        if idle:
            self.take_back(person)

    def leave(self, person: Person) -> bool:
        """Let somebody go, who finishes first what they have begun; return whether they were free."""
        self.people.remove(person)
        person.team = None
        idle = person in self._free
        if idle:
            self._free.remove(person)
        return idle

    def dissolve(self) -> None:
        """Let all that waits look for another team."""
        for _, _, turn, _ in sorted(self._queue, key=lambda entry: entry[:2]):
            turn.succeed(None)
        self._queue = []

    def take_back(self, person: Person) -> None:
        """Let somebody be free, and begin the next piece of work."""
        self._free.append(person)
        self._hand_out()

    def _hand_out(self) -> None:
        """Let whoever is free begin the next piece of work, and call somebody away for what is urgent."""
        while self._queue:
            *_, turn, piece = self._queue[0]
            trade = piece.parts[0][0] if piece.parts else ""
            if self._free:
                person = self._free.pop(next((i for i, p in enumerate(self._free) if p.trade == trade), 0))
            else:
                away = [p for p in self.people if p.called is not None] if piece.urgent else []
                if not away:
                    return
                person = min(away, key=lambda p: p.trade != trade)
                person.called, called = None, person.called
                person.back = self._env.event()
                called.succeed(person.back)
            heapq.heappop(self._queue)
            turn.succeed(person)
