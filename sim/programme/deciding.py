"""One service's decisions: score a batch, decide, settle, and learn what has become known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.data.casefile import APPROVE, DELIVERED, LARGEST, REFER, REFUSE
from sim.data.pipeline import NIGHTLY
from sim.decisions.point import columns_of, frame_of
from sim.organisation.casework import Casework
from sim.programme.tally import harm_gbp, within

if TYPE_CHECKING:
    from sim.programme.intake import Batch
    from sim.programme.service import ServiceDay


class Deciding:
    """From a batch of records to decisions, and to what is known of them.

    Parameters
    ----------
    service : ServiceDay
        Whose decisions they are.

    Attributes
    ----------
    casework : Casework
        The people to whom doubtful cases go.
    known_total, known_right : ndarray of float, shape (days + 1000,)
        Outcomes that become known on each day, and how many of those decisions were right; for a regression, the sum
        of their errors as shares of what came.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, self._programme, self._given = service, service.programme, service.given
        days = self._programme.calendar.days
        given = service.given
        self.casework = Casework(given.review, self._programme.calendar, self._programme.log, given.weight)
        self.known_total = np.zeros(days + 1000)
        self.known_right = np.zeros(days + 1000)
        self._columns = columns_of(service.names)

    def decide(self, day: int, batch: Batch) -> None:
        """Score and decide the records of some cases, and after them the copies of those that came twice."""
        service, rows, second = self._service, batch.rows, batch.second
        watch, champion, file = self._programme.watch, service.registry.champion, service.file
        watch.enter("learning")
        score, version = service.releases.serve(day, batch.values)
        watch.leave()
        watch.enter("pipeline")
        choice = self._oversee(batch, self._choose(day, score, batch.values))
        n, now = len(rows), day + NIGHTLY
        service.purse.buy_reviews(choice[:n], score)
        service.intake.age_hours[day] = batch.age.mean()
        file.state[rows] = DELIVERED
        file.delivered_day[rows] = batch.times
        file.features[rows] = np.clip(batch.values[:n], -LARGEST, LARGEST)
        file.score[rows] = score[:n]
        file.choice[rows] = choice[:n]
        file.version[rows] = version[:n]
        if len(second):
            file.twice[second] = True
            paid = (choice[n:] == APPROVE) & (file.choice[second] == APPROVE)
            for case in second[paid].tolist():
                file.twice_paid[case] += 1
            self._count_copies(day, batch, paid)
        choice = choice[:n]
        decided = choice != REFER
        everyone = decided.all()
        mine, when = (rows, batch.times) if everyone else (rows[decided], batch.times[decided])
        granted = (choice if everyone else choice[decided]) == APPROVE
        self._settle(day, mine, granted, when, service.people.u["audit"])
        if not everyone:
            event = service.write(now, "referred", f"batch {day}", champion.event)
            self.casework.refer(now, event, rows[~decided])
        if batch.touched is not None:
            file.incident[rows] = batch.touched
            self._count_harm(day, rows, batch.touched)
        if champion.taught_right is not None:
            by = decided & (version[:n] == champion.number)
            service.labels.misled(day, rows[by], batch.values[:n][by], choice[by] == APPROVE)
        if champion.defect is not None:
            service.releases.hear(rows, batch.values[:n])
        watch.leave()

    def _choose(self, day: int, score: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return `APPROVE`, `REFER` or `REFUSE` for each score, int8; a forecast is always acted upon."""
        if self._given.regression:
            return np.full(len(score), APPROVE, dtype="int8")
        if self._service.naive("decide"):
            return np.where(score >= 0.5, np.int8(APPROVE), np.int8(REFUSE))
        cases = frame_of(np.array(values.T, order="C"), self._columns)
        scores = pd.Series(score.copy(), index=cases.index, name="score", copy=False)
        return self._service.ask(
            "decide",
            (scores, cases),
            lambda: f"on day {day}, for the batch of {len(cases)} cases of {self._given.name}",
        )

    def _oversee(self, batch: Batch, choice: np.ndarray) -> np.ndarray:
        """Hand a share of the refusals to people: those cases whose variate lies furthest from the audit sample's."""
        share = self._programme.organisation.governance.human_oversight
        if share and not self._given.regression:
            refused = np.nonzero(choice == REFUSE)[0]
            cases = np.concatenate([batch.rows, batch.second])[refused]
            choice[refused[self._service.people.u["audit"][cases] >= 1 - share]] = REFER
        return choice

    def _settle(
        self, day: int, rows: np.ndarray, granted: np.ndarray, now: float | np.ndarray, audit: np.ndarray | None
    ) -> None:
        """Make decisions final, at times within a day, and note when their outcome will be known."""
        file, people = self._service.file, self._service.people
        file.granted[rows] = granted
        file.decided_day[rows] = now
        known = now + people.lag[rows]
        truth = people.truth[rows]
        right = self.goodness(rows, truth) if self._given.regression else granted == truth
        if audit is not None:
            seen = granted | (audit[rows] < self._given.outcomes.audit_share)
            rows, known, right = rows[seen], known[seen], right[seen]
        known = known.astype(file.known_day.dtype)
        file.known_day[rows] = known
        after = np.ceil(known).astype(int) - day
        total, rights = np.bincount(after), np.bincount(after, weights=right)
        here = slice(day, day + len(total))
        room = len(self.known_total[here])
        self.known_total[here] += total[:room]
        self.known_right[here] += rights[:room]

    def goodness(self, rows: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
        """Return whether each final decision agrees with an outcome; for a forecast, its error as a share of it."""
        file = self._service.file
        if self._given.regression:
            return np.abs(file.score[rows] - outcomes) / np.maximum(outcomes, 1)
        return (file.granted[rows] == outcomes).astype(float)

    def return_of_people(self, day: int) -> None:
        """Take the caseworkers' decisions: theirs are checked, so their outcome becomes known either way."""
        rows, people = self.casework.day(day), self._service.people
        if len(rows):
            right = people.u["review"][rows] < self._given.review.right_share
            self._settle(day, rows, people.truth[rows] == right, day + NIGHTLY, None)
            self._service.purse.look_back(rows)

    def _count_copies(self, day: int, batch: Batch, paid: np.ndarray) -> None:
        """Charge second awards on copies to the incident by which they came."""
        if (batch.blame < 0).all():
            return
        for number in np.unique(batch.blame[batch.blame >= 0]):
            incident, mine = self._programme.incidents.all[number], batch.blame == number
            weight = self._given.weight
            wrong = len(np.unique(batch.second[mine & paid])) * weight
            gbp = float((mine & paid).sum() * weight * self._given.value.duplicate_gbp)
            incident.harmed += wrong
            incident.harm_gbp += gbp
            self._service.faults.touch(day, incident, "records loaded again", int(mine.sum()) * weight, wrong, gbp)

    def _count_harm(self, day: int, rows: np.ndarray, touched: np.ndarray) -> None:
        """Find the wrong decisions that the same model gets right on the clean record, and hear complaints."""
        people, file, given = self._service.people, self._service.file, self._given
        hit = np.nonzero((touched >= 0) & (file.choice[rows] != REFER))[0]
        mine, truth = rows[hit], people.truth[rows[hit]]
        self._programme.watch.enter("learning")
        clean, by = np.empty(len(mine)), file.version[mine]
        for number in np.unique(by):
            scored = by == number
            clean[scored] = self._service.registry.versions[number].serve(people.clean[mine[scored]].astype(float))
        self._programme.watch.leave()
        if given.regression:
            harmed = ~within(given, truth, file.score[mine]) & within(given, truth, clean)
            hurt = harmed
        else:
            harmed = ((file.choice[mine] == APPROVE) != truth) & ((clean >= 0.5) == truth)
            hurt = harmed & truth
        file.harmed[mine] = harmed
        outcomes, weight = given.outcomes, given.weight
        loud = hurt & (people.u["complaint"][mine] < outcomes.complaint_share)
        worth = harm_gbp(given, truth, file.choice[mine] == APPROVE, file.score[mine]) * harmed * weight
        for incident in self._programme.incidents.of(given.name):
            by = touched[hit] == incident.number
            if by.any():
                records, wrong = int((touched == incident.number).sum()) * weight, int(harmed[by].sum()) * weight
                self._service.faults.touch(day, incident, "records touched", records, wrong, float(worth[by].sum()))
            incident.complaints += int((loud & by).sum()) * weight
            if incident.complaints >= outcomes.complaints_noticed:
                incident.find("complaints")

    def accuracy_known(self, day: int, window: int = 28) -> tuple[float, int]:
        """Return the share of right decisions among outcomes lately known (or the mean error), and their number."""
        since = max(day - window + 1, 0)
        total = self.known_total[since : day + 1].sum()
        return (float(self.known_right[since : day + 1].sum() / total) if total else float("nan")), int(total)
