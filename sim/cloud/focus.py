"""Words of the bill: how a charge is described under FOCUS 1.4 names, from the price list and from how it was bought.

FOCUS is the FinOps Open Cost and Usage Specification. What a family of the price list is sold as stands in
`sim.cloud.prices.OFFERS`; nothing here knows a family, or a kind of resource, by name.
"""

from __future__ import annotations

import json

from sim.cloud.charges import CHARGES, DISCIPLINES, Commitment, Resource
from sim.cloud.glossary import MEANING
from sim.cloud.prices import AMAZON, LONDON, PRICES, REGION_NAMES, Price

PROVIDER = AMAZON
"""On whose invoice, and on whose machines, everything is."""

CURRENCY = "GBP"

COLUMNS: tuple[str, ...] = tuple(MEANING)
"""Columns of the bill, in order."""

NUMBERS: tuple[str, ...] = (
    "BilledCost",
    "CommitmentDiscountQuantity",
    "ConsumedQuantity",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "ListCost",
    "ListUnitPrice",
    "PricingQuantity",
)
"""Columns that are decimals; the others are text, but for ``x_Day``."""

HOW: dict[str, tuple[str, str, str | None]] = {
    "on demand": ("Usage", "Usage-Based", "Standard"),
    "spot": ("Usage", "Usage-Based", "Dynamic"),
    "committed": ("Usage", "Usage-Based", "Committed"),
    "unused": ("Usage", "Usage-Based", "Committed"),
    "purchase": ("Purchase", "Recurring", "Standard"),
    "credit": ("Credit", "One-Time", None),
    "correction": ("Usage", "Usage-Based", "Standard"),
}
"""FOCUS ChargeCategory, ChargeFrequency and PricingCategory of each of `CHARGES`."""

CONSUMING = ("on demand", "spot", "committed", "correction")
"""Charges for something that ran."""

SHARED = Resource("", "", "", "shared", "production", "")
"""Stands for the resource of a charge that belongs to none: a purchase, the unused part of it, a credit."""


def describe(resource: Resource, charge: str, commitment: Commitment | None) -> dict[str, str | None]:
    """Return the columns that follow from a charge's resource, from how it was bought, and from its commitment.

    Parameters
    ----------
    resource : Resource
        What was used; `SHARED` where the charge belongs to none.
    charge : str
        One of `CHARGES`.
    commitment : Commitment or None
        That under which it was bought.

    Returns
    -------
    dict of str to str or None
        By column.
    """
    category, frequency, pricing = HOW[charge]
    bound = commitment is not None
    return {
        **(_thing(resource, charge) if resource.size else _commitment_itself(commitment, charge)),
        "ChargeCategory": category,
        "ChargeClass": "Correction" if charge == "correction" else None,
        "ChargeFrequency": frequency,
        "CommitmentDiscountCategory": "Spend" if bound else None,
        "CommitmentDiscountId": commitment.id if bound else None,
        "CommitmentDiscountName": commitment.name if bound else None,
        "CommitmentDiscountStatus": {"committed": "Used", "unused": "Unused"}.get(charge),
        "CommitmentDiscountType": "Savings Plan" if bound else None,
        "CommitmentDiscountUnit": CURRENCY if bound else None,
        "PricingCategory": pricing,
        "SubAccountId": f"account-{resource.environment}",
        "SubAccountName": resource.environment.capitalize(),
        "x_Discipline": DISCIPLINES.get(resource.kind, "finops"),
        "x_Environment": resource.environment,
    }


def _thing(resource: Resource, charge: str) -> dict[str, str | None]:
    """Describe what a resource is, by the price list."""
    item = PRICES[resource.size]
    offer, priced = item.offer, charge != "credit"
    region = REGION_NAMES.get(resource.region, resource.region)
    sku = f"{item.sku}.{resource.region}"
    unit = item.unit.removesuffix("s").lower().replace("gb", "GB")
    return {
        "ChargeDescription": f"{item.sku} in {region}, {charge}, per {unit}" if priced else f"{item.sku}, credit",
        "ConsumedUnit": offer.consumed_unit if charge in CONSUMING else None,
        "PricingUnit": item.unit if priced else None,
        "RegionId": resource.region,
        "RegionName": region,
        "ResourceId": resource.id,
        "ResourceName": resource.name,
        "ResourceType": offer.resource_type.format(kind=resource.kind.capitalize()),
        "ServiceCategory": offer.category,
        "ServiceName": offer.service,
        "ServiceProviderName": offer.provider,
        "ServiceSubcategory": offer.subcategory,
        "SkuId": sku if priced else None,
        "SkuMeter": offer.meter if priced else None,
        "SkuPriceDetails": json.dumps(_details(item)) if priced else None,
        "SkuPriceId": f"{sku}.{charge.replace(' ', '-')}" if priced else None,
    }


def _details(item: Price) -> dict[str, str | int]:
    if item.vcpus:
        series = item.sku.split(".")[0]
        machine = {"CoreCount": item.vcpus, "MemorySize": item.memory_gb, "GpuCount": item.gpus}
        return {"InstanceType": item.sku, "InstanceSeries": series, **machine}
    return {"StorageClass": item.title} if item.title else {}


def _commitment_itself(commitment: Commitment | None, charge: str) -> dict[str, str | None]:
    """Describe a charge that belongs to no resource: a commitment's price, its unused part, or a credit."""
    if commitment is None:
        bought = dict.fromkeys(("PricingUnit", "ResourceId", "ResourceName", "ResourceType", "SkuId", "SkuMeter"))
        bought |= {"SkuPriceDetails": None, "SkuPriceId": None, "ChargeDescription": "Credit of the provider"}
        service = ("Other", "Credits", "Other (Other)")
    else:
        sku = f"compute-savings-plan.{commitment.term_days}-days"
        bought = {
            "ChargeDescription": f"{commitment.name}, {commitment.term_days} days, {charge}, per hour",
            "PricingUnit": "Hours",
            "ResourceId": commitment.id,
            "ResourceName": commitment.name,
            "ResourceType": "Commitment discount",
            "SkuId": sku,
            "SkuMeter": "Committed hours",
            "SkuPriceDetails": json.dumps({"x_Upfront": commitment.upfront}),
            "SkuPriceId": f"{sku}.{commitment.upfront}-upfront",
        }
        service = ("Compute", "Compute Savings Plans", "Virtual Machines")
    return {
        **bought,
        "ConsumedUnit": None,
        "RegionId": LONDON,
        "RegionName": REGION_NAMES[LONDON],
        "ServiceCategory": service[0],
        "ServiceName": service[1],
        "ServiceProviderName": PROVIDER,
        "ServiceSubcategory": service[2],
    }


def constants(scenario_name: str) -> dict[str, str]:
    """Return the columns that are the same on every line of a department's bill."""
    return {
        "BillingAccountId": f"org-{scenario_name}",
        "BillingAccountName": scenario_name.replace("-", " ").capitalize(),
        "BillingAccountType": "Organisation",
        "BillingCurrency": CURRENCY,
        "HostProviderName": PROVIDER,
        "InvoiceIssuerName": PROVIDER,
        "PricingCurrency": CURRENCY,
        "SubAccountType": "Account",
    }


WORDS: tuple[str, ...] = tuple(describe(SHARED, CHARGES[0], None))
"""Columns that `describe` fills."""
