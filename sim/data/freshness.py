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

_CHUNK = 32
"""Days drawn at a time: few enough to stay in the processor's cache."""


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
        self._service, self._people = service, people
        self._changing = [s for s, source in enumerate(service.sources) if source.change_days]
        self._columns = [
            np.array([j for j, f in enumerate(service.features) if f.source == service.sources[s].name], dtype=int)
            for s in self._changing
        ]
        n = len(people)
        self._since = [np.empty(n, dtype="float32") for _ in self._changing]
        self._before = [np.empty((n, len(columns)), dtype=people.clean.dtype) for columns in self._columns]
        if self._changing:
            self._draw(streams)

    def _draw(self, streams: Streams) -> None:
        """Draw, for everybody, how long ago their values changed and what they were before: a stream a day."""
        people, service = self._people, self._service
        counts = np.diff(people.offset)
        days = np.arange(people.first_day, people.first_day + len(counts))
        world, groups = World(service, streams, days), len(service.groups)
        width = len(self._changing) + sum(len(columns) for columns in self._columns)
        seeds = streams.seeds(f"{service.name}/before", days)
        for first in range(0, len(days), _CHUNK):
            last = min(first + _CHUNK, len(days))
            here = slice(int(people.offset[first]), int(people.offset[last]))
            words = [
                streams.words_from(seed, n * width)
                for seed, n in zip(seeds[first:last], counts[first:last].tolist(), strict=True)
            ]
            place = np.ascontiguousarray(np.concatenate(words).view("<u2")[1::2].reshape(-1, width).T)
            cell = np.repeat(np.arange(first, last), counts[first:last]) * groups + people.group[here]
            self._fill(here, place, world, cell)

    def _fill(self, here: slice, place: np.ndarray, world: World, cell: np.ndarray) -> None:
        """Turn the variates of some days, one row each, into times since a change and values before it."""
        service, clean = self._service, self._people.clean[here]
        drawn = len(self._changing)
        for k, (s, columns) in enumerate(zip(self._changing, self._columns, strict=True)):
            u = (place[k].astype("float32") + 0.5) / 65_536
            self._since[k][here] = -np.log1p(-u) * service.sources[s].change_days * 24
            before = dict(enumerate(clean.T))
            for j in columns:
                z = normal_of(place[drawn])
                before[j] = value_of(service.features[j], z + world.shift[j].take(cell) if world.moves[j] else z)
                drawn += 1
            for lesser, greater in rules(service):
                if lesser in columns or greater in columns:
                    before[lesser] = np.minimum(before[lesser], before[greater] - 1)
            for c, j in enumerate(columns):
                self._before[k][here, c] = before[j]

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
        ages = np.empty((len(self._service.sources), len(rows)))
        when = times[:1] if ingest == "nightly" else times
        for s, source in enumerate(self._service.sources):
            if source.cadence_hours:
                every = max(source.cadence_hours, EVERY_HOURS[ingest])
                ages[s] = when - (np.ceil(when / every) - 1) * every
            else:
                np.maximum(when - self._people.arrived_of(rows) * 24, 0.0, out=ages[s])
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
        aged, free = np.zeros(len(rows), dtype=bool), ~spared
        for k, columns in enumerate(self._columns):
            old = np.nonzero(self._changed(k, rows, ages) & free)[0]
            if len(old):
                which, case = (old[:, None], columns), rows[old]
                shown = values[which]
                whole = shown == self._people.clean[case[:, None], columns]
                values[which] = np.where(whole, self._before[k].take(case, axis=0), shown)
                aged[old] = True
        return aged

    def stale(self, rows: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """Say whose values have changed since the extract of any source, shape (n,), given its age in hours."""
        changed = np.zeros(len(rows), dtype=bool)
        for k in range(len(self._changing)):
            changed |= self._changed(k, rows, ages)
        return changed

    def _changed(self, k: int, rows: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """Say whose values have changed within the age of a source: the time since the last change is exponential."""
        return ages[self._changing[k]] > self._since[k].take(rows)
