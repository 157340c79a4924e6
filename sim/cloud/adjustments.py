"""Adjustments: charges that are billed wrongly, the corrections that put them right, and credits."""

from __future__ import annotations

import numpy as np

from sim.calendar import Calendar
from sim.cloud.buying import Bought
from sim.cloud.charges import CHARGES
from sim.cloud.meter import Meter
from sim.scenario.invoicing import Invoicing

CREDIT, CORRECTION = CHARGES.index("credit"), CHARGES.index("correction")

CORRECTED_AFTER = 4
"""Days of the next month that pass before an overcharge is put right."""

MONTHS_PER_YEAR = 12


class Adjustments:
    """What is billed beside what was used, day by day.

    Parameters
    ----------
    given : Invoicing
        How often charges are wrong, and the credit of a year.
    calendar : Calendar
        Its months are those of the invoices.
    chance : ndarray of float, shape (days, 2)
        Uniform variates: whether a charge of the day is wrong, and which.
    """

    def __init__(self, given: Invoicing, calendar: Calendar, chance: np.ndarray) -> None:
        self._given, self._calendar = given, calendar
        self._wrong = dict(zip(*self._drawn(chance), strict=True))
        self._owed_back: dict[int, int] = {}
        self._due: dict[int, dict[int, int]] = {}
        self._month = self._left = 0

    def _drawn(self, chance: np.ndarray) -> tuple[list[int], list[float]]:
        days = np.nonzero(chance[:, 0] < self._given.overcharges_per_year / 365)[0]
        return days.tolist(), chance[days, 1].tolist()

    def __call__(self, day: int, meter: Meter) -> None:
        """Adjust a day that has been metered and not yet been closed."""
        months = self._calendar.months
        if day in months and months.index(day) % MONTHS_PER_YEAR == 0:
            self._left = round(self._given.credit_gbp * 100)
        for variant, pence in self._due.pop(day, {}).items():
            meter.buy(day, [Bought(variant, 0.0, 0.0, 0.0, -pence, -pence, CORRECTION)], {})
        if day in self._wrong:
            found = meter.overcharge(self._wrong[day])
            if found is not None:
                self._owed_back[found[0]] = self._owed_back.get(found[0], 0) + found[1]
        self._month += meter.today_pence
        if day + 1 in months:
            used = max(min(self._left, self._month), 0)
            if used:
                meter.buy(day, [Bought(-1, 1.0, 0.0, 0.0, -used, -used, CREDIT)], {})
            self._due[day + 1 + CORRECTED_AFTER] = self._owed_back
            self._owed_back, self._left, self._month = {}, self._left - used, 0
