"""The check of the learner's allocation: own cost to its owner, shared cost by use, the rest to nobody."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Outcome, attempt, register
from autograder.tasks.m10.bills import PENNY, Case, allocated, cases, owners
from autograder.tasks.m10.words import joined, once
from sim.decisions.allocate import SHARED

COLUMNS = ["service", "ResourceId", "cost_gbp"]
HALF_PENNY = 0.005


@dataclass(frozen=True)
class Placed:
    """How an allocation of one bill agrees with the right one.

    Attributes
    ----------
    own, common, rest : float
        Shares right: of what services own, of what is shared, of what names no owner.
    off : float
        GBP by which the whole misses the bill.
    negative : bool
        Whether a service comes out below nought.
    problem : str
        What was wrong with the answer as such; empty if nothing was.
    by_resource : bool
        Whether it names resources.
    """

    own: float
    common: float
    rest: float
    off: float
    negative: bool
    problem: str
    by_resource: bool = True


NOTHING = Placed(0.0, 0.0, 0.0, math.inf, False, "")


def placed(answer: object, case: Case, right: pd.DataFrame) -> Placed:
    """Compare an allocation with the right one, service by service and resource by resource."""
    if not isinstance(answer, pd.DataFrame):
        return Placed(0, 0, 0, math.inf, False, f"it returned {type(answer).__name__}, and a DataFrame was expected")
    frame = answer.reset_index() if {"service", "ResourceId"} & set(answer.index.names) else answer
    missing = [name for name in ("service", "cost_gbp") if name not in frame]
    if missing:
        there = ", ".join(map(str, frame.columns))
        return Placed(0, 0, 0, math.inf, False, f"its columns are {there}; {joined(missing)} is not there")
    if not pd.api.types.is_numeric_dtype(frame["cost_gbp"]):
        return Placed(0, 0, 0, math.inf, False, "cost_gbp is not a column of numbers")
    by_resource = "ResourceId" in frame
    frame = frame if by_resource else frame.assign(ResourceId="")
    cells = _cells(frame)
    owner = pd.Series(owners(case.bill).to_numpy(), index=case.bill["ResourceId"].fillna("")).groupby(level=0).agg(set)
    wanted = _cells(right)
    what = wanted.index.get_level_values("ResourceId").map(owner)
    mine = cells.reindex(wanted.index)
    agree = (mine - wanted).abs().le(PENNY).to_numpy()
    services = wanted.index.get_level_values("service")
    named = services != SHARED
    common = np.array([SHARED in of for of in what]) & named
    own = named & ~common
    whole = float(case.bill["EffectiveCost"].sum())
    return Placed(
        _mean(agree[own]),
        _mean(agree[common]),
        _rest(cells, wanted),
        float(frame["cost_gbp"].sum()) - whole,
        bool((cells.groupby(level="service").sum().drop(SHARED, errors="ignore") < -PENNY).any()),
        "",
        by_resource,
    )


def _cells(frame: pd.DataFrame) -> pd.Series:
    keys = [frame["service"].astype(str), frame["ResourceId"].fillna("").astype(str)]
    return frame["cost_gbp"].groupby(keys).sum()


def _rest(cells: pd.Series, wanted: pd.Series) -> float:
    """Say whether what names no owner is put to nobody: only its sum is compared."""
    mine, right = (float(of[of.index.get_level_values("service") == SHARED].sum()) for of in (cells, wanted))
    return float(abs(mine - right) <= PENNY)


def _mean(right: np.ndarray) -> float:
    return float(right.mean()) if len(right) else 1.0


@register("m10.allocate")
def allocate(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Let the learner's function allocate three bills that it has never seen."""
    if not callable(thing):
        raise sim.errors.DecisionError(
            "A function was expected, allocate(billing): hand over its name, without brackets after it."
        )
    given = cases(bench.variant)
    made = [attempt(thing, case.bill.copy()) for case in given]
    tables = [
        placed(done.value, case, allocated(case.bill)) if done.ok else NOTHING
        for done, case in zip(made, given, strict=True)
    ]
    said = [done.said if not done.ok else table.problem for done, table in zip(made, tables, strict=True)]
    problem = next(filter(None, said[:2]), "")
    tagged, bare = tables[:2], tables[2]
    billed = _as_billed(made, given)
    own, common = (float(np.mean([getattr(t, part) for t in tagged])) for part in ("own", "common"))
    if billed:
        own, common = 0.5, 0.5
    rest = float(np.mean([t.rest for t in tagged]))
    exact = [abs(t.off) <= HALF_PENNY and not t.negative for t in tables]
    nameless = not all(t.by_resource for t in tagged)
    tried = f"three bills of unseen worlds, with other services: {joined([case.what for case in given])}"
    return Outcome(
        once(
            [
                Criterion(
                    "Own cost to its owner",
                    1.5,
                    own,
                    tried,
                    ("the answer has no column ResourceId" if nameless else "")
                    or (
                        "the sums are those of BilledCost"
                        if billed
                        else f"{own:.0%} of what services own was right to the penny"
                    ),
                    f"columns {', '.join(COLUMNS)}; EffectiveCost of each resource to the service in its tag owner",
                    _own_step(nameless, billed),
                ),
                Criterion(
                    "Shared cost by use",
                    1.5,
                    common,
                    "each resource tagged 'shared' on the first two bills",
                    _common_said(made, given, common, billed),
                    "split among the services in proportion to what each owns itself, resource by resource",
                    "Print the shares by which you split: do they add up to 1, and does whoever owns most bear most? "
                    "Each shared resource then has a row for each service.",
                ),
                Criterion(
                    "What names no owner",
                    0.5,
                    rest * min(1.0, 2 * own),
                    "lines without a tag owner, the unused part of the commitment among them",
                    ("put to 'shared'" if rest == 1 else "the rows of service 'shared' do not add up to them"),
                    "put to 'shared', where they show as nobody's; not spread, and not dropped",
                    "Keep apart what says 'shared' in its tag, which is split, and what says nothing, which is not.",
                ),
                Criterion(
                    "The whole bill, to the penny",
                    1,
                    float(np.mean(exact[:2])) * min(1.0, 2 * own),
                    "the sum of cost_gbp against the sum of EffectiveCost, on the first two bills",
                    _off(tagged),
                    "equal to the penny, and no service below nought",
                    "Compare your sum with billing['EffectiveCost'].sum(). Too little: is something dropped (credits, "
                    "untagged or shared lines, lines without a resource)? Too much: does something count twice? Off by "
                    "pennies: do not round.",
                ),
                Criterion(
                    "A bill on which nothing is tagged",
                    0.5,
                    float(exact[2] and bare.rest == 1) * min(1.0, 2 * own),
                    "the first bill again, as it was before anybody tagged",
                    said[2] or _off([bare]),
                    "all of it put to 'shared', and no error",
                    "Here no service owns anything, so that there is no key. What do your lines do then, one by one?",
                ),
            ],
            problem,
        )
    )


def _as_billed(made: list, given: tuple[Case, ...]) -> bool:
    """Say whether the answers are right in all but which cost they allocate."""
    for done, case in zip(made[:2], given[:2], strict=True):
        if not done.ok:
            return False
        result = placed(done.value, case, allocated(case.bill, "BilledCost"))
        if result.own < 1 or result.common < 1:
            return False
    return True


def _own_step(nameless: bool, billed: bool) -> str:
    if nameless:
        return "Group by service and ResourceId: an owner who is told a sum, and not for what, can do nothing about it."
    if billed:
        return (
            "Allocate EffectiveCost: BilledCost puts a commitment's price on the day it was paid, and on no resource."
        )
    return (
        "Take one resource and print your rows for it, its lines on the bill, and the owner you read from their tags."
    )


def _common_said(made: list, given: tuple[Case, ...], common: float, billed: bool) -> str:
    if billed:
        return "right but for the cost: the sums are those of BilledCost"
    even = [
        done.ok and placed(done.value, case, allocated(case.bill, by="even")).common == 1
        for done, case in zip(made[:2], given[:2], strict=True)
    ]
    if common < 1 and all(even):
        return "it is split evenly, whoever uses it"
    return f"{common:.0%} of the shares were right to the penny"


def _off(tables: list[Placed]) -> str:
    if any(t.negative for t in tables):
        return "a service came out below nought"
    worst = max(tables, key=lambda t: abs(t.off) if math.isfinite(t.off) else 0.0)
    if not math.isfinite(worst.off):
        return "there was no sum"
    if abs(worst.off) <= HALF_PENNY:
        return "the sums agree"
    return f"£{abs(worst.off):,.2f} too {'much' if worst.off > 0 else 'little'}"
