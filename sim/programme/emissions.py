"""The carbon of the cloud, day by day and service by service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.cloud import carbon
from sim.cloud.charges import CHARGES, UsageLines
from sim.cloud.prices import PRICES

if TYPE_CHECKING:
    from sim.programme.programme import Programme

RAN = tuple(CHARGES.index(name) for name in ("on demand", "committed"))
"""Charges for machines of the estate itself; those of the spot market are a job's own."""


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
    market, estate = programme.market, programme.estate
    grid = carbon.intensity(market.shape[:last], market.still[:last], market.given.grid_g_per_kwh)
    names = [s.given.name for s in programme.services]
    owners, pue = [*names, "shared"], market.given.pue
    total = np.zeros((len(owners), last))
    resources = usage.resources
    machine = np.array([PRICES[r.size].family in carbon.MACHINES for r in resources], dtype=bool)
    here = np.isin(usage.charge, RAN) & (usage.day < last) & (usage.resource >= 0)
    here &= machine[usage.resource]
    cell = usage.day[here] * len(resources) + usage.resource[here]
    cells, back = np.unique(cell, return_inverse=True)
    hours = np.bincount(back, weights=usage.quantity[here])
    day, variant = cells // len(resources), cells % len(resources)
    place = np.array([estate.names.index(r.name) for r in resources], dtype=int)[variant]
    busy = hours * np.array(estate.used)[day, place]
    full = np.array([carbon.watts(r.size) for r in resources])[variant]
    kind = np.array([r.kind for r in resources])[variant]
    owner = np.array([owners.index(r.service) for r in resources], dtype=int)
    kg = carbon.resource_day_kg(grid, day, hours, busy, full, kind, pue)
    np.add.at(total, (owner[variant], day), kg)
    return {}
