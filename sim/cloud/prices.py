"""The price list: what an hour, a gigabyte-month and a gigabyte sent cost, and where each figure comes from.

Prices are on demand, in London (``eu-west-2``), in US dollars as published, and turned into pounds at one constant
rate, so that a change in a bill is never the exchange rate's doing.
"""

from __future__ import annotations

import dataclasses
import datetime

from sim.errors import ScenarioError, unknown

USD_TO_GBP = 0.75
"""Pounds for one US dollar: a constant chosen for the course, not a market rate."""

USD_TO_GBP_DATE = datetime.date(2026, 11, 1)
"""When the constant rate was chosen."""

DAYS_PER_MONTH = 365 / 12
"""Days in the month by which storage is priced."""

REGION_NAMES = {"eu-west-2": "Europe (London)"}
"""Region code to the name on the bill."""

LONDON = "eu-west-2"

_PUBLISHED = "apache-libcloud pricing.json (2025-03), on demand, London"
_STEPS = "twice the price at each step of the m5 family, from m5.2xlarge in apache-libcloud pricing.json (2025-03)"
_RANGE = "vendor's public price page, from general knowledge"
_FUNCTION = "0.0000166667 dollars a GB-second on the vendor's public price page, from general knowledge, times 3,600"
_LOOKUP = "two to four pence an address, from general knowledge of resellers of the postcode file"
_TOKENS = "1,500 tokens in at 3 dollars a million and 300 out at 15, from general knowledge of public price pages"
_TIERS = "share of the standard price that the vendor asks in Frankfurt (2021)"

STANDARD_USD = 0.024
"""US dollars for a gigabyte-month of standard storage, of which the colder tiers cost a share."""


AMAZON = "Amazon Web Services"
"""Whose published prices the estate is billed at."""


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """What a family of the price list is sold as: the words of a FOCUS bill, so that billing knows no family by name.

    Parameters
    ----------
    category, subcategory : str
        FOCUS ServiceCategory and ServiceSubcategory, which allow only the specification's own words.
    service : str
        FOCUS ServiceName: what the provider calls it.
    meter : str
        FOCUS SkuMeter: what is counted.
    consumed_unit : str
        FOCUS ConsumedUnit: what is counted day by day.
    per : float
        Consumed units in one unit of the price: days in a month for what is kept, 1 for most else.
    resource_type : str
        FOCUS ResourceType; ``{kind}`` stands for the resource's kind.
    provider : str
        FOCUS ServiceProviderName: who sells it. Everything is on one provider's invoice.
    """

    category: str
    service: str
    subcategory: str
    meter: str
    consumed_unit: str
    per: float = 1.0
    resource_type: str = "{kind} machine"
    provider: str = AMAZON


_COMPUTE = "Amazon Elastic Compute Cloud"
_STORE = "Amazon Simple Storage Service"

OFFERS: dict[str, Offer] = {
    "compute": Offer("Compute", _COMPUTE, "Virtual Machines", "Instance hours", "Hours"),
    "storage": Offer(
        "Storage", _STORE, "Object Storage", "Storage volume", "GB-Days", DAYS_PER_MONTH, resource_type="Object store"
    ),
    "transfer": Offer(
        "Networking", "AWS Data Transfer", "Network Connectivity", "Data transfer out", "GB", resource_type="Egress"
    ),
    "serverless": Offer(
        "Compute", "AWS Lambda", "Serverless Compute", "Function duration", "GB-Hours", resource_type="Function"
    ),
    "disk": Offer(
        "Storage", "Amazon Elastic Block Store", "Block Storage", "Volume size", "GB-Days", DAYS_PER_MONTH,
        resource_type="Block volume",
    ),
    "address": Offer(
        "Networking", "Amazon Virtual Private Cloud", "Network Infrastructure", "Address hours", "Hours",
        resource_type="Public address",
    ),
    "logging": Offer(
        "Management and Governance", "Amazon CloudWatch", "Observability", "Log ingestion", "GB",
        resource_type="Log group",
    ),
    "lookup": Offer(
        "Business Applications", "Address lookup", "Other (Business Applications)", "Lookups", "Requests",
        resource_type="Third-party service", provider="An address reseller",
    ),
    "language": Offer(
        "AI and Machine Learning", "Hosted language model", "Generative AI", "Model calls", "Requests",
        resource_type="Third-party service", provider="A model provider",
    ),
}  # fmt: skip
"""What each family of the price list is sold as."""


@dataclasses.dataclass(frozen=True, slots=True)
class Price:
    """One line of the price list.

    Parameters
    ----------
    sku : str
        The thing sold, for instance ``"m5.large"`` or ``"standard"``.
    family : str
        A name in `OFFERS`: ``"compute"``, ``"storage"``, ``"transfer"`` ...
    usd : float
        US dollars for one `unit`. The unit is to be so large that it costs a hundredth of a penny or more.
    unit : str
        What the price is for: ``"Hours"``, ``"GB-Months"`` or ``"GB"`` (FOCUS unit names).
    source : str
        Where the figure comes from.
    confidence : str
        ``"read"`` when the source's file was read, ``"general"`` when it is general knowledge.
    vcpus, memory_gb, gpus : int
        What a machine has; zero for all else.
    title : str
        What the provider calls this line, where that is not its `sku`.
    """

    sku: str
    family: str
    usd: float
    unit: str
    source: str
    confidence: str
    vcpus: int = 0
    memory_gb: int = 0
    gpus: int = 0
    title: str = ""

    @property
    def gbp(self) -> float:
        """Pounds for one `unit`, to a ten-thousandth of a penny."""
        return round(self.usd * USD_TO_GBP, 6)

    @property
    def offer(self) -> Offer:
        """What it is sold as."""
        return OFFERS[self.family]

    @property
    def metered_gbp(self) -> float:
        """Pounds for one of what is counted day by day: an hour, a GB-day, a GB."""
        return self.gbp / self.offer.per


PRICES: dict[str, Price] = {
    price.sku: price
    for price in (
        Price("m5.large", "compute", 0.111, "Hours", _STEPS, "general", vcpus=2, memory_gb=8),
        Price("m5.xlarge", "compute", 0.222, "Hours", _STEPS, "general", vcpus=4, memory_gb=16),
        Price("m5.2xlarge", "compute", 0.444, "Hours", _PUBLISHED, "read", vcpus=8, memory_gb=32),
        Price("m5.4xlarge", "compute", 0.888, "Hours", _STEPS, "general", vcpus=16, memory_gb=64),
        Price("g4dn.xlarge", "compute", 0.615, "Hours", _PUBLISHED, "read", vcpus=4, memory_gb=16, gpus=1),
        Price("p3.2xlarge", "compute", 3.589, "Hours", _PUBLISHED, "read", vcpus=8, memory_gb=61, gpus=1),
        Price("standard", "storage", STANDARD_USD, "GB-Months", _RANGE, "general", title="Standard"),
        Price(
            "infrequent",
            "storage",
            0.55 * STANDARD_USD,
            "GB-Months",
            _TIERS,
            "read",
            title="Standard - Infrequent Access",
        ),
        Price(
            "instant-archive",
            "storage",
            0.20 * STANDARD_USD,
            "GB-Months",
            _TIERS,
            "read",
            title="Glacier Instant Retrieval",
        ),
        Price(
            "flexible-archive",
            "storage",
            0.16 * STANDARD_USD,
            "GB-Months",
            _TIERS,
            "read",
            title="Glacier Flexible Retrieval",
        ),
        Price(
            "deep-archive", "storage", 0.07 * STANDARD_USD, "GB-Months", _TIERS, "read", title="Glacier Deep Archive"
        ),
        Price("transfer-out", "transfer", 0.09, "GB", _RANGE, "general"),
        Price("function", "serverless", 0.06, "GB-Hours", _FUNCTION, "general", vcpus=6, memory_gb=10),
        Price("block-ssd", "disk", 0.0928, "GB-Months", _RANGE, "general", title="General Purpose SSD"),
        Price("snapshot", "disk", 0.053, "GB-Months", _RANGE, "general", title="Snapshot"),
        Price("public-address", "address", 0.005, "Hours", _RANGE, "general"),
        Price("log-ingest", "logging", 0.5985, "GB", _RANGE, "general"),
        Price("address-lookup", "lookup", 0.03, "Requests", _LOOKUP, "general"),
        Price("language-model", "language", 0.009, "Requests", _TOKENS, "general"),
    )
}
"""The whole list, by `sku`."""

LADDER: tuple[str, ...] = ("m5.large", "m5.xlarge", "m5.2xlarge", "m5.4xlarge")
"""Machine sizes from small to large: each step doubles the processors, the memory and the price."""


def price(sku: str) -> Price:
    """Return one line of the price list.

    Parameters
    ----------
    sku : str
        A name in `PRICES`.

    Returns
    -------
    Price

    Raises
    ------
    ScenarioError
        There is no such line; the message lists those that exist.
    """
    try:
        return PRICES[sku]
    except KeyError:
        raise ScenarioError(unknown("price", sku, PRICES)) from None


def gb_day_gbp(sku: str = "standard") -> float:
    """Return the pounds for one gigabyte kept for one day.

    Parameters
    ----------
    sku : str
        A storage line of `PRICES`.

    Returns
    -------
    float
        GBP per GB-day: the monthly price over `DAYS_PER_MONTH`.
    """
    return price(sku).metered_gbp
