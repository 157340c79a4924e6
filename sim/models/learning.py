"""Learning: scikit-learn estimators trained on delivered records. Nothing here simulates.

`fit` is pure, so it is memoised on the content of its data: two programmes that meet the same records share the work.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from scipy.special import expit

_MEMORY: OrderedDict[bytes, Fitted] = OrderedDict()
_REMEMBERED = 64


@dataclass(frozen=True)
class Fitted:
    """A trained estimator and how it did on rows kept apart from training.

    Attributes
    ----------
    estimator : sklearn estimator
        With ``predict_proba``.
    folded : tuple or None
        The same model as one line of algebra, for quick scoring: medians for missing values, shape (k,), coefficients
        on raw values, shape (k,), and intercept.
    rows : int
        Rows that it was given, training and test together.
    accuracy, auc, brier : float
        On the test rows; NaN when there were none, or for auc when they held one outcome only.
    snapshot : str
        Fingerprint of the data, 12 hexadecimal digits.
    """

    estimator: Any
    folded: tuple[np.ndarray, np.ndarray, float] | None
    rows: int
    accuracy: float
    auc: float
    brier: float
    snapshot: str


def logistic_regression() -> Any:
    """Return an untrained pipeline: median for missing values, standardisation, logistic regression."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), LogisticRegression(max_iter=200)
    )


def fit(features: np.ndarray, outcome: np.ndarray) -> Fitted:
    """Train on four rows of five and test on the fifth.

    Parameters
    ----------
    features : ndarray of float, shape (n, k)
        Records as delivered; NaN where missing.
    outcome : ndarray of bool, shape (n,)
        Known outcomes.

    Returns
    -------
    Fitted
        The estimator; where the training rows hold one outcome only, it always predicts that.
    """
    from sklearn import config_context
    from sklearn.dummy import DummyClassifier
    from sklearn.metrics import brier_score_loss, roc_auc_score

    x = np.ascontiguousarray(features, dtype=float)
    y = np.asarray(outcome, dtype=int)
    digest = blake2b(x.tobytes(), digest_size=16)
    digest.update(y.tobytes())
    key = digest.digest()
    if key in _MEMORY:
        _MEMORY.move_to_end(key)
        return _MEMORY[key]
    test = np.arange(len(y)) % 5 == 4
    with config_context(assume_finite=True, skip_parameter_validation=True):
        both = len(np.unique(y[~test])) == 2
        estimator = logistic_regression() if both else DummyClassifier(strategy="prior")
        estimator.fit(x[~test], y[~test])
    folded = _fold(estimator) if both else None
    p = score(estimator, x[test], folded) if test.any() else np.empty(0)
    fitted = Fitted(
        estimator=estimator,
        folded=folded,
        rows=len(y),
        accuracy=float(np.mean((p >= 0.5) == y[test])) if test.any() else float("nan"),
        auc=float(roc_auc_score(y[test], p)) if len(np.unique(y[test])) == 2 else float("nan"),
        brier=float(brier_score_loss(y[test], p, labels=[0, 1])) if test.any() else float("nan"),
        snapshot=digest.hexdigest()[:12],
    )
    _MEMORY[key] = fitted
    if len(_MEMORY) > _REMEMBERED:
        _MEMORY.popitem(last=False)
    return fitted


def _fold(pipeline: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """Fold imputation and standardisation into the logistic regression: w'(x - m) / s = (w / s)'x - w'm / s."""
    imputer, scaler, regression = (step for _, step in pipeline.steps)
    weights = regression.coef_[0] / scaler.scale_
    return imputer.statistics_, weights, float(regression.intercept_[0] - weights @ scaler.mean_)


def score(
    estimator: Any, features: np.ndarray, folded: tuple[np.ndarray, np.ndarray, float] | None = None
) -> np.ndarray:
    """Return the probability of outcome 1 for each row.

    Parameters
    ----------
    estimator : sklearn estimator
        Trained on 0 and 1.
    features : ndarray of float, shape (n, k)
        Records; NaN where missing.
    folded : tuple or None
        As in `Fitted`; used instead of the estimator, whose algebraic equal it is.

    Returns
    -------
    ndarray of float, shape (n,)
        Between 0 and 1.
    """
    if not len(features):
        return np.empty(0)
    if folded is not None:
        medians, weights, intercept = folded
        return expit(np.where(np.isnan(features), medians, features) @ weights + intercept)
    from sklearn import config_context

    with config_context(assume_finite=True, skip_parameter_validation=True):
        p = estimator.predict_proba(features)
    classes = list(estimator.classes_)
    return p[:, classes.index(1)] if 1 in classes else np.zeros(len(features))


def forget() -> None:
    """Empty the memory of `fit`, so that the next call trains anew."""
    _MEMORY.clear()
