"""The bill: from resource-days to charges under FOCUS 1.4 names, to the penny.

FOCUS is the FinOps Open Cost and Usage Specification. Nothing here simulates: a bill is a plain function of what was
used. A line's pence are the rounded running total of its resource less the one before, so that a month's lines add up
to the month's cost, however many lines it has.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.cloud.charges import CHARGES, DISCIPLINES, Commitment, Resource, UsageLines, running_pence
from sim.cloud.prices import DAYS_PER_MONTH, PRICES, REGION_NAMES
from sim.errors import MoneyError, ScenarioError, unknown

__all__ = ["CHARGES", "COLUMNS", "DISCIPLINES", "Commitment", "Resource", "UsageLines", "billing", "running_pence"]

PROVIDER = "Amazon Web Services"
"""Whose published prices the estate is billed at (see `sim.cloud.prices`)."""

LEAST_GBP = 0.0001
"""A use worth less than this is listed as nothing, as a smaller figure could only be written with an exponent."""

COLUMNS: tuple[str, ...] = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "HostProviderName",
    "InvoiceDetailId",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingQuantity",
    "PricingUnit",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
    "x_Day",
    "x_Discipline",
    "x_Environment",
)
"""Columns of the bill, in order: FOCUS 1.4 names, then our own, which begin ``x_``."""

_TYPES = {
    "training": "Training machine",
    "serving": "Serving machine",
    "pipeline": "Pipeline machine",
    "storage": "Object store",
    "development": "Development machine",
}
STORAGE_CLASSES: dict[str, str] = {
    "standard": "Standard",
    "infrequent": "Standard - Infrequent Access",
    "instant-archive": "Glacier Instant Retrieval",
    "flexible-archive": "Glacier Flexible Retrieval",
    "deep-archive": "Glacier Deep Archive",
}
"""Line of the price list to the provider's storage class."""

_COMPUTE = ("Compute", "Amazon Elastic Compute Cloud", "Virtual Machines", "Instance hours")
_STORAGE = ("Storage", "Amazon Simple Storage Service", "Object Storage", "Storage volume")


_ANY = Resource("", "", "storage", "shared", "production", "standard")
"""Tells the names of a resource's columns when the estate is empty."""


def billing(
    usage: UsageLines,
    scenario_name: str,
    start: datetime.date,
    tags: Sequence[Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Return the bill, one row per charge, in the order of the usage.

    Parameters
    ----------
    usage : UsageLines
        What was used, and the pence billed for it.
    scenario_name : str
        Names the billing account.
    start : datetime.date
        The date of day 0.
    tags : sequence of mapping of str to str, optional
        Tags of each of ``usage.resources``, in their order; nothing is tagged when left out.

    Returns
    -------
    DataFrame
        `COLUMNS`; money in GBP, times as ``2026-04-01T00:00:00Z`` with the end exclusive, `Tags` a JSON object. Storage
        is consumed in GB-Days and priced in GB-Months. `BilledCost` is whole pence; `ListCost` and `ContractedCost` are
        unit price times quantity, so that a line may differ from them by less than a penny, and a resource's whole
        bill too (but for uses worth less than `LEAST_GBP`). Commitment columns are empty, as nothing is committed.

    Raises
    ------
    MoneyError
        The pence are not whole numbers.
    ScenarioError
        A resource's kind or size is unknown, the arrays differ in length, or there are not as many tags as resources.
    """
    _check(usage, tags)
    n = len(usage.day)
    resource = pa.array(np.asarray(usage.resource, dtype=np.int64))
    first = int(usage.day.min()) if n else 0
    days = pa.array(np.asarray(usage.day, dtype=np.int64) - first)
    estate = {name: column.take(resource) for name, column in _by_resource(usage.resources, tags).items()}
    dates = {name: column.take(days) for name, column in _by_day(start, first, usage.day).items()}
    dates["InvoiceDetailId"] = pc.binary_join_element_wise(
        dates["InvoiceId"], estate["SkuId"], pa.scalar("-", pa.large_string())
    )
    fixed = {name: _repeat(value, n) for name, value in _constants(scenario_name).items()}
    table = estate | dates | fixed | _numbers(usage)
    return pd.DataFrame({name: _pandas(table[name]) for name in COLUMNS}, copy=False)


def _check(usage: UsageLines, tags: Sequence[Mapping[str, str]] | None) -> None:
    lengths = {f.name: len(getattr(usage, f.name)) for f in dataclasses.fields(usage) if f.type == "np.ndarray"}
    if len(set(lengths.values())) > 1:
        raise ScenarioError(f"Usage arrays must be of one length, but they are {lengths}.")
    if not np.issubdtype(usage.pence.dtype, np.integer):
        raise MoneyError(f"pence are {usage.pence.dtype}, but money is billed in whole pence; use running_pence.")
    if tags is not None and len(tags) != len(usage.resources):
        raise ScenarioError(f"There are {len(tags)} sets of tags for {len(usage.resources)} resources; give one each.")
    for resource in usage.resources:
        if resource.kind not in DISCIPLINES:
            raise ScenarioError(unknown("kind of resource", resource.kind, DISCIPLINES))
        if resource.size not in PRICES:
            raise ScenarioError(unknown("price", resource.size, PRICES))


def _by_resource(resources: Sequence[Resource], tags: Sequence[Mapping[str, str]] | None) -> dict[str, pa.Array]:
    """Columns that follow from the resource, one element per resource."""
    rows = [_describe(resource, tags[i] if tags is not None else {}) for i, resource in enumerate(resources)]
    names = _describe(_ANY, {})
    return {name: pa.array([row[name] for row in rows], pa.large_string()) for name in names}


def _describe(resource: Resource, tags: Mapping[str, str]) -> dict[str, str]:
    item = PRICES[resource.size]
    stored = item.family == "storage"
    category, service, subcategory, meter = _STORAGE if stored else _COMPUTE
    region = REGION_NAMES.get(resource.region, resource.region)
    sku = f"{resource.size}.{resource.region}"
    details = {"StorageClass": STORAGE_CLASSES[resource.size]} if stored else {"InstanceType": item.sku}
    if not stored:
        details |= {"CoreCount": item.vcpus, "MemorySize": item.memory_gb, "GpuCount": item.gpus}
    return {
        "ChargeDescription": f"{resource.size} in {region}, on demand, per {'GB-month' if stored else 'hour'}",
        "ConsumedUnit": "GB-Days" if stored else "Hours",
        "PricingUnit": item.unit,
        "RegionId": resource.region,
        "RegionName": region,
        "ResourceId": resource.id,
        "ResourceName": resource.name,
        "ResourceType": _TYPES[resource.kind],
        "ServiceCategory": category,
        "ServiceName": service,
        "ServiceSubcategory": subcategory,
        "SkuId": sku,
        "SkuMeter": meter,
        "SkuPriceDetails": json.dumps(details),
        "SkuPriceId": f"{sku}.on-demand",
        "SubAccountId": f"account-{resource.environment}",
        "SubAccountName": resource.environment.capitalize(),
        "Tags": json.dumps(dict(tags), sort_keys=True),
        "x_Discipline": DISCIPLINES[resource.kind],
        "x_Environment": resource.environment,
    }


def _by_day(start: datetime.date, first: int, day: np.ndarray) -> dict[str, pa.Array]:
    """Columns that follow from the day, one element per day from the first charged to the last."""
    count = int(day.max()) - first + 1 if len(day) else 0
    dates = np.datetime64(start, "D") + first + np.arange(count)
    months = dates.astype("datetime64[M]")
    return {
        "BillingPeriodStart": _times(months),
        "BillingPeriodEnd": _times(months + 1),
        "ChargePeriodStart": _times(dates),
        "ChargePeriodEnd": _times(dates + 1),
        "InvoiceId": pa.array(np.strings.add("INV-", np.datetime_as_string(months)), pa.large_string()),
    }


def _times(moments: np.ndarray) -> pa.Array:
    text = np.datetime_as_string(moments.astype("datetime64[s]"))
    return pa.array(np.strings.add(text, "Z"), pa.large_string())


def _constants(scenario_name: str) -> dict[str, str | None]:
    return {
        "BillingAccountId": f"org-{scenario_name}",
        "BillingAccountName": scenario_name.replace("-", " ").capitalize(),
        "BillingAccountType": "Organisation",
        "BillingCurrency": "GBP",
        "ChargeCategory": "Usage",
        "ChargeClass": None,
        "ChargeFrequency": "Usage-Based",
        "CommitmentDiscountCategory": None,
        "CommitmentDiscountId": None,
        "CommitmentDiscountName": None,
        "CommitmentDiscountStatus": None,
        "CommitmentDiscountType": None,
        "CommitmentDiscountUnit": None,
        "HostProviderName": PROVIDER,
        "InvoiceIssuerName": PROVIDER,
        "PricingCategory": "Standard",
        "PricingCurrency": "GBP",
        "ServiceProviderName": PROVIDER,
        "SubAccountType": "Account",
    }


def _repeat(value: str | None, n: int) -> pa.Array:
    return pa.nulls(n, pa.large_string()) if value is None else pa.repeat(pa.scalar(value, pa.large_string()), n)


def _numbers(usage: UsageLines) -> dict[str, np.ndarray]:
    """Return quantities to a ten-thousandth, unit prices to a millionth of a pound, and their exact products."""
    stored = np.array([PRICES[r.size].family == "storage" for r in usage.resources], dtype=bool)[usage.resource]
    per_unit = np.where(stored, DAYS_PER_MONTH, 1.0)
    consumed = np.round(usage.quantity, 4)
    priced = np.round(usage.quantity / per_unit, 4)
    unit_price = np.round(usage.unit_price * per_unit, 6)
    priced[unit_price * priced < LEAST_GBP] = 0.0
    cost = np.round(unit_price * priced, 10)
    billed = usage.pence / 100.0
    return {
        "BilledCost": billed,
        "EffectiveCost": billed.copy(),
        "ListCost": cost,
        "ContractedCost": cost.copy(),
        "ListUnitPrice": unit_price,
        "ContractedUnitPrice": unit_price.copy(),
        "ConsumedQuantity": consumed,
        "PricingQuantity": priced,
        "CommitmentDiscountQuantity": np.full(len(usage.day), np.nan),
        "x_Day": np.asarray(usage.day, dtype=np.int64),
    }


def _pandas(column: pa.Array | np.ndarray) -> pd.api.extensions.ExtensionArray | np.ndarray:
    return column if isinstance(column, np.ndarray) else pd.array(column, dtype="str")
