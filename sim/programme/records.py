"""The run's records: tidy frames, built once, from what the programme has done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.cloud import usage as estate_usage
from sim.cloud.billing import UsageLines, billing
from sim.data import quality
from sim.data.casefile import DECISIONS, DELIVERED, IN_FLIGHT, QUARANTINED, REFER, REJECTED, STAYED_AWAY
from sim.ledger import COSTS
from sim.models.fairness import equity_gap
from sim.programme.emissions import carbon_kg
from sim.programme.lineage import lineage
from sim.programme.tally import harm_gbp, tally
from sim.scorecard import quarterly
from sim.table import typed
from sim.world.population import rules

if TYPE_CHECKING:
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

_ROWS = 20_000
"""Records compared at a time: few enough to stay in the processor's cache."""


def frames(programme: Programme, last: int, first: int = 0, by_quarter: bool = True) -> dict[str, pd.DataFrame]:
    """Return every frame of a run over the days [first, last).

    Parameters
    ----------
    programme : Programme
        Run at least until ``last``.
    last, first : int
        Half-open range of days.
    by_quarter : bool
        Whether ``quarterly`` is wanted, which takes a third of the time; it is empty if not.

    Returns
    -------
    dict of str to DataFrame
        By name, as in `sim.run.Run`.
    """
    if last == first:
        events = ("journal", "models", "lineage")
        return {n: f if n in events else f.iloc[:0] for n, f in frames(programme, first + 1, first, by_quarter).items()}
    days = np.arange(first, last)
    ledger, usage = programme.ledger.frame(), programme.estate.lines()
    parts = [_Part(programme, service, days) for service in programme.services]
    tidy = {
        "daily": _daily(
            programme,
            parts,
            last,
            _spend(programme, ledger, last),
            carbon_kg(programme, usage, last),
            *programme.showback.by_day(last),
        ),
        "groups": pd.concat([p.groups() for p in parts], ignore_index=True),
        "journal": _within(programme.journal.frame(), days),
        "ledger": _within(ledger, days),
        "billing": _bill(programme, usage, days),
        "usage": estate_usage.by_day(programme.estate, first, last),
        "quality": pd.concat([p.quality() for p in parts], ignore_index=True),
        "incidents": _going_on(_incidents(programme), days),
        "models": pd.concat([p.service.registry.frame() for p in parts], ignore_index=True),
        "cases": pd.concat([p.cases() for p in parts], ignore_index=True),
        "decisions": pd.concat([p.decisions() for p in parts], ignore_index=True),
        "people": _within(programme.log.frame(), days, "queued_day"),
        "lineage": _within(lineage(programme, last), days),
    }
    tidy["budget"] = programme.books.frame(first, last)
    tidy["quarterly"] = quarterly(tidy) if by_quarter else pd.DataFrame()
    return tidy


LATER = ["carbon_kg", "cloud_gbp", "idle_gbp", "allocated_gbp"]
"""Columns of ``daily`` that are made of the whole bill."""


def daily(programme: Programme, last: int, first: int, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two of a run's frames over the days [first, last), ``daily`` and ``groups``, and build no other.

    It takes as long as the days ask for, however many went before; so ``daily`` lacks what is made of the whole bill,
    the columns `LATER`.

    Parameters
    ----------
    programme : Programme
        Run at least until ``last``.
    last, first : int
        Half-open range of days, at least one.
    ledger : DataFrame
        The ledger's entries, at least from ``first`` on.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        As `frames` returns them.
    """
    parts = [_Part(programme, service, np.arange(first, last)) for service in programme.services]
    unknown = dict.fromkeys((s.given.name for s in programme.services), np.zeros(last))
    days = _daily(programme, parts, last, _spend(programme, ledger, last), *[unknown] * len(LATER))
    return days.drop(columns=LATER), pd.concat([p.groups() for p in parts], ignore_index=True)


def _daily(programme: Programme, parts: list[_Part], last: int, *by_day: dict[str, np.ndarray]) -> pd.DataFrame:
    utilisation = np.zeros(last)
    metered = programme.estate.utilisation()[:last]
    utilisation[: len(metered)] = metered
    return pd.concat(
        [p.daily(*(x[p.service.given.name] for x in by_day), utilisation) for p in parts], ignore_index=True
    )


def _within(frame: pd.DataFrame, days: np.ndarray, column: str = "day") -> pd.DataFrame:
    if not len(frame) or (frame[column].min() >= days[0] and frame[column].max() < days[-1] + 1):
        return frame
    return frame[(frame[column] >= days[0]) & (frame[column] < days[-1] + 1)].reset_index(drop=True)


def _going_on(incidents: pd.DataFrame, days: np.ndarray) -> pd.DataFrame:
    """Incidents that were going on at some time within the days, however long before they had begun."""
    here = (incidents["began_day"] < days[-1] + 1) & ~(incidents["fixed_day"] < days[0])
    return incidents if here.all() else incidents[here].reset_index(drop=True)


def _spend(programme: Programme, ledger: pd.DataFrame, last: int) -> dict[str, np.ndarray]:
    """Spend of each service by day, GBP, less what was given back; what is shared is split evenly."""
    sign = ledger["debit"].isin(COSTS).to_numpy() * 1.0 - ledger["credit"].isin(COSTS).to_numpy()
    cost = sign != 0
    day = ledger["day"].to_numpy()[cost].astype(int)
    pence = ledger["pence"].to_numpy()[cost] * sign[cost]
    owner = ledger["service"].to_numpy(dtype=object)[cost]
    names = [s.given.name for s in programme.services]
    shared = np.bincount(day, weights=np.where(owner == "shared", pence, 0), minlength=last)[:last] / len(names)
    own = {n: np.bincount(day, weights=np.where(owner == n, pence, 0), minlength=last)[:last] for n in names}
    return {n: (own[n] + shared) / 100.0 for n in names}


def _bill(programme: Programme, usage: UsageLines, days: np.ndarray) -> pd.DataFrame:
    frame = billing(usage, programme.scenario.name, programme.scenario.start, programme.tagging.borne)
    return _within(frame, days, "x_Day")


def _incidents(programme: Programme) -> pd.DataFrame:
    services = {s.given.name: s for s in programme.services}
    rows = []
    for incident in programme.incidents.all:
        harmed, cost = incident.harmed, incident.spent_gbp + incident.harm_gbp
        if incident.service:
            service = services[incident.service]
            hit = service.file.harmed & (service.file.incident == incident.number)
            file, given = service.file, service.given
            harmed += int(hit.sum()) * given.weight
            harm = harm_gbp(given, service.people.truth[hit], file.granted[hit] == 1, file.score[hit])
            cost += float(harm.sum()) * given.weight
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
    rows += [row for service in programme.services for row in service.breaches.rows()]
    whose = dict.fromkeys(("incident_id", "kind", "subject", "service"), "str")
    when = dict.fromkeys(("began_day", "detected_day", "fixed_day"), "float64")
    return typed(rows, whose | when | {"found_by": "str", "cases_harmed": "int64", "cost_gbp": "float64"})


def _any(fields: np.ndarray, columns: Iterable[int]) -> np.ndarray:
    """Say of each row whether any of some columns is true; column by column, three times as quick as row by row."""
    result = np.zeros(len(fields), dtype=bool)
    for j in columns:
        result |= fields[:, j]
    return result


class _Part:
    """One service's share of the records."""

    def __init__(self, programme: Programme, service: ServiceDay, days: np.ndarray) -> None:
        self.programme, self.service, self.days = programme, service, days
        self.first, self.n = int(days[0]), len(days)
        self.all = slice(0, service.people.of_day(int(days[-1])).stop)
        self.now = float(days[-1] + 1)
        file = service.file
        self.night = self._place(file.delivered_day[self.all])
        self.final = self._place(file.decided_day[self.all])
        returned = self._place(file.returned_day[self.all])
        self.tally = tally(service.given, file, self.all.stop, self.final, returned, self.n)

    def _place(self, day: np.ndarray) -> np.ndarray:
        """Return the place of each time within the window; one past the last for those outside it, or missing."""
        inside = (day >= self.first) & (day < self.now)
        return np.where(inside, day - np.float32(self.first), np.float32(self.n)).astype("int32")

    def _count(self, place: np.ndarray) -> np.ndarray:
        """Count by day of the window."""
        return np.bincount(place, minlength=self.n + 1)[: self.n]

    def daily(
        self, spend: np.ndarray, carbon: np.ndarray, cloud: np.ndarray, idle: np.ndarray, allocated: np.ndarray,
        utilisation: np.ndarray,
    ) -> pd.DataFrame:  # fmt: skip
        service, file, people = self.service, self.service.file, self.service.people
        given, whole = service.given, self.all
        here = people.day[whole] >= self.first
        if service.public.away.any():
            here &= file.state[whole] != STAYED_AWAY
        arrived = np.where(here, people.day[whole] - self.first, self.n)
        by_state = np.stack([self._count(arrived[file.state[whole] == s]) for s in (DELIVERED, QUARANTINED, REJECTED)])
        cases, done, weight = self._count(arrived), self.tally, given.weight
        waiting = self._waiting(people.day[whole]) * weight
        twice = self._again() * weight
        breached = service.breaches.harm_gbp[self.days]
        harm = done.harm_gbp + twice * given.value.duplicate_gbp + waiting * given.value.waiting_gbp_per_day + breached
        held, too_long = service.store.held(self.days)
        known, known_right = (self._last_28(x) for x in (service.deciding.known_total, service.deciding.known_right))
        with np.errstate(invalid="ignore", divide="ignore"):
            accuracy = (done.error if given.regression else done.right) / done.decided
            accuracy_known = np.where(known > 0, known_right / known, np.nan)
            content = done.satisfaction / done.decided
        return pd.DataFrame(
            {
                "day": self.days.astype("int64"),
                "quarter": np.searchsorted(self.programme.calendar.bounds, self.days, side="right").astype("int64"),
                "month": np.searchsorted(self.programme.calendar.months, self.days, side="right").astype("int64"),
                "service": pd.array([given.name], dtype="str").take(np.zeros(self.n, dtype=int)),
                "sampled": cases,
                "cases": cases * weight,
                "delivered": by_state[0] * weight,
                "quarantined": by_state[1] * weight,
                "rejected": by_state[2] * weight,
                "in_flight": self._count(arrived[file.state[whole] == IN_FLIGHT]) * weight,
                "on_time": self._count(arrived[self.night == arrived]) * weight,
                "waiting": waiting,
                "decided": done.decided,
                "right": done.right,
                "referred": self._count(self.night[file.choice[whole] == REFER]) * weight,
                "refused": done.refused,
                "refused_by_person": done.refused_by_person,
                "accuracy": accuracy,
                "accuracy_known": accuracy_known,
                "mape": accuracy if given.regression else np.full(self.n, np.nan),
                "equity_gap": equity_gap(done.eligible, done.served),
                "satisfaction": content,
                "feature_age_hours": service.intake.age_hours[self.days] + service.intake.hours[self.days],
                "utilisation": utilisation[self.days],
                "benefit_gbp": done.benefit_gbp,
                "harm_gbp": harm,
                "spend_gbp": spend[self.days],
                "breach_harm_gbp": breached,
                "people_identified": service.breaches.identified[self.days],
                "held": held,
                "held_too_long": too_long,
                "trust": service.public.trust[self.days],
                "uptake": service.public.uptake[self.days],
                "stayed_away": service.public.away[self.days] * weight,
                "discount": (1 + self.programme.scenario.discount_rate) ** -(self.days / 365.25),
                "carbon_kg": carbon[self.days],
                "cloud_gbp": cloud[self.days],
                "idle_gbp": idle[self.days],
                "allocated_gbp": allocated[self.days],
            }
        )

    def _again(self) -> np.ndarray:
        """Count by day the awards made again on a duplicate."""
        again = self.service.file.twice_paid[self.all]
        paid = np.nonzero(again)[0]
        return np.bincount(self.night[paid], weights=again[paid], minlength=self.n + 1)[: self.n]

    def _last_28(self, counts: np.ndarray) -> np.ndarray:
        """Sum a daily count over the 28 days up to each."""
        running = np.concatenate([[0], np.cumsum(counts)])
        return running[self.days + 1] - running[np.maximum(self.days - 27, 0)]

    def _waiting(self, arrived: np.ndarray) -> np.ndarray:
        """Cases that wait for a decision at the end of each day."""
        file, last = self.service.file, int(self.now)
        back = file.returned_day[self.all]
        done = np.where(np.isnan(back), file.decided_day[self.all], back)
        come = np.bincount(arrived, minlength=last) - self.service.public.away[:last]
        gone = np.bincount(np.where(done < self.now, done, self.now).astype("int32"), minlength=last + 1)[:last]
        return np.cumsum(come - gone)[self.first :]

    def groups(self) -> pd.DataFrame:
        names = [g.name for g in self.service.given.groups]
        eligible, granted = self.tally.eligible, self.tally.served
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
        """Quality of what was delivered, by night, source and dimension."""
        service, file, people = self.service, self.service.file, self.service.people
        given, whole = service.given, self.all
        rows = self._count(self.night)
        low, high = (np.array([getattr(f, e) for f in given.features], dtype="float32") for e in ("low", "high"))
        columns_of = [[j for j, f in enumerate(given.features) if f.source == s.name] for s in given.sources]
        nights: dict[str, list[np.ndarray]] = {dimension: [] for dimension in quality.DIMENSIONS}
        for start in range(0, whole.stop, _ROWS):
            odd = self._odd(start)
            truth = people.clean[odd].astype("float32")
            failed = quality.failures(file.features[odd], truth, low, high, rules(given))
            for dimension, fields in failed.items():
                for place, columns in enumerate(columns_of):
                    failing = odd[np.nonzero(_any(fields, columns))[0]]
                    nights[dimension].append(self.night[failing] * len(columns_of) + place)
        slow = self._count(self.night[(self.night > people.day[whole] - self.first) & (self.night < self.n)])
        again = self._count(self.night[np.nonzero(file.twice[whole])[0]])
        counts: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}
        size = self.n * len(columns_of)
        fails = {d: np.bincount(np.concatenate(n), minlength=size) for d, n in nights.items() if n}
        for place, source in enumerate(given.sources):
            for dimension in quality.DIMENSIONS:
                if dimension in fails:
                    failing = fails[dimension].reshape(self.n, -1)[:, place]
                else:
                    failing = slow if dimension == "timeliness" else again
                counts[(source.name, dimension)] = (rows * given.weight, failing * given.weight)
        frame = quality.frame(counts)
        frame["day"] += self.first
        return frame

    def _odd(self, start: int) -> np.ndarray:
        """Return which of some delivered records differ from the truth."""
        here = slice(start, min(start + _ROWS, self.all.stop))
        differs = self.service.file.features[here] != self.service.people.clean[here]
        return start + np.nonzero(_any(differs, range(differs.shape[1])) & (self.night[here] < self.n))[0]

    def _sample(self) -> np.ndarray:
        people = self.service.people
        drawn = people.u["record"][self.all] < self.programme.scenario.record_share
        return np.nonzero(drawn & (self.night < self.n))[0]

    def _who(self, rows: np.ndarray) -> dict[str, object]:
        service = self.service
        names = pd.array([g.name for g in service.given.groups], dtype="str")
        return {
            "case_id": service.people.case_id_of(rows),
            "day": service.people.arrived_of(rows),
            "service": pd.array([service.given.name], dtype="str").take(np.zeros(len(rows), dtype=int)),
            "group": names.take(service.people.group[rows]),
        }

    def cases(self) -> pd.DataFrame:
        rows = self._sample()
        share, weight = self.programme.scenario.record_share, self.service.given.weight
        frame = pd.DataFrame(self._who(rows) | {"weight": np.full(len(rows), weight / share if share else np.nan)})
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
                "outcome": np.where(known, service.labels.recorded[rows], np.nan),
                "known_day": np.where(known, file.known_day[rows], np.nan).astype(float),
                "decided_day": file.decided_day[rows].astype(float),
                "version": version,
                "snapshot": snapshot,
            }
        )
