"""Adjustments of a bill: lines that the provider adds to an invoice, for what went wrong in its own house.

A run bills what was used and bought. What comes by post is made here, in the same form, so that it can stand beside a
run's bill; the run's ledger does not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.cloud.billing import billing
from sim.cloud.charges import CHARGES, Resource, UsageLines
from sim.cloud.prices import PRICES
from sim.errors import MoneyError, ScenarioError, unknown
from sim.scenario import Scenario


def credit(
    scenario: Scenario, resource: str, day: int, gbp: float, tags: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return a credit: money given back for a resource that did not run as promised.

    Parameters
    ----------
    scenario : Scenario
        Whose bill it is for.
    resource : str
        A resource of its estate.
    day : int
        Days from the start; the credit stands on that month's invoice.
    gbp : float
        How much, more than 0; the line bears it with a minus sign.
    tags : mapping of str to str, optional
        What the resource bears; nothing when left out.

    Returns
    -------
    DataFrame
        One row, with the columns of a run's ``billing``.

    Raises
    ------
    ScenarioError
        If the estate has no such resource.
    MoneyError
        If the sum is not more than 0.
    """
    if not gbp > 0:
        raise MoneyError(f"A credit of {gbp} GBP was asked for, but more than 0 was expected; it is given with a minus.")
    return _line(scenario, resource, day, "credit", 1.0, -round(gbp * 100), tags)


def correction(
    scenario: Scenario, resource: str, day: int, quantity: float, tags: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return a correction: use that was billed wrongly in the month before, taken off again at the published price.

    Parameters
    ----------
    scenario : Scenario
        Whose bill it is for.
    resource : str
        A resource of its estate.
    day : int
        Days from the start; the correction stands on that month's invoice, for the month before it.
    quantity : float
        Hours, GB-days, GB or calls, more than 0, that were billed and never used.
    tags : mapping of str to str, optional
        What the resource bears; nothing when left out.

    Returns
    -------
    DataFrame
        One row, with the columns of a run's ``billing``.

    Raises
    ------
    ScenarioError
        If the estate has no such resource.
    MoneyError
        If the quantity is not more than 0.
    """
    if not quantity > 0:
        raise MoneyError(f"A correction of {quantity} was asked for, but more than 0 was expected; it is taken off.")
    price = PRICES[_resource(scenario, resource).size].metered_gbp
    return _line(scenario, resource, day, "correction", -quantity, -round(quantity * price * 100), tags)


def _resource(scenario: Scenario, name: str) -> Resource:
    for given in scenario.estate:
        if given.name == name:
            return Resource(name, name, given.kind, given.service, given.environment, given.size)
    raise ScenarioError(unknown("resource", name, [given.name for given in scenario.estate]))


def _line(
    scenario: Scenario, name: str, day: int, charge: str, quantity: float, pence: int, tags: Mapping[str, str] | None
) -> pd.DataFrame:
    resource = _resource(scenario, name)
    price = PRICES[resource.size].metered_gbp if charge == "correction" else 0.0
    row = (day, 0, quantity, price, price, pence, pence, CHARGES.index(charge), -1)
    kinds = (np.int64, np.int64, float, float, float, np.int64, np.int64, np.int64, np.int64)
    arrays = [np.array([value], dtype=kind) for value, kind in zip(row, kinds, strict=True)]
    usage = UsageLines(*arrays, resources=(resource,))
    return billing(usage, scenario.name, scenario.start, {name: [(0, dict(tags))]} if tags else None)
