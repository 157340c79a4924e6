"""Asking a trained estimator: by one line of algebra where it has the default's shape, else by itself.

What somebody's own estimator answers is checked, so that a wrong one is refused in a sentence. Nothing here simulates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from sim.errors import DecisionError

CLASSIFICATION, REGRESSION = "classification", "regression"
"""What a model predicts: the probability that the outcome is 1, or the outcome itself."""

Folded = tuple[np.ndarray, np.ndarray, float]
"""A model as one line of algebra: medians for missing values, coefficients on raw values, and intercept."""


def fold(estimator: Any, task: str) -> Folded | None:
    """Fold imputation and standardisation into the regression: w'(x - m) / s = (w / s)'x - w'm / s.

    Parameters
    ----------
    estimator : sklearn estimator
        Trained.
    task : str
        `CLASSIFICATION` or `REGRESSION`.

    Returns
    -------
    tuple or None
        As in `sim.models.learning.Fitted`; None unless the estimator has exactly the shape of the default. One that
        stands for an estimator elsewhere says so itself, in ``folded_``.
    """
    own = getattr(estimator, "folded_", None)
    if own is not None:
        return own
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    wanted = (SimpleImputer, StandardScaler, Ridge if task == REGRESSION else LogisticRegression)
    if type(estimator) is not Pipeline or tuple(type(step) for _, step in estimator.steps) != wanted:
        return None
    imputer, scaler, regression = (step for _, step in estimator.steps)
    plain = imputer.missing_values is np.nan or (
        isinstance(imputer.missing_values, float) and np.isnan(imputer.missing_values)
    )
    fill = imputer.statistics_
    weights = np.atleast_2d(regression.coef_)
    if (
        not plain
        or imputer.add_indicator
        or weights.shape != (1, len(fill))
        or not np.isfinite(fill.astype(float)).all()
    ):
        return None
    if task == CLASSIFICATION and list(regression.classes_) != [0, 1]:
        return None
    scale = scaler.scale_ if scaler.scale_ is not None else np.ones(len(fill))
    mean = scaler.mean_ if scaler.mean_ is not None else np.zeros(len(fill))
    weights = weights[0] / scale
    return fill, weights, float(np.ravel(regression.intercept_)[0] - weights @ mean)


def score(
    estimator: Any,
    features: np.ndarray,
    folded: Folded | None = None,
    task: str = CLASSIFICATION,
    names: Sequence[str] = (),
) -> np.ndarray:
    """Return the probability of outcome 1 for each row, or for regression the forecast.

    Parameters
    ----------
    estimator : sklearn estimator
        Trained, for classification on 0 and 1.
    features : ndarray of float, shape (n, k)
        Records; NaN where missing.
    folded : tuple or None
        As in `sim.models.learning.Fitted`; used instead of the estimator, whose algebraic equal it is.
    task : str
        `CLASSIFICATION` or `REGRESSION`.
    names : sequence of str
        Columns of the DataFrame that the estimator is asked with; none for an array.

    Returns
    -------
    ndarray of float, shape (n,)
        For classification between 0 and 1.

    Raises
    ------
    DecisionError
        If an estimator of somebody's own fails, or answers with the wrong shape or with what is not a number.
    """
    if not len(features):
        return np.empty(0)
    if folded is not None:
        fill, weights, intercept = folded
        line = np.where(np.isnan(features), fill, features) @ weights + intercept
        return line if task == REGRESSION else expit(line)
    from sklearn import config_context

    if not names:
        with config_context(assume_finite=True, skip_parameter_validation=True):
            return _answers(estimator, features, task)
    try:
        return _asked(estimator, features, task, names)
    except DecisionError as error:
        raise DecisionError(f"train: {error}") from error.__cause__


def _asked(estimator: Any, features: np.ndarray, task: str, names: Sequence[str]) -> np.ndarray:
    """Ask an estimator of somebody's own, with the names if it knows any."""
    nameless = hasattr(estimator, "n_features_in_") and not hasattr(estimator, "feature_names_in_")
    try:
        return _answers(estimator, features if nameless else pd.DataFrame(features, columns=list(names)), task)
    except DecisionError:
        raise
    except Exception as error:
        raise DecisionError(
            f"the {type(estimator).__name__} that it returned failed on {len(features)} rows of {len(names)} "
            f"features: {type(error).__name__}: {' '.join(str(error).split())[:200]}."
        ) from error


def _answers(estimator: Any, features: Any, task: str) -> np.ndarray:
    """Ask an estimator, and refuse an answer that is not one number for each row."""
    method = "predict" if task == REGRESSION else "predict_proba"
    answer = np.asarray(getattr(estimator, method)(features), dtype=float)
    n, owner = len(features), f"{method} of the {type(estimator).__name__} that it returned"
    if task == CLASSIFICATION:
        classes = [int(c) for c in getattr(estimator, "classes_", (0, 1))]
        if answer.shape != (n, len(classes)):
            raise DecisionError(f"{owner} gave shape {answer.shape}, but ({n}, {len(classes)}) was expected.")
        answer = answer[:, classes.index(1)] if 1 in classes else np.zeros(n)
    if answer.shape != (n,):
        raise DecisionError(f"{owner} gave shape {answer.shape}, but ({n},) was expected: one forecast for each row.")
    if task == CLASSIFICATION and n and answer.min() >= 0 and answer.max() <= 1:
        return answer
    if not np.isfinite(answer).all():
        gaps = int((~np.isfinite(answer)).sum())
        raise DecisionError(f"{owner} gave {gaps} answers of {n} that are not finite numbers.")
    if task == CLASSIFICATION and n:
        raise DecisionError(f"{owner} gave {answer.min():g} to {answer.max():g}, but 0 to 1 was expected.")
    return answer


def require_usable(estimator: Any, examples: pd.DataFrame, task: str) -> None:
    """Refuse, with `DecisionError` in one sentence, what cannot be asked about records of the kind it was trained on.

    Parameters
    ----------
    estimator : Any
        What a ``train`` decision returned.
    examples : DataFrame, shape (n, k)
        What it was given.
    task : str
        `CLASSIFICATION` or `REGRESSION`.
    """
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    method = "predict" if task == REGRESSION else "predict_proba"
    kind = type(estimator).__name__
    if estimator is None or isinstance(estimator, type):
        what = "None (is a return missing?)" if estimator is None else f"the class {estimator.__name__} itself"
        raise DecisionError(f"it returned {what}, but a fitted estimator was expected.")
    if not callable(getattr(estimator, method, None)):
        more = (
            " A classifier of this kind may need probability=True." if hasattr(estimator, "decision_function") else ""
        )
        raise DecisionError(
            f"it returned a {kind}, which has no {method}, but an estimator with one was expected for {task}.{more}"
        )
    if hasattr(estimator, "fit"):
        try:
            check_is_fitted(estimator)
        except NotFittedError:
            raise DecisionError(
                f"it returned a {kind} that is not fitted, but a fitted estimator was expected: call fit."
            ) from None
        except TypeError:
            pass
    wanted = getattr(estimator, "n_features_in_", examples.shape[1])
    if wanted != examples.shape[1]:
        raise DecisionError(
            f"it returned a {kind} that expects {wanted} features, but it was given {examples.shape[1]}: "
            f"choose or make columns inside a pipeline, so that records as delivered can be scored."
        )
    _asked(estimator, examples.to_numpy()[:20], task, list(examples.columns))
