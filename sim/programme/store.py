"""The store of a service's records: what is hot, cool, archived and deleted, and who can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.data.casefile import STAYED_AWAY

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

EVER = -1_000_000
"""A day before everything: nothing has been moved or deleted."""


class Store:
    """What is kept of one service's records, those of the pilot and those of the run, by day of arrival.

    A record moves down by age and never up again, whatever is decided later.

    Parameters
    ----------
    service : ServiceDay
        Whose records.

    Attributes
    ----------
    hot_since, cool_since, kept_since : int
        Records that arrived on this day or later are hot; are hot or cool, and can be read; are kept at all.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service
        self.hot_since = self.cool_since = self.kept_since = EVER
        self._kept = np.full(service.programme.calendar.days, EVER)
        pilot, people = service.pilot, service.people
        self._first = pilot.first_day
        self._before = np.concatenate([pilot.offset, len(pilot) + people.offset[1:]])

    def day(self, day: int) -> None:
        """Move records down and delete them, as the day ends."""
        service = self._service
        if service.naive("retain"):
            return
        policy, old = service.in_force["retain"], self.kept_since
        self.hot_since = int(max(self.hot_since, day + 1 - policy.hot_days))
        self.cool_since = int(max(self.cool_since, day + 1 - policy.hot_days - policy.cool_days))
        self.kept_since = int(max(self.kept_since, day + 1 - policy.hot_days - policy.cool_days - policy.archive_days))
        if self.kept_since > old:
            self._kept[day:] = self.kept_since
        programme = service.programme
        programme.estate.age(service.given.name, (self.hot_since, self.cool_since, self.kept_since))
        if (day + 1) % 7 == 0:
            self._extracts()

    @property
    def accounts(self) -> int:
        """Accounts that may read the stored records today; 0 where the scenario counts none."""
        given, wanted = self._service.given.breach, self._service.in_force["retain"].accounts
        if given is None:
            return 0
        return given.accounts if wanted is None else min(wanted, given.accounts)

    def _extracts(self) -> None:
        """Have the data team make a week's extracts for those who have no account any more."""
        service, given = self._service, self._service.given.breach
        without = given.accounts - self.accounts if given is not None else 0
        if without and given is not None:
            team, now = service.programme.team("dataops"), service.programme.env.now
            event = service.write(now, "extracts asked for", "store", None, f"by {without} people without an account")
            team.work("extracts", without * given.extract_hours, event)

    def within_reach(self, day: int) -> np.ndarray:
        """Return the records that can be read on a day: places among the pilot's cases and, after them, the run's."""
        places = np.arange(self._arrived_before(self.cool_since), self._arrived_before(day + 1))
        service = self._service
        if not service.public.away.any():
            return places
        rows = places - len(service.pilot)
        return places[(rows < 0) | (service.file.state[np.maximum(rows, 0)] != STAYED_AWAY)]

    def held(self, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Count the people whose records are held at the end of each day.

        Parameters
        ----------
        days : ndarray of int, shape (n,)
            Days from the start.

        Returns
        -------
        held, too_long : ndarray of int, shape (n,)
            Those hot, cool or archived; and of them, those that arrived longer ago than the lawful limit.
        """
        given, kept = self._service.given, self._kept[days]
        gone, all_of_them = self._come_before(kept), self._come_before(days + 1)
        too_old = self._come_before(days + 1 - given.keep_days)
        return (all_of_them - gone) * given.weight, np.maximum(too_old - gone, 0) * given.weight

    def _come_before(self, day: np.ndarray) -> np.ndarray:
        away = np.concatenate([[0], np.cumsum(self._service.public.away)])
        return self._arrived_before(day) - away[np.clip(day, 0, len(away) - 1)]

    def _arrived_before(self, day: int | np.ndarray) -> np.ndarray:
        return self._before[np.clip(np.asarray(day) - self._first, 0, len(self._before) - 1)]
