"""Explanation: why a model gave a case its score, and what it leans on. Nothing here simulates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.errors import DecisionError

_ENDINGS = {"_gbp": "£{:,.0f}", "_years": "{:,.0f} years", "_hours": "{:,.0f} hours", "_days": "{:,.0f} days"}


def contributions(estimator: Any, features: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return what each feature adds to each case's score: exact for a linear model.

    Parameters
    ----------
    estimator : sklearn pipeline
        Fitted; its last step is linear (``coef_``), and the steps before it keep one column for each feature, as an
        imputer and a standardiser do.
    features : DataFrame
        Cases; NaN where missing.

    Returns
    -------
    added : DataFrame of float
        Coefficient times the feature as the last step sees it, on the cases' index. After a standardiser that is the
        difference from a case that is average in this feature.
    base : float
        The score of a case with zero in all; each row of ``added`` and ``base`` sum to the case's log-odds, or to the
        prediction of a regression.

    Raises
    ------
    DecisionError
        If the estimator is not such a pipeline.
    """
    seen, coefficients, base = _linear(estimator, features)
    return pd.DataFrame(seen * coefficients, index=features.index, columns=features.columns), base


def _linear(estimator: Any, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    last = estimator[-1] if hasattr(estimator, "steps") else None
    coefficients = np.atleast_2d(getattr(last, "coef_", np.empty((0, 0))))
    if last is None or len(coefficients) != 1:
        raise DecisionError(
            f"estimator is a {type(estimator).__name__} that ends in {type(last or estimator).__name__}, but a "
            "scikit-learn pipeline that ends in one linear model was expected. permutation takes any estimator."
        )
    seen = np.asarray(estimator[:-1].transform(_as_fitted(estimator, features)), dtype=float)
    if seen.shape[1] != features.shape[1]:
        raise DecisionError(
            f"The pipeline makes {seen.shape[1]} columns of {features.shape[1]} features, but one each was expected."
        )
    return seen, coefficients[0], float(np.ravel(last.intercept_)[0])


def _as_fitted(estimator: Any, features: pd.DataFrame) -> pd.DataFrame | np.ndarray:
    """Return a frame to an estimator that was fitted on one, and an array to one that was not."""
    return features if hasattr(estimator, "feature_names_in_") else features.to_numpy(dtype=float)


def permutation(
    estimator: Any,
    features: pd.DataFrame,
    outcome: np.ndarray,
    generator: np.random.Generator,
    repeats: int = 10,
    scoring: str | None = None,
) -> pd.DataFrame:
    """Return how much worse any model does when one feature's values are dealt out anew among the cases.

    Parameters
    ----------
    estimator : sklearn estimator
        Fitted.
    features : DataFrame
        Cases that it was not trained on.
    outcome : ndarray, shape (n,)
        Known outcomes.
    generator : numpy.random.Generator
        Deals.
    repeats : int
        Times for each feature.
    scoring : str, optional
        One of scikit-learn's names; accuracy, or R squared for a regression, unless given.

    Returns
    -------
    DataFrame
        Columns feature, importance (fall of the score) and sd (over the repeats), the largest first. Features that
        say the same hide each other. Source: `sklearn.inspection.permutation_importance`, Breiman (2001).
    """
    from sklearn.inspection import permutation_importance
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        found = permutation_importance(
            estimator,
            _as_fitted(estimator, features),
            np.asarray(outcome),
            scoring=scoring,
            n_repeats=repeats,
            random_state=int(generator.integers(2**31)),
            n_jobs=1,
        )
    table = pd.DataFrame({"feature": list(features), "importance": found.importances_mean, "sd": found.importances_std})
    return table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)


def reasons(estimator: Any, case: pd.Series, most: int = 3) -> str:
    """Return in plain words what moved one case's score most.

    Parameters
    ----------
    estimator : sklearn pipeline
        As for `contributions`; reasons compare with an average case if it standardises.
    case : Series
        One case's features by name; names end in their unit, such as ``savings_gbp``.
    most : int
        How many features to name, 1 or more; those that move nothing are not named.

    Returns
    -------
    str
        For instance "Savings of £4,200 lowered the score most; rent of £950 raised it."

    Raises
    ------
    DecisionError
        If the estimator is not such a pipeline, or ``most`` is below 1.
    """
    if most < 1:
        raise DecisionError(f"most is {most!r}, but a whole number of 1 or more was expected.")
    added, _ = contributions(estimator, case.to_frame().T.astype(float))
    row = added.iloc[0]
    leading = row[row.abs() > 1e-9].abs().sort_values(ascending=False, kind="stable").index[:most]
    if not len(leading):
        return "Nothing in this case moved the score from the average."
    parts = [f"{_phrase(str(name), float(case[name]))} {_moved(row[name])}" for name in leading]
    parts[0] = parts[0].removesuffix(" it") + " the score most"
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def _moved(amount: float) -> str:
    return "raised it" if amount > 0 else "lowered it"


def _phrase(name: str, value: float) -> str:
    ending = next((e for e in _ENDINGS if name.endswith(e)), "")
    words = name.removesuffix(ending).replace("_", " ")
    if np.isnan(value):
        return f"missing {words}"
    if ending:
        figure = _ENDINGS[ending].format(abs(value))
        return f"{words} of {'-' if value < 0 else ''}{figure}"
    return f"{words} of {value:,.6g}"
