"""Six dimensions of data quality, measured on records. Plain functions; nothing here simulates.

A record fails a dimension if any of the fields concerned fails it. Accuracy needs the truth, so only hindsight can
measure it; the other five can be measured by anybody who holds the records.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DIMENSIONS = ("accuracy", "completeness", "consistency", "timeliness", "validity", "uniqueness")


def failures(
    values: np.ndarray,
    truth: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    rules: list[tuple[int, int]],
    tolerance: float = 0.05,
) -> dict[str, np.ndarray]:
    """Say which fields of which records fail accuracy, completeness, consistency and validity.

    Parameters
    ----------
    values, truth : ndarray of float, shape (n, k)
        As delivered, with NaN where missing, and as true.
    low, high : ndarray of float, shape (k,)
        Valid range of each field, inclusive.
    rules : list of (int, int)
        Pairs of columns: the first must stay below the second.
    tolerance : float
        A value is accurate if it is within this share of the truth, or within 1 of it.

    Returns
    -------
    dict of str to ndarray of bool, shape (n, k)
        True where a field fails.
    """
    missing = np.isnan(values)
    inconsistent = np.zeros(values.shape, dtype=bool)
    for lesser, greater in rules:
        inconsistent[:, lesser] |= values[:, lesser] >= values[:, greater]
    return {
        "accuracy": np.abs(values - truth) > np.maximum(np.abs(truth) * tolerance, 1.0),
        "completeness": missing,
        "consistency": inconsistent,
        "validity": (values < low) | (values > high),
    }


def frame(counts: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Return the quality of each day's batch by source and dimension.

    Parameters
    ----------
    counts : dict of (source, dimension) to (rows, failed)
        Arrays of shape (days,), one entry for each day.

    Returns
    -------
    DataFrame
        Columns day, source, dimension, rows, failed, score (share that passes), in order of day; days without a
        batch have no row.
    """
    keys = list(counts)
    if not keys:
        return pd.DataFrame({"day": [], "source": [], "dimension": [], "rows": [], "failed": [], "score": []})
    rows = np.stack([counts[k][0] for k in keys], axis=1)
    failed = np.stack([counts[k][1] for k in keys], axis=1)
    day, key = np.nonzero(rows)
    rows, failed = rows[day, key], failed[day, key]
    return pd.DataFrame(
        {
            "day": day.astype("int64"),
            "source": pd.array([k[0] for k in keys], dtype="str").take(key),
            "dimension": pd.array([k[1] for k in keys], dtype="str").take(key),
            "rows": rows.astype("int64"),
            "failed": failed.astype("int64"),
            "score": 1 - failed / rows,
        }
    )
