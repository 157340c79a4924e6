"""Turnover: people leave, their places stand empty for a while, and whoever comes has to learn the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.organisation.teams import Person
from sim.organisation.topology import Topology
from sim.scenario import Staff
from sim.scenario.organisation import Turnover as Given
from sim.streams import Streams

MOST = 4.0
"""How many times as often as usual people leave, at most, however long the queue."""


@dataclass
class Place:
    """A place in a team as given: who has it, or for how many weeks it has stood empty."""

    team: str
    trade: str
    person: Person | None
    empty_weeks: int = 0
    weeks: int = 10_000


class Turnover:
    """Who leaves and who comes, week by week.

    Parameters
    ----------
    topology : Topology
        The people.
    staff : Staff
        Their places.
    given : Turnover
        How often they leave, and how long a place stands empty.
    streams : Streams
        One for each team as given: a variate for each week and place, whatever is decided.
    weeks : int
        Length of the run.
    """

    def __init__(self, topology: Topology, staff: Staff, given: Given, streams: Streams, weeks: int) -> None:
        self._topology, self._given, self._streams, self._weeks = topology, given, streams, weeks
        people = iter(topology.people)
        self.places = [Place(t.name, t.discipline, next(people)) for t in staff.teams for _ in range(t.people)]
        self._size = {t.name: t.people for t in staff.teams}
        self._drawn: dict[str, np.ndarray] = {}

    def filled(self, team: str) -> int:
        """Return how many places of a team have somebody in them."""
        return sum(place.person is not None for place in self.places if place.team == team)

    def week(self, week: int, frozen: bool, tell: Callable[[str, str], None]) -> None:
        """Let people leave and come, as a week begins.

        Parameters
        ----------
        week : int
            Counted from 0.
        frozen : bool
            Whether nobody may be hired.
        tell : callable
            Told what happened and in which team.
        """
        given = self._given
        if not given.leave_per_year:
            return
        number: dict[str, int] = {}
        for place in self.places:
            i = number[place.team] = number.get(place.team, -1) + 1
            if place.person is None:
                place.empty_weeks += 1
                if place.empty_weeks > given.vacant_weeks and not frozen:
                    new = given.new_weeks > 0
                    place.person = self._topology.come(place.trade, given.new_pace if new else 1.0)
                    place.weeks = 0
                    tell("somebody joined", place.team)
                continue
            place.weeks += 1
            if place.weeks == given.new_weeks:
                place.person.pace = 1.0
            if self._variate(place.team, week, i) < self._rate(place.person) * 7 / 365.25:
                self._topology.leave(place.person)
                place.person, place.empty_weeks = None, 0
                tell("somebody left", place.team)

    def _rate(self, person: Person) -> float:
        """Return the yearly rate at which somebody leaves: higher where the queue is longer than they can bear."""
        given, team = self._given, person.team
        waiting = team.waiting / max(len(team.people), 1) if team is not None else 0.0
        return given.leave_per_year * min(1 + given.overload * max(waiting - given.bearable, 0.0), MOST)

    def _variate(self, team: str, week: int, place: int) -> float:
        if team not in self._drawn:
            shape = (self._weeks, self._size[team])
            self._drawn[team] = self._streams.uniforms(f"organisation/leaving/{team}", *shape)
        return float(self._drawn[team][week, place])
