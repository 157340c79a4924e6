"""The first weeks after a release: what is known of it, against the weeks before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.data.casefile import APPROVE, REFER, REFUSE
from sim.data.pipeline import NIGHTLY
from sim.decisions import Aftermath
from sim.models.evaluation import ScoreShift
from sim.models.learning import REGRESSION
from sim.models.registry import Version

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

WATCHED_DAYS = 28
"""Days after a release on which it may be taken back, and days before it with which it is compared."""


@dataclass(frozen=True)
class Dealt:
    """How some cases were dealt with; shares and means are NaN without cases."""

    cases: int
    approved: float
    referred: float
    mean_score: float
    complaints: float
    rows: np.ndarray


class Watch:
    """A watch over one release.

    Parameters
    ----------
    service : ServiceDay
        Whose release.
    version, before : Version
        The one released, and the one before it.
    event : int
        The journal's event of its release.
    released : float
        When, in days.
    """

    def __init__(self, service: ServiceDay, version: Version, before: Version, event: int, released: float) -> None:
        self._service = service
        self.version, self.before, self.event, self.released = version, before, event, released
        self._usual: tuple[Dealt, ScoreShift] | None = None
        self._seen = released

    def evidence(self, day: int) -> Aftermath:
        """Return what is known tonight."""
        service, now = self._service, day + NIGHTLY
        if self._usual is None:
            usual = self._dealt(self.released - WATCHED_DAYS, self.released, None)
            self._usual = usual, ScoreShift(service.file.score[usual.rows])
        (before, shift), since = self._usual, self._dealt(self.released, now, self.version.number)
        new = since.rows[service.file.delivered_day[since.rows] > self._seen]
        shift.see(service.file.score[new])
        self._seen = now
        return Aftermath(
            day=day,
            days_since_release=now - self.released,
            cases=since.cases,
            cases_before=before.cases,
            approve_rate=since.approved,
            approve_rate_before=before.approved,
            refer_rate=since.referred,
            refer_rate_before=before.referred,
            mean_score=since.mean_score,
            mean_score_before=before.mean_score,
            score_shift=shift.distance,
            accuracy_known=service.deciding.accuracy_known(day)[0],
            accuracy_known_before=service.deciding.accuracy_known(int(self.released))[0],
            alarms=sum(1 for raised in service.lifecycle.alarms if raised > self.released),
            complaints=since.complaints,
            complaints_before=before.complaints,
            spend_gbp=service.programme.spent_gbp,
        )

    def _dealt(self, since: float, now: float, version: int | None) -> Dealt:
        """Look at the cases scored in (since, now], by one version or by any."""
        service, file, people = self._service, self._service.file, self._service.people
        rows = file.scored(since, now, service.given.reject_after_days)
        if version is not None:
            rows = rows[file.version[rows] == version]
        if not len(rows):
            nothing = float("nan")
            return Dealt(0, nothing, nothing, nothing, nothing, rows)
        score, choice = file.score[rows], file.choice[rows]
        if service.given.task == REGRESSION:
            return Dealt(len(rows), float("nan"), float("nan"), float(score.mean()), float("nan"), rows)
        loud = people.truth[rows] & (choice == REFUSE)
        loud &= people.u["complaint"][rows] < service.given.outcomes.complaint_share
        return Dealt(
            len(rows),
            np.count_nonzero(choice == APPROVE) / len(rows),
            np.count_nonzero(choice == REFER) / len(rows),
            float(score.mean()),
            np.count_nonzero(loud) / len(rows) * 1000,
            rows,
        )
