"""The unit of speed: what this machine, in this process, takes for a known piece of work."""

from __future__ import annotations

from statistics import median
from time import process_time

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits


def unit_seconds(repeats: int = 3) -> float:
    """Return the seconds of U: 100 fits of a logistic regression on 2,000 x 12 rows, on one thread.

    Parameters
    ----------
    repeats : int
        Measurements, of which the median is taken.

    Returns
    -------
    float
        Of the processor, as `sim.stopwatch` counts them.
    """
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2000, 12))
    y = (x @ generator.normal(size=12) + generator.logistic(size=2000)) > 0
    taken = []
    with threadpool_limits(1):
        for _ in range(repeats):
            began = process_time()
            for _ in range(100):
                LogisticRegression().fit(x, y)
            taken.append(process_time() - began)
    return median(taken)
