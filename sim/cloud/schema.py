"""What must hold of every line of a bill: a pandera schema, and a refusal that names the line and the rule."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pandera.pandas as pa

from sim.cloud.billing import LEAST_GBP
from sim.cloud.focus import COLUMNS, CURRENCY, NUMBERS
from sim.errors import MoneyError

CATEGORIES: dict[str, tuple[str, ...]] = {
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "ChargeClass": ("Correction",),
    "ChargeFrequency": ("One-Time", "Recurring", "Usage-Based"),
    "CommitmentDiscountCategory": ("Spend", "Usage"),
    "CommitmentDiscountStatus": ("Used", "Unused"),
    "PricingCategory": ("Standard", "Dynamic", "Committed", "Other"),
    "ServiceCategory": (
        "AI and Machine Learning",
        "Analytics",
        "Business Applications",
        "Compute",
        "Databases",
        "Developer Tools",
        "Multicloud",
        "Identity",
        "Integration",
        "Internet of Things",
        "Management and Governance",
        "Media",
        "Migration",
        "Mobile",
        "Networking",
        "Security",
        "Storage",
        "Web",
        "Other",
    ),
}
"""Columns with a closed list of words (FOCUS 1.4)."""

REQUIRED: tuple[str, ...] = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
)
"""Columns in which something must stand (FOCUS 1.4)."""

KEY: tuple[str, ...] = (
    "InvoiceDetailId",
    "ResourceId",
    "ChargePeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "PricingCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountStatus",
    "SkuPriceId",
    "x_Day",
)
"""Columns that tell one line from all others."""

TOLERANCE_GBP = 1e-6

_TIME = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"

Rule = Callable[[pd.DataFrame], pd.Series]


def _usage(bill: pd.DataFrame) -> pd.Series:
    return (bill["ChargeCategory"] == "Usage") & bill["ChargeClass"].isna()


def _committed(bill: pd.DataFrame) -> pd.Series:
    return bill["PricingCategory"] == "Committed"


def _bought(bill: pd.DataFrame) -> pd.Series:
    return (bill["ChargeCategory"] == "Purchase") & bill["CommitmentDiscountId"].notna()


def _credit(bill: pd.DataFrame) -> pd.Series:
    return bill["ChargeCategory"] == "Credit"


def _not_negative(bill: pd.DataFrame) -> pd.Series:
    columns = ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ConsumedQuantity", "PricingQuantity"]
    return ~_usage(bill) | ~(bill[columns] < 0).any(axis=1)


def _paired(bill: pd.DataFrame) -> pd.Series:
    pairs = [
        bill[f"{what}Quantity"].notna() == bill[f"{what}Unit"].notna()
        for what in ("Consumed", "Pricing", "CommitmentDiscount")
    ]
    return pd.concat(pairs, axis=1).all(axis=1)


def _consumption(bill: pd.DataFrame) -> pd.Series:
    ran = (bill["ChargeCategory"] == "Usage") & (bill["CommitmentDiscountStatus"] != "Unused").fillna(True)
    return bill["ConsumedQuantity"].isna() | ran


def _products(bill: pd.DataFrame) -> pd.Series:
    right = pd.Series(True, index=bill.index)
    for cost, price in (("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")):
        off = (bill[price] * bill["PricingQuantity"] - bill[cost]).abs()
        right &= off.isna() | (off <= TOLERANCE_GBP)
    return right


def _written_plainly(bill: pd.DataFrame) -> pd.Series:
    figures = bill[list(NUMBERS)].abs()
    return ~((figures > 0) & (figures < LEAST_GBP) | np.isinf(figures)).any(axis=1)


def _whole_pence(bill: pd.DataFrame) -> pd.Series:
    pence = bill[["BilledCost", "EffectiveCost"]] * 100
    return ((pence - np.rint(pence)).abs() < TOLERANCE_GBP).all(axis=1)


def _inside(bill: pd.DataFrame) -> pd.Series:
    inside = (bill["ChargePeriodStart"] >= bill["BillingPeriodStart"]) & (
        bill["ChargePeriodEnd"] <= bill["BillingPeriodEnd"]
    )
    return inside | bill["ChargeClass"].notna()


def _earlier(bill: pd.DataFrame) -> pd.Series:
    return bill["ChargeClass"].isna() | (bill["ChargePeriodEnd"] <= bill["BillingPeriodStart"])


def _one_object(text: object) -> bool:
    try:
        tags = json.loads(str(text))
    except ValueError:
        return False
    return isinstance(tags, dict) and all(isinstance(v, str | int | float | bool | None) for v in tags.values())


def _tags(bill: pd.DataFrame) -> pd.Series:
    good = {text: _one_object(text) for text in bill["Tags"].dropna().unique()}
    return bill["Tags"].isna() | bill["Tags"].map(good).eq(True)


def _known(column: str) -> Rule:
    return lambda bill: bill[column].isna() | bill[column].isin(CATEGORIES[column])


RULES: dict[str, Rule] = {
    **{f"{c} must be one of {', '.join(words)}": _known(c) for c, words in CATEGORIES.items()},
    f"BillingCurrency must be {CURRENCY}": lambda bill: bill["BillingCurrency"] == CURRENCY,
    "a period must end after it starts": lambda bill: (
        (bill["ChargePeriodEnd"] > bill["ChargePeriodStart"]) & (bill["BillingPeriodEnd"] > bill["BillingPeriodStart"])
    ),
    "a charge must lie within its billing period, unless it is a correction": _inside,
    "a correction must be of a period billed before": _earlier,
    "a cost must be a number that can be written without an exponent": _written_plainly,
    "BilledCost and EffectiveCost must be whole pence": _whole_pence,
    "use must not be negative, unless it is a correction": _not_negative,
    "a quantity must have a unit, and a unit a quantity": _paired,
    "only use that took place has a consumed quantity": _consumption,
    "a cost must be its unit price times its quantity": _products,
    "the list price must not be below the contracted price": lambda bill: (
        ~(bill["ListUnitPrice"] < bill["ContractedUnitPrice"] - TOLERANCE_GBP)
    ),
    "a commitment's purchase must have an EffectiveCost of 0": lambda bill: (
        ~_bought(bill) | (bill["EffectiveCost"] == 0)
    ),
    "a purchase must not be Usage-Based": lambda bill: (
        ~((bill["ChargeCategory"] == "Purchase") & (bill["ChargeFrequency"] == "Usage-Based"))
    ),
    "committed use must name its commitment": lambda bill: ~_committed(bill) | bill["CommitmentDiscountId"].notna(),
    "committed use must be Used or Unused, and nothing else may be": lambda bill: (
        _committed(bill) == bill["CommitmentDiscountStatus"].notna()
    ),
    "committed use must have a BilledCost of 0": lambda bill: ~_committed(bill) | (bill["BilledCost"] == 0),
    "a credit must be negative": lambda bill: ~_credit(bill) | (bill["BilledCost"] < 0),
    "a credit must cost in the end what is billed": lambda bill: (
        ~_credit(bill) | (bill["EffectiveCost"] == bill["BilledCost"])
    ),
    "Tags must be a JSON object": _tags,
    f"no other line may have the same {', '.join(KEY)}": lambda bill: ~bill.duplicated(list(KEY), keep=False),
}
"""Every rule, in words, and what it asks of a bill: a truth for each line."""


def _column(name: str) -> pa.Column:
    if name == "x_Day":
        return pa.Column("int64", pa.Check.ge(0))
    if name in NUMBERS:
        return pa.Column("float64", nullable=name not in REQUIRED)
    timed = [pa.Check.str_matches(f"^{_TIME}$")] if "Period" in name else []
    return pa.Column("str", timed, nullable=name not in REQUIRED)


SCHEMA = pa.DataFrameSchema(
    {name: _column(name) for name in COLUMNS},
    checks=[pa.Check(rule, name=words, error=words) for words, rule in RULES.items()],
    name="bill",
)
"""The whole, for use with pandera; `check` says what is wrong in one sentence."""


def check(bill: pd.DataFrame) -> pd.DataFrame:
    """Return a bill, or refuse it.

    Parameters
    ----------
    bill : DataFrame
        Rows under FOCUS 1.4 names, as in a run's ``billing``.

    Returns
    -------
    DataFrame
        The bill itself.

    Raises
    ------
    MoneyError
        A line breaks a rule; the message names the first such line, the rule, and how many lines break one.
    """
    try:
        return SCHEMA.validate(bill.reset_index(drop=True), lazy=True).set_index(bill.index)
    except pa.errors.SchemaErrors as problem:
        raise MoneyError(_told(problem.failure_cases, bill)) from None


def _told(cases: pd.DataFrame, bill: pd.DataFrame) -> str:
    whole = cases[cases["index"].isna() & ~cases["check"].isin(RULES)]
    if len(whole):
        case = whole.iloc[0]
        name = case["column"] if case["column"] in COLUMNS else case["failure_case"]
        return f"The bill's column {name} is missing or of the wrong kind ({case['check']}: {case['failure_case']})."
    cases = cases.assign(rule=cases["check"].isin(RULES)).sort_values(["index", "rule"], kind="stable")
    case = cases.iloc[0]
    number = int(case["index"])
    row = bill.iloc[number]
    wrong = case["check"] if case["rule"] else f"{case['column']} must not be {case['failure_case']!r}"
    return (
        f"Line {number} of the bill ({row['ResourceName']}, {row['ChargePeriodStart']}) breaks a rule: {wrong}. "
        f"{cases['index'].nunique()} of {len(bill)} lines break one."
    )
