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


WORTH = {"": 1.0, "dropped": 0.25, "evenly": 0.5, "by decisions": 0.5, "rounded": 0.5, "swapped": 0.5}
"""What an answer earns by what is amiss with it; what leaves money out earns less than what adds up."""


def wanted(allocation: pd.DataFrame, daily: pd.DataFrame, by: str = "use") -> pd.DataFrame:
    """Return the right unit costs, index service; or those of a near miss: nobody's part dropped, or by another key."""
    cost = allocation.groupby("service")["cost_gbp"].sum()
    own = cost.drop(SHARED, errors="ignore")
    counts = daily.groupby("service")[["decided", "right"]].sum().astype(float)
    keys = {"use": own, "dropped": own * 0, "evenly": own * 0 + 1, "by decisions": counts["decided"]}
    key = keys[by]
    spread = own + (cost.get(SHARED, 0.0) * key / key.sum() if key.any() else 0.0)
    with np.errstate(divide="ignore"):
        return pd.DataFrame({unit: spread / counts[count] for unit, count in COUNTS.items()})


SAID = {
    "dropped": "what is nobody's was left out: it costs money all the same",
    "evenly": "it adds up to the bill, and what is nobody's is split evenly",
    "by decisions": "it adds up to the bill, and what is nobody's is split by decisions",
    "rounded": "it is right to the penny, and was rounded",
    "swapped": "the two columns are swapped: this one holds the other's numbers",
}
KEY = "Each service bears of what is 'shared' the share that it has in what was allocated to services."
STEPS = {
    "dropped": "What is nobody's belongs in both columns.",
    "evenly": KEY,
    "by decisions": KEY,
    "rounded": "A decision may cost less than a penny: leave rounding to whoever prints it.",
    "swapped": "per_decision is the cost over decided, per_accurate over right: which name stands at which?",
}
"""What to say of an answer by what is amiss with it, and where to look."""


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
    means = [by_mean_accuracy(bill, case.daily) for bill, case in zip(bills, tagged, strict=True)]
    problem = next((said for said in map(_problem, made) if said), "")
    tried = f"allocations and days of two unseen worlds: {joined([case.what for case in tagged])}"
    amiss = {name: _amiss(made, bills, tagged, name) for name in UNITS}
    meant = amiss["per_accurate"] is None and all(
        _agrees(done, mean, "per_accurate") for done, mean in zip(made, means, strict=True)
    )
    earned = {name: 0.0 if what is None else WORTH[what] for name, what in amiss.items()}
    held, column = earned["per_decision"], _as_column(made)
    waits = f"; this counts {f'for {held:.0%} until' if held else 'once'} item 1 is met" if held < 1 else ""
    decision, accurate = reversed(UNITS) if amiss["per_decision"] == "swapped" else UNITS
    safe, slack = _index(lost, service, accurate), HALF_PENNY if amiss["per_decision"] == "rounded" else 0.0
    without = _agrees(named, due["per_decision"], decision, slack)
    absent = {name: f"Add the column {name}." if any(_lacks(done, name) for done in made) else "" for name in UNITS}
    mend = "Mend the first item; this is right as it stands."
    return Outcome(
        once(
            [
                Criterion(
                    "A decision",
                    1.5,
                    held / 2 if column else held,
                    tried,
                    column or _said(made, right, "per_decision", amiss["per_decision"]),
                    "index service, column per_decision: all that the bill comes to over decided; what is nobody's "
                    "('shared') is borne in proportion to what each service was allocated",
                    "Make service the index: .set_index('service'). The next cell of the notebook needs it."
                    if column
                    else STEPS.get(amiss["per_decision"])
                    or absent["per_decision"]
                    or "Multiply your unit costs by the decisions again and add up: it must come to the whole bill. "
                    "If it does, the parts are split by another key than was said.",
                    ""
                    if column or absent["per_decision"] or amiss["per_decision"] in ("rounded", "swapped")
                    else "own * cost.sum() / own.sum() adds up to the whole, in the proportions of own.",
                ),
                Criterion(
                    "An accurate decision",
                    1.5,
                    0.5 if meant else earned["per_accurate"],
                    tried,
                    ("it is a decision's cost over the mean of the days' accuracy" if meant else "")
                    or _said(made, right, "per_accurate", amiss["per_accurate"]),
                    "column per_accurate: the same cost over the sum of right",
                    "A quiet Sunday counts as much as a busy Monday in a mean of days: divide sums by sums."
                    if meant
                    else STEPS[amiss["per_accurate"]]
                    if amiss["per_accurate"]
                    else absent["per_accurate"]
                    if absent["per_accurate"]
                    else "Mend the first item; the same cost stands here over the sum of right."
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
                    else _said([named], [due], "per_decision", None),
                    "the services bear what was allocated to them, and there is no error",
                    mend
                    if without
                    else absent[decision] or "Which of your lines takes it for granted that there is a row 'shared'?",
                    ""
                    if without or absent[decision]
                    else "drop takes errors='ignore', and get a second argument for what is not there.",
                ),
                Criterion(
                    "A service that is never right",
                    0.5,
                    safe * held,
                    f"the first world again, with no right decision of {service}",
                    (lost.said if not lost.ok else _lost(lost, service, accurate)) + (waits if safe else ""),
                    "no error; inf or an empty value (NaN) for that service, and the others as before",
                    mend
                    if safe
                    else absent[accurate]
                    or "Divide one Series by another, service by service. If you divide plain numbers, ask first.",
                    "" if safe or absent[accurate] else "pandas gives inf when a Series is divided by nought.",
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
    return _absent(done) if all(name not in done.value for name in UNITS) else ""


def _lacks(done: Attempt, name: str) -> bool:
    """Say whether a table has the other column and not this one."""
    return not _problem(done) and name not in done.value


def _absent(done: Attempt) -> str:
    """Say which columns a table lacks; empty if it has both."""
    missing = [name for name in UNITS if name not in done.value]
    there = ", ".join(map(str, done.value.columns))
    return f"its columns are {there}; {joined(missing)} is not there" if missing else ""


def _column(done: Attempt, name: str) -> pd.Series | None:
    """Return a column of an answer by service, without what is nobody's; None if there is none."""
    if _problem(done) or _lacks(done, name):
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


def _amiss(made: list[Attempt], bills: list[pd.DataFrame], cases: tuple[Case, ...], name: str) -> str | None:
    """Return what is amiss with a column, a key of `WORTH`; empty if nothing is, None if no known slip fits."""

    def due(by: str) -> list[pd.DataFrame]:
        return [wanted(bill, case.daily, by) for bill, case in zip(bills, cases, strict=True)]

    if _all(made, due("use"), name):
        return ""
    other = next(unit for unit in UNITS if unit != name)
    if all(_agrees(done, table[other], name) for done, table in zip(made, due("use"), strict=True)):
        return "swapped"
    for by in ("dropped", "evenly", "by decisions"):
        if _all(made, due(by), name):
            return by
    return "rounded" if _all(made, due("use"), name, HALF_PENNY) else None


def _as_column(made: list[Attempt]) -> str:
    """Say that the services' names are a column, where they are."""
    wrong = any(not _problem(done) and "service" in done.value for done in made)
    return "service is a column, and was to be the index" if wrong else ""


def _said(made: list[Attempt], right: list[pd.DataFrame], name: str, amiss: str | None) -> str:
    if amiss:
        return SAID[amiss]
    for done, table in zip(made, right, strict=True):
        if _lacks(done, name):
            return _absent(done)
        mine = _column(done, name)
        for service, gbp in table[name].items():
            got = np.nan if mine is None or service not in mine.index else float(mine[service])
            if not abs(got / gbp - 1) <= SLACK:
                words = "nothing" if np.isnan(got) else f"£{got:,.4f}"
                return f"{service}: {words}, where £{gbp:,.4f} was expected"
    return "all agreed"


def _index(lost: Attempt, service: str, name: str) -> bool:
    mine = _column(lost, name)
    if mine is None or service not in mine.index:
        return False
    others = mine.drop(service)
    return bool(not np.isfinite(mine[service]) and len(others) and np.isfinite(others).all())


def _lost(lost: Attempt, service: str, name: str) -> str:
    if _lacks(lost, name):
        return _absent(lost)
    mine = _column(lost, name)
    if mine is None or service not in mine.index:
        return f"there was no row for {service}"
    return f"{service}: {mine[service]}"
