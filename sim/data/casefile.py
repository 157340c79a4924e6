"""Where every case stands: delivered or not, decided or not, known or not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.world.population import Population

IN_FLIGHT, DELIVERED, QUARANTINED, REJECTED, STAYED_AWAY = range(5)
"""States of a record; each case is in exactly one. Whoever stays away sends none."""

UNDECIDED, APPROVE, REFER, REFUSE = range(4)
"""Decisions; a referred case is decided when a caseworker has seen it."""

LARGEST = float(np.finfo("float32").max)
"""The largest value of a record that the file can hold; one beyond it is held as this."""

DECISIONS = ("", "approve", "refer", "refuse")


class CaseFile:
    """The programme's knowledge of each case of one service, in order of arrival.

    Parameters
    ----------
    people : Population
        The cases; n of them.

    Attributes
    ----------
    state : ndarray of int8, shape (n,)
        `IN_FLIGHT`, `DELIVERED`, `QUARANTINED`, `REJECTED` or `STAYED_AWAY`.
    delivered_day, decided_day, known_day : ndarray of float, shape (n,)
        Times in days; NaN until then. ``known_day`` may lie in the future; only what is at or before now is known.
    features : ndarray of float32, shape (n, features)
        As recorded until delivered to the model, and from then on as delivered; NaN where missing. It takes over the
        population's own array: a record is not needed as it was once it has been delivered.
    score : ndarray of float, shape (n,)
        The model's probability that the outcome is 1.
    choice : ndarray of int8, shape (n,)
        What the decision rule chose: `APPROVE`, `REFER` or `REFUSE`.
    granted : ndarray of int8, shape (n,)
        Final: 1 awarded, 0 refused, -1 not decided.
    version : ndarray of int16, shape (n,)
        Version that scored it; -1 when none has.
    returned_day : ndarray of float, shape (n,)
        When the record was sent back to the person; NaN if it was not.
    twice : ndarray of bool, shape (n,)
        Whether a duplicate of the record was delivered as well.
    twice_paid : ndarray of int8, shape (n,)
        How often it was awarded again on a duplicate.
    incident : ndarray of int16, shape (n,)
        Incident that touched the record as decided upon; -1 when none did.
    harmed : ndarray of bool, shape (n,)
        Whether that incident made a wrong decision of what would have been a right one.
    named : ndarray of bool, shape (n,)
        Whether the record is stored under the case's own number, and not under a pseudonym.
    """

    def __init__(self, people: Population) -> None:
        n = len(people)
        self.people = people
        self.state = np.zeros(n, dtype="int8")
        self.delivered_day = np.full(n, np.nan, dtype="float32")
        self.decided_day = np.full(n, np.nan, dtype="float32")
        self.known_day = np.full(n, np.nan, dtype="float32")
        self.features = people.record
        self.score = np.full(n, np.nan)
        self.choice = np.zeros(n, dtype="int8")
        self.granted = np.full(n, -1, dtype="int8")
        self.version = np.full(n, -1, dtype="int16")
        self.returned_day = np.full(n, np.nan, dtype="float32")
        self.twice = np.zeros(n, dtype=bool)
        self.twice_paid = np.zeros(n, dtype="int8")
        self.incident = np.full(n, -1, dtype="int16")
        self.harmed = np.zeros(n, dtype=bool)
        self.named = np.ones(n, dtype=bool)

    def known(self, first_day: float, now: float) -> np.ndarray:
        """Return the cases decided from a day on whose outcome is known by now.

        Parameters
        ----------
        first_day : float
            Earliest day of arrival.
        now : float
            Time in days.

        Returns
        -------
        ndarray of int, shape (k,)
            Indices, in order of arrival.
        """
        return self._between(first_day, now, lambda a, b: self.known_day[a:b] <= now)

    def recent(self, since: float, now: float, reach_days: float) -> np.ndarray:
        """Return the cases decided, or whose outcome became known, in (since, now].

        Parameters
        ----------
        since, now : float
            Times in days.
        reach_days : float
            How far back to look for cases whose outcome has only now become known.

        Returns
        -------
        ndarray of int, shape (k,)
            Indices, in order of arrival.
        """

        def chosen(a: int, b: int) -> np.ndarray:
            decided, known = self.decided_day[a:b], self.known_day[a:b]
            return ((decided > since) & (decided <= now)) | ((known > since) & (known <= now))

        return self._between(since - reach_days, now, chosen)

    def decided(self, since: float, now: float, reach_days: float) -> np.ndarray:
        """Return the cases finally decided in (since, now].

        Parameters
        ----------
        since, now : float
            Times in days.
        reach_days : float
            How long before its decision a case may have come.

        Returns
        -------
        ndarray of int, shape (k,)
            Indices, in order of arrival.
        """
        return self._when(self.decided_day, since, now, reach_days)

    def scored(self, since: float, now: float, reach_days: float) -> np.ndarray:
        """Return the cases that a model scored in (since, now].

        Parameters
        ----------
        since, now : float
            Times in days.
        reach_days : float
            How long before being scored a case may have come.

        Returns
        -------
        ndarray of int, shape (k,)
            Indices, in order of arrival.
        """
        delivered = self._when(self.delivered_day, since, now, reach_days)
        return delivered[self.version[delivered] >= 0]

    def _when(self, day: np.ndarray, since: float, now: float, reach_days: float) -> np.ndarray:
        """Return the cases to which something happened in (since, now], by the day on which it did."""
        return self._between(since - reach_days, now, lambda a, b: (day[a:b] > since) & (day[a:b] <= now))

    def _between(self, first_day: float, now: float, chosen: Callable[[int, int], np.ndarray]) -> np.ndarray:
        """Return the chosen among the cases that came from a day on and by now: of later ones, nothing has happened."""
        offset = self.people.offset
        first, last = (
            int(offset[min(max(int(day) - self.people.first_day, 0), len(offset) - 1)]) for day in (first_day, now + 1)
        )
        return first + np.nonzero(chosen(first, max(first, last)))[0]
