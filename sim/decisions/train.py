"""Decision point ``train``: which model is made of the examples."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint
from sim.models import learning


class Train(Protocol):
    """A way of making a model."""

    def __call__(self, examples: pd.DataFrame, outcome: pd.Series) -> Any:
        """Return a fitted estimator: any of scikit-learn's, or a pipeline, that takes records with gaps."""
        ...


def task_of(outcome: pd.Series) -> str:
    """Return the task that an outcome belongs to: whole numbers are classes, others are amounts."""
    return learning.CLASSIFICATION if outcome.dtype.kind in "bui" else learning.REGRESSION


def follow_the_task(examples: pd.DataFrame, outcome: pd.Series) -> Any:
    """Train a logistic regression, or a ridge regression where the outcome is an amount: the naive default."""
    return learning.default_train(examples, outcome, task_of(outcome))


def accept(answer: object, examples: pd.DataFrame, outcome: pd.Series) -> Any:
    """Return the estimator, or raise `DecisionError`."""
    learning.require_usable(answer, examples, task_of(outcome))
    return answer


POINT = DecisionPoint(
    name="train",
    discipline="mlops",
    scope="service",
    signature="(examples: DataFrame, outcome: Series) -> fitted estimator",
    about="Asked at each training, with four known cases of five, oldest first; the fifth is kept apart to measure it. "
    "The estimator is then asked for predict_proba (predict where the outcome is an amount) on records as delivered, "
    "gaps and all. An estimator that took more computing than one plain fit, such as a forest or a search, is charged "
    "for it: a tenth of a fit for each tree, or what it says itself in row_fits_ (fits times rows).",
    given={
        "<feature>": "one column for each feature, as delivered; NaN where missing",
        "outcome": "1 or 0, or an amount",
    },
    naive=follow_the_task,
    accept=accept,
    effort_days=8,
    effort_gbp=2000,
)
