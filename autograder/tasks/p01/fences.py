"""The reference estimator of p01: a logistic regression that sees no value beyond fences taken from its examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.models.learning import logistic_regression

REACH = 3.0
"""How far a fence stands from the median, in distances between the quartiles."""


class WithinFences:
    """A fitted pipeline, asked about values that have been clipped.

    Parameters
    ----------
    low, high : Series of float
        The fences, by column.
    model : estimator
        Fitted on clipped values.
    """

    def __init__(self, low: pd.Series, high: pd.Series, model: Any) -> None:
        self.low, self.high, self.model = low, high, model

    def predict_proba(self, records: pd.DataFrame) -> np.ndarray:
        """Return the probabilities of 0 and 1 for each record, shape (n, 2)."""
        return self.model.predict_proba(records.clip(self.low, self.high, axis=1))


def train_within_fences(examples: pd.DataFrame, outcome: pd.Series) -> WithinFences:
    """Fit the reference estimator."""
    quartiles = examples.quantile([0.25, 0.5, 0.75])
    reach = REACH * (quartiles.loc[0.75] - quartiles.loc[0.25]).clip(lower=1.0)
    low, high = quartiles.loc[0.5] - reach, quartiles.loc[0.5] + reach
    return WithinFences(low, high, logistic_regression().fit(examples.clip(low, high, axis=1), outcome))
