"""The check of the learner's reading of a schema's failure cases."""

from __future__ import annotations

import numpy as np

import sim
from autograder.checks import Criterion, Outcome, attempt, register
from autograder.tasks.m03.gate import asked, reference
from autograder.tasks.m03.worlds import SERVICE, WORLDS, broken, ordinary, scenario_of, share, terms_of


def _alike(keep: np.ndarray, wanted: np.ndarray) -> float:
    """Return how far two answers agree: on the rows to hold and on those to keep, whichever is worse; 0 to 1."""
    parts = [float(np.mean(keep[rows] == wanted[rows])) for rows in (~wanted, wanted) if rows.any()]
    return min(share(part, 0.5, 1.0) for part in parts)


@register("m03.schema")
def schema(thing: object) -> Outcome:
    """Compare the answer made of a schema's failure cases with plain comparisons, row by row."""
    if not isinstance(thing, (tuple, list)) or len(thing) != 2 or not all(map(callable, thing)):
        raise sim.errors.DecisionError(
            'Two functions were expected, as check("m03.schema", (make_schema, keep_by_schema)).'
        )
    make, keep_by = thing
    agreed, problems, whole, ordinary_nights = [], [], [], []
    for world in WORLDS[:2]:
        terms = terms_of(scenario_of(world).service(SERVICE))
        made = attempt(make, terms.copy())
        nights = [ordinary(world)[0], *(group[0] for _, group in broken(world))]
        for night in nights:
            if not made.ok:
                agreed.append(0.0)
                problems.append(made.problem)
                continue
            keep, problem = asked(lambda batch, _: keep_by(batch, made.value), night, terms)  # noqa: B023
            wanted = reference(night.batch, terms)
            problems.append(problem)
            agreed.append(0.0 if problem else _alike(keep, wanted))
        ordinary_nights.append(agreed[-len(nights)])
        renamed = ordinary(world)[0].batch.rename(columns={"earnings_gbp": "earnings"})
        done = attempt(keep_by, renamed, made.value)
        held = done.ok and len(np.atleast_1d(done.value)) == len(renamed) and not np.any(done.value)
        whole.append((held, done.said))
    problem, calm = next(filter(None, problems), ""), float(np.mean(ordinary_nights))
    return Outcome(
        [
            Criterion(
                "Row by row, the schema says what the rules say",
                1.5,
                float(np.mean(agreed)) * min(1.0, 2 * calm),
                "an ordinary night and one of each incident in two worlds of different units, against plain "
                "comparisons with terms",
                problem or f"on {sum(a == 1 for a in agreed)} of {len(agreed)} nights every row agreed",
                "every row agrees",
                "failure_cases has one row for each failure, and its column index says which row of the batch it is: "
                "a row is kept if its index is not there (isin). The answer needs the batch's own index.",
            ),
            Criterion(
                "A failure that belongs to no row holds the batch",
                0.5,
                float(np.mean([held for held, _ in whole])) * min(1.0, 2 * calm),
                "an ordinary night whose column earnings_gbp comes under another name",
                next((said for held, said in whole if not held), "it kept no row"),
                "no row kept: what fails is the batch, and its index in failure_cases is missing",
                "Ask first whether failure_cases['index'].isna().any(); if so, keep nothing.",
            ),
        ]
    )
