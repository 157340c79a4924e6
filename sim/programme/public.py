"""The public of one service: what people live through with it, how far they trust it, and who of them comes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.data.casefile import STAYED_AWAY
from sim.data.pipeline import NIGHTLY
from sim.models.fairness import equity_gap
from sim.organisation.trust import Experience, Trust
from sim.programme.tally import within

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

WEEK = 7

LOOKED_BACK = 28
"""Days over which people's experience is taken together. Those of the first so many are what they hold for usual."""


class Public:
    """The people for whom a service is there.

    Parameters
    ----------
    service : ServiceDay
        The service. In a scenario without an organisation everybody comes, and nobody asks for trust.

    Attributes
    ----------
    trust, uptake : ndarray of float, shape (days,)
        Trust at the end of each day, NaN where it is not followed; and share of those who would come on it that do.
    away : ndarray of int, shape (days,)
        Simulated cases that stayed away on each day.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme = service, service.programme
        days = service.programme.calendar.days
        self.trust, self.uptake = np.full(days, np.nan), np.ones(days)
        self.away = np.zeros(days, dtype=int)
        given = service.programme.scenario.organisation
        self._given = given.trust if given is not None else None
        self._trust: Trust | None = None
        self._paid = 0

    def stay_away(self, day: int) -> np.ndarray | None:
        """Say who of a day's people does not come, shape (cases of the day,); None if everybody comes.

        Each has a variate of their own, on a stream of the day's, which is drawn on days on which anybody stays away.
        """
        share = self.uptake[day]
        if share >= 1:
            return None
        service, today = self._service, self._service.people.of_day(day)
        away = self._programme.streams.uniforms_from(self._seeds[day], today.stop - today.start) >= share
        self.away[day] = np.count_nonzero(away)
        service.file.state[today][away] = STAYED_AWAY
        return away

    @cached_property
    def _seeds(self) -> np.ndarray:
        """Seeds of the days' variates of staying away."""
        days = np.arange(self._programme.calendar.days)
        return self._programme.streams.seeds(f"{self._service.given.name}/uptake", days)

    def day(self, day: int) -> None:
        """Let people draw their conclusions once a week."""
        if self._given is None:
            return
        if self._trust is None:
            self.trust[day] = self._given.opening
            if day + 1 == LOOKED_BACK:
                self._trust = Trust(self._given, self._lived_through(day).errors)
            return
        if (day + 1) % WEEK == 0:
            self._trust.live(WEEK, self._lived_through(day))
            self.uptake[day + 1 :] = self._trust.uptake
        self.trust[day] = self._trust.level

    def shake(self, findings: int) -> None:
        """Lose trust by the findings of an audit."""
        if self._trust is not None and self._given is not None:
            self._trust.shake(self._given.findings * findings)

    def month(self, day: int, cause: int) -> None:
        """Pay, as a month ends, for serving by hand those who stayed away."""
        away = int(self.away.sum()) * self._service.given.weight
        new, self._paid = away - self._paid, away
        if new and self._given is not None:
            self._programme.ledger.post(
                day + NIGHTLY,
                "casework",
                "cash",
                round(new * self._given.manual_gbp * 100),
                category="operations",
                cause=cause,
                service=self._service.given.name,
            )

    def _lived_through(self, day: int) -> Experience:
        service, now = self._service, day + NIGHTLY
        given, file, people = service.given, service.file, service.people
        rows = file.decided(now - LOOKED_BACK, now, given.reject_after_days)
        first, last = people.of_day(max(day - WEEK + 1, 0)).start, people.of_day(day).stop
        came = file.state[first:last] != STAYED_AWAY
        in_time = np.floor(file.delivered_day[first:last]) == people.day[first:last]
        late = 1 - in_time.sum() / max(came.sum(), 1)
        named = service.breaches.identified[max(day - WEEK + 1, 0) : day + 1].sum()
        yearly = given.cases_per_day * given.weight * 365.25
        if not len(rows):
            return Experience(late=float(late), identified=float(named / yearly))
        truth, group = people.truth[rows], people.group[rows]
        if given.regression:
            right = within(given, truth, file.score[rows])
            eligible = np.ones(len(rows), dtype=bool)
        else:
            right, eligible = file.granted[rows] == truth, truth
        groups = len(given.groups)
        counts = (np.bincount(group[who], minlength=groups) for who in (eligible, eligible & right))
        gap = float(equity_gap(*counts))
        return Experience(
            errors=float(1 - right.mean()),
            gap=0.0 if np.isnan(gap) else gap,
            late=float(late),
            identified=float(named / yearly),
        )
