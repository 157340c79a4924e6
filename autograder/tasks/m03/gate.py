"""The check of the learner's gate: what it holds, what it lets by, whom it holds, and what that is worth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.tasks.m03.runs import Ran, ends, tried_for_two_quarters
from autograder.tasks.m03.worlds import (
    SERVICE,
    Night,
    World,
    broken,
    cut,
    no_answer,
    ordinary,
    scenario_of,
    share,
    terms_of,
    worlds_of,
)
from sim.decisions import POINTS
from sim.experiments.interval import interval

ENOUGH = 0.9
"""Share of the way from no gate to the reference gate that earns full credit: the rest is luck."""

CAUGHT_NONE, CAUGHT_ALL = 0.3, 0.95
"""Share of the records spoilt by an incident that are held: for no credit, and for all of it."""

HELD_MOST, HELD_FEWEST = 0.20, 0.02
"""Share of the records fit to go on that are held in the group that is held most: for no credit, and for all of it."""

GAP_NONE, GAP_ALL = 0.10, 0.03
"""Difference between the groups in that share: for no credit for public value, and for all of it."""

LONGEST_WAIT = 0.01
"""Share of cases that may be sent back or still be waiting behind the gate at the end."""


@dataclass(frozen=True)
class Held:
    """What a gate did with one world's nights.

    Attributes
    ----------
    caught, copies, firsts : float
        Shares held of the records that incidents touched, of second deliveries, and of the fit records delivered twice.
    fit : ndarray of float, shape (groups,)
        Share held of the records that are fit to go on, by group.
    gaps, whole : float
        Share held of the fit records with one empty field, and of those with none that were delivered once.
    missed : str
        The incident of which fewest records were held.
    problem : str
        What the gate raised or returned wrongly; empty if it never did.
    world : World
        Which.
    """

    caught: float
    copies: float
    firsts: float
    fit: np.ndarray
    gaps: float
    whole: float
    missed: str
    problem: str
    world: World


def asked(gate: Callable, night: Night, terms: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Return which rows of a night a gate keeps, and what was wrong with its answer (then it keeps all)."""
    batch = night.batch.copy()
    done = attempt(gate, batch, terms.copy())
    if not done.ok:
        return np.ones(len(night.batch), dtype=bool), done.problem
    try:
        return POINTS["validate"].accept(done.value, night.batch), ""
    except sim.errors.DecisionError as error:
        return np.ones(len(night.batch), dtype=bool), str(error)


def tried(gate: Callable, world: World) -> Held:
    """Try a gate on ordinary nights and on nights during a world's incidents."""
    terms, problems = terms_of(scenario_of(world).service(SERVICE)), []
    calm = []
    for night in ordinary(world):
        keep, problem = asked(gate, night, terms)
        problems.append(problem)
        calm.append((night, ~keep))
    groups = np.concatenate([n.group[n.fit] for n, _ in calm])
    lost = np.concatenate([held[n.fit] for n, held in calm])
    copies = np.concatenate([held[n.again] for n, held in calm])
    firsts = [held[n.fit & _twice(n)] for n, held in calm]
    gaps = [held[n.fit & n.batch.isna().any(axis=1).to_numpy()] for n, held in calm]
    whole = [held[n.fit & n.batch.notna().all(axis=1).to_numpy() & ~_twice(n)] for n, held in calm]
    caught: dict[str, float] = {}
    for what, nights in broken(world):
        held = []
        for night in nights:
            keep, problem = asked(gate, night, terms)
            problems.append(problem)
            held.append(~keep[night.spoilt])
        caught[what] = float(np.concatenate(held).mean())
    return Held(
        caught=float(np.mean(list(caught.values()))),
        copies=float(copies.mean()),
        firsts=float(np.concatenate(firsts).mean()),
        fit=np.array([lost[groups == g].mean() for g in range(2)]),
        gaps=float(np.concatenate(gaps).mean()),
        whole=float(np.concatenate(whole).mean()),
        missed=min(caught, key=caught.get),
        problem=next(filter(None, problems), ""),
        world=world,
    )


def _twice(night: Night) -> np.ndarray:
    """Return which rows belong to a case that was delivered twice."""
    return night.batch["case_id"].duplicated(keep=False).to_numpy()


@register("m03.gate")
def gate(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Try the learner's gate on single nights, and for two quarters, in three worlds of different units."""
    if not callable(thing):
        raise sim.errors.DecisionError(
            "A function was expected, gate(batch, terms): hand over its name, without brackets after it."
        )
    worlds = worlds_of(bench.variant)
    first = attempt(thing, ordinary(worlds[0])[0].batch.copy(), terms_of(scenario_of(worlds[0]).service(SERVICE)))
    if first.ok and first.value is None:
        return no_answer(5.0, "gate")
    nights = [tried(thing, world) for world in worlds]
    caught = [share(night.caught, CAUGHT_NONE, CAUGHT_ALL) for night in nights]
    quiet = [share(float(night.fit.max()), HELD_MOST, HELD_FEWEST) for night in nights]
    runs = [None if night.problem else _guarded(world, thing) for world, night in zip(worlds, nights, strict=True)]
    return Outcome(
        [
            _catches(nights, caught, quiet),
            _lets_by(nights, caught, quiet),
            _copies(nights, quiet),
            _worth(nights, runs),
        ],
        effect=_effect(nights, runs),
        beyond="which of your three rules would you give up first, and what would that cost in hours and in pounds?",
    )


def _effect(nights: list[Held], runs: list[Ran | str | None]) -> Effect:
    """Say what the gate did in the programme."""
    naive, best = zip(*(ends(night.world) for night in nights), strict=True)

    def measured(what: str, unit: str, name: str, more: bool = True) -> Measure:
        mine = [getattr(run, name, math.nan) for run in runs]
        return Measure(what, unit, mine, *([getattr(run, name) for run in runs] for runs in (naive, best)), more)

    caught, fit = (float(np.mean(held)) for held in ([n.caught for n in nights], [n.fit.mean() for n in nights]))
    return Effect(
        f"it held {caught:.0%} of the records that an incident had spoilt, and {fit:.1%} of those fit to go on",
        (
            measured("Net public value", "GBP", "value"),
            measured("Wrong decisions", "decisions", "wrong", more=False),
            measured("Work on what was held", "hours", "hours", more=False),
            measured("Cases left behind the gate", "share", "left", more=False),
        ),
        worlds=tuple(night.world.unit.capitalize() for night in nights),
        naive="no gate",
        best="the reference gate",
    )


def _guarded(world: World, thing: Callable) -> Ran | str:
    terms = terms_of(scenario_of(world).service(SERVICE))
    try:
        return tried_for_two_quarters(world, lambda batch: thing(batch, terms))
    except sim.errors.DecisionError as error:
        return str(error)


def _by_world(nights: list[Held], said: list[str]) -> str:
    return "; ".join(f"{words} ({night.world.unit})" for night, words in zip(nights, said, strict=True))


TRIED = (
    "two nights during each of six incidents, two to a world; in each world amounts are in another unit, and terms "
    "says so"
)

TURNED = "your answers are turned round, so that what is fit is held and what is spoilt goes on"

OTHER_UNITS = "nearly everybody is held where amounts come in another unit, which is no finding"

EVERYBODY = "nearly everybody is held, spoilt or not, which is no finding"

SCALE_HINT = (
    "Compare values with terms['low'] and terms['high']: they change with the world, a number in your code does not."
)

OUTSIDE_HINT = (
    "A comparison with a missing value is False: values >= low leaves a gap out of range. Ask what lies outside, "
    "(values < low) | (values > high), and turn that round with ~. And one gap is allowed: count them, <= 1."
)


def _diagnosis(nights: list[Held]) -> tuple[str, str]:
    """Return what is wrong with the gate as a whole, and a hint; both empty if it is not one of the known mistakes."""
    caught, fit = [n.caught for n in nights], [n.fit.max() for n in nights]
    if max(caught) < 0.2 and min(fit) > 0.8:
        return TURNED, "True lets a record go on. Turn the whole answer round with ~."
    if min(fit) > 0.8:
        return EVERYBODY, "Print which of your three rules holds most of an ordinary night."
    if max(fit) > 0.5:
        return OTHER_UNITS, SCALE_HINT
    return "", ""


def _catches(nights: list[Held], caught: list[float], quiet: list[float]) -> Criterion:
    earned, alone = float(np.mean([c * min(1.0, 2 * q) for c, q in zip(caught, quiet, strict=True)])), np.mean(caught)
    problem = next((night.problem for night in nights if night.problem), "")
    wrong, hint = _diagnosis(nights)
    worst = min(nights, key=lambda night: night.caught)
    said = (
        problem or f"of the records spoilt, it held: {_by_world(nights, [f'{night.caught:.0%}' for night in nights])}"
    )
    if problem:
        step, hint = "Mend that first; in that world your gate counts as one that keeps everything.", ""
    elif wrong:
        step = "Look at the second credit, and at whom you hold on an ordinary night."
    elif alone < 1:
        step = f"It held fewest during {worst.missed}. Print such a record: which of your rules should have seen it?"
    else:
        step = "Earn the second credit; this one follows."
    why = wrong or "it holds too many of the sound records (the second credit)"
    return Criterion(
        "Holds what an incident has spoilt",
        1.5,
        earned,
        TRIED,
        said + cut(earned, alone, why),
        f"{CAUGHT_ALL:.0%} or more, world by world, from a gate that lets sound records by; {CAUGHT_NONE:.0%} or less "
        "earns nothing",
        step,
        hint,
    )


def _lets_by(nights: list[Held], caught: list[float], quiet: list[float]) -> Criterion:
    earned, alone = float(np.mean([q * min(1.0, 2 * c) for c, q in zip(caught, quiet, strict=True)])), np.mean(quiet)
    wrong, hint = _diagnosis(nights)
    gaps, whole, firsts = (float(np.mean([getattr(n, name) for n in nights])) for name in ("gaps", "whole", "firsts"))
    step = "Look at whom you hold on an ordinary night."
    if wrong:
        what = f". In short: {wrong}"
    elif gaps > 0.5 and whole < 0.2:
        what = (
            f". Nearly all of them have one empty field: you held {gaps:.0%} of those, and {whole:.0%} of the full ones"
        )
        step = (
            "Is a record with one gap out of range by your first rule, or does it have too many gaps by your second? "
            "To hold them all makes one person in ten wait, and disabled claimants oftener."
        )
        hint = OUTSIDE_HINT
    elif firsts > 0.5:
        what = ". They are first deliveries of records that come twice: see the third credit"
        step = "Earn the third credit; this one follows."
    else:
        what = ""
    held = [f"{n.fit[0]:.1%} of the not disabled and {n.fit[1]:.1%} of the disabled" for n in nights]
    if alone == 1:
        step = "Catch the incidents first: this one counts only for a gate that sees something."
    return Criterion(
        "Lets by what is fit to go on",
        1.5,
        earned,
        "five ordinary nights in each world; a record is fit to go on if every value lies in its range, at most one "
        "field is empty, and it is no second delivery",
        f"of the fit records, it held: {_by_world(nights, held)}{what}"
        + cut(earned, alone, "it holds too few of the spoilt records (the first credit)"),
        f"at most {HELD_FEWEST:.0%} in either group; {HELD_MOST:.0%} or more earns nothing, and so does a gate that "
        "catches nothing",
        step,
        hint,
    )


def _copies(nights: list[Held], quiet: list[float]) -> Criterion:
    alone = [share(n.copies, 0.5, 1.0) * share(n.firsts, 0.5, 0.05) for n in nights]
    earned = [a * min(1.0, 2 * q) for a, q in zip(alone, quiet, strict=True)]
    copies, firsts = float(np.mean([n.copies for n in nights])), float(np.mean([n.firsts for n in nights]))
    hint = (
        "batch['case_id'].duplicated() is True for the second and later rows of a case and False for the first; "
        "keep=False marks them all."
    )
    if _diagnosis(nights)[0]:
        step, hint = "Earn the second credit first, and this one follows: at present it says nothing about copies.", ""
    elif firsts > 0.5 and copies > 0.5:
        step = "Of each pair you held both, so that nobody is served. Which of the two should go on?"
    elif copies < 0.5:
        step = "Second deliveries go on to the model. Which of your rules looks at case_id?"
    else:
        step = "Earn the second credit; this one follows."
    return Criterion(
        "Keeps one of two copies",
        0.5,
        float(np.mean(earned)),
        "the same ordinary nights, on each of which some records are delivered twice",
        f"it held {copies:.0%} of the second deliveries and {firsts:.0%} of the first"
        + cut(
            float(np.mean(earned)), float(np.mean(alone)), "it holds too many of the sound records (the second credit)"
        ),
        "every second delivery held, and the first of each pair let by",
        step,
        hint,
    )


def _worth(nights: list[Held], runs: list[Ran | str | None]) -> Criterion:
    ways, said, gains, left, unlike = [], [], [], 0.0, False
    for night, run in zip(nights, runs, strict=True):
        naive, best = ends(night.world)
        if not isinstance(run, Ran):
            ways.append(0.0)
            said.append(run or "not run, since your gate failed on single nights there")
            continue
        gains.append(run.value - naive.value)
        way = (run.value - naive.value) / (best.value - naive.value)
        kept = share(float(np.ptp(night.fit)), GAP_NONE, GAP_ALL)
        unlike |= kept < 1
        if run.left > LONGEST_WAIT:
            kept, left = 0.0, max(left, run.left)
        ways.append(kept * float(np.clip(way / ENOUGH, 0, 1)))
        said.append(
            f"{_gbp(run.value - naive.value)} against no gate, where the reference brings "
            f"{_gbp(best.value - naive.value)}, for {run.hours:.0f} hours of work on what was held, where it takes "
            f"{best.hours:.0f}"
        )
    whys = [f"up to {left:.0%} of all cases were sent back or still waiting behind it at the end"] if left else []
    whys += ["it held one group's fit records oftener than the other's (see the second credit)"] if unlike else []
    among = f". Over the worlds: {_gbp(np.mean(gains))}, 95 % interval {_interval(gains)}" if len(gains) > 1 else ""
    floor = f". The credit is cut, whatever the gain, because {' and '.join(whys)}" if whys else ""
    return Criterion(
        "Public value",
        1.5,
        float(np.mean(ways)),
        "your gate for two quarters of each world, paired with no gate and with the reference gate: the same people, "
        "the same incidents",
        _by_world(nights, said) + among + floor,
        f"a gain of {ENOUGH:.0%} of the reference's in each world, in proportion below it; nearly nobody left behind "
        "the gate, and no group held much oftener than another",
        "Earn the first two credits; this one follows them. People wait behind a gate, and your team's hours go there.",
    )


def _interval(gains: list[float]) -> str:
    low, high = interval(np.array(gains))[1:3]
    return f"{_gbp(low)} to {_gbp(high)}"


def _gbp(pounds: float) -> str:
    return f"{'-' if pounds < 0 else ''}£{abs(pounds) / 1000:,.0f}k"
