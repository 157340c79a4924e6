"""Days, quarters, months and working time, from the start of a UK financial year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

HOURS_PER_WORKING_DAY = 7.4
"""Hours a full-time civil servant works in a day (37-hour week; general knowledge)."""


def _add_months(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Calendar:
    """The days of a run, counted from 0; quarters and months are half-open.

    Parameters
    ----------
    start : datetime.date
        The first day; the first of a month, by convention 1 April.
    quarters : int
        How many quarters the run lasts.
    """

    start: date
    quarters: int

    @cached_property
    def months(self) -> tuple[int, ...]:
        """First day of each month, and the day after the last (len = 3 * quarters + 1)."""
        return tuple((_add_months(self.start, m) - self.start).days for m in range(3 * self.quarters + 1))

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """First day of each quarter, and the day after the last (len = quarters + 1)."""
        return self.months[::3]

    @property
    def days(self) -> int:
        """Days in the run."""
        return self.bounds[-1]

    def quarter(self, day: float) -> int:
        """Return the quarter, counted from 1, that holds a day of the run."""
        if not 0 <= day < self.days:
            raise ValueError(f"day {day} is not a day of the run: 0 to {self.days - 1}")
        return next(q for q, end in enumerate(self.bounds[1:], start=1) if day < end)

    def date(self, day: float) -> date:
        """Return the date of a day of the run."""
        return self.start + timedelta(days=int(day))

    def is_working(self, day: int) -> bool:
        """Say whether a day is Monday to Friday. Bank holidays are left out of the model."""
        return (self.start.weekday() + day) % 7 < 5

    def finish(self, begun: float, hours: float) -> float:
        """Return when work begun at a time is done, counting only working days.

        Parameters
        ----------
        begun : float
            Time in days; work begun at a weekend waits for Monday.
        hours : float
            Hours of one person's work.

        Returns
        -------
        float
            Time in days. A working day of `HOURS_PER_WORKING_DAY` hours is spread over the whole day.
        """
        left = hours / HOURS_PER_WORKING_DAY
        now = begun
        while True:
            day = int(now)
            if not self.is_working(day):
                now = float(day + 1)
                continue
            room = day + 1 - now
            if left <= room:
                return now + left
            left -= room
            now = float(day + 1)

    def worked(self, begun: float, until: float) -> float:
        """Return how many hours one person can have worked between two times, counting only working days.

        Parameters
        ----------
        begun, until : float
            Times in days, the second not before the first.

        Returns
        -------
        float
            Hours: what `finish` counts, the other way round.
        """
        days = range(int(begun), int(until) + 1)
        return HOURS_PER_WORKING_DAY * sum(
            max(min(day + 1.0, until) - max(day, begun), 0.0) for day in days if self.is_working(day)
        )
