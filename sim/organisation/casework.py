"""Caseworkers: people who decide the cases referred to them, so many in a working day."""

from __future__ import annotations

from collections import deque

import numpy as np

from sim.calendar import HOURS_PER_WORKING_DAY, Calendar
from sim.organisation.teams import WorkLog
from sim.scenario.service import Review

WORKING_DAYS_PER_YEAR = 220
"""Days that a full-time civil servant works in a year, after leave (general)."""


class Casework:
    """The queue of referred cases of one service, first come, first served.

    Parameters
    ----------
    review : Review
        Minutes for each case, and how many caseworkers.
    calendar : Calendar
        Working days.
    log : WorkLog
        Where a day's batch of reviews is recorded.
    weight : int
        People for whom each case stands; each has a review of their own.

    Attributes
    ----------
    hours, hours_paid : float
        Hours worked so far, and those of them that have been paid for.
    """

    def __init__(self, review: Review, calendar: Calendar, log: WorkLog, weight: int = 1) -> None:
        self._review, self._calendar, self._log = review, calendar, log
        self._minutes = review.minutes * weight
        self._queue: deque[tuple[float, int, np.ndarray]] = deque()
        self._part = 0.0
        self.hours = 0.0
        self.hours_paid = 0.0

    @property
    def waiting(self) -> int:
        """Cases in the queue."""
        return sum(len(rows) for _, _, rows in self._queue)

    def refer(self, now: float, cause: int, rows: np.ndarray) -> None:
        """Add cases to the queue."""
        if len(rows):
            self._queue.append((now, cause, rows))

    def day(self, day: int) -> np.ndarray:
        """Decide the day's cases and return them.

        Parameters
        ----------
        day : int
            Days from the start. Nobody works at weekends.

        Returns
        -------
        ndarray of int, shape (k,)
            Indices of the cases decided.
        """
        if not self._calendar.is_working(day) or not self._queue:
            return np.empty(0, dtype=int)
        review = self._review
        self._part += review.caseworkers * HOURS_PER_WORKING_DAY * 60 / self._minutes
        room, done = int(self._part), []
        while room and self._queue:
            queued, cause, rows = self._queue.popleft()
            taken = rows[:room]
            if len(taken) < len(rows):
                self._queue.appendleft((queued, cause, rows[room:]))
            done.append(taken)
            room -= len(taken)
            self.hours += len(taken) * self._minutes / 60
            work = self._log.open("review", "casework", queued, len(taken) * self._minutes / 60, cause)
            self._log.start(work, float(day))
            self._log.finish(work, day + 1.0)
        self._part = 0.0 if room else self._part - int(self._part)
        return np.concatenate(done) if done else np.empty(0, dtype=int)

    @staticmethod
    def hourly_gbp(pay_gbp: float, on_cost: float) -> float:
        """Return what an hour of a caseworker costs."""
        return pay_gbp * on_cost / (WORKING_DAYS_PER_YEAR * HOURS_PER_WORKING_DAY)
