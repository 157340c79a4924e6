"""Reference practices of training: over several holders, on synthetic records, and tuned within a budget of compute.

Each is a ``train`` decision: ``(examples: DataFrame, outcome: Series) -> fitted estimator``, pure and with a task read
from the outcome (0 and 1 are a classification). What is drawn comes from a stream named after the content of the
examples, so the same records always give the same model. An estimator that took more than one fit carries
``row_fits_``, one trained over several holders ``federation_``.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from sim.data.privacy_budget import PrivacyBudget
from sim.errors import DecisionError, nearest
from sim.models import federated, synthetic, tuning
from sim.streams import Streams

MOST_HOLDERS = 50
"""Most values of a column that divides the examples among holders."""


def _task(outcome: pd.Series) -> str:
    values = outcome.to_numpy(dtype=float)
    return "classification" if np.isin(values, (0.0, 1.0)).all() else "regression"


def _one_only(task: str, outcome: np.ndarray) -> bool:
    return task == "classification" and len(np.unique(outcome)) < 2


def _prior(examples: pd.DataFrame, outcome: np.ndarray) -> Any:
    """Return what can be learnt where all outcomes are the same: to predict it."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(examples, outcome)


def _generator(name: str, examples: pd.DataFrame, outcome: pd.Series) -> np.random.Generator:
    """Return a generator keyed by a name and by what the examples hold."""
    digest = blake2b(digest_size=8)
    for series in (*(examples[column] for column in examples), outcome):
        digest.update(str(series.name).encode())
        digest.update(pd.util.hash_array(series.to_numpy(), categorize=False).tobytes())
    return Streams(0).generator(f"practices/{name}/{digest.hexdigest()}")


@dataclass(frozen=True)
class train_federated:  # noqa: N801 - a practice is named as it is called
    """Train one linear or logistic regression over several holders of records, who share sums and no rows.

    Parameters
    ----------
    column : str, optional
        Whose values say who holds a row, at most 50 of them; rows without a value have a holder of their own. A column
        of numbers is a feature as well, one of words is not.
    holders : int
        How many share the rows in turn, where no column is given.
    epsilon : float, optional
        Privacy of each row at ``delta``; without it the sums are exact, and so is the model.
    delta : float
        Well below one over the rows.
    """

    column: str | None = None
    holders: int = 4
    epsilon: float | None = None
    delta: float = 1e-5

    def __call__(self, examples: pd.DataFrame, outcome: pd.Series) -> Any:
        """Return the estimator; its ``federation_`` tells rounds, bytes and the privacy spent."""
        whose = self._holders(examples)
        words = self.column is not None and not pd.api.types.is_numeric_dtype(examples[self.column])
        names = [str(name) for name in examples if not (words and name == self.column)]
        x, y = examples[names].to_numpy(dtype=float), outcome.to_numpy(dtype=float)
        held = [federated.Holder(str(n), x[whose == n], y[whose == n]) for n in range(whose.max() + 1)]
        task, budget = _task(outcome), None if self.epsilon is None else PrivacyBudget(self.epsilon, self.delta)
        if budget is None and _one_only(task, y):
            return _prior(examples, y.astype(int))
        generator = _generator("federated", examples, outcome)
        federation = federated.train(held, task, generator, budget, names)
        estimator = federation.estimator
        if words:
            from sklearn.compose import ColumnTransformer

            chosen = ColumnTransformer([("features", "passthrough", names)], verbose_feature_names_out=False)
            chosen.set_output(transform="pandas").fit(examples)
            estimator.steps.insert(0, ("features", chosen))
        estimator.federation_ = federation
        return estimator

    def _holders(self, examples: pd.DataFrame) -> np.ndarray:
        if self.column is None:
            if not 1 <= self.holders <= MOST_HOLDERS:
                raise DecisionError(f"holders is {self.holders!r}, but 1 to {MOST_HOLDERS} were expected.")
            return np.arange(len(examples)) % self.holders
        if self.column not in examples.columns:
            hint = nearest(self.column, map(str, examples))
            raise DecisionError(f"column is {self.column!r}, which is no column of the examples.{hint}")
        codes, values = pd.factorize(examples[self.column], sort=True)
        if len(values) > MOST_HOLDERS:
            raise DecisionError(
                f"column is {self.column!r}, which has {len(values)} values, but one holder for each of at most "
                f"{MOST_HOLDERS} values was expected."
            )
        codes = np.where(codes < 0, len(values), codes)
        return np.unique(codes, return_inverse=True)[1]


@dataclass(frozen=True)
class train_on_synthetic:  # noqa: N801
    """Train on records that a Gaussian copula makes up after the real ones, so that no real row reaches the trainer.

    Parameters
    ----------
    rows : int, optional
        How many to make up; as many as there are examples unless given.
    seed_name : str
        Of the stream that they are drawn from.
    """

    rows: int | None = None
    seed_name: str = "synthetic"

    def __call__(self, examples: pd.DataFrame, outcome: pd.Series) -> Any:
        """Return a logistic regression, or least squares, fitted on the synthetic records."""
        task = _task(outcome)
        whole = examples.assign(**{"outcome of the case": outcome.to_numpy(dtype=float)})
        generator = _generator(self.seed_name, examples, outcome)
        made = synthetic.fit(whole).sample(len(examples) if self.rows is None else self.rows, generator)
        y = made.pop("outcome of the case").to_numpy()
        if task == "classification":
            y = y.astype(int)
        return _prior(made, y) if _one_only(task, y) else _plain(task).fit(made, y)


def _plain(task: str) -> Any:
    """Return an untrained pipeline: median for missing values, standardisation, linear model."""
    from sklearn.linear_model import LinearRegression

    from sim.models.learning import logistic_regression

    pipeline = logistic_regression()
    if task == "regression":
        pipeline.steps[-1] = ("linearregression", LinearRegression())
    return pipeline


@dataclass(frozen=True)
class tuned:  # noqa: N801
    """Search over linear models, linear models on splines and gradient-boosted trees, within a budget of compute.

    Parameters
    ----------
    budget : int
        Row-fits: fitting once on n rows costs n. One fit on all rows is made in any case.
    seed_name : str
        Of the stream from which candidates, folds and rows are drawn.
    """

    budget: int = 20_000
    seed_name: str = "tuned"

    def __call__(self, examples: pd.DataFrame, outcome: pd.Series) -> Any:
        """Return the best, fitted on all examples; its ``row_fits_`` says what the search took."""
        task = _task(outcome)
        y = outcome.to_numpy(dtype=float)
        if task == "classification":
            y = y.astype(int)
        if _one_only(task, y):
            return _prior(examples, y)
        generator = _generator(self.seed_name, examples, outcome)
        return tuning.search(*tuning.families(task), examples, y, self.budget, generator).estimator
