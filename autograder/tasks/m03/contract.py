"""The check of the learner's contract: ordinary deliveries keep it, broken ones break it, and it promises notice."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.outcome import nothing
from autograder.tasks.m03.worlds import SERVICE, cut, share
from autograder.variants.variant import OPEN, Variant
from sim.data import promise
from sim.streams import Streams
from sim.world.population import populate

SOURCE = "earnings-feed"
SEED, NIGHTS = 306, tuple(range(0, 365, 5))
"""Ordinary deliveries over a whole year, in a world that is not the notebook's: earnings rise a little meanwhile."""

KEPT_NONE, KEPT_ALL = 0.9, 0.99
"""Share of ordinary deliveries that keep every rule: for no credit, and for all of it."""

WANTED = {
    "case_id_once",
    "earnings_gbp_valid",
    "hours_per_week_valid",
    "earnings_gbp_usual",
    "noticeOfChange",
    "timeToNotify",
}
"""What the lesson leaves to the learner."""

BROKEN_DAY = 120
LEAST_NOTICE, MOST_NOTICE = 14.0, 90.0
"""Days of notice of a change: fewer leave no time to prepare, and more no owner would promise."""

NOTIFY_DAYS = 1.0
"""Days within which the owner says that a delivery was wrong."""

DAYS_IN = {"d": 1.0, "day": 1.0, "days": 1.0, "h": 1 / 24, "hour": 1 / 24, "hours": 1 / 24}


def _scenario() -> sim.Scenario:
    return sim.load_scenario("household-support").only(SERVICE)


@lru_cache(maxsize=4)
def deliveries(variant: Variant = OPEN) -> tuple[list[pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return ordinary deliveries of the source, and broken ones by what is wrong with them."""
    service = _scenario().service(SERVICE)
    seed = SEED if variant.open else variant.seeds("m03.contract", 1)[0]
    people = populate(service, Streams(seed), 0, max(NIGHTS) + 1)

    def of(day: int) -> pd.DataFrame:
        today = people.of_day(day)
        rows = np.arange(today.start, today.stop)
        rows = np.concatenate([rows, rows[people.twice[rows]]])
        frame = pd.DataFrame(people.record[rows].astype(float), columns=list(service.feature_names))
        frame.insert(0, "arrived_day", people.arrived_of(rows))
        frame.insert(0, "case_id", people.case_id_of(rows))
        return frame

    night = of(BROKEN_DAY)
    some = np.random.default_rng(seed).random(len(night))
    broken = {
        "pence for pounds": night.assign(earnings_gbp=night["earnings_gbp"] * 100),
        "earnings empty in six of ten": night.assign(earnings_gbp=night["earnings_gbp"].where(some < 0.4)),
        "three in ten loaded twice": pd.concat([night, night[some < 0.3]], ignore_index=True),
        "a week's earnings for a month's": night.assign(earnings_gbp=(night["earnings_gbp"] * 12 / 52).round()),
    }
    return [of(day) for day in NIGHTS], broken


@register("m03.contract")
def contract(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Have the learner's function agree on the draft; put the contract to deliveries, and read its promises."""
    if not callable(thing):
        raise sim.errors.DecisionError(
            "A function was expected, agree(draft): hand over its name, without brackets after it."
        )
    done = attempt(thing, drafted())
    if not done.ok:
        raise sim.errors.DecisionError(done.problem)
    if not isinstance(done.value, dict):
        raise sim.errors.DecisionError(f"The dict that agree(draft) makes was expected, but {done.said}.")
    given, dots = _without_dots(done.value)
    if dots == WANTED:
        return nothing(
            3.0,
            "An answer",
            "nothing has been written here yet",
            "numbers, and a query, in place of the three dots",
            "Look at the table of four ordinary weeks, and write your terms in the cell above.",
        )
    _whole(given)
    given, faults = _that_can_be_asked(given, bench)
    promises = dots & {"noticeOfChange", "timeToNotify"}
    rules, effect = _rules(given, bench, _left_out(dots - promises, faults))
    return Outcome(
        [*rules, _promises(given, _left_out(promises, []))],
        effect=effect,
        beyond="which of your terms would the source's owner refuse to sign, and what would you offer for it?",
    )


def _left_out(dots: set[str], faults: list[str]) -> str:
    """Return a clause that names what was left out of a contract, and why."""
    said = [f"{name}: the three dots are still there" for name in sorted(dots)] + faults
    return f". Left out: {'; '.join(said)}" if said else ""


def _rules(given: dict[str, Any], bench: Bench, left_out: str) -> tuple[list[Criterion], Effect]:
    """Put a contract to ordinary and to broken deliveries; return the credits, and what it did."""
    calm, broken = deliveries(bench.variant)
    results = [bench.beside(promise.kept, given, delivery) for delivery in calm]
    kept = float(np.mean([result["kept"].all() for result in results]))
    seen = {what: not bench.beside(promise.kept, given, delivery)["kept"].all() for what, delivery in broken.items()}
    sees = float(np.mean(list(seen.values())))
    calm_enough = share(kept, KEPT_NONE, KEPT_ALL)
    quiet = min(1.0, 2 * calm_enough)
    unseen = [what for what, refused in seen.items() if not refused]
    worst = pd.concat(results).groupby("rule", sort=False)["kept"].mean()
    most_broken = f"; most often broken: {worst.idxmin()}, on {1 - worst.min():.0%} of them" if worst.min() < 1 else ""
    week = bool(unseen) and "week" in unseen[-1]
    refused = sum(not result["kept"].all() for result in results)
    effect = Effect(
        f"it refused {refused} of {len(calm)} ordinary deliveries, and let by {len(unseen)} of {len(broken)} broken",
        (
            Measure("Ordinary deliveries refused", "in a year", [refused * 365 / len(calm)], [0.0], more=False),
            Measure("Broken deliveries let by", f"of {len(broken)}", [len(unseen)], [len(broken)], [0], more=False),
        ),
        naive="no contract",
        best="a good contract",
    )
    criteria = [
        Criterion(
            "Ordinary deliveries keep it",
            1,
            calm_enough if any(seen.values()) else 0.0,
            f"{len(calm)} deliveries of {SOURCE} over a year in which nothing was wrong but the usual",
            f"{kept:.1%} of them kept every rule{most_broken}"
            + ("" if any(seen.values()) else "; but so did every broken one, and that earns nothing"),
            f"{KEPT_ALL:.1%} or more: one false alarm in a hundred nights is four a year; "
            f"{KEPT_NONE:.0%} or less earns nothing",
            "Four weeks do not show the worst ordinary night of a year. How far from the most that you have seen would "
            "you stay?",
            "Two or three times the most of an ordinary night leaves room, and a broken night is far beyond that.",
        ),
        Criterion(
            "Broken deliveries break it",
            1,
            sees * quiet,
            f"four deliveries that nobody should read: {'; '.join(broken)}",
            (f"not seen: {'; '.join(unseen)}" if unseen else "each of them broke a rule")
            + cut(sees * quiet, sees, "ordinary deliveries break it too (the first credit)")
            + left_out,
            "each of the four breaks at least one rule",
            "Only the delivery's mean can tell a week's earnings from a month's: every value is possible. What is the "
            "mean of such a night, and do your two bounds leave it out?"
            if week
            else "Ask which rule should have seen it, and how far an ordinary night is from its bound."
            if unseen
            else "Earn the first credit; this one follows.",
            "SELECT AVG(earnings_gbp) FROM ${table}, between bounds a few hundred pounds either side of the usual."
            if week
            else "",
        ),
    ]
    return criteria, effect


def _promises(given: dict[str, Any], left_out: str) -> Criterion:
    """Read what a contract promises beside its rules."""
    notice, notify = _days(given, "noticeOfChange"), _days(given, "timeToNotify")
    noticed = notice is not None and LEAST_NOTICE <= notice <= MOST_NOTICE
    notified = notify is not None and 0 < notify <= NOTIFY_DAYS
    return Criterion(
        "Promises what no gate can",
        1,
        (float(noticed) + float(notified)) / 2,
        "the entries noticeOfChange and timeToNotify of slaProperties, each with a value and a unit (d or h)",
        f"notice of a change: {_said(notice)}; word of a wrong delivery: {_said(notify)}{left_out}",
        f"notice of a change of schema or unit {LEAST_NOTICE:g} to {MOST_NOTICE:g} days before it; word of a "
        f"wrong delivery within {NOTIFY_DAYS:g} day of it",
        "Less than two weeks leave your team no time to prepare; what the owner cannot keep is no promise. And how "
        "long may people be decided on a wrong delivery?",
    )


@lru_cache(maxsize=1)
def _draft() -> dict[str, Any]:
    return sim.exports.odcs(_scenario(), SERVICE, SOURCE)


def drafted() -> dict[str, Any]:
    """Return the source's contract as the simulator drafts it."""
    return copy.deepcopy(_draft())


def _dotted(value: object) -> bool:
    """Whether the three dots stand in a value."""
    return value is ... or (isinstance(value, (list, tuple)) and any(part is ... for part in value))


def _without_dots(contract: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return a contract without the rules and promises in which the three dots still stand, and their names."""
    dots = {name for name, rule in promise.rules(contract).items() if any(map(_dotted, rule.values()))}
    terms = [term for term in contract.get("slaProperties") or [] if isinstance(term, dict)]
    unsaid = {str(term.get("property")) for term in terms if any(map(_dotted, term.values()))}
    rest = _without(contract, dots)
    if unsaid:
        rest["slaProperties"] = [term for term in terms if str(term.get("property")) not in unsaid]
    return rest, dots | unsaid


def _without(contract: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Return a copy of a contract without some of its rules."""
    rest = copy.deepcopy(contract)
    table = rest["schema"][0]
    for place in [table, *(table.get("properties") or [])]:
        if place.get("quality"):
            place["quality"] = [rule for rule in place["quality"] if rule["name"] not in names]
    return rest


def _that_can_be_asked(contract: dict[str, Any], bench: Bench) -> tuple[dict[str, Any], list[str]]:
    """Return a contract without the rules that cannot be put to a delivery, and what is wrong with each."""
    problems: list[str] = []
    while True:
        try:
            found = bench.beside(promise.kept, contract, deliveries(bench.variant)[0][0]).set_index("rule")["found"]
        except sim.errors.DataContractError as error:
            wrong = {name for name in promise.rules(contract) if f"Rule {name!r}" in str(error)}
            if not wrong:
                raise
            problems.append(str(error).rstrip("."))
            contract = _without(contract, wrong)
        else:
            silent = set(found.index[found.isna()])
            problems += [f"Rule {name!r}: its query gives no number" for name in sorted(silent)]
            return _without(contract, silent), problems


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
    given = _draft()["schema"][0]["properties"]
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
