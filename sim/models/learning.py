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

from sim.errors import DecisionError
from sim.models.asking import CLASSIFICATION, REGRESSION, Folded, fold, require_usable, score

Train = Callable[[pd.DataFrame, pd.Series], Any]
"""From examples and their outcome to a fitted estimator."""

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
    found = dict.fromkeys(("accuracy", "auc", "brier", "mape", "mae"), float("nan"))
    if len(outcome) and task == REGRESSION:
        off, some = np.abs(answers - outcome), outcome != 0
        found["mae"] = float(off.mean())
        if some.any():
            found["mape"] = float((off[some] / np.abs(outcome[some])).mean())
    elif len(outcome):
        found["accuracy"] = float(np.mean((answers >= 0.5) == outcome))
        found["brier"] = float((((1 - outcome) - (1 - answers)) ** 2 + (outcome - answers) ** 2).mean() / 2)
        found["auc"] = _auc(outcome, answers)
    return found


def _auc(outcome: np.ndarray, answers: np.ndarray) -> float:
    """Return the area under the curve of true over false positives; NaN where all outcomes are the same.

    It is scikit-learn's ``roc_curve`` and ``auc`` to the last bit, which leave out what lies between two corners. Their
    checks of what is known here take many times as long as the sum itself.
    """
    order = np.argsort(answers, kind="stable")[::-1]
    last = np.append(np.nonzero(np.diff(answers[order]))[0], len(answers) - 1)
    hits = np.cumsum(outcome[order], dtype=float)[last]
    curve = np.stack([1 + last - hits, hits])
    if not curve[:, -1].all():
        return float("nan")
    if len(last) > 2:
        curve = curve[:, np.concatenate([[True], np.diff(curve, 2).any(axis=0), [True]])]
    false, true = np.concatenate([np.zeros((2, 1)), curve], axis=1) / curve[:, -1:]
    return float(np.trapezoid(true, false))


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
    return max(TREE_SHARE * trees(estimator), 1.0)


def trees(estimator: Any) -> int:
    """Return how many trees an estimator, or the last step of a pipeline, is made of; nought if it is no ensemble."""
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    return len(getattr(last, "_predictors", None) or getattr(last, "estimators_", ()))


def forget() -> None:
    """Empty the memory of `fit`, so that the next call trains anew."""
    _MEMORY.clear()
