"""Teams: finite people, for whom work queues."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import simpy

from sim.calendar import Calendar
from sim.scenario import Team as Given

COLUMNS = ("work_id", "kind", "team", "queued_day", "started_day", "finished_day", "hours", "cause")


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

    def frame(self) -> pd.DataFrame:
        """Return one row per piece of work; a day is NaN until it has come. Hours are a person's own."""
        columns = list(zip(*self._rows, strict=True)) if self._rows else [()] * len(COLUMNS)
        types = ("int64", "str", "str", "float64", "float64", "float64", "float64", "int64")
        return pd.DataFrame({c: pd.array(v, dtype=t) if t == "str" else np.asarray(v, dtype=t)
                             for c, v, t in zip(COLUMNS, columns, types, strict=True)})  # fmt: skip


class Team:
    """People with one trade, each at one piece of work at a time; the rest queues.

    What is urgent goes before what is not; otherwise first come, first served. Nobody puts work down once begun.

    Parameters
    ----------
    env : simpy.Environment
        In days.
    given : sim.scenario.Team
        Number, pay and share of time.
    calendar : Calendar
        Working days.
    log : WorkLog
        Where the work is recorded.
    """

    def __init__(self, env: simpy.Environment, given: Given, calendar: Calendar, log: WorkLog) -> None:
        self.given, self._env, self._calendar, self._log = given, env, calendar, log
        self._free = given.people
        self._queue: list[tuple[bool, int, simpy.Event]] = []
        self._asked = 0

    def work(self, kind: str, hours: float, cause: int, urgent: bool = False) -> simpy.Process:
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
            Whether it goes before all work that is not urgent and has not been begun: mending goes before improving.

        Returns
        -------
        simpy.Process
            Done when the work is.
        """
        return self._env.process(self._do(kind, hours, cause, urgent))

    def _do(self, kind: str, hours: float, cause: int, urgent: bool) -> Generator[simpy.Event, Any, None]:
        work = self._log.open(kind, self.given.name, self._env.now, hours, cause)
        turn = self._env.event()
        self._asked += 1
        heapq.heappush(self._queue, (not urgent, self._asked, turn))
        self._hand_out()
        yield turn
        self._log.start(work, self._env.now)
        end = self._calendar.finish(self._env.now, hours / self.given.share)
        yield self._env.timeout(max(end - self._env.now, 0.0))
        self._log.finish(work, self._env.now)
        self._free += 1
        self._hand_out()

    def _hand_out(self) -> None:
        """Let whoever is free begin the next piece of work."""
        while self._free and self._queue:
            self._free -= 1
            heapq.heappop(self._queue)[-1].succeed()
