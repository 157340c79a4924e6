"""Freshness: when a record is decided upon, how old each source's values are by then, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.data.pipeline import NIGHTLY
from sim.scenario import Service
from sim.streams import Streams
from sim.world.drift import World
from sim.world.population import Population, normal_of, rules, value_of

EVERY_HOURS = {"nightly": 24.0, "hourly": 1.0, "streaming": 0.0}
"""Hours from one run of the pipeline to the next, by way of ingest."""

_MINUTE = 1 / 60


class Freshness:
    """The age of what each source says of a person, and old values where something has changed since.

    A source's values are those of its last extract before the decision; a person whose own values changed after that
    extract is read as before the change. How long ago they changed is drawn once, from a stream of its own, so that a
    fresher extract finds fewer old values and never another one.

    Parameters
    ----------
    service : Service
        Its sources: how often they deliver, and how soon people's values change.
    streams : Streams
        Of the run.
    people : Population
        The cases.
    """

    def __init__(self, service: Service, streams: Streams, people: Population) -> None:
        self._service, self._streams, self._people = service, streams, people
        self._cadence = [s.cadence_hours for s in service.sources]
        self._changing = [s for s, source in enumerate(service.sources) if source.change_days]
        self._columns = {
            s: [j for j, f in enumerate(service.features) if f.source == service.sources[s].name]
            for s in self._changing
        }
        wanted = [j for s in self._changing for j in self._columns[s]]
        self._place = {j: k for k, j in enumerate(wanted)}
        self._width = len(self._changing) + len(wanted)
        self._drawn = np.empty((len(people) if self._changing else 0, self._width), dtype="uint16")
        self._world: World | None = None

    def draw(self, day: int) -> None:
        """Draw, for the people of a day, when their values last changed and what they were before."""
        today = self._people.of_day(day)
        n = today.stop - today.start
        if self._width and n:
            words = self._streams.words(f"{self._service.name}/before/{day}", n * self._width)
            self._drawn[today] = words.view("<u2")[1::2].reshape(n, self._width)

    def times(self, day: int, rows: np.ndarray, ingest: str) -> np.ndarray:
        """Return when some records are decided upon, in hours from the start.

        Parameters
        ----------
        day : int
            On which they are there.
        rows : ndarray of int, shape (n,)
            Cases.
        ingest : str
            ``"nightly"``: at the end of the day; ``"hourly"``: at the next full hour; ``"streaming"``: a minute after.

        Returns
        -------
        ndarray of float, shape (n,)
            A record that has waited from an earlier day is there when the day begins.
        """
        night = (day + NIGHTLY) * 24
        if ingest == "nightly":
            return np.full(len(rows), night)
        people = self._people
        there = np.maximum(people.arrived_of(rows) + people.late[rows], day) * 24 + _MINUTE
        return np.minimum(np.ceil(there) if ingest == "hourly" else there, night)

    def ages(
        self, times: np.ndarray, rows: np.ndarray, ingest: str, behind: Mapping[str, float] | None = None
    ) -> np.ndarray:
        """Return how old each source's values are when a record is decided upon.

        Parameters
        ----------
        times : ndarray of float, shape (n,)
            When it is, in hours from the start.
        rows : ndarray of int, shape (n,)
            Cases.
        ingest : str
            As for `times`.
        behind : mapping of str to float, optional
            By source: hours by which its extract is late.

        Returns
        -------
        ndarray of float, shape (sources, n)
            Hours.
        """
        ages = np.empty((len(self._cadence), len(rows)))
        for s, (source, cadence) in enumerate(zip(self._service.sources, self._cadence, strict=True)):
            every = max(cadence, EVERY_HOURS[ingest])
            if cadence:
                ages[s] = times - (np.ceil(times / every) - 1) * every
            else:
                np.maximum(times - self._people.arrived_of(rows) * 24, 0.0, out=ages[s])
            if behind and source.name in behind:
                ages[s] += behind[source.name]
        return ages

    def grow_old(self, rows: np.ndarray, values: np.ndarray, ages: np.ndarray, spared: np.ndarray) -> np.ndarray:
        """Put old values, in place, where a person's values have changed since a source's extract.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
            Cases.
        values : ndarray of float, shape (n, features)
            Changed in place; a value with a defect keeps it.
        ages : ndarray of float, shape (sources, n)
            Hours.
        spared : ndarray of bool, shape (n,)
            Records that a person has looked at and corrected.

        Returns
        -------
        ndarray of bool, shape (n,)
            Which records carry old values.
        """
        aged = np.zeros(len(rows), dtype=bool)
        for s, changed in self._changed(rows, ages):
            old = np.nonzero(changed & ~spared)[0]
            if len(old):
                self._put_before(s, rows[old], values, old)
                aged[old] = True
        return aged

    def stale(self, rows: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """Say whose values have changed since the extract of any source, shape (n,), given its age in hours."""
        return np.logical_or.reduce([changed for _, changed in self._changed(rows, ages)], initial=False)

    def _changed(self, rows: np.ndarray, ages: np.ndarray) -> list[tuple[int, np.ndarray]]:
        """Say, by source, whose values have changed within its age: the time since the last change is exponential."""
        changed = []
        for k, s in enumerate(self._changing):
            hours = self._service.sources[s].change_days * 24
            changed.append((s, self._drawn[rows, k] + 0.5 < -np.expm1(-ages[s] / hours) * 65_536))
        return changed

    def _put_before(self, s: int, rows: np.ndarray, values: np.ndarray, place: np.ndarray) -> None:
        """Put what a source said of some people before their values changed."""
        people, service = self._people, self._service
        if self._world is None:
            days = len(people.offset) - 1
            self._world = World(service, self._streams, np.arange(people.first_day, people.first_day + days))
        cell = (people.day[rows] - people.first_day) * len(service.groups) + people.group[rows]
        clean = people.clean[rows].astype(float)
        before = clean.copy()
        for j in self._columns[s]:
            z = normal_of(self._drawn[rows, len(self._changing) + self._place[j]])
            before[:, j] = value_of(service.features[j], z + self._world.shift[j].take(cell))
        for lesser, greater in rules(service):
            np.minimum(before[:, lesser], before[:, greater] - 1, out=before[:, lesser])
        for j in self._columns[s]:
            whole = values[place, j] == clean[:, j]
            values[place[whole], j] = before[whole, j]
