"""The check of an estimator: fitted on records in which a feed went wrong, and judged on the months after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import sim
from autograder.attempt import Attempt
from autograder.baselines import baseline
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Outcome, attempt, register
from autograder.tasks.p01.fences import train_within_fences
from autograder.variants.variant import OPEN, Variant
from sim.models import learning
from sim.streams import Streams
from sim.world.population import populate

SERVICE = "claims-triage"
PAST, FUTURE = (0, 100), (130, 200)
"""Days from which the examples come, and from which those come that the estimator is judged on."""

ROWS = 5000
"""Of either."""

NIGHTS, SHARE, FACTOR = 14, 0.5, 100.0
"""How long the feed wrote pence for pounds, in what share of that time's records, and what that does to an amount."""

AGAIN = 0.02
"""Share of the future's records with the same fault: it comes back now and then."""

FIELDS = ("earnings_gbp", "savings_gbp", "benefits_gbp")
"""Amounts that the feed may spoil: those on which most hangs."""

ENOUGH = 0.9
"""Share of the way from the default to the reference that earns full credit: the rest is luck."""

FEW = 12
"""Records that are asked again one by one."""

CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Future:
    """One past and the months after it.

    Attributes
    ----------
    field : str
        Which amount the feed spoilt.
    examples, outcome : DataFrame, Series
        The past: records as delivered, and 1 where the household was eligible.
    asked, truth : DataFrame, ndarray of int
        The future.
    naive, reference : float
        Mean squared error there of the simulator's own default, and of the reference.
    """

    field: str
    examples: pd.DataFrame
    outcome: pd.Series
    asked: pd.DataFrame
    truth: np.ndarray
    naive: float
    reference: float


@baseline
def futures(variant: Variant = OPEN) -> tuple[Future, ...]:
    """Return the three pasts and futures of a variant, one for each amount that may be spoilt."""
    seeds, chance = (501, 502, 503), np.random.default_rng(5)
    if not variant.open:
        seeds, chance = variant.seeds("p01.train", len(FIELDS)), variant.generator("p01.train")
    return tuple(_future(seed, field, chance) for seed, field in zip(seeds, chance.permutation(FIELDS), strict=True))


def _future(seed: int, field: str, chance: np.random.Generator) -> Future:
    service = sim.load_scenario("household-support").service(SERVICE)
    people = populate(service, Streams(seed), 0, FUTURE[1])
    records = pd.DataFrame(people.record.astype(float), columns=list(service.feature_names))
    began = int(chance.integers(PAST[0] + 10, PAST[1] - NIGHTS - 10))
    spoilt = (people.day >= began) & (people.day < began + NIGHTS) & (chance.random(len(records)) < SHARE)
    spoilt |= (people.day >= FUTURE[0]) & (chance.random(len(records)) < AGAIN)
    records.loc[spoilt, field] *= FACTOR
    past, later = (_some(people.day, days, chance) for days in (PAST, FUTURE))
    outcome = pd.Series(people.truth[past].astype(int), name="outcome")
    examples, asked = (records.iloc[rows].reset_index(drop=True) for rows in (past, later))
    truth = people.truth[later].astype(int)
    errors = [
        _error(made.predict_proba(asked)[:, 1], truth)
        for made in (
            learning.default_train(examples, outcome, learning.CLASSIFICATION),
            train_within_fences(examples, outcome),
        )
    ]
    return Future(str(field), examples, outcome, asked, truth, *errors)


def _some(day: np.ndarray, days: tuple[int, int], chance: np.random.Generator) -> np.ndarray:
    """Return places of some of the records of a stretch of days, oldest first."""
    there = np.nonzero((day >= days[0]) & (day < days[1]))[0]
    return np.sort(chance.choice(there, size=ROWS, replace=False))


def _error(scores: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean((scores - truth) ** 2))


@dataclass(frozen=True)
class Tried:
    """What an answer did on one future: its error, whether it answers alone as among others, and what went wrong."""

    error: float
    alone: bool
    again: bool
    problem: str = ""


def _tried(function: Callable[..., Any], future: Future) -> Tried:
    made = attempt(function, future.examples.copy(), future.outcome.copy())
    if not made.ok:
        return Tried(np.inf, False, False, made.problem)
    scores = _scores(made.value, future.asked)
    if isinstance(scores, str):
        return Tried(np.inf, False, False, scores)
    few = np.linspace(0, ROWS - 1, FEW).astype(int)
    single = [_scores(made.value, future.asked.iloc[[row]].reset_index(drop=True)) for row in few]
    alone = all(
        not isinstance(one, str) and abs(one[0] - scores[row]) < CLOSE for one, row in zip(single, few, strict=True)
    )
    second = attempt(function, future.examples.copy(), future.outcome.copy())
    other = _scores(second.value, future.asked) if second.ok else second.problem
    again = not isinstance(other, str) and bool(np.abs(other - scores).max() < CLOSE)
    return Tried(_error(scores, future.truth), alone, again)


def _scores(estimator: Any, frame: pd.DataFrame) -> np.ndarray | str:
    """Return an estimator's probability of 1 for each row, or what is wrong with its answer."""
    done: Attempt = attempt(getattr(estimator, "predict_proba", None), frame.copy())
    if not done.ok:
        none = "no estimator was returned: an object that was fitted and has predict_proba was expected"
        return done.problem if hasattr(estimator, "predict_proba") else none
    try:
        values = np.asarray(done.value, dtype=float)
    except (TypeError, ValueError):
        return f"predict_proba {done.said}, and numbers were expected"
    if values.shape != (len(frame), 2):
        return f"predict_proba answered in the shape {values.shape}, and ({len(frame)}, 2) was expected"
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        return "predict_proba answered with something that is no probability"
    return values[:, 1]


@register("p01.train")
def train(function: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Fit the learner's estimator on three pasts, and judge it on the months after."""
    cases = futures(bench.variant)
    found = [_tried(function, case) for case in cases]
    problem = next((one.problem for one in found if one.problem), "")
    naive, best = (sum(getattr(case, name) for case in cases) for name in ("naive", "reference"))
    mine = sum(one.error for one in found)
    way = float(np.clip((naive - mine) / (naive - best) / ENOUGH, 0.0, 1.0)) if np.isfinite(mine) else 0.0
    fields = ", ".join(case.field for case in cases[:-1]) + f" and {cases[-1].field}"
    told = ", ".join(f"{one.error:.3f}" for one in found)
    return Outcome(
        [
            Criterion(
                "Holds in the months after",
                5,
                way,
                f"three pasts of {ROWS:,} records, in each of which a feed wrote pence for pounds for {NIGHTS} nights "
                f"({fields}), and {ROWS:,} records of later months, in which it happens now and then again",
                problem or f"mean squared error of its probabilities, past by past: {told}",
                f"{best / 3:.3f} in the mean, as the reference has; a plain logistic regression has {naive / 3:.3f}, "
                "and that or more earns nothing",
                _step(problem, mine, naive),
                ""
                if problem
                else "Take two fences from each column of the examples, such as the median plus and minus "
                "three times the distance between the quartiles, and clip with them both there and when asked.",
            ),
            Criterion(
                "Answers alone as among others",
                0.5,
                (not problem and all(one.alone for one in found)) * (way > 0),
                f"{FEW} of those records once more, each in a frame of its own",
                _waits(way, problem, all(one.alone for one in found), "the answers were the same"),
                "the same probability, whoever else is asked about in the same call",
                "A median or a rank of the batch that is asked differs from call to call: take it from the examples, "
                "once, and keep it.",
            ),
            Criterion(
                "The same again",
                0.5,
                (not problem and all(one.again for one in found)) * (way > 0),
                "the same examples a second time",
                _waits(way, problem, all(one.again for one in found), "the second estimator answered like the first"),
                "the same answers: an auditor must be able to make the model again",
                "Where chance has a say, give it a random_state; and keep nothing from one call to the next.",
            ),
        ]
    )


def _step(problem: str, mine: float, naive: float) -> str:
    if problem:
        return "Fit it on the examples, as the cell above the check does, and ask it about later records, gaps and all."
    if mine >= naive:
        return (
            "It does no better than a plain logistic regression. Which column has values that no household can have, "
            "and what do they do to its mean and its spread?"
        )
    return "You are on the way. See what is left of the fault: describe() the columns as your model sees them."


def _waits(way: float, problem: str, right: bool, said: str) -> str:
    if problem:
        return "it could not be tried, as above"
    if not right:
        return "they were not the same"
    return said if way > 0 else f"{said}; this counts once the first item earns something"
