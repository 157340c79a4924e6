"""The check of a rule as a schema holds it, and of the learner's reading of the schema's failure cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.stub import untouched
from autograder.tasks.m03.gate import asked
from autograder.tasks.m03.runs import reference
from autograder.tasks.m03.worlds import SERVICE, broken, cut, ordinary, scenario_of, share, terms_of, worlds_of

if TYPE_CHECKING:
    import pandera.pandas as pa

UNWRITTEN = "it has not been written yet"


def any_gaps(batch: pd.DataFrame) -> pd.Series:
    """Allow any number of gaps: stands in for a learner's rule that cannot be used."""
    return pd.Series(True, index=batch.index)


def make(terms: pd.DataFrame, few_gaps: Callable) -> pa.DataFrameSchema:
    """Return the lesson's schema, with the learner's rule about gaps."""
    import pandera.pandas as pa

    columns = {f: pa.Column(float, pa.Check.in_range(low, high), nullable=True) for f, low, high in terms.itertuples()}
    case = pa.Column(float, unique=True, report_duplicates="exclude_first")
    return pa.DataFrameSchema({"case_id": case, **columns}, checks=pa.Check(few_gaps, name="at most one gap"))


def _alike(keep: np.ndarray, wanted: np.ndarray) -> float:
    """Return how far two answers agree: on the rows to hold and on those to keep, whichever is worse; 0 to 1."""
    parts = [float(np.mean(keep[rows] == wanted[rows])) for rows in (~wanted, wanted) if rows.any()]
    return min(share(part, 0.5, 1.0) for part in parts)


def _gaps(few_gaps: Callable, batch: pd.DataFrame) -> str:
    """Say what is wrong with the learner's rule about gaps on one batch; empty if nothing is."""
    if untouched(few_gaps):
        return f"few_gaps: {UNWRITTEN}"
    done = attempt(few_gaps, batch.copy())
    if not done.ok:
        return f"few_gaps: {done.problem}"
    answer = np.asarray(done.value)
    if answer.shape != (len(batch),) or answer.dtype != bool:
        return f"few_gaps: one True or False for each of {len(batch)} records was expected, but {done.said}"
    return ""


@register("m03.schema")
def schema(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Compare the answer made of a schema's failure cases with plain comparisons, row by row."""
    worlds = worlds_of(bench.variant)
    if not isinstance(thing, (tuple, list)) or len(thing) != 2 or not all(map(callable, thing)):
        raise sim.errors.DecisionError(
            'Two functions were expected, as check("m03.schema", (few_gaps, keep_by_schema)).'
        )
    few_gaps, keep_by = thing
    wrong = _gaps(few_gaps, ordinary(worlds[0])[0].batch)
    rule = any_gaps if wrong else few_gaps
    agreed, problems, whole, calm = [], [], [], []
    for world in worlds[:2]:
        terms = terms_of(scenario_of(world).service(SERVICE))
        made = bench.recipe(make, terms, rule)
        nights = [ordinary(world)[0], *(group[0] for _, group in broken(world))]
        for night in nights:
            keep, problem = asked(lambda batch, _: _said(keep_by, batch, made), night, terms)  # noqa: B023
            problems.append(problem)
            agreed.append(0.0 if problem else _alike(keep, reference(night.batch, terms)))
        calm.append(agreed[-len(nights)])
        renamed = ordinary(world)[0].batch.rename(columns={"earnings_gbp": "earnings"})
        done = attempt(_said, keep_by, renamed, made)
        held = done.ok and len(np.atleast_1d(done.value)) == len(renamed) and not np.any(done.value)
        whole.append((held, done.said))
    problem = next(filter(None, problems), "")
    quiet = min(1.0, 2 * float(np.mean(calm)))
    rows, batches = float(np.mean(agreed)), float(np.mean([held for held, _ in whole]))
    sight = "ordinary nights are not answered rightly either: an answer that keeps nobody finds nothing"
    told = f"on {sum(a == 1 for a in agreed)} of {len(agreed)} nights every row agreed"
    return Outcome(
        [
            Criterion(
                "Row by row, the schema says what the rules say",
                1.5,
                rows * quiet,
                "an ordinary night and one of each incident in two worlds of different units, against plain "
                "comparisons with terms",
                "; ".join(filter(None, [wrong, problem])) or told + cut(rows * quiet, rows, sight),
                "every row agrees",
                "Mend that first."
                if wrong or problem
                else "Compare, for one night, which rows your answer holds with the rows that failure_cases names.",
                "few_gaps counts a record's empty fields, isna().sum(axis=1), and compares with one. In keep_by_schema "
                "a record goes on if its index is not among the failed.",
            ),
            Criterion(
                "A failure that belongs to no row holds the batch",
                0.5,
                batches * quiet,
                "an ordinary night whose column earnings_gbp comes under another name",
                next((said for held, said in whole if not held), "it kept no row")
                + cut(batches * quiet, batches, sight),
                "no row kept: what fails is the batch, and its index in failure_cases is missing",
                "What stands in failed when a column has gone, and what should then go on?"
                if batches < 1
                else "Earn the first credit; this one follows.",
                "failed.isna().any() is True when a failure belongs to no row.",
            ),
        ],
        effect=Effect(
            f"{told}; a batch that had lost a column was "
            + ("held" if batches == 1 else "let by, at least in part, where everything in it should have been held"),
            (Measure("Nights on which every row agreed", "nights", [sum(a == 1 for a in agreed)], (), [len(agreed)]),),
            best="plain comparisons",
        ),
        beyond="which rule of your gate can a schema not hold, and where would you keep that one?",
    )


def _said(keep_by: Callable, batch: pd.DataFrame, made: pa.DataFrameSchema) -> object:
    """Return the learner's answer; the three dots are none."""
    answer = keep_by(batch, made)
    if answer is ...:
        raise sim.errors.DecisionError(f"keep_by_schema: {UNWRITTEN}.")
    return answer
