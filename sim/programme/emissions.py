"""The carbon of the cloud, day by day and service by service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.cloud import carbon
from sim.cloud.charges import CHARGES, UsageLines

if TYPE_CHECKING:
    from sim.programme.programme import Programme

RAN = tuple(CHARGES.index(name) for name in ("on demand", "committed"))
"""Charges for the estate's own machines; those of the spot market are a job's."""


def carbon_kg(programme: Programme, usage: UsageLines, last: int) -> dict[str, np.ndarray]:
    """Return the carbon of each service by day; what is shared is split evenly.

    Parameters
    ----------
    programme : Programme
        Run at least until ``last``.
    usage : UsageLines
        What was billed.
    last : int
        Days.

    Returns
    -------
    dict of str to ndarray of float, shape (last,)
        kg CO2e.
    """
    market = programme.market
    grid = carbon.intensity(market.shape[:last], market.still[:last], market.given.grid_g_per_kwh)
    names = [s.given.name for s in programme.services]
    owners = [*names, "shared"]
    total = np.zeros((len(owners), last))
    _of_the_estate(programme, usage, owners, grid, total)
    pue = market.given.pue
    for job in market.purchases.hires:
        here = job.day < last
        day, hour, hours = job.day[here], job.hour[here], job.hours[here] * (1 - job.on_demand)
        kg = carbon.job_kg(grid, day, hour, hours, carbon.watts(usage.resources[job.variant].size), pue)
        np.add.at(total[owners.index(job.service)], day, kg)
    for job in market.shifted:
        day = min(int(job.day[0]), last - 1)
        kg = carbon.job_kg(grid, np.minimum(job.day, last - 1), job.hour, job.hours, job.watts, pue).sum()
        usual = grid[day].mean() * job.hours.sum() * job.watts * pue / 1e6
        total[owners.index(job.service), day] += kg - usual
    return {name: total[i] + total[-1] / len(names) for i, name in enumerate(names)}


def _of_the_estate(
    programme: Programme, usage: UsageLines, owners: list[str], grid: np.ndarray, total: np.ndarray
) -> None:
    """Add, in place, the carbon of the estate's own machines, shape (owners, days)."""
    estate, resources = programme.estate, usage.resources
    full = np.array([carbon.watts(r.size) for r in resources])
    here = np.isin(usage.charge, RAN) & (usage.resource >= 0) & (usage.day < total.shape[1])
    here &= full[usage.resource] > 0
    days, cell = total.shape[1], usage.resource[here] * total.shape[1] + usage.day[here]
    hours = np.bincount(cell, weights=usage.quantity[here], minlength=len(resources) * days)
    cells = np.nonzero(hours)[0]
    variant, day, hours = cells // days, cells % days, hours[cells]
    place = {name: i for i, name in enumerate(estate.names)}
    used = np.array(estate.used).reshape(-1, len(place))
    busy = hours * used[day, np.array([place[r.name] for r in resources])[variant]]
    kind = np.array([r.kind for r in resources])[variant]
    kg = carbon.resource_day_kg(grid, day, hours, busy, full[variant], kind, programme.market.given.pue)
    owner = np.array([owners.index(r.service) for r in resources])[variant]
    np.add.at(total, (owner, day), kg)
