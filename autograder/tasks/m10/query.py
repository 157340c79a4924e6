"""The check of the learner's query: cost by environment and month, and the share of it that names no owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import duckdb
import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.tasks.m10.bills import PENNY, Case, cases, owners
from autograder.tasks.m10.words import joined, once

KEYS = ["environment", "month"]
COLUMNS = [*KEYS, "cost_gbp", "untagged"]
SLACK = 1e-6

OTHER_COST, SOME_LINES = 0.2, 0.5
"""What a near miss of the cost earns: another column than the one that was taught, or the right one of some lines."""

COSTS: Mapping[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], float, str]] = {
    "BilledCost": (
        lambda bill: bill.assign(EffectiveCost=bill["BilledCost"]),
        OTHER_COST,
        "That is BilledCost: what is owed this month. A commitment is then dear on the day of its price and free "
        "while it is used. EffectiveCost spreads it over its use.",
    ),
    "BilledCost and EffectiveCost together": (
        lambda bill: bill.assign(EffectiveCost=bill["BilledCost"] + bill["EffectiveCost"]),
        OTHER_COST,
        "You have added BilledCost to EffectiveCost: nearly everything counts twice.",
    ),
    "EffectiveCost and the purchases": (
        lambda bill: bill.assign(
            EffectiveCost=bill["EffectiveCost"].where(bill["ChargeCategory"] != "Purchase", bill["BilledCost"])
        ),
        OTHER_COST,
        "A commitment's price stands there twice: once as its purchase, and once spread over its use. The "
        "EffectiveCost of a purchase is nought for that reason.",
    ),
    "list or contracted prices": (
        lambda bill: bill.assign(EffectiveCost=bill["ContractedCost"]),
        OTHER_COST,
        "Those are prices from which what a commitment saves is not yet taken off. (ListCost and ContractedCost are "
        "the same here: nobody has negotiated anything.)",
    ),
    "use without credits": (
        lambda bill: bill[bill["ChargeCategory"] != "Credit"],
        SOME_LINES,
        "Credits are left out, and they are money that came back. Is there a WHERE?",
    ),
    "charges without corrections": (
        lambda bill: bill[bill["ChargeClass"].isna()],
        SOME_LINES,
        "Corrections are left out, and they are money that came back. Is there a WHERE?",
    ),
    "the months of the invoice": (
        lambda bill: bill.assign(ChargePeriodStart=bill["BillingPeriodStart"]),
        SOME_LINES,
        "A correction stands on one month's invoice and belongs to the month before: take the month from "
        "ChargePeriodStart, not from BillingPeriodStart.",
    ),
}
"""Near misses of the cost: what the bill would have to be for the answer to be right, what it earns, what to say."""


def wanted(bill: pd.DataFrame) -> pd.DataFrame:
    """Return the right answer: index environment and month, columns cost_gbp and untagged."""
    cost = bill["EffectiveCost"].groupby(_keys(bill)).sum()
    bare = bill["EffectiveCost"].where(owners(bill) == "", 0.0).groupby(_keys(bill)).sum()
    return pd.DataFrame({"cost_gbp": cost, "untagged": bare / cost})


@lru_cache(maxsize=64)
def _missed(name: str, case: Case) -> pd.DataFrame:
    """Return a near miss's answer."""
    return wanted(COSTS[name][0](case.bill))


def by_lines(bill: pd.DataFrame) -> pd.Series:
    """Return the near miss of the share: of lines, not of pounds."""
    return (owners(bill) == "").groupby(_keys(bill)).mean()


def _share(lines: Callable[[pd.DataFrame], pd.Series]) -> Callable[[pd.DataFrame], pd.Series]:
    """Return the share of cost that is on some of the lines."""

    def share(bill: pd.DataFrame) -> pd.Series:
        cost = bill["EffectiveCost"]
        return cost.where(lines(bill), 0.0).groupby(_keys(bill)).sum() / cost.groupby(_keys(bill)).sum()

    return share


SHARES: Mapping[str, tuple[Callable[[pd.DataFrame], pd.Series], float, str]] = {
    "the share of lines": (by_lines, 0.5, "A line of a penny counts as much as one of £300: sum pounds, not lines."),
    "a percentage": (
        lambda bill: 100 * wanted(bill)["untagged"],
        0.5,
        "All of it is 1, half of it 0.5: leave out the 100.",
    ),
    "the right share, with what is below nought made 0": (
        lambda bill: wanted(bill)["untagged"].clip(lower=0),
        0.5,
        "A credit names no owner, and can be larger than all else that names none: then the share is below nought. "
        "Leave it as it comes.",
    ),
    "the share of lines that bear no tag at all": (
        _share(lambda bill: bill["Tags"] == "{}"),
        1 / 3,
        "A line may bear other tags and still name no owner. Ask for the one tag.",
    ),
    "the share of lines in whose tags 'owner' does not stand": (
        _share(lambda bill: ~bill["Tags"].str.contains("owner")),
        1 / 3,
        "Other tags have those letters too, such as 'former-owner', which names nobody who answers now. Ask for the "
        "tag by its name.",
    ),
    "the share that does name an owner": (
        _share(lambda bill: owners(bill) != ""),
        0.0,
        "The question was how much names none: is a NOT too many or too few?",
    ),
}
"""Near misses of the share: what it would be, what it earns, and what to say."""

ROUNDED = 0.5
"""What the right share earns when it is rounded."""


def _keys(bill: pd.DataFrame) -> list[pd.Series]:
    return [bill["SubAccountName"].rename("environment"), bill["ChargePeriodStart"].str[:7].rename("month")]


def asked(query: str, bill: pd.DataFrame) -> pd.DataFrame:
    """Run a query over one bill, in a database that can read nothing else."""
    database = duckdb.connect(config={"enable_external_access": False, "threads": 1})
    try:
        database.register("bill", bill)
        return database.execute(query).df()
    finally:
        database.close()


@register("m10.query")
def query(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Run the learner's query on bills of unseen worlds."""
    if not isinstance(thing, str):
        raise sim.errors.DecisionError(
            "A text was expected, in three quotation marks: the query itself, not its answer."
        )
    answers, problems = [], []
    given = cases(bench.variant)
    for case in given:
        done = attempt(bench.beside, asked, thing, case.bill)
        table, problem = _table(done.value) if done.ok else (None, done.said)
        answers.append(table)
        problems.append(problem)
    right = [wanted(case.bill) for case in given]
    own_column = _as_our_own(answers)
    answers = [None if answer is None else _capitals(answer) for answer in answers]
    rows = [a is not None and a.index.sort_values().equals(r.index) for a, r in zip(answers, right, strict=True)]
    problem = next(filter(None, problems), "")
    tried = f"bills of unseen worlds: {joined([case.what for case in given])}; each with a credit and corrections"
    return Outcome(
        once(
            [
                Criterion(
                    "One row for each environment and month",
                    0.5,
                    0.0 if own_column else float(np.mean(rows)),
                    tried,
                    problem or own_column or ("the rows agree" if all(rows) else _rows(answers, right)),
                    f"columns {', '.join(COLUMNS)}; environment from SubAccountName, month as in 2026-04",
                    "Take the environment from SubAccountName, which every provider's bill has."
                    if own_column
                    else "Run it on the bill of the notebook and count: three environments, a row of each a month.",
                ),
                _cost(answers, right, given),
                _untagged(answers, right, given),
            ],
            problem,
        ),
        effect=_effect(answers, right, tuple(case.what.capitalize() for case in given)),
        beyond="which one tag, on which one kind of resource, would bring the untagged share down most?",
    )


def _effect(answers: list[pd.DataFrame | None], right: list[pd.DataFrame], bills: tuple[str, ...]) -> Effect:
    """Say how many rows agreed, and how many pounds stood in the wrong row."""
    rows, off = [], []
    for answer, due in zip(answers, right, strict=True):
        mine = due * np.nan if answer is None or not answer.index.is_unique else answer.reindex(due.index)
        apart = (mine["cost_gbp"].fillna(0.0) - due["cost_gbp"]).abs()
        rows.append(float((apart.le(PENNY) & (mine["untagged"] - due["untagged"]).abs().le(1e-6)).sum()))
        off.append(float(apart.where(apart > PENNY, 0.0).sum()))
    whole = [float(len(due)) for due in right]
    return Effect(
        f"{sum(rows):.0f} of {sum(whole):.0f} rows agreed in cost and in share",
        (
            Measure("Rows right", "rows", rows, (), whole),
            Measure("Off the right cost, row by row", "GBP", off, (), [0.0] * len(off), more=False),
        ),
        worlds=bills,
        best="the right answer",
    )


def _table(answer: pd.DataFrame) -> tuple[pd.DataFrame | None, str]:
    missing = [name for name in COLUMNS if name not in answer]
    if missing:
        return None, f"the answer has the columns {', '.join(map(str, answer.columns))}; {joined(missing)} is not there"
    if answer.duplicated(KEYS).any():
        return None, f"{answer.duplicated(KEYS).sum()} rows have the same environment and month as another"
    table = answer.set_index([answer["environment"].astype(str), answer["month"].astype(str)])[COLUMNS[2:]]
    return table.apply(pd.to_numeric, errors="coerce"), ""


def _as_our_own(answers: list[pd.DataFrame | None]) -> str:
    """Say that environments are spelled as x_Environment does, where they are."""
    names = [name for answer in answers if answer is not None for name in answer.index.get_level_values(0)]
    small = next((name for name in names if name.islower()), "")
    return (
        f"environment was {small!r}, as x_Environment has it, where {small.capitalize()!r} was expected"
        if small
        else ""
    )


def _capitals(answer: pd.DataFrame) -> pd.DataFrame:
    """Return an answer with environments spelled alike, so that a letter does not cost what the numbers earn."""
    spelled = answer.rename(index=str.capitalize, level=0)
    return spelled if spelled.index.is_unique else answer


def _rows(answers: list[pd.DataFrame | None], right: list[pd.DataFrame]) -> str:
    answer, index = next(
        (a, r.index)
        for a, r in zip(answers, right, strict=True)
        if a is None or not a.index.sort_values().equals(r.index)
    )
    first = f", the first for {' and '.join(answer.index[0])}" if len(answer) else ""
    return f"{len(answer)} rows{first}; {len(index)} were expected"


def _agrees(answer: pd.DataFrame | None, right: pd.Series, column: str, slack: float) -> bool:
    """Say whether a column agrees with what is right in every row, within some slack."""
    if answer is None:
        return False
    mine = answer[column].reindex(right.index)
    return bool(len(answer) == len(right) and (mine - right).abs().le(slack).all())


def _all_agree(answers: list[pd.DataFrame | None], right: list[pd.Series], column: str, slack: float) -> bool:
    return all(_agrees(a, r, column, slack) for a, r in zip(answers, right, strict=True))


def _near(
    answers: list[pd.DataFrame | None], given: tuple[Case, ...], column: str, slack: float
) -> tuple[str, float, str]:
    """Return which near miss the answers are, what it earns and what to say; empty when they are none that is known."""
    for name, (_, worth, words) in COSTS.items():
        if _all_agree(answers, [_missed(name, case)[column] for case in given], column, slack):
            return name, worth, words
    return "", 0.0, ""


def _places(answers: list[pd.DataFrame | None], right: list[pd.Series]) -> int | None:
    """Return to how many places the shares are rounded, 1 to 5, where they are right but for that."""
    for places in range(1, 6):
        near = _all_agree(answers, right, "untagged", 0.5 * 10.0**-places + SLACK)
        if near and all((a["untagged"] - a["untagged"].round(places)).abs().max() < 1e-9 for a in answers):
            return places
    return None


def _cost(answers: list[pd.DataFrame | None], right: list[pd.DataFrame], given: tuple[Case, ...]) -> Criterion:
    whole = _all_agree(answers, [r["cost_gbp"] for r in right], "cost_gbp", PENNY)
    near, worth, words = ("", 1.0, "") if whole else _near(answers, given, "cost_gbp", PENNY)
    return Criterion(
        "What each cost",
        2,
        worth,
        "cost_gbp in every row of all the bills",
        (f"it agrees with {near}" if near else _apart(answers, right, given, "cost_gbp", "£{:,.2f}", PENNY)),
        "the effective cost of all that was charged for the month, to the penny",
        words or "Sum one column of the bill, over all its lines. Which one says what a thing cost in the end?",
    )


def _untagged(answers: list[pd.DataFrame | None], right: list[pd.DataFrame], given: tuple[Case, ...]) -> Criterion:
    shares = [r["untagged"] for r in right]
    whole = _all_agree(answers, shares, "untagged", SLACK)
    near, earned, words = ("", 1.0, "") if whole else _near(answers, given, "untagged", SLACK)
    said, hint = f"it agrees with that of {near}" if near else "", ""
    places = None if whole or near else _places(answers, shares)
    if places:
        said, earned, words = (
            f"it is right, and rounded to {places} places",
            ROUNDED,
            "Leave rounding to who prints it.",
        )
    for name, (share, worth, step) in SHARES.items():
        if not (whole or words) and _all_agree(answers, [share(c.bill) for c in given], "untagged", 100 * SLACK):
            said, earned, words = f"it is {name}", worth, step
            break
    if not (whole or words) and any(answer is not None and answer["untagged"].isna().any() for answer in answers):
        words = "A sum over no lines at all is not 0 in SQL: it is NULL, which shows as an empty value."
        hint = "coalesce(x, 0) gives 0 where x is NULL; the example before the task has one."
    return Criterion(
        "How much of it names no owner",
        1.5,
        earned,
        "untagged in every row; on the third bill it is 1 throughout, and on the second little",
        said or _apart(answers, right, given, "untagged", "{:.4f}", SLACK),
        "effective cost of the lines without the tag owner, over all effective cost of the row, not rounded; 0, "
        "and not empty, where every line has an owner",
        words or "Take the row that is named here: which of its lines have no tag owner, and what do those cost?",
        hint or "sum(...) FILTER (...) takes some of the lines alone; Tags->>'owner' IS NULL says which.",
    )


def _apart(
    answers: list[pd.DataFrame | None],
    right: list[pd.DataFrame],
    given: tuple[Case, ...],
    column: str,
    form: str,
    slack: float,
) -> str:
    """Say the first row in which an answer is off."""
    for which, case, answer, r in zip(("first", "second", "third", "fourth"), given, answers, right, strict=True):
        if answer is None:
            continue
        mine = answer[column].reindex(r.index)
        off = ~(mine - r[column]).abs().le(slack)
        if off.any():
            at = r.index[off.to_numpy()][0]
            got = "nothing" if pd.isna(mine[at]) else form.format(mine[at])
            due = form.format(r[column][at])
            return f"on the {which} bill ({case.what}), {at[0]}, {at[1]}: {got}, where {due} was expected"
    return "every row agreed"


__all__ = ["COSTS", "Case", "by_lines", "query", "wanted"]
