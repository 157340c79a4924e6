"""The check of the learner's contract: ordinary deliveries keep it, broken ones break it, and it promises notice."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import sim
from autograder.checks import Criterion, Outcome, register
from autograder.tasks.m03.worlds import SERVICE, share
from sim.data import promise
from sim.streams import Streams
from sim.world.population import populate

SOURCE = "earnings-feed"
SEED, NIGHTS = 304, tuple(range(9, 360, 18))
"""Ordinary deliveries over a whole year, in a world that is not the notebook's: earnings rise a little meanwhile."""

BROKEN_DAY = 120
LEAST_NOTICE, MOST_NOTICE = 14.0, 90.0
"""Days of notice of a change: fewer leave no time to prepare, and more no owner would promise."""

NOTIFY_DAYS = 1.0
"""Days within which the owner says that a delivery was wrong."""

DAYS_IN = {"d": 1.0, "day": 1.0, "days": 1.0, "h": 1 / 24, "hour": 1 / 24, "hours": 1 / 24}


def _scenario() -> sim.Scenario:
    return sim.load_scenario("household-support").only(SERVICE)


@lru_cache(maxsize=1)
def deliveries() -> tuple[list[pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return ordinary deliveries of the source, and broken ones by what is wrong with them."""
    service = _scenario().service(SERVICE)
    people = populate(service, Streams(SEED), 0, max(NIGHTS) + 1)

    def of(day: int) -> pd.DataFrame:
        today = people.of_day(day)
        rows = np.arange(today.start, today.stop)
        rows = np.concatenate([rows, rows[people.twice[rows]]])
        frame = pd.DataFrame(people.record[rows].astype(float), columns=list(service.feature_names))
        frame.insert(0, "arrived_day", people.arrived_of(rows))
        frame.insert(0, "case_id", people.case_id_of(rows))
        return frame

    night = of(BROKEN_DAY)
    some = np.random.default_rng(SEED).random(len(night))
    broken = {
        "pence for pounds": night.assign(earnings_gbp=night["earnings_gbp"] * 100),
        "earnings empty in six of ten": night.assign(earnings_gbp=night["earnings_gbp"].where(some < 0.4)),
        "three in ten loaded twice": pd.concat([night, night[some < 0.3]], ignore_index=True),
        "a week's earnings for a month's": night.assign(earnings_gbp=(night["earnings_gbp"] * 12 / 52).round()),
    }
    return [of(day) for day in NIGHTS], broken


@register("m03.contract")
def contract(thing: object) -> Outcome:
    """Put the learner's contract to ordinary and to broken deliveries, and read its promises."""
    if not isinstance(thing, dict):
        raise sim.errors.DecisionError("A contract was expected: the dict that agree(draft) returns.")
    _whole(thing)
    calm, broken = deliveries()
    results = [promise.kept(thing, delivery) for delivery in calm]
    kept = float(np.mean([result["kept"].all() for result in results]))
    seen = {what: not promise.kept(thing, delivery)["kept"].all() for what, delivery in broken.items()}
    calm_enough = share(kept, 0.4, 0.95)
    quiet = min(1.0, 2 * calm_enough)
    unseen = [what for what, refused in seen.items() if not refused]
    worst = pd.concat(results).groupby("rule", sort=False)["kept"].mean()
    notice, notify = _days(thing, "noticeOfChange"), _days(thing, "timeToNotify")
    noticed = notice is not None and LEAST_NOTICE <= notice <= MOST_NOTICE
    notified = notify is not None and 0 < notify <= NOTIFY_DAYS
    return Outcome(
        [
            Criterion(
                "Ordinary deliveries keep it",
                1,
                calm_enough * (1.0 if any(seen.values()) else 0.0),
                f"{len(calm)} deliveries of {SOURCE} over a year in which nothing was wrong but the usual",
                f"{kept:.0%} of them kept every rule"
                + (f"; {worst.idxmin()} was kept by {worst.min():.0%}" if worst.min() < 1 else "")
                + ("" if any(seen.values()) else "; but so did every broken one"),
                "95 % or more; a contract that is broken every night is soon read by nobody",
                "Look at what an ordinary night holds (the table above your answer), and leave room above it: a few "
                "invalid values, a few copies.",
            ),
            Criterion(
                "Broken deliveries break it",
                1,
                float(np.mean(list(seen.values()))) * quiet,
                f"four deliveries that nobody should read: {'; '.join(broken)}",
                (f"not seen: {'; '.join(unseen)}" if unseen else "each of them broke a rule")
                + ("" if quiet == 1 else f"; the credit is cut to {quiet:.0%}, since ordinary deliveries break it too"),
                "each of the four breaks at least one rule",
                "A week's earnings for a month's lie within the range, row by row; only the delivery's mean tells. "
                "Give the rule earnings_gbp_usual a query and two bounds that an ordinary night keeps."
                if unseen and "week" in unseen[-1]
                else "Ask which rule should have seen it, and how far an ordinary night is from its bound.",
            ),
            Criterion(
                "Promises what no gate can",
                1,
                (float(noticed) + float(notified)) / 2,
                "the entries noticeOfChange and timeToNotify of slaProperties, each with a value and a unit (d or h)",
                f"notice of a change: {_said(notice)}; word of a wrong delivery: {_said(notify)}",
                f"notice of a change of schema or unit {LEAST_NOTICE:g} to {MOST_NOTICE:g} days before it; word of a "
                f"wrong delivery within {NOTIFY_DAYS:g} day of it",
                "Add an entry with property, value and unit for each. Less than two weeks leave your team no time to "
                "prepare; what the owner cannot keep is no promise.",
            ),
        ]
    )


def _whole(contract: dict[str, Any]) -> None:
    """Refuse what is not a contract of the standard, or has lost a column of the source."""
    from open_data_contract_standard.model import OpenDataContractStandard
    from pydantic import ValidationError

    try:
        OpenDataContractStandard.model_validate(contract)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise sim.errors.DecisionError(
            f"The contract is not one of the Open Data Contract Standard: at {where}, {first['msg'].lower()}."
        ) from None
    promise.rules(contract)
    given = sim.exports.odcs(_scenario(), SERVICE, SOURCE)["schema"][0]["properties"]
    there = {column.get("name") for column in contract["schema"][0].get("properties") or []}
    for column in given:
        if column["name"] not in there:
            raise sim.errors.DecisionError(f"The contract has lost the column {column['name']!r}; keep every one.")


def _days(contract: dict[str, Any], name: str) -> float | None:
    """Return a promised time in days; None if it is not promised, or not in a unit that can be read."""
    for term in contract.get("slaProperties") or []:
        unit = DAYS_IN.get(str(term.get("unit", "d")).lower())
        if term.get("property") == name and unit and isinstance(term.get("value"), (int, float)):
            return float(term["value"]) * unit
    return None


def _said(days: float | None) -> str:
    return "not promised" if days is None else f"{days:g} day{'' if days == 1 else 's'}"
