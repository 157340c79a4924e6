"""Usage: what the platform team sees of each resource that may be given another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.cloud.sizes import FUNCTION_GB_PER_VCPU, SHARED, Size, offered, size_of

if TYPE_CHECKING:
    from sim.cloud.estate import Estate

PEAK = 0.95
"""Quantile of daily use that is called its peak."""


def usage(estate: Estate, window: int = 28) -> pd.DataFrame:
    """Return what the ``size`` decision is given: one row for each resource that has sizes to choose from.

    Parameters
    ----------
    estate : Estate
        Metered so far.
    window : int
        Days looked back upon.

    Returns
    -------
    DataFrame
        Index resource; columns as in `sim.decisions.size.USAGE`.
    """
    n = len(estate.names)
    used = np.array(estate.used[-window:]).reshape(-1, n)
    done = np.array(estate.work_done[-window:]).reshape(-1, n)
    if not len(used):
        used, done = np.zeros((1, n)), np.zeros((1, n))
    peak_used, peak_done, mean_done = (
        np.quantile(used, PEAK, axis=0),
        np.quantile(done, PEAK, axis=0),
        done.mean(axis=0),
    )
    cost = _cost_gbp(estate, window)
    rows = [i for i, r in enumerate(estate.given) if r.sizes and not estate.removed[i]]
    sizes = [offered(estate.given[i]) for i in rows]
    spare = 0.0 if estate.pool is None else _capacity(estate, estate.pool) - float(peak_done[estate.pool])
    return pd.DataFrame(
        {
            "kind": [estate.given[i].kind for i in rows],
            "environment": [estate.given[i].environment for i in rows],
            "size": [estate.size[i].name for i in rows],
            "sizes": sizes,
            "vcpu": [estate.vcpu[i] for i in rows],
            "machines": [estate.machines[i] for i in rows],
            "utilisation": peak_used[rows],
            "cost_gbp": [cost[estate.names[i]] for i in rows],
            "work": peak_done[rows],
            "capacity": [
                tuple(_capacity(estate, i, size_of(s), spare) for s in s_i) for i, s_i in zip(rows, sizes, strict=True)
            ],
            "day_gbp": [
                tuple(_day_gbp(estate, i, size_of(s), float(mean_done[i])) for s in s_i)
                for i, s_i in zip(rows, sizes, strict=True)
            ],
        },
        index=pd.Index([estate.names[i] for i in rows], name="resource"),
    )


def by_day(estate: Estate, first: int, last: int) -> pd.DataFrame:
    """Return how hard each resource worked on the days [first, last) that have been metered.

    Parameters
    ----------
    estate : Estate
        Metered so far.
    first, last : int
        Half-open range of days.

    Returns
    -------
    DataFrame
        One row for each day and resource: day, resource, utilisation (share of what was paid for that did work, 0 to
        1; nothing that was not paid for did any), vcpu_hours (work done).
    """
    used = np.array(estate.used[first:last], dtype=float).reshape(-1, len(estate.names))
    done = np.array(estate.work_done[first:last], dtype=float).reshape(used.shape)
    names = pd.array(estate.names, dtype="str").take(np.tile(np.arange(used.shape[1]), len(used)))
    return pd.DataFrame(
        {
            "day": np.repeat(np.arange(first, first + len(used)), used.shape[1]),
            "resource": names,
            "utilisation": used.ravel(),
            "vcpu_hours": done.ravel(),
        }
    )


def _cost_gbp(estate: Estate, window: int) -> dict[str, float]:
    """Return what each resource has cost over the last days, GBP."""
    resources = estate.meter.resources
    pence = [0] * (len(resources) + 1)
    for day in estate.meter.days[-window:]:
        for line in day:
            pence[line[1]] += line[6]
    cost = dict.fromkeys(estate.names, 0)
    for resource, total in zip(resources, pence, strict=False):
        cost[resource.name] += total
    return {name: total / 100.0 for name, total in cost.items()}


def _capacity(estate: Estate, i: int, size: Size | None = None, spare: float = 0.0) -> float:
    """Return the vCPU hours a day, over the week, that a resource could do under a size."""
    size = size or estate.size[i]
    if size.name == SHARED:
        return max(spare, 0.0)
    line = size.price
    assert line is not None
    return float("inf") if line.family == "serverless" else line.vcpus * size.mean_hours * estate.machines[i]


def _day_gbp(estate: Estate, i: int, size: Size, work: float) -> float:
    """Return what a day, over the week, would cost under a size, at today's prices and the work of late, GBP."""
    line = size.price
    if line is None:
        return 0.0
    if line.family == "serverless":
        return work * FUNCTION_GB_PER_VCPU * estate.rates.gbp(size.sku)
    always = estate.given[i].always_on
    hours = size.mean_hours * estate.machines[i] if always else work / line.vcpus
    return hours * estate.rates.gbp(size.sku)
