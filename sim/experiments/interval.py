"""How sure a mean is."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float, int]:
    """Return a mean with its interval by Student's t.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Independent of one another: paired differences, say, one for each seed. NaN where one could not be measured.
    level : float
        Confidence.

    Returns
    -------
    mean, low, high : float
        NaN where there are too few values.
    n : int
        Values measured.
    """
    seen = values[~np.isnan(values)]
    n = len(seen)
    if n == 0:
        return float("nan"), float("nan"), float("nan"), 0
    mean = float(seen.mean())
    if n == 1:
        return mean, float("nan"), float("nan"), 1
    half = float(stdtrit(n - 1, 0.5 + level / 2) * seen.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half, n
