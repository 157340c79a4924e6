"""Fairness by group. Plain functions; nothing here simulates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.errors import DecisionError


def award_rates(eligible: np.ndarray, granted: np.ndarray) -> np.ndarray:
    """Return, for each group, the share of its eligible people who were awarded.

    Parameters
    ----------
    eligible, granted : ndarray of int, shape (..., groups)
        Eligible people decided upon, and those of them awarded.

    Returns
    -------
    ndarray of float, shape (..., groups)
        NaN where a group has no eligible people. This is the true positive rate by group.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(granted, dtype=float) / np.asarray(eligible, dtype=float)


def equity_gap(eligible: np.ndarray, granted: np.ndarray) -> np.ndarray:
    """Return the gap between the best and the worst served group: equality of opportunity.

    Parameters
    ----------
    eligible, granted : ndarray of int, shape (..., groups)
        As for `award_rates`.

    Returns
    -------
    ndarray of float, shape (...)
        Difference of the largest and the smallest award rate; NaN where a group is empty. Source: Hardt, Price and
        Srebro (2016), also fairlearn's ``true_positive_rate_difference``.
    """
    rates = award_rates(eligible, granted)
    return rates.max(axis=-1) - rates.min(axis=-1)


def by_group(outcome: np.ndarray, granted: np.ndarray, group: np.ndarray) -> pd.DataFrame:
    """Return what each group got, by fairlearn's measures.

    Parameters
    ----------
    outcome : ndarray of bool, shape (n,)
        Who was eligible.
    granted : ndarray of bool, shape (n,)
        Who was awarded, or predicted eligible.
    group : ndarray, shape (n,)
        Protected group.

    Returns
    -------
    DataFrame
        One row for each group, in order of name: people, selection_rate, true_positive_rate, false_positive_rate,
        accuracy. A rate among nobody is NaN, where fairlearn would say 0.

    Raises
    ------
    DecisionError
        If the arrays differ in length or are empty, or hold something other than 0 and 1.
    """
    from fairlearn.metrics import MetricFrame, count, false_positive_rate, selection_rate, true_positive_rate
    from sklearn.metrics import accuracy_score

    y, d, groups = _same_people(outcome, granted, group)
    for name, values in (("outcome", y), ("granted", d)):
        if not np.isin(values, (0, 1)).all():
            raise DecisionError(f"{name} holds more than 0 and 1, but outcomes and awards of 0 and 1 were expected.")
    y, d = y.astype(int), d.astype(int)
    measures = {
        "people": count,
        "selection_rate": selection_rate,
        "true_positive_rate": true_positive_rate,
        "false_positive_rate": false_positive_rate,
        "accuracy": accuracy_score,
    }
    frame = MetricFrame(metrics=measures, y_true=y, y_pred=d, sensitive_features=pd.Series(groups, name="group"))
    table = frame.by_group.astype(float)
    eligible = pd.Series(y).groupby(groups).mean()
    table.loc[table.index.map(eligible) == 0, "true_positive_rate"] = np.nan
    table.loc[table.index.map(eligible) == 1, "false_positive_rate"] = np.nan
    return table.astype({"people": int})


def disparities(outcome: np.ndarray, granted: np.ndarray, group: np.ndarray) -> dict[str, float]:
    """Return the gaps between groups that fairlearn names.

    Parameters
    ----------
    outcome, granted, group : ndarray, shape (n,)
        As for `by_group`.

    Returns
    -------
    dict of float
        ``demographic_parity_difference``, largest less smallest selection rate; ``true_positive_rate_difference``,
        equality of opportunity, our `equity_gap`; ``false_positive_rate_difference``; and
        ``equalized_odds_difference``, the larger of the last two; ``accuracy_difference``. NaN where some group has
        nobody to take a rate among. A model that is better than chance cannot bring both
        the first and equalized odds to 0 where groups differ in eligibility (Barocas, Hardt and Narayanan 2023, ch. 3).
    """
    table = by_group(outcome, granted, group)
    gap = (table.max(skipna=False) - table.min(skipna=False)).to_dict()
    return {
        "demographic_parity_difference": float(gap["selection_rate"]),
        "true_positive_rate_difference": float(gap["true_positive_rate"]),
        "false_positive_rate_difference": float(gap["false_positive_rate"]),
        "equalized_odds_difference": float(np.maximum(gap["true_positive_rate"], gap["false_positive_rate"])),
        "accuracy_difference": float(gap["accuracy"]),
    }


def share_within(actual: np.ndarray, predicted: np.ndarray, group: np.ndarray, tolerance: float) -> pd.Series:
    """Return, for each group, the share of predictions that come near enough: fairness of a regression.

    Parameters
    ----------
    actual, predicted : ndarray of float, shape (n,)
        In the same unit.
    group : ndarray, shape (n,)
        Protected group, or whoever is served.
    tolerance : float
        How far off is near enough, in that unit, 0 or more.

    Returns
    -------
    Series of float
        By group, in order of name.

    Raises
    ------
    DecisionError
        If the arrays differ in length or are empty, or the tolerance is negative.
    """
    if not tolerance >= 0:
        raise DecisionError(f"tolerance is {tolerance!r}, but a number of 0 or more was expected.")
    y, p, groups = _same_people(actual, predicted, group)
    near = np.abs(y - p) <= tolerance
    return pd.Series(near.astype(float)).groupby(groups).mean().rename("share_within").rename_axis("group")


def _same_people(*arrays: np.ndarray) -> list[np.ndarray]:
    given = [np.asarray(array) for array in arrays]
    if len({len(array) for array in given}) != 1 or not len(given[0]):
        lengths = ", ".join(str(len(array)) for array in given)
        raise DecisionError(f"The arrays hold {lengths} people, but the same number in each, 1 or more, was expected.")
    return given
