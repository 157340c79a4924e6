"""The check of the learner's allocation: own cost to its owner, shared cost by use, the rest to nobody."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Attempt, Criterion, Effect, Measure, Outcome, attempt, register
from autograder.tasks.m10.bills import NONE, OWN, PENNY, USE, Case, allocated, cases
from autograder.tasks.m10.left_out import DROPNA, LEFT_OUT, SHARES
from autograder.tasks.m10.words import joined, once
from sim.decisions.allocate import SHARED

COLUMNS = ["service", "ResourceId", "cost_gbp", "key"]
HALF_PENNY = 0.005

EFFECTIVE = "Allocate EffectiveCost: BilledCost puts a commitment's price on the day it was paid, and on no resource."
AS_BILLED_SAID = "the sums are those of BilledCost"
AS_BILLED = 0.2
"""What own and shared cost earn when they are right by BilledCost: it was taught which cost to allocate."""


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
    mistaken : str
        What was said of a row's key that is wrong, where its pounds are right; empty if nothing was.
    spread : bool
        Whether it adds up and puts nothing to nobody, although some of the bill names no owner.
    elsewhere : str
        The unknown service under which all that names no owner stands, in quotation marks; empty if there is none.
    merged : bool
        Whether each service bears the right sum of what is shared, and not resource by resource.
    """

    own: float
    common: float
    rest: float
    off: float
    negative: bool
    problem: str
    by_resource: bool = True
    mistaken: str = ""
    spread: bool = False
    elsewhere: str = ""
    merged: bool = False


NOTHING = Placed(0.0, 0.0, 0.0, math.inf, False, "")


def placed(answer: object, case: Case, right: pd.DataFrame) -> Placed:
    """Compare an allocation with the right one, service by service and resource by resource."""
    if not isinstance(answer, pd.DataFrame):
        return Placed(0, 0, 0, math.inf, False, f"it returned {type(answer).__name__}, and a DataFrame was expected")
    frame = answer.reset_index() if {"service", "ResourceId"} & set(answer.index.names) else answer
    missing = [name for name in COLUMNS if name not in frame and name != "ResourceId"]
    if missing:
        there = ", ".join(map(str, frame.columns))
        return Placed(0, 0, 0, math.inf, False, f"its columns are {there}; {joined(missing)} is not there")
    if not pd.api.types.is_numeric_dtype(frame["cost_gbp"]):
        return Placed(0, 0, 0, math.inf, False, "cost_gbp is not a column of numbers")
    by_resource = "ResourceId" in frame
    frame = frame if by_resource else frame.assign(ResourceId="")
    cells, wanted = _cells(frame), _cells(right)
    agree = pd.Series((cells.reindex(wanted.index) - wanted).abs().le(PENNY), index=wanted.index)
    key = wanted.index.get_level_values("key")
    return Placed(
        _mean(agree[key == OWN]),
        _mean(agree[key == USE]),
        _rest(cells, wanted, keyed=(key != NONE).any()),
        float(frame["cost_gbp"].sum()) - float(case.bill["EffectiveCost"].sum()),
        bool((cells.groupby(level="service").sum().drop(SHARED, errors="ignore") < -PENNY).any()),
        "",
        by_resource,
        _mistaken(cells, wanted[~agree]),
        _spread(cells, wanted),
        _elsewhere(cells, wanted),
        _merged(cells, wanted, agree),
    )


def _cells(frame: pd.DataFrame) -> pd.Series:
    keys = [frame["service"].astype(str), frame["ResourceId"].fillna("").astype(str), frame["key"].astype(str)]
    return frame["cost_gbp"].groupby(keys).sum()


def _rest(cells: pd.Series, wanted: pd.Series, keyed: bool) -> float:
    """Say whether what names no owner is put to nobody: only its sum is compared, and its key where others have one."""
    mine, right = (of[of.index.get_level_values("service") == SHARED] for of in (cells, wanted))
    named = not keyed or set(mine.index.get_level_values("key")) <= {NONE}
    return float(abs(mine.sum() - right.sum()) <= PENNY and named)


def _spread(cells: pd.Series, wanted: pd.Series) -> bool:
    """Say whether all of the bill is there, and none of it with nobody."""
    mine, right = (of[of.index.get_level_values("service") == SHARED].sum() for of in (cells, wanted))
    return bool(abs(right) > PENNY >= abs(mine) and abs(cells.sum() - wanted.sum()) <= PENNY)


def _elsewhere(cells: pd.Series, wanted: pd.Series) -> str:
    """Return the unknown service under which all that names no owner stands, as it is written; empty if none is."""
    mine, right = (of.groupby(level="service").sum() for of in (cells, wanted))
    names = mine.index.difference(right.index)
    return repr(names[0]) if len(names) == 1 and abs(mine[names[0]] - right[SHARED]) <= PENNY else ""


def _merged(cells: pd.Series, wanted: pd.Series, agree: pd.Series) -> bool:
    """Say whether what is shared is split rightly as a sum, and not resource by resource."""
    if agree[wanted.index.get_level_values("key") == USE].all():
        return False
    mine, right = (of[of.index.get_level_values("key") == USE].groupby(level="service").sum() for of in (cells, wanted))
    return bool(len(mine) == len(right) and (mine.reindex(right.index) - right).abs().le(PENNY).all())


def _mistaken(cells: pd.Series, wrong: pd.Series) -> str:
    """Say the first row that is right to the penny under another key."""
    for (service, resource, key), gbp in wrong.items():
        there = cells[cells.index.droplevel("key") == (service, resource)]
        if len(there) == 1 and abs(there.iloc[0] - gbp) <= PENNY:
            return f"the pounds are right, and key says {there.index[0][2]!r} where {key!r} was expected"
    return ""


def _mean(right: pd.Series) -> float:
    return float(right.mean()) if len(right) else 1.0


@register("m10.allocate")
def allocate(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Let the learner's function allocate bills that it has never seen."""
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
    tagged, bare = tables[:2], tables[2:]
    own, common = (float(np.mean([getattr(t, part) for t in tagged])) for part in ("own", "common"))
    billed = own < 1 and _as_billed(made, given)
    if billed:
        own, common = min(own, AS_BILLED), min(common, AS_BILLED)
    rest = float(np.mean([t.rest for t in tagged]))
    exact = [abs(t.off) <= HALF_PENNY and not t.negative for t in tables]
    nobodys = [float(fits and table.rest == 1) for fits, table in zip(exact[2:], bare, strict=True)]
    held = min(1.0, 2 * own)
    nameless = not all(t.by_resource for t in tagged)
    mistaken = next((t.mistaken for t in tagged if t.mistaken), "")
    tried = f"bills of unseen worlds, with other services: {joined([case.what for case in given])}"
    lacks = _left_out(thing, tables, given)
    loose, where, how = _lacking(lacks, given[0])
    if not lacks and all(t.spread for t in tagged):
        name = tagged[0].elsewhere if all(t.elsewhere for t in tagged) else ""
        loose = "the whole bill is there, and nothing of it stands under service 'shared': " + (
            f"what names no owner stands under service {name}" if name else "services bear it"
        )
        where = (
            f"Which name do those rows bear, and which were they to bear? {name} is no service, and not 'shared'."
            if name
            else "What names no owner is spread over the services. Spread, nobody sees it and nobody looks for it."
        )
        how = "Add the rows without an owner as they are, with service 'shared' and key 'none'."
    if billed:
        loose, where, how = AS_BILLED_SAID, EFFECTIVE, "Put EffectiveCost for BilledCost, and check again."
    return Outcome(
        once(
            [
                Criterion(
                    "Own cost to its owner",
                    1,
                    own,
                    tried,
                    ("the answer has no column ResourceId" if nameless else "")
                    or (AS_BILLED_SAID if billed else "")
                    or (mistaken if own < 1 else "")
                    or f"{own:.0%} of what services own was right to the penny",
                    f"columns {', '.join(COLUMNS)}; EffectiveCost of each resource to the service in its tag owner; "
                    f"key {OWN!r}",
                    _own_step(nameless, billed),
                    ""
                    if nameless or billed
                    else "The owner is in json.loads(text).get('owner', ''); other tags say other things.",
                ),
                Criterion(
                    "Shared cost by use",
                    2,
                    common,
                    "each resource tagged 'shared' on the first two bills",
                    (mistaken if common < 1 and own == 1 else "") or _common_said(made, given, tagged, billed, lacks),
                    "split among the services in proportion to what each owns itself, resource by resource; "
                    f"key {USE!r}",
                    EFFECTIVE if billed else _common_step(tagged, nameless, lacks),
                    ""
                    if billed or nameless
                    else "Each shared resource has a row for each service: common.assign(service=..., cost_gbp=...).",
                ),
                Criterion(
                    "What names no owner",
                    0.5,
                    rest * held,
                    "lines without a tag owner, the unused part of the commitment among them",
                    _held("put to 'shared'", held)
                    if rest == 1
                    else loose
                    or mistaken
                    or f"the rows of service 'shared' do not add up to them, or have another key than {NONE!r}",
                    f"put to 'shared' with key {NONE!r}, where they show as nobody's; not spread, and not dropped",
                    where or "What says 'shared' in its tag is split; what names nobody is not. Are they kept apart?",
                    how,
                ),
                Criterion(
                    "The whole bill, to the penny",
                    1,
                    float(np.mean(exact[:2])) * held,
                    "the sum of cost_gbp against the sum of EffectiveCost, on the first two bills",
                    _held(_off(tagged), held) if all(exact[:2]) else loose or _off(tagged),
                    "equal to the penny, and no service below nought",
                    where or "Compare your sum with billing['EffectiveCost'].sum(), and then part by part.",
                    how
                    or "Too little: is something dropped (credits, untagged or shared lines)? Too much: does something "
                    "count twice? Off by pennies: do not round.",
                ),
                Criterion(
                    "Bills on which no service owns anything",
                    0.5,
                    float(np.mean(nobodys)) * held,
                    f"the first bill again, with {joined([case.what for case in given[2:]])}",
                    _held("all of it is nobody's", held)
                    if all(nobodys)
                    else next(filter(None, said[2:]), "")
                    or loose
                    or next(
                        f"with {case.what}: {_off([table]) if table.rest == 1 else 'not all of it is put to shared'}"
                        for case, table, right in zip(given[2:], bare, nobodys, strict=True)
                        if not right
                    ),
                    "all of it put to 'shared', and no error",
                    where or "Here there is no use to split by. What do your lines do then, one by one?",
                    how or "With no services there are no copies: then what is tagged 'shared' must go in as it is.",
                ),
            ],
            problem,
        ),
        effect=_effect(made, given[:2]),
        beyond="whom does a split by use favour, and what would they say to one by head?",
    )


def _effect(made: list[Attempt], given: tuple[Case, ...]) -> Effect:
    """Say how many pounds came to the right service, by the bills of which some is somebody's."""
    mine, bare, whole = [], [], []
    for done, case in zip(made, given, strict=False):
        due = allocated(case.bill).groupby("service")["cost_gbp"].sum()
        got = _by_service(done.value) if done.ok else due * np.nan
        off = (
            got.reindex(due.index.union(got.index)).fillna(0.0) - due.reindex(due.index.union(got.index)).fillna(0.0)
        ).abs()
        mine.append(float("nan") if got.isna().all() else float(off.sum() / 2))
        bare.append(float(due.drop(SHARED, errors="ignore").sum()))
        whole.append(0.0)
    said = " and ".join("no sum could be made" if np.isnan(gbp) else f"£{gbp:,.2f}" for gbp in mine)
    return Effect(
        f"pounds that stood with the wrong service, bill by bill: {said}",
        (Measure("Allocated to the wrong service", "GBP", mine, bare, whole, more=False),),
        worlds=tuple(case.what.capitalize() for case in given),
        naive="allocating nothing",
        best="the right allocation",
    )


def _by_service(answer: object) -> pd.Series:
    """Return an answer's pounds by service; none where there are no such columns."""
    frame = answer.reset_index() if isinstance(answer, pd.DataFrame) else pd.DataFrame()
    if not {"service", "cost_gbp"} <= set(frame.columns) or not pd.api.types.is_numeric_dtype(frame["cost_gbp"]):
        return pd.Series([np.nan], index=[SHARED])
    return frame["cost_gbp"].groupby(frame["service"].astype(str)).sum()


def _held(said: str, held: float) -> str:
    """Say of what is right by itself what it still waits for."""
    if held == 1:
        return said
    waits = "counts once item 1 is right" if not held else f"counts for {held:.0%} until half of item 1 is right"
    return f"{said}; this {waits}"


def _left_out(thing: Callable, tables: list[Placed], given: tuple[Case, ...]) -> str:
    """Return which lines the answers lack, a key of `LEFT_OUT`; empty when what they lack is no kind that is known."""
    for name, (lines, *_) in LEFT_OUT.items():
        lost = [case.bill.loc[lines(case.bill), "EffectiveCost"].sum() for case in given[:2]]
        fits = all(abs(t.off + gbp) <= HALF_PENNY for t, gbp in zip(tables[:2], lost, strict=True))
        if fits and any(abs(gbp) > PENNY for gbp in lost):
            if name != DROPNA:
                return name
            filled = given[0].bill.fillna({"ResourceId": "account"})
            done = attempt(thing, filled.copy())
            again = placed(done.value, Case("", filled, given[0].daily), allocated(filled)) if done.ok else NOTHING
            if abs(again.off) <= HALF_PENNY:
                return name
    return ""


def _lacking(lacks: str, case: Case) -> tuple[str, str, str]:
    """Return what to say, where to look and a hint for lines that an answer lacks."""
    if not lacks:
        return "", "", ""
    lines, where, how = LEFT_OUT[lacks]
    gbp = case.bill.loc[lines(case.bill), "EffectiveCost"].sum()
    return f"£{abs(gbp):,.2f} too {'much' if gbp < 0 else 'little'}: as much as {lacks} come to", where, how


def _as_billed(made: list, given: tuple[Case, ...]) -> bool:
    """Say whether what services own is right but for which cost is allocated."""
    return all(
        done.ok and placed(done.value, case, allocated(case.bill, "BilledCost")).own == 1
        for done, case in zip(made[:2], given[:2], strict=True)
    )


def _own_step(nameless: bool, billed: bool) -> str:
    if nameless:
        return "Group by service and ResourceId: an owner who is told a sum, and not for what, can do nothing about it."
    if billed:
        return EFFECTIVE
    return (
        "Take one resource and print your rows for it, its lines on the bill, and the owner you read from their tags."
    )


def _common_step(tagged: list[Placed], nameless: bool, lacks: str) -> str:
    if nameless:
        return "Keep ResourceId here too: an owner can do something about a resource, and nothing about a sum."
    if all(t.merged for t in tagged):
        return "ResourceId is lost on the way. Split each shared resource by itself, not their sum."
    if lacks == SHARES:
        return LEFT_OUT[lacks][1]
    return "Print the shares by which you split: do they add up to 1, and does whoever owns most bear most?"


def _common_said(made: list, given: tuple[Case, ...], tagged: list[Placed], billed: bool, lacks: str) -> str:
    common = float(np.mean([t.common for t in tagged]))
    if billed:
        return AS_BILLED_SAID
    if common < 1 and all(t.merged for t in tagged):
        return "each service's sum of it is right, and not resource by resource"
    if common < 1 and lacks == SHARES:
        return "it is not in the answer"
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
