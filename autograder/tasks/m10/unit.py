"""The check of the learner's unit costs: a decision's and an accurate decision's, by service, shared part included."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Attempt, Criterion, Effect, Measure, Outcome, attempt, register
from autograder.tasks.m10.bills import Case, allocated, cases
from autograder.tasks.m10.words import joined, once
from sim.decisions.allocate import SHARED

UNITS = ("per_decision", "per_accurate")
COUNTS = {"per_decision": "decided", "per_accurate": "right"}
SLACK = 1e-6
HALF_PENNY = 0.005 + SLACK


def wanted(allocation: pd.DataFrame, daily: pd.DataFrame, nobodys: bool = True) -> pd.DataFrame:
    """Return the right unit costs, index service; without what is nobody's, a near miss, if asked."""
    cost = allocation.groupby("service")["cost_gbp"].sum()
    own = cost.drop(SHARED, errors="ignore")
    spread = own + (cost.get(SHARED, 0.0) * own / own.sum() if nobodys else 0.0)
    counts = daily.groupby("service")[["decided", "right"]].sum().astype(float)
    with np.errstate(divide="ignore"):
        return pd.DataFrame({unit: spread / counts[count] for unit, count in COUNTS.items()})


def by_mean_accuracy(allocation: pd.DataFrame, daily: pd.DataFrame) -> pd.Series:
    """Return the near miss of dividing by the mean of each day's accuracy."""
    accuracy = (daily["right"] / daily["decided"]).groupby(daily["service"]).mean()
    return wanted(allocation, daily)["per_decision"] / accuracy


def never_right(case: Case) -> tuple[pd.DataFrame, str]:
    """Return a case's days with one service that is never right, and the name of that service."""
    service = sorted(case.daily["service"].unique())[0]
    return case.daily.assign(right=case.daily["right"].where(case.daily["service"] != service, 0)), service


@register("m10.unit")
def unit(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Let the learner's function find unit costs from two allocations and days that it has never seen."""
    if not callable(thing):
        raise sim.errors.DecisionError(
            "A function was expected, unit_cost(allocation, daily): hand over its name, without brackets after it."
        )
    tagged = cases(bench.variant)[:2]
    bills = [allocated(case.bill) for case in tagged]
    made = [attempt(thing, bill.copy(), case.daily.copy()) for bill, case in zip(bills, tagged, strict=True)]
    days, service = never_right(tagged[0])
    lost = attempt(thing, bills[0].copy(), days)
    owned = bills[1][bills[1]["service"] != SHARED].reset_index(drop=True)
    named = attempt(thing, owned.copy(), tagged[1].daily.copy())
    due = wanted(owned, tagged[1].daily)
    right = [wanted(bill, case.daily) for bill, case in zip(bills, tagged, strict=True)]
    bare = [wanted(bill, case.daily, nobodys=False) for bill, case in zip(bills, tagged, strict=True)]
    means = [by_mean_accuracy(bill, case.daily) for bill, case in zip(bills, tagged, strict=True)]
    problem = next((said for said in map(_problem, made) if said), "")
    tried = f"allocations and days of two unseen worlds: {joined([case.what for case in tagged])}"
    whole = {name: _all(made, right, name) for name in UNITS}
    dropped = {name: _all(made, bare, name) for name in UNITS}
    meant = not whole["per_accurate"] and all(
        _agrees(done, mean, "per_accurate") for done, mean in zip(made, means, strict=True)
    )
    rounded = {name: not whole[name] and _all(made, right, name, HALF_PENNY) for name in UNITS}
    earned = {name: 1.0 if whole[name] else 0.5 if dropped[name] or rounded[name] else 0.0 for name in UNITS}
    held = earned["per_decision"]
    waits = {1.0: "", 0.5: "; this counts by half until item 1 is met"}.get(held, "; this counts once item 1 is met")
    safe, slack = _index(lost, service), HALF_PENNY if rounded["per_decision"] else 0.0
    without = _agrees(named, due["per_decision"], "per_decision", slack)
    return Outcome(
        once(
            [
                Criterion(
                    "A decision",
                    1.5,
                    earned["per_decision"],
                    tried,
                    _said(made, right, "per_decision", dropped["per_decision"], rounded["per_decision"]),
                    "index service, column per_decision: all that the bill comes to over decided; what is nobody's "
                    "('shared') is borne in proportion to what each service was allocated",
                    "A decision may cost less than a penny: leave rounding to whoever prints it."
                    if rounded["per_decision"]
                    else "Multiply your unit costs by the decisions again and add up: it must come to the whole bill. "
                    "If it does, the parts are split by another key than was said.",
                    "own * cost.sum() / own.sum() adds up to the whole, in the proportions of own.",
                ),
                Criterion(
                    "An accurate decision",
                    1.5,
                    0.5 if meant else earned["per_accurate"],
                    tried,
                    ("it is a decision's cost over the mean of the days' accuracy" if meant else "")
                    or _said(made, right, "per_accurate", dropped["per_accurate"], rounded["per_accurate"]),
                    "column per_accurate: the same cost over the sum of right",
                    "A quiet Sunday counts as much as a busy Monday in a mean of days: divide sums by sums."
                    if meant
                    else "Do not round."
                    if rounded["per_accurate"]
                    else "What is nobody's belongs in both columns."
                    if dropped["per_accurate"]
                    else "Mend the first item, and this one follows: the same cost stands here over the sum of right."
                    if not held
                    else "By what is the cost divided? Sum right by service over all days, as you summed decided.",
                ),
                Criterion(
                    "Nothing that is nobody's",
                    0.5,
                    without * held,
                    "the second allocation again, on a bill whose every line names an owner: no row of 'shared'",
                    f"every decision's cost agreed{waits}"
                    if without
                    else named.said
                    if not named.ok
                    else _said([named], [due], "per_decision", False, False),
                    "the services bear what was allocated to them, and there is no error",
                    "Mend the first item; this one follows, for it is right as it stands."
                    if without
                    else "Which of your lines takes it for granted that there is a row 'shared'?",
                    "" if without else "drop takes errors='ignore', and get a second argument for what is not there.",
                ),
                Criterion(
                    "A service that is never right",
                    0.5,
                    safe * held,
                    f"the first world again, with no right decision of {service}",
                    (lost.said if not lost.ok else _lost(lost, service)) + (waits if safe else ""),
                    "no error; inf or an empty value (NaN) for that service, and the others as before",
                    "Mend the first item; this one follows, for it is right as it stands."
                    if safe
                    else "Divide one Series by another, service by service. If you divide plain numbers, ask first.",
                    "" if safe else "pandas gives inf when a Series is divided by nought.",
                ),
            ],
            problem,
        ),
        effect=_effect(made, right, tuple(case.what.capitalize() for case in tagged)),
        beyond="which service's unit cost would you not show without its number of decisions beside it?",
    )


def _effect(made: list[Attempt], right: list[pd.DataFrame], worlds: tuple[str, ...]) -> Effect:
    """Say how far a decision's cost is off, in pence, where it is off most."""

    def off(name: str) -> list[float]:
        pairs = [(_column(done, name), table[name]) for done, table in zip(made, right, strict=True)]
        gaps = [math.nan if mine is None else (mine.reindex(due.index) - due).abs().max() for mine, due in pairs]
        return [float(100 * gap) for gap in gaps]

    nought = [0.0] * len(made)
    pence = {name: off(name) for name in UNITS}
    said = ", ".join("no number" if math.isnan(gap) else f"{gap:.2f} pence" for gap in pence["per_decision"])
    return Effect(
        f"where it is off most, a decision's cost is off by {said}, world by world",
        (
            Measure("A decision's cost is off by", "pence", pence["per_decision"], (), nought, more=False),
            Measure("An accurate decision's cost is off by", "pence", pence["per_accurate"], (), nought, more=False),
        ),
        worlds=worlds,
        best="the right answer",
    )


def _problem(done: Attempt) -> str:
    if not done.ok:
        return done.said
    if not isinstance(done.value, pd.DataFrame):
        return f"it returned {type(done.value).__name__}, and a DataFrame was expected"
    missing = [name for name in UNITS if name not in done.value]
    there = ", ".join(map(str, done.value.columns))
    return f"its columns are {there}; {joined(missing)} is not there" if missing else ""


def _column(done: Attempt, name: str) -> pd.Series | None:
    """Return a column of an answer by service, without what is nobody's; None if there is none."""
    if _problem(done):
        return None
    table = done.value.set_index("service") if "service" in done.value else done.value
    if not table.index.is_unique:
        return None
    return pd.to_numeric(table[name], errors="coerce").drop(SHARED, errors="ignore")


def _agrees(done: Attempt, right: pd.Series, name: str, gbp: float = 0.0) -> bool:
    """Say whether a column is right in every row, to a millionth or to so many pounds."""
    mine = _column(done, name)
    if mine is None or len(mine) != len(right):
        return False
    return bool((mine.reindex(right.index) - right).abs().le(SLACK * right + gbp).all())


def _all(made: list[Attempt], right: list[pd.DataFrame], name: str, gbp: float = 0.0) -> bool:
    return all(_agrees(done, table[name], name, gbp) for done, table in zip(made, right, strict=True))


def _said(made: list[Attempt], right: list[pd.DataFrame], name: str, dropped: bool, rounded: bool) -> str:
    if dropped:
        return "what is nobody's was left out: it costs money all the same"
    if rounded:
        return "it is right to the penny, and was rounded"
    for done, table in zip(made, right, strict=True):
        mine = _column(done, name)
        for service, gbp in table[name].items():
            got = np.nan if mine is None or service not in mine.index else float(mine[service])
            if not abs(got / gbp - 1) <= SLACK:
                words = "nothing" if np.isnan(got) else f"£{got:,.4f}"
                return f"{service}: {words}, where £{gbp:,.4f} was expected"
    return "all agreed"


def _index(lost: Attempt, service: str) -> bool:
    mine = _column(lost, "per_accurate")
    if mine is None or service not in mine.index:
        return False
    others = mine.drop(service)
    return bool(not np.isfinite(mine[service]) and len(others) and np.isfinite(others).all())


def _lost(lost: Attempt, service: str) -> str:
    mine = _column(lost, "per_accurate")
    if mine is None or service not in mine.index:
        return f"there was no row for {service}"
    return f"{service}: {mine[service]}"
