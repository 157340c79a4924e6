"""Charges: what is used or bought of the cloud, as it is metered and before it is described on a bill."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from sim.cloud.prices import LONDON
from sim.errors import MoneyError

CHARGES: tuple[str, ...] = ("on demand", "spot", "committed", "unused", "purchase", "credit", "correction")
"""What a charge may be: used on demand, on the spot market or under a commitment; the part of a commitment that nobody
used; a commitment's monthly price; money given back; and an earlier month's bill put right."""

DISCIPLINES: dict[str, str] = {
    "training": "mlops",
    "serving": "mlops",
    "pipeline": "dataops",
    "storage": "dataops",
    "development": "mlops",
    "logging": "mlops",
    "transfer": "dataops",
    "third-party": "dataops",
    "function": "dataops",
    "disk": "finops",
    "address": "finops",
}
"""Kind of resource to the discipline that answers for it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the estate, as it is billed.

    Parameters
    ----------
    id, name : str
        What the provider and the department call it.
    kind : str
        A key of `DISCIPLINES`.
    service : str
        The service that it serves, or ``"shared"``. It reaches the bill only through the tags.
    environment : str
        ``"production"``, ``"development"`` ...: the sub-account.
    size : str
        A line of `sim.cloud.prices.PRICES`. A resource that changes size is listed once for each size, under one id.
    region : str
        Region code.
    """

    id: str
    name: str
    kind: str
    service: str
    environment: str
    size: str
    region: str = LONDON


@dataclasses.dataclass(frozen=True, slots=True)
class Commitment:
    """An undertaking to pay for an hourly sum of machines, whether they run or not, for a lower price.

    Parameters
    ----------
    id, name : str
        What the provider and the department call it.
    term_days : int
        Days for which it was made.
    began_day : int
        The first of them, from the start.
    hourly_gbp : float
        What is paid for each hour of the term, GBP at the committed price.
    discount : float
        Share taken off the published price of what it covers.
    upfront : str
        ``"none"``: it is paid month by month.
    """

    id: str
    name: str
    term_days: int
    began_day: int
    hourly_gbp: float
    discount: float
    upfront: str = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class UsageLines:
    """What was used and bought: arrays of one length n, one element per charge.

    Parameters
    ----------
    day : ndarray of int64
        Days from the start.
    resource : ndarray of int64
        Place in `resources`; -1 for a charge that belongs to none, such as a purchase.
    quantity : ndarray of float64
        Hours, GB-days, GB or calls: whatever the price line counts by the day.
    list_price, unit_price : ndarray of float64
        GBP for one of the quantity: as published, and after what was negotiated, spot or committed.
    pence : ndarray of int64
        What is billed, as `running_pence` gives it (FOCUS BilledCost); negative only for credits and corrections.
    effective_pence : ndarray of int64
        What the charge cost in the end (FOCUS EffectiveCost): nothing for a purchase, the share of its commitment's
        price for what is committed or unused, and as billed for all else.
    charge : ndarray of int64
        Place in `CHARGES`.
    commitment : ndarray of int64
        Place in `commitments`, or -1 for none.
    resources : sequence of Resource
        The estate.
    commitments : sequence of Commitment
        Those ever made.
    """

    day: np.ndarray
    resource: np.ndarray
    quantity: np.ndarray
    list_price: np.ndarray
    unit_price: np.ndarray
    pence: np.ndarray
    effective_pence: np.ndarray
    charge: np.ndarray
    commitment: np.ndarray
    resources: Sequence[Resource]
    commitments: Sequence[Commitment] = ()

    ARRAYS: ClassVar[tuple[str, ...]] = (
        "day",
        "resource",
        "quantity",
        "list_price",
        "unit_price",
        "pence",
        "effective_pence",
        "charge",
        "commitment",
    )
    """Fields that are arrays."""

    @classmethod
    def on_demand(
        cls,
        day: np.ndarray,
        resource: np.ndarray,
        quantity: np.ndarray,
        unit_price: np.ndarray,
        pence: np.ndarray,
        resources: Sequence[Resource],
    ) -> UsageLines:
        """Return lines that are all bought on demand at the published price."""
        n = len(day)
        return cls(
            day=day,
            resource=resource,
            quantity=quantity,
            list_price=unit_price,
            unit_price=unit_price,
            pence=pence,
            effective_pence=pence,
            charge=np.zeros(n, dtype=np.int64),
            commitment=np.full(n, -1, dtype=np.int64),
            resources=resources,
        )


def running_pence(exact_gbp: float, carried: float) -> tuple[int, float]:
    """Turn a resource's exact costs into whole pence, day by day, without ever losing or making a penny.

    Parameters
    ----------
    exact_gbp : float
        Today's exact cost, GBP.
    carried : float
        Pence not yet billed (at most half a penny either way); zero on the first day.

    Returns
    -------
    pence : int
        The rounded running total less the one before; halves round up. Never negative if no cost is.
    carried : float
        To be handed in tomorrow.

    Raises
    ------
    MoneyError
        The cost is not a finite number.
    """
    owed = exact_gbp * 100.0 + carried
    if not math.isfinite(owed):
        raise MoneyError("A cloud cost is not a finite number of pounds; check the quantities and unit prices used.")
    pence = math.floor(owed + 0.5)
    return pence, owed - pence
