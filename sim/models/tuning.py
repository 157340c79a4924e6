"""Tuning: a search over models and their settings under a budget of compute. Nothing here simulates.

Compute is counted in row-fits: fitting a model on n rows once is n of them. A trained estimator that took more than one
fit carries their number as ``row_fits_``, so that whoever pays for machines can read it: `row_fits`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import DecisionError

FOLDS, FACTOR, LEAST_ROWS = 3, 3, 300
"""Folds of cross-validation; one candidate in so many goes on; rows that the first round of candidates gets."""


@dataclass(frozen=True)
class Tuned:
    """What a search found and used.

    Attributes
    ----------
    estimator : sklearn estimator
        The best candidate, fitted on all rows; carries ``row_fits_``.
    row_fits : int
        Used: all folds of all candidates, and the last fit.
    candidates : int
        Tried; 0 where the budget had no room for a search, and the estimator is the one to begin with.
    tried : DataFrame
        One row per candidate and round: turn, rows, score, and each setting.
    """

    estimator: Any
    row_fits: int
    candidates: int
    tried: pd.DataFrame


def row_fits(estimator: Any, rows: int) -> int:
    """Return the row-fits that an estimator took: what it carries, or one fit on so many rows."""
    return int(getattr(estimator, "row_fits_", rows))


def families(task: str) -> tuple[Any, list[dict[str, Any]]]:
    """Return a pipeline, and settings to search: a penalised linear model, one on splines, or gradient-boosted trees.

    Parameters
    ----------
    task : str
        ``"classification"`` or ``"regression"``.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        Steps impute, scale, bend and model: the linear model with its usual settings, and nothing bent.
    space : list of dict
        As scikit-learn's ``ParameterSampler`` takes it; a third of the candidates is of each family.
    """
    from scipy.stats import loguniform, randint
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import SplineTransformer, StandardScaler

    if task not in ("classification", "regression"):
        raise DecisionError(f"task is {task!r}, but 'classification' or 'regression' was expected.")
    classify = task == "classification"
    linear = LogisticRegression(max_iter=200) if classify else Ridge()
    trees = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    start = Pipeline([("impute", imputer), ("scale", StandardScaler()), ("bend", None), ("model", linear)])
    boosted = {
        "model": [trees(max_iter=40, random_state=0, early_stopping=False)],
        "model__learning_rate": loguniform(0.03, 0.3),
        "model__max_leaf_nodes": randint(3, 16),
        "model__min_samples_leaf": randint(10, 80),
    }
    penalised = {"model": [linear], "model__C" if classify else "model__alpha": loguniform(1e-3, 1e2)}
    bent = {"bend": [SplineTransformer(n_knots=5, degree=2, knots="quantile", extrapolation="linear")], **penalised}
    return start, [penalised, bent, boosted]


def search(
    estimator: Any,
    space: Any,
    features: Any,
    outcome: Any,
    budget: int,
    generator: np.random.Generator,
    scoring: str | None = None,
) -> Tuned:
    """Search by successive halving with as many candidates as the budget allows.

    All candidates are compared on few rows; the best third goes on to three times as many, and so on, and the best of
    the last round is fitted on all rows. The whole cost is known before the first fit, so the budget is kept.

    Parameters
    ----------
    estimator : sklearn estimator
        What to begin with; it is fitted as it is if the budget has no room for a search.
    space : dict or list of dict
        Settings, as scikit-learn's ``ParameterSampler`` takes them.
    features : DataFrame or ndarray, shape (n, k)
        Records.
    outcome : Series or ndarray, shape (n,)
        Known outcomes.
    budget : int
        Row-fits allowed. One fit on all rows is always made, even if it alone costs more.
    generator : numpy.random.Generator
        Draws candidates, folds and rows.
    scoring : str, optional
        One of scikit-learn's names; log loss or squared error unless given.

    Returns
    -------
    Tuned
        One thread, so the same on every machine. Source: Jamieson and Talwalkar (2016), scikit-learn's
        ``HalvingRandomSearchCV``.

    Raises
    ------
    DecisionError
        If the budget is not above 0.
    """
    from sklearn import config_context
    from sklearn.base import clone, is_classifier
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - it enables the next line
    from sklearn.model_selection import HalvingRandomSearchCV, KFold, StratifiedKFold
    from threadpoolctl import threadpool_limits

    if not budget > 0:
        raise DecisionError(f"budget is {budget!r}, but a number of row-fits above 0 was expected.")
    rows = len(outcome)
    classify = is_classifier(estimator)
    candidates = _affordable(rows, budget)
    seed = int(generator.integers(2**31))
    quick = config_context(skip_parameter_validation=True, assume_finite=True)
    with threadpool_limits(1), quick, warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if not candidates:
            fitted = clone(estimator).fit(features, outcome)
            fitted.row_fits_ = rows
            return Tuned(fitted, rows, 0, pd.DataFrame(columns=["turn", "rows", "score"]))
        folds = StratifiedKFold if classify else KFold
        halving = HalvingRandomSearchCV(
            clone(estimator),
            space,
            n_candidates=candidates,
            factor=FACTOR,
            min_resources=_schedule(candidates, rows)[0][1],
            max_resources=rows,
            cv=folds(FOLDS, shuffle=True, random_state=seed),
            scoring=scoring or ("neg_log_loss" if classify else "neg_mean_squared_error"),
            random_state=seed,
            refit=True,
            error_score="raise",
            return_train_score=False,
            n_jobs=1,
        ).fit(features, outcome)
    schedule = list(zip(halving.n_candidates_, halving.n_resources_, strict=True))
    used = _cost(schedule, rows)
    halving.best_estimator_.row_fits_ = used
    return Tuned(halving.best_estimator_, used, candidates, _tried(halving.cv_results_))


def _schedule(candidates: int, rows: int) -> list[tuple[int, int]]:
    """Return candidates and rows of each round, as scikit-learn plans them."""
    rounds = [(candidates, min(LEAST_ROWS, rows))]
    while candidates >= FACTOR ** len(rounds) and rounds[-1][1] * FACTOR <= rows:
        many, few = rounds[-1]
        rounds.append((-(-many // FACTOR), few * FACTOR))
    return rounds


def _cost(schedule: list[tuple[int, int]], rows: int) -> int:
    """Return row-fits: each fold is trained on the others, and the winner on all rows."""
    return sum(many * few * (FOLDS - 1) for many, few in schedule) + rows


def _affordable(rows: int, budget: int) -> int:
    """Return the largest number of candidates within the budget; below 2 there is nothing to search."""
    low, high = 0, 1 + int(budget // ((FOLDS - 1) * min(LEAST_ROWS, max(rows, 1))))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _cost(_schedule(middle, rows), rows) <= budget else (low, middle)
    return low if low >= 2 else 0


def _tried(results: dict[str, Any]) -> pd.DataFrame:
    """Return the search as a tidy frame; a model is shown by the name of its class."""
    settings = pd.DataFrame(results["params"]).map(lambda v: type(v).__name__ if hasattr(v, "get_params") else v)
    told = pd.DataFrame({"turn": results["iter"], "rows": results["n_resources"], "score": results["mean_test_score"]})
    return pd.concat([told, settings.rename(columns=lambda name: name.split("__")[-1])], axis=1)
