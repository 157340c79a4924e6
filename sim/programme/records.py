"""The run's records: tidy frames, built once, from what the programme has done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.cloud.billing import billing
from sim.data import quality
from sim.data.casefile import DECISIONS, DELIVERED, QUARANTINED, REFER, REJECTED
from sim.models.fairness import equity_gap
from sim.scorecard import quarterly

if TYPE_CHECKING:
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

COSTS = ("cloud", "salaries", "casework", "adoption")
"""Accounts whose debits are spend."""


def frames(programme: Programme, last: int, first: int = 0) -> dict[str, pd.DataFrame]:
    """Return every frame of a run over the days [first, last).

    Parameters
    ----------
    programme : Programme
        Run at least until ``last``.
    last, first : int
        Half-open range of days.

    Returns
    -------
    dict of str to DataFrame
        By name, as in `sim.run.Run`.
    """
    days = np.arange(first, last)
    ledger = programme.ledger.frame()
    spend = _spend(programme, ledger, last)
    utilisation = programme.estate.utilisation()
    parts = [_Part(programme, service, days) for service in programme.services]
    daily = pd.concat([p.daily(spend[p.service.given.name], utilisation) for p in parts], ignore_index=True)
    tidy = {
        "daily": daily,
        "groups": pd.concat([p.groups() for p in parts], ignore_index=True),
        "journal": _within(programme.journal.frame(), days),
        "ledger": _within(ledger, days),
        "billing": _bill(programme, days),
        "quality": pd.concat([p.quality() for p in parts], ignore_index=True),
        "incidents": _within(_incidents(programme), days, "began_day"),
        "models": pd.concat([p.service.registry.frame() for p in parts], ignore_index=True),
        "cases": pd.concat([p.cases() for p in parts], ignore_index=True),
        "decisions": pd.concat([p.decisions() for p in parts], ignore_index=True),
        "people": _within(programme.log.frame(), days, "queued_day"),
        "lineage": _within(_lineage(programme), days),
    }
    tidy["quarterly"] = quarterly(tidy)
    return tidy


def _within(frame: pd.DataFrame, days: np.ndarray, column: str = "day") -> pd.DataFrame:
    if not len(frame) or (frame[column].min() >= days[0] and frame[column].max() < days[-1] + 1):
        return frame
    return frame[(frame[column] >= days[0]) & (frame[column] < days[-1] + 1)].reset_index(drop=True)


def _spend(programme: Programme, ledger: pd.DataFrame, last: int) -> dict[str, np.ndarray]:
    """Spend of each service by day, GBP; what is shared is split evenly."""
    cost = ledger["debit"].isin(COSTS).to_numpy()
    day = ledger["day"].to_numpy()[cost].astype(int)
    pence = ledger["pence"].to_numpy()[cost].astype(float)
    owner = ledger["service"].to_numpy(dtype=object)[cost]
    names = [s.given.name for s in programme.services]
    shared = np.bincount(day, weights=np.where(owner == "shared", pence, 0), minlength=last)[:last] / len(names)
    own = {n: np.bincount(day, weights=np.where(owner == n, pence, 0), minlength=last)[:last] for n in names}
    return {n: (own[n] + shared) / 100.0 for n in names}


def _bill(programme: Programme, days: np.ndarray) -> pd.DataFrame:
    frame = billing(programme.estate.lines(), programme.scenario.name, programme.scenario.start)
    return _within(frame, days, "x_Day")


def _incidents(programme: Programme) -> pd.DataFrame:
    services = {s.given.name: s for s in programme.services}
    rows = []
    for incident in programme.incidents.all:
        harmed, cost = 0, 0.0
        if incident.service:
            service = services[incident.service]
            hit = service.file.harmed & (service.file.incident == incident.number)
            truth, value = service.people.truth[hit], service.given.value
            harmed = int(hit.sum())
            cost = float(truth.sum() * value.wrong_refusal_gbp + (~truth).sum() * value.wrong_award_gbp)
        else:
            until = incident.fixed_day if incident.fixed_day == incident.fixed_day else programme.env.now
            cost = programme.estate.hour_gbp(incident.subject) * incident.spec.machines * 24 * (until - incident.shock.began)
        rows.append(
            (
                incident.shock.incident_id,
                incident.kind,
                incident.subject,
                incident.service,
                incident.shock.began,
                incident.detected_day,
                incident.fixed_day,
                incident.found_by,
                harmed,
                cost,
            )
        )
    columns = ["incident_id", "kind", "subject", "service", "began_day", "detected_day", "fixed_day", "found_by"]
    frame = pd.DataFrame(rows, columns=[*columns, "cases_harmed", "cost_gbp"])
    types = {c: "float64" for c in ("began_day", "detected_day", "fixed_day", "cost_gbp")} | {"cases_harmed": "int64"}
    return frame.astype({c: types.get(c, "str") for c in frame.columns})


def _lineage(programme: Programme) -> pd.DataFrame:
    rows = []
    for service in programme.services:
        for version in service.registry.versions:
            snapshot, name = version.fitted.snapshot, f"{service.given.name}/v{version.number}"
            rows += [(feed, "feed", snapshot, "snapshot", version.trained_day) for feed in service.given.feeds]
            rows.append((snapshot, "snapshot", name, "model", version.trained_day))
    frame = pd.DataFrame(rows, columns=["from_id", "from_kind", "to_id", "to_kind", "day"])
    return frame.astype({"from_id": "str", "from_kind": "str", "to_id": "str", "to_kind": "str", "day": "float64"})


class _Part:
    """One service's share of the records."""

    def __init__(self, programme: Programme, service: ServiceDay, days: np.ndarray) -> None:
        self.programme, self.service, self.days = programme, service, days
        self.first, self.n = int(days[0]), len(days)
        people = service.people
        end = people.of_day(int(days[-1])).stop
        self.all = slice(0, end)
        self.now = float(days[-1] + 1)

    def _count(self, day: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Count by day of the window; days outside it, or missing, are left out."""
        inside = (day >= self.first) & (day < self.now)
        if weights is not None:
            weights = weights[inside]
        return np.bincount((day[inside] - self.first).astype(int), weights=weights, minlength=self.n)[: self.n]

    def daily(self, spend: np.ndarray, utilisation: np.ndarray) -> pd.DataFrame:
        service, file, people = self.service, self.service.file, self.service.people
        given, whole = service.given, self.all
        arrived, state, truth = people.day[whole], file.state[whole], people.truth[whole]
        decided_day, granted, choice = file.decided_day[whole], file.granted[whole], file.choice[whole]
        delivered_day = file.delivered_day[whole]
        cases = self._count(arrived)
        delivered, quarantined, rejected = (
            self._count(arrived[state == s]) for s in (DELIVERED, QUARANTINED, REJECTED)
        )
        final = granted >= 0
        right = final & ((granted == 1) == truth)
        by_person = choice == REFER
        decided = self._count(decided_day[final])
        rights = self._count(decided_day[right])
        wrong_award, wrong_refusal = final & (granted == 1) & ~truth, final & (granted == 0) & truth
        returned = file.returned_day[whole]
        value = given.value
        benefit = (
            self._count(decided_day[right & ~by_person]) * value.right_gbp
            + self._count(decided_day[right & by_person]) * value.reviewed_right_gbp
        )
        waiting = self._waiting(arrived, decided_day, returned)
        harm = (
            self._count(decided_day[wrong_award]) * value.wrong_award_gbp
            + (self._count(decided_day[wrong_refusal]) + self._count(returned[truth])) * value.wrong_refusal_gbp
            + self._count(delivered_day[file.twice_paid[whole]]) * value.duplicate_gbp
            + waiting * value.waiting_gbp_per_day
        )
        total = np.concatenate([[0], np.cumsum(service._known_total)])
        rightly = np.concatenate([[0], np.cumsum(service._known_right)])
        since = np.maximum(self.days - 27, 0)
        known = total[self.days + 1] - total[since]
        gap = equity_gap(*self._by_group())
        bounds = self.programme.calendar.bounds
        with np.errstate(invalid="ignore", divide="ignore"):
            accuracy = np.where(decided > 0, rights / decided, np.nan)
            accuracy_known = np.where(known > 0, (rightly[self.days + 1] - rightly[since]) / known, np.nan)
        refused = final & (granted == 0)
        return pd.DataFrame(
            {
                "day": self.days.astype("int64"),
                "quarter": np.searchsorted(bounds, self.days, side="right").astype("int64"),
                "service": pd.array([given.name], dtype="str").take(np.zeros(self.n, dtype=int)),
                "cases": cases,
                "delivered": delivered,
                "quarantined": quarantined,
                "rejected": rejected,
                "in_flight": cases - delivered - quarantined - rejected,
                "on_time": self._count(arrived[delivered_day - arrived < 1]),
                "waiting": waiting,
                "decided": decided,
                "referred": self._count(delivered_day[by_person]),
                "refused": self._count(decided_day[refused]),
                "refused_by_person": self._count(decided_day[refused & by_person]),
                "accuracy": accuracy,
                "accuracy_known": accuracy_known,
                "equity_gap": gap,
                "feature_age_hours": service.age_hours[self.days],
                "utilisation": utilisation[self.days],
                "benefit_gbp": benefit,
                "harm_gbp": harm,
                "spend_gbp": spend[self.days],
                "discount": (1 + self.programme.scenario.discount_rate) ** -(self.days / 365.25),
            }
        )

    def _waiting(self, arrived: np.ndarray, decided: np.ndarray, returned: np.ndarray) -> np.ndarray:
        """Cases that wait for a decision at the end of each day."""
        done = np.fmin(decided, returned)
        come = np.bincount(arrived, minlength=int(self.now))
        gone = np.bincount(done[done < self.now].astype(int), minlength=int(self.now))
        return np.cumsum(come - gone)[self.first : int(self.now)]

    def _by_group(self) -> tuple[np.ndarray, np.ndarray]:
        """Eligible people decided upon or sent back, and those awarded, by day and group."""
        file, people, whole = self.service.file, self.service.people, self.all
        truth, group = people.truth[whole], people.group[whole]
        final = np.where(file.granted[whole] >= 0, file.decided_day[whole], file.returned_day[whole])
        eligible = [self._count(final[truth & (group == g)]) for g in range(len(self.service.given.groups))]
        awarded = file.granted[whole] == 1
        granted = [self._count(final[truth & awarded & (group == g)]) for g in range(len(self.service.given.groups))]
        return np.stack(eligible, axis=1), np.stack(granted, axis=1)

    def groups(self) -> pd.DataFrame:
        names = [g.name for g in self.service.given.groups]
        eligible, granted = self._by_group()
        place = np.tile(np.arange(len(names)), self.n)
        return pd.DataFrame(
            {
                "day": np.repeat(self.days.astype("int64"), len(names)),
                "service": pd.array([self.service.given.name], dtype="str").take(np.zeros(len(place), dtype=int)),
                "group": pd.array(names, dtype="str").take(place),
                "eligible": eligible.ravel(),
                "granted": granted.ravel(),
            }
        )

    def quality(self) -> pd.DataFrame:
        """Quality of what was delivered, by night, feed and dimension."""
        service, file, people = self.service, self.service.file, self.service.people
        given, whole = service.given, self.all
        night = file.delivered_day[whole]
        inside = (night >= self.first) & (night < self.now)
        rows = self._count(night)
        odd = np.nonzero(inside & (file.features[whole] != people.clean[whole]).any(axis=1))[0]
        low, high = (np.array([getattr(f, edge) for f in given.features]) for edge in ("low", "high"))
        names = given.feature_names
        rules = [(j, names.index(f.below)) for j, f in enumerate(given.features) if f.below]
        failed = quality.failures(file.features[odd], people.clean[odd], low, high, rules)
        slow = self._count(night[inside & (np.floor(night) > people.day[whole])])
        again = self._count(night[inside & file.twice[whole]])
        counts: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}
        for feed in given.feeds:
            columns = [j for j, f in enumerate(given.features) if f.feed == feed]
            for dimension in quality.DIMENSIONS:
                if dimension in failed:
                    fails = self._count(night[odd][failed[dimension][:, columns].any(axis=1)])
                else:
                    fails = slow if dimension == "timeliness" else again
                counts[(feed, dimension)] = (rows, fails)
        frame = quality.frame(counts)
        frame["day"] += self.first
        return frame

    def _sample(self) -> np.ndarray:
        file, people = self.service.file, self.service.people
        drawn = people.u["record"][self.all] < self.programme.scenario.record_share
        night = file.delivered_day[self.all]
        return np.nonzero(drawn & (night >= self.first) & (night < self.now))[0]

    def _who(self, rows: np.ndarray) -> dict[str, object]:
        service = self.service
        names = pd.array([g.name for g in service.given.groups], dtype="str")
        return {
            "case_id": service.people.case_id_of(rows),
            "day": service.people.arrived[rows],
            "service": pd.array([service.given.name], dtype="str").take(np.zeros(len(rows), dtype=int)),
            "group": names.take(service.people.group[rows]),
        }

    def cases(self) -> pd.DataFrame:
        rows = self._sample()
        share = self.programme.scenario.record_share
        frame = pd.DataFrame(self._who(rows) | {"weight": np.full(len(rows), 1 / share if share else np.nan)})
        features = pd.DataFrame(self.service.file.features[rows].astype(float), columns=self.service.names)
        return pd.concat([frame, features], axis=1)

    def decisions(self) -> pd.DataFrame:
        service, file, rows = self.service, self.service.file, self._sample()
        known = file.known_day[rows] < self.now
        versions = service.registry.versions
        version = pd.array([f"v{v.number}" for v in versions], dtype="str").take(file.version[rows])
        snapshot = pd.array([v.fitted.snapshot for v in versions], dtype="str").take(file.version[rows])
        return pd.DataFrame(
            self._who(rows)
            | {
                "score": file.score[rows],
                "decision": pd.array(DECISIONS, dtype="str").take(file.choice[rows]),
                "granted": np.where(file.granted[rows] >= 0, file.granted[rows], np.nan),
                "outcome": np.where(known, service.people.truth[rows], np.nan),
                "known_day": np.where(known, file.known_day[rows], np.nan).astype(float),
                "decided_day": file.decided_day[rows].astype(float),
                "version": version,
                "snapshot": snapshot,
            }
        )
