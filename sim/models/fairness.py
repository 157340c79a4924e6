"""Fairness by group. Plain functions; nothing here simulates."""

from __future__ import annotations

import numpy as np


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
