"""Reference practice of training: a logistic regression suited to records of money, and to a world that moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from sim.decisions.train import task_of
from sim.models.learning import REGRESSION, logistic_regression, ridge
from sim.practices.quantile import medians


class Logarithmic:
    """A linear model of logarithms: what it answers for a record is one line of algebra.

    Parameters
    ----------
    fill : ndarray of float, shape (k,)
        Values that stand for missing ones.
    skewed : ndarray of int, shape (j,)
        Places of the features of which the logarithm is taken.
    weights : ndarray of float, shape (k,)
        Coefficients on the features, or on their logarithms.
    intercept : float
    """

    classes_ = (0, 1)

    def __init__(self, fill: np.ndarray, skewed: np.ndarray, weights: np.ndarray, intercept: float) -> None:
        self.fill, self.skewed, self.weights, self.intercept = fill, skewed, weights, intercept
        self.n_features_in_ = len(fill)

    def predict(self, features: Any) -> np.ndarray:
        """Return the line for each row, shape (n,): a forecast, or log-odds."""
        x = np.asarray(features, dtype=float)
        return _logarithms(np.where(np.isnan(x), self.fill, x), self.skewed) @ self.weights + self.intercept

    def predict_proba(self, features: Any) -> np.ndarray:
        """Return the probabilities of 0 and 1 for each row, shape (n, 2)."""
        p = expit(self.predict(features))
        both = np.empty((len(p), 2))
        both[:, 0], both[:, 1] = 1 - p, p
        return both


def _logarithms(values: np.ndarray, skewed: np.ndarray) -> np.ndarray:
    """Put the logarithm of 1 and the value in the place of skewed features; below 0 counts as 0."""
    amounts = values.take(skewed, axis=1)
    np.maximum(amounts, 0.0, out=amounts)
    values[:, skewed] = np.log1p(amounts, out=amounts)
    return values


@dataclass(frozen=True)
class train_on_logarithms:  # noqa: N801 - a practice is named as it is called
    """Take logarithms of amounts, and let recent cases count for more than old ones.

    Money is spread over orders of magnitude, so that a few large amounts pull a plain line about; on their logarithms
    the relation is nearly straight. Each example counts half as much as one ``half_life`` of the examples later.

    Parameters
    ----------
    half_life : float
        As a share of the examples; 0.5 lets the oldest count a quarter of the newest.
    skew : float
        A feature whose mean lies this many of its standard deviations above its median, or more, is taken for an
        amount.
    """

    half_life: float = 0.5
    skew: float = 0.1

    def __call__(self, examples: pd.DataFrame, outcome: pd.Series) -> Logarithmic:
        """Return the fitted model; where there is one outcome only, one that always predicts that."""
        x, y = examples.to_numpy(), outcome.to_numpy()
        fill = np.nan_to_num(medians(x.T))
        x = np.where(np.isnan(x), fill, x)
        skewed = np.nonzero((x.mean(axis=0) - fill > self.skew * x.std(axis=0)) & (x.min(axis=0) >= 0))[0]
        regression = task_of(outcome) == REGRESSION
        if not regression and len(np.unique(y)) < 2:
            return Logarithmic(fill, skewed, np.zeros(len(fill)), 40.0 if y[0] else -40.0)
        age = np.arange(len(y))[::-1] / len(y)
        _, (_, scaler), (_, line) = (ridge() if regression else logistic_regression()).steps
        line.fit(scaler.fit_transform(_logarithms(x, skewed)), y, sample_weight=0.5 ** (age / self.half_life))
        weights = np.ravel(line.coef_) / scaler.scale_
        return Logarithmic(fill, skewed, weights, float(np.ravel(line.intercept_)[0] - weights @ scaler.mean_))
