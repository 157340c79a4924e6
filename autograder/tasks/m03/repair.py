"""The check of the learner's mender: how near the truth it comes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.tasks.m03.worlds import SERVICE, Night, World, cut, no_answer, ordinary, scenario_of, share, worlds_of
from sim.decisions import POINTS

WORST, BEST = 2.0, 1.2
"""Error of a filled value, as a multiple of that of the batch's median: for no credit, and for all of it."""

TWO = "it counts only as far as the first two are earned"

LESSER, GREATER = "dependants", "household_size"


@dataclass(frozen=True)
class Mended:
    """What a mender did with one world's nights.

    Attributes
    ----------
    missing : float
        Mean error of the values filled in, as a multiple of that of the batch's median: for amounts of money or for
        other fields, whichever is worse.
    left_empty : float
        Share of the missing values that stayed missing.
    impossible : float
        Share of the records that still have too many dependants.
    before, after, clipped : float
        Mean error of impossible dependants as they came, as mended, and as one less than the household.
    nearest : float
        Share of the impossible numbers of dependants that became one less than the household.
    changed : float
        Share of the sound values that were changed.
    spoilt_its_batch : bool
        Whether the batch that it was given was changed in place.
    problem : str
        What it raised or returned wrongly.
    """

    missing: float
    left_empty: float
    impossible: float
    before: float
    after: float
    clipped: float
    nearest: float
    changed: float
    spoilt_its_batch: bool
    problem: str


def _asked(repair: Callable, batch: pd.DataFrame) -> tuple[pd.DataFrame, bool, str]:
    """Return a batch as mended, whether the one handed over was changed, and what went wrong (then as it came)."""
    given = batch.copy()
    done = attempt(repair, given)
    touched = not given.equals(batch)
    if not done.ok:
        return batch, touched, done.problem
    try:
        values = POINTS["repair"].accept(done.value, batch)
    except sim.errors.DecisionError as error:
        return batch, touched, str(error)
    return pd.DataFrame(values, columns=batch.columns[2:]), touched, ""


def _gated(night: Night) -> Night:
    """Keep what a gate would let by."""
    rows = np.nonzero(night.fit)[0]
    batch, truth = (frame.iloc[rows].reset_index(drop=True) for frame in (night.batch, night.truth))
    marks = (mark[rows] for mark in (night.group, night.spoilt, night.again, night.fit))
    return Night(night.day, batch, truth, *marks)


def tried(repair: Callable, world: World) -> Mended:
    """Try a mender on ordinary nights of a world, after a gate."""
    service = scenario_of(world).service(SERVICE)
    fields, money = list(service.feature_names), np.array([f.kind == "money" for f in service.features])
    errors, medians, empty, still, before, after, clipped, nearest, changed = ([] for _ in range(9))
    touched, problems = [], []
    for night in map(_gated, ordinary(world)):
        came, truth = night.batch[fields], night.truth[fields]
        mended, spoilt, problem = _asked(repair, night.batch)
        touched.append(spoilt)
        problems.append(problem)
        mended = mended[fields]
        spread = (truth.quantile(0.75) - truth.quantile(0.25)).clip(lower=1.0)
        missing = came.isna().to_numpy()
        for kept, filled in ((errors, mended.fillna(0.0)), (medians, came.fillna(came.median()))):
            error = ((filled - truth).abs() / spread).to_numpy()
            kept.append([error[missing & columns] for columns in (money, ~money)])
        empty.append(mended.isna().to_numpy()[missing])
        still.append((mended[LESSER] >= mended[GREATER]).to_numpy())
        wrong = (came[LESSER] >= came[GREATER]).to_numpy()
        for kept, values in (
            (before, came[LESSER]),
            (after, mended[LESSER]),
            (clipped, np.minimum(came[LESSER], came[GREATER] - 1)),
        ):
            kept.append((values - truth[LESSER]).abs().to_numpy()[wrong])
        nearest.append(np.isclose(mended[LESSER], came[GREATER] - 1)[wrong])
        sound = ~missing
        pair = came[[LESSER, GREATER]]
        for name in (LESSER, GREATER):
            sound[wrong | pair.isna().any(axis=1).to_numpy(), fields.index(name)] = False
        changed.append((mended.to_numpy() != came.to_numpy())[sound])
    mean = lambda parts: float(np.mean(np.concatenate(parts)))  # noqa: E731
    return Mended(
        missing=max(mean(mine) / mean(best) for mine, best in zip(_by_kind(errors), _by_kind(medians), strict=True)),
        left_empty=mean(empty),
        impossible=mean(still),
        before=mean(before),
        after=mean(after),
        clipped=mean(clipped),
        nearest=mean(nearest),
        changed=mean(changed),
        spoilt_its_batch=any(touched),
        problem=next(filter(None, problems), ""),
    )


def _by_kind(nights: list[list[np.ndarray]]) -> list[tuple[np.ndarray, ...]]:
    """Return, for money and for other fields, the errors of every night."""
    return list(zip(*nights, strict=True))


@register("m03.repair")
def repair(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Try the learner's mender after a gate, in three worlds of different units."""
    if not callable(thing):
        raise sim.errors.DecisionError("A function was expected, repair(batch): hand over its name, without brackets.")
    worlds = worlds_of(bench.variant)
    first = attempt(thing, _gated(ordinary(worlds[0])[0]).batch.copy())
    if first.ok and first.value is None:
        return no_answer(4.0, "repair")
    results = [tried(thing, world) for world in worlds]
    problem = next((r.problem for r in results if r.problem), "")
    filled = [share(r.missing, WORST, BEST) * (1 - r.left_empty) for r in results]
    possible = [
        share(r.impossible, 0.02, 0.0) * share(r.after, r.before, 1.05 * r.clipped) * (0.5 + 0.5 * r.nearest)
        for r in results
    ]
    kept = float(np.mean([r.nearest for r in results]))
    effort = (2 * float(np.mean(filled)) + float(np.mean(possible))) / 3
    alone = [share(r.changed, 0.01, 0.0) * (0.5 if r.spoilt_its_batch else 1.0) for r in results]
    odd, said = _odd(thing, worlds[0])
    times = ", ".join(f"{r.missing:.1f}" for r in results)
    empty = float(np.mean([r.left_empty for r in results]))
    return Outcome(
        [
            Criterion(
                "Fills what is missing, near the truth",
                2,
                float(np.mean(filled)),
                "the records that a gate lets by on five nights of three worlds, each with amounts in another "
                "unit; about one in ten has one empty field, and the marking knows what stood there",
                problem
                or f"your values were {times} times as far from the truth, world by world, as the middle of the same "
                f"night's batch is; {empty:.0%} of the gaps stayed empty",
                f"no gap left, and at most {BEST:g} times as far; {WORST:g} times or more earns nothing",
                "Mend that first."
                if problem
                else "A nought is a statement: no savings, no rent. And a number from the notebook is in another unit "
                "elsewhere. What is usual in the batch itself?",
                "mended[fields].median() has one value a column, and fillna takes it as it is.",
            ),
            Criterion(
                "Mends impossible dependants",
                0.75,
                float(np.mean(possible)),
                "the same nights; some records have as many dependants as people in the household, or more",
                f"{np.mean([r.impossible for r in results]):.1%} of the records are still impossible; where they were, "
                f"{kept:.0%} became the nearest number that the household allows"
                + (
                    "; the credit is halved for the rest, since another number says more than anybody knows: a nought, "
                    "for instance, that there are no children"
                    if kept < 0.995 and max(r.impossible for r in results) < 0.02
                    else ""
                ),
                "none left impossible, and each the nearest number that the household allows",
                "The record says more dependants than there can be. Which possible number is nearest to that? And what "
                "if a value that you filled in breaks the rule again?",
                "np.minimum(mended['dependants'], mended['household_size'] - 1), after the gaps are filled.",
            ),
            Criterion(
                "Leaves the rest alone",
                0.75,
                float(np.mean(alone)) * effort,
                "every value that is neither missing nor part of an impossible pair, and the batch that it was given",
                f"{np.mean([r.changed for r in results]):.1%} of the sound values were changed; the batch given was "
                + ("changed in place" if any(r.spoilt_its_batch for r in results) else "left as it was")
                + cut(float(np.mean(alone)) * effort, float(np.mean(alone)), TWO),
                "no sound value changed, by a mender that mends, and the batch itself untouched",
                "Begin with mended = batch.copy(), and change only the cells that need it."
                if any(r.spoilt_its_batch for r in results) or max(r.changed for r in results) > 0
                else "Earn the two credits above; this one follows.",
            ),
            Criterion(
                "Copes with an odd batch",
                0.5,
                odd * effort,
                "a batch of one record, one in which a column is empty throughout, and one without any row",
                said + cut(odd * effort, odd, TWO),
                "an answer with the same rows and columns each time; where nothing is known a gap may stay",
                "Look at what your filling gives when a column holds nothing, and let that be."
                if odd < 1
                else "Earn the first two credits; this one follows.",
            ),
        ],
        effect=_effect(results, tuple(world.unit.capitalize() for world in worlds)),
        beyond="whom does the middle of the batch describe badly, and would you tell them that you filled in a gap?",
    )


def _effect(results: list[Mended], worlds: tuple[str, ...]) -> Effect:
    """Say what the mender did with the records."""
    whole = float(np.mean([1 - r.left_empty for r in results]))
    return Effect(
        f"it filled {whole:.0%} of the gaps, left {np.mean([r.impossible for r in results]):.1%} of the records "
        f"impossible, and changed {np.mean([r.changed for r in results]):.1%} of the values that were sound",
        (
            Measure(
                "Distance from the truth",
                "times the median's",
                [r.missing for r in results],
                (),
                [1.0] * len(results),
                more=False,
            ),
            Measure(
                "Error of impossible dependants",
                "people",
                *([getattr(r, name) for r in results] for name in ("after", "before", "clipped")),
                more=False,
            ),
            Measure(
                "Sound values changed",
                "share",
                [r.changed for r in results],
                [0.0] * len(results),
                [0.0] * len(results),
                more=False,
            ),
        ),
        worlds=worlds,
        naive="mending nothing",
        best="the middle of the batch",
    )


def _odd(repair: Callable, world: World) -> tuple[float, str]:
    """Return the share of odd batches that a mender copes with, and what happened."""
    night = _gated(ordinary(world)[0]).batch
    empty = night.head(40).copy()
    empty["rent_gbp"] = np.nan
    problems = [
        f"with {name}: {problem}"
        for name, batch in (("one record", night.head(1)), ("an empty column", empty), ("no row", night.head(0)))
        if (problem := _asked(repair, batch)[2])
    ]
    return 1 - len(problems) / 3, "; ".join(problems) or "it answered each time"
