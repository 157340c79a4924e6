"""The nightly pipeline: collects the day's records, joins the sources, holds some back, and lets them go again."""

from __future__ import annotations

import numpy as np

from sim.data.casefile import IN_FLIGHT, QUARANTINED, REJECTED, CaseFile
from sim.scenario import Service
from sim.scenario.records import IncidentKind
from sim.world.population import Population

NIGHTLY = 0.999
"""Time of the day at which the pipeline runs, as a share of the day."""

_NONE = np.empty(0, dtype=int)


class Pipeline:
    """What reaches the model, and when.

    Parameters
    ----------
    service : Service
        Features, sources and the longest stay in quarantine.
    people : Population
        The records as entered.
    file : CaseFile
        Where each record's state is kept.
    """

    def __init__(self, service: Service, people: Population, file: CaseFile) -> None:
        self._service, self._people, self._file = service, people, file
        self._due: dict[int, list[np.ndarray]] = {}
        self._held: dict[int, np.ndarray] = {}
        self._mended = np.zeros(len(people), dtype=bool)
        self._any_mended = False

    def collect(self, day: int, away: np.ndarray | None = None) -> np.ndarray:
        """Return the records that are there on a day: those of the day that are in time, and those come late or let go.

        Parameters
        ----------
        day : int
            Days from the start; each day is collected once.
        away : ndarray of bool, shape (today's cases,), optional
            Who of the day's people has not come.

        Returns
        -------
        ndarray of int, shape (n,)
            Indices of cases.
        """
        today = self._people.of_day(day)
        late = self._people.late[today]
        rows = np.arange(today.start, today.stop)
        if away is not None:
            rows, late = rows[~away], late[~away]
        waits = np.nonzero(late)[0]
        slow, when = rows[waits], late[waits]
        for days in range(1, self._service.defects.late_days + 1):
            self.postpone(slow[when == days], day + days)
        return np.concatenate([rows[late == 0], *self._due.pop(day, ())])

    def postpone(self, rows: np.ndarray, day: int) -> None:
        """Let records wait until a later day."""
        if len(rows):
            self._due.setdefault(day, []).append(rows)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the records' features, shape (n, features), as entered or, once mended, as true."""
        values = self._file.features.take(rows, axis=0).astype(float)
        if self._any_mended:
            mended = self._mended[rows]
            values[mended] = self._people.clean[rows[mended]]
        return values

    def vouched(self, rows: np.ndarray) -> np.ndarray:
        """Say which records a person has looked at and corrected: the gate does not hold those back again."""
        return self._mended[rows]

    def twice(self, rows: np.ndarray) -> np.ndarray:
        """Return the places, among the rows, of records that come a second time."""
        twice = self._people.twice[rows]
        return np.nonzero(twice & ~self._mended[rows] if self._any_mended else twice)[0]

    def corrupt(self, rows: np.ndarray, values: np.ndarray, incident: IncidentKind) -> np.ndarray:
        """Do to some records, in place, what an incident does to its source's features.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
            Cases.
        values : ndarray of float, shape (n, features)
            Changed in place.
        incident : IncidentKind
            A unit change, silent nulls, or a schema change, whose renamed columns are read as missing.

        Returns
        -------
        ndarray of bool, shape (n,)
            Which records were touched.
        """
        names = incident.features or tuple(f.name for f in self._service.features if f.source == incident.source)
        columns = [self._service.feature_names.index(name) for name in names]
        touched = self.befallen(rows, incident)
        which = np.ix_(touched, columns)
        values[which] = values[which] * incident.factor if incident.kind == "unit_change" else np.nan
        return touched

    def befallen(self, rows: np.ndarray, incident: IncidentKind) -> np.ndarray:
        """Say which records an incident's share befalls, shape (n,); those that a person has corrected are spared."""
        touched = self._people.u["incident"][rows] < incident.share
        return touched & ~self._mended[rows] if self._any_mended else touched

    def hold(self, rows: np.ndarray, batch: int) -> None:
        """Put records into quarantine, under the number of the batch that they came with."""
        self._file.state[rows] = QUARANTINED
        self._held[batch] = rows

    def held(self, batch: int) -> int:
        """Return how many records of a batch are still in quarantine."""
        return len(self._held.get(batch, _NONE))

    def release(self, batch: int, day: int) -> None:
        """Let a batch go from quarantine, its records corrected, to be collected on a day."""
        rows = self._held.pop(batch, _NONE)
        if len(rows):
            self._mended[rows] = True
            self._any_mended = True
            self._file.state[rows] = IN_FLIGHT
            self.postpone(rows, day)

    def send_back(self, day: int) -> int:
        """Send back to the person whatever has been in quarantine too long; return how many."""
        too_long = [b for b in self._held if day - b >= self._service.reject_after_days]
        sent = 0
        for batch in too_long:
            rows = self._held.pop(batch)
            self._file.state[rows] = REJECTED
            self._file.returned_day[rows] = day + NIGHTLY
            sent += len(rows)
        return sent
