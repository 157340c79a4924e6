"""Learning: scikit-learn estimators trained on delivered records. Nothing here simulates.

The default fit is pure, so it is memoised on the content of its data: two programmes that meet the same records share
the work.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from sim.errors import DecisionError

CLASSIFICATION, REGRESSION = "classification", "regression"
"""What a model predicts: the probability that the outcome is 1, or the outcome itself."""

Train = Callable[[pd.DataFrame, pd.Series], Any]
"""From examples and their outcome to a fitted estimator."""

Folded = tuple[np.ndarray, np.ndarray, float]
"""A model as one line of algebra: medians for missing values, coefficients on raw values, and intercept."""

TREE_SHARE = 0.1
"""What one tree of an ensemble costs, in default fits on the same rows (measured: 100 boosted trees on 9,600 rows of 12
features take about ten times as long as the logistic regression)."""

_MEMORY: OrderedDict[bytes, Fitted] = OrderedDict()
_REMEMBERED = 64


@dataclass(frozen=True)
class Fitted:
    """A trained estimator and how it did on rows kept apart from training.

    Attributes
    ----------
    estimator : sklearn estimator
        With ``predict_proba``, or for regression ``predict``.
    folded : tuple or None
        The same model as one line of algebra, for quick scoring: medians for missing values, shape (k,), coefficients
        on raw values, shape (k,), and intercept. None where it cannot be put so.
    rows : int
        Rows that it was given, training and test together.
    accuracy, auc, brier : float
        Of a classification, on the test rows; NaN when there were none, or for auc when they held one outcome only.
    snapshot : str
        Fingerprint of the data, 12 hexadecimal digits.
    mape, mae : float
        Of a regression, on the test rows: mean absolute error as a share of the outcome (over outcomes other than 0),
        and in the outcome's own unit.
    task : str
        `CLASSIFICATION` or `REGRESSION`.
    names : tuple of str
        Columns that the estimator was trained on; empty when it was trained on an array.
    fits : float
        Computing that the training took, in default fits on the same rows; at least 1.
    """

    estimator: Any
    folded: Folded | None
    rows: int
    accuracy: float
    auc: float
    brier: float
    snapshot: str
    mape: float = float("nan")
    mae: float = float("nan")
    task: str = CLASSIFICATION
    names: tuple[str, ...] = ()
    fits: float = 1.0

    def score(self, features: np.ndarray) -> np.ndarray:
        """Return its answer for each row; see `score`."""
        return score(self.estimator, features, self.folded, self.task, self.names)


def logistic_regression() -> Any:
    """Return an untrained pipeline: median for missing values, standardisation, logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return _pipeline(LogisticRegression(max_iter=200))


def ridge() -> Any:
    """Return an untrained pipeline: median for missing values, standardisation, ridge regression."""
    from sklearn.linear_model import Ridge

    return _pipeline(Ridge())


def _pipeline(last: Any) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), last)


def default_train(examples: pd.DataFrame | np.ndarray, outcome: pd.Series | np.ndarray, task: str) -> Any:
    """Return the default estimator of a task, trained.

    Parameters
    ----------
    examples : DataFrame or ndarray, shape (n, k)
        Records; missing values are NaN.
    outcome : Series or ndarray, shape (n,)
        Known outcomes.
    task : str
        `CLASSIFICATION` or `REGRESSION`.

    Returns
    -------
    sklearn estimator
        `logistic_regression` or `ridge`; where there is one outcome only, one that always predicts that.
    """
    from sklearn.dummy import DummyClassifier

    if task == REGRESSION:
        return ridge().fit(examples, outcome)
    both = len(np.unique(outcome)) == 2
    return (logistic_regression() if both else DummyClassifier(strategy="prior")).fit(examples, outcome)


def held_out(n: int) -> np.ndarray:
    """Say which of n rows, in their order, are kept apart from training: every fifth; shape (n,)."""
    return np.arange(n) % 5 == 4


def fit(
    features: np.ndarray,
    outcome: np.ndarray,
    task: str = CLASSIFICATION,
    train: Train | None = None,
    names: Sequence[str] | None = None,
) -> Fitted:
    """Train on four rows of five and test on the fifth.

    Parameters
    ----------
    features : ndarray of float, shape (n, k)
        Records as delivered; NaN where missing.
    outcome : ndarray of bool or float, shape (n,)
        Known outcomes.
    task : str
        `CLASSIFICATION` or `REGRESSION`.
    train : callable, optional
        ``train(examples: DataFrame, outcome: Series) -> fitted estimator``; asked anew each time. When left out, the
        task's default, whose result is remembered by the content of its data.
    names : sequence of str, optional
        Columns of the examples that ``train`` is given; ``x0``, ``x1``, ... when left out.

    Returns
    -------
    Fitted
        The estimator; by default, where the training rows hold one outcome only, it always predicts that.

    Raises
    ------
    DecisionError
        If what ``train`` returns cannot be used; one sentence says why.
    """
    from sklearn import config_context

    x = np.ascontiguousarray(features, dtype=float)
    y = np.asarray(outcome, dtype=float if task == REGRESSION else int)
    digest = blake2b(x.tobytes(), digest_size=16)
    digest.update(y.tobytes())
    key = digest.digest() + task.encode()
    if train is None and key in _MEMORY:
        _MEMORY.move_to_end(key)
        return _MEMORY[key]
    test = held_out(len(y))
    columns: tuple[str, ...] = ()
    if train is None:
        with config_context(assume_finite=True, skip_parameter_validation=True):
            estimator = default_train(x[~test], y[~test], task)
    else:
        columns = tuple(names) if names is not None else tuple(f"x{j}" for j in range(x.shape[1]))
        examples = pd.DataFrame(x[~test], columns=list(columns))
        estimator = train(examples, pd.Series(y[~test], name="outcome"))
        try:
            require_usable(estimator, examples, task)
        except DecisionError as error:
            raise DecisionError(f"train: {error}") from error.__cause__
    folded = fold(estimator, task)
    answers = score(estimator, x[test], folded, task, columns)
    fitted = Fitted(
        estimator=estimator,
        folded=folded,
        rows=len(y),
        snapshot=digest.hexdigest()[:12],
        task=task,
        names=columns,
        fits=default_fits(estimator, int((~test).sum())),
        **metrics(y[test], answers, task),
    )
    if train is None:
        _MEMORY[key] = fitted
        if len(_MEMORY) > _REMEMBERED:
            _MEMORY.popitem(last=False)
    return fitted


def metrics(outcome: np.ndarray, answers: np.ndarray, task: str) -> dict[str, float]:
    """Return accuracy, auc and brier of a classification, mape and mae of a regression; the others are NaN.

    Parameters
    ----------
    outcome, answers : ndarray, shape (n,)
        What came true, and what the model said.
    task : str
        `CLASSIFICATION` or `REGRESSION`.

    Returns
    -------
    dict of str to float
        NaN where nothing can be measured.
    """
    from sklearn.metrics import brier_score_loss, mean_absolute_error, mean_absolute_percentage_error, roc_auc_score

    found = dict.fromkeys(("accuracy", "auc", "brier", "mape", "mae"), float("nan"))
    if len(outcome) and task == REGRESSION:
        some = outcome != 0
        found["mae"] = float(mean_absolute_error(outcome, answers))
        if some.any():
            found["mape"] = float(mean_absolute_percentage_error(outcome[some], answers[some]))
    elif len(outcome):
        found["accuracy"] = float(np.mean((answers >= 0.5) == outcome))
        found["brier"] = float(brier_score_loss(outcome, answers, labels=[0, 1]))
        if len(np.unique(outcome)) == 2:
            found["auc"] = float(roc_auc_score(outcome, answers))
    return found


def default_fits(estimator: Any, rows: int) -> float:
    """Return the computing that a training took, in default fits on its rows: at least 1.

    Parameters
    ----------
    estimator : sklearn estimator
        It may say so itself, in fits times rows, as ``row_fits_``; a search does. Otherwise an ensemble of trees is
        charged `TREE_SHARE` for each, and anything else 1.
    rows : int
        Rows that it was trained on.
    """
    own = getattr(estimator, "row_fits_", None)
    if own is not None:
        return max(float(own) / max(rows, 1), 1.0)
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    trees = getattr(last, "_predictors", None) or getattr(last, "estimators_", ())
    return max(TREE_SHARE * len(trees), 1.0)


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
        As in `Fitted`; None unless the estimator has exactly the shape of the default.
    """
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
        As in `Fitted`; used instead of the estimator, whose algebraic equal it is.
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
    if not np.isfinite(answer).all():
        gaps = int((~np.isfinite(answer)).sum())
        raise DecisionError(f"{owner} gave {gaps} answers of {n} that are not finite numbers.")
    if task == CLASSIFICATION and ((answer < 0) | (answer > 1)).any():
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
        raise DecisionError(f"it returned a {kind}, which has no {method}, but {task} needs one.{more}")
    if hasattr(estimator, "fit"):
        try:
            check_is_fitted(estimator)
        except NotFittedError:
            raise DecisionError(f"it returned a {kind} that is not fitted; call fit(examples, outcome).") from None
        except TypeError:
            pass
    wanted = getattr(estimator, "n_features_in_", examples.shape[1])
    if wanted != examples.shape[1]:
        raise DecisionError(
            f"it returned a {kind} that expects {wanted} features, but it was given {examples.shape[1]}: "
            f"choose or make columns inside a pipeline, so that records as delivered can be scored."
        )
    _asked(estimator, examples.to_numpy()[:20], task, list(examples.columns))


def forget() -> None:
    """Empty the memory of `fit`, so that the next call trains anew."""
    _MEMORY.clear()
