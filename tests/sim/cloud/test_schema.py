"""A bill is right or is refused: what is wrong on it is named, line and rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sim.cloud.schema import RULES, check
from sim.errors import MoneyError
from tests.bill import bill

RIGHT = bill()

IS = {
    "use": (RIGHT["PricingCategory"] == "Standard")
    & (RIGHT["ChargeCategory"] == "Usage")
    & RIGHT["ChargeClass"].isna(),
    "spot": RIGHT["PricingCategory"] == "Dynamic",
    "committed": RIGHT["CommitmentDiscountStatus"] == "Used",
    "unused": RIGHT["CommitmentDiscountStatus"] == "Unused",
    "purchase": RIGHT["ChargeCategory"] == "Purchase",
    "credit": RIGHT["ChargeCategory"] == "Credit",
    "correction": RIGHT["ChargeClass"] == "Correction",
}


def broken(kind: str, **values: object) -> Callable[[], tuple[pd.DataFrame, int]]:
    """Make a bill on which the third line of a kind has other values, or the only one."""

    def make() -> tuple[pd.DataFrame, int]:
        places = np.nonzero(IS[kind].to_numpy())[0]
        line = int(places[min(2, len(places) - 1)])
        wrong = RIGHT.copy()
        for column, value in values.items():
            wrong.loc[line, column] = value
        return wrong, line

    return make


WRONG = {
    "use that is negative": (broken("use", ConsumedQuantity=-1.0), "use must not be negative"),
    "use that is billed below nothing": (broken("use", BilledCost=-1.0), "use must not be negative"),
    "a purchase that costs in the end": (broken("purchase", EffectiveCost=43.2), "EffectiveCost of 0"),
    "a purchase by use": (broken("purchase", ChargeFrequency="Usage-Based"), "must not be Usage-Based"),
    "committed use of no commitment": (
        broken("committed", CommitmentDiscountId=None, CommitmentDiscountQuantity=np.nan, CommitmentDiscountUnit=None),
        "must name its commitment",
    ),
    "committed use that is billed": (broken("committed", BilledCost=0.72), "BilledCost of 0"),
    "committed use, used or not": (broken("committed", CommitmentDiscountStatus=None), "must be Used or Unused"),
    "use on demand that is used of a commitment": (broken("use", CommitmentDiscountStatus="Used"), "Used or Unused"),
    "something consumed of what nobody used": (
        broken("unused", ConsumedQuantity=12.0, ConsumedUnit="Hours"),
        "only use that took place",
    ),
    "dollars": (broken("use", BillingCurrency="USD"), "BillingCurrency must be GBP"),
    "a period that ends as it starts": (broken("use", ChargePeriodEnd="2026-04-01T00:00:00Z"), "end after it starts"),
    "a charge outside its billing period": (
        broken("use", ChargePeriodStart="2026-07-01T00:00:00Z", ChargePeriodEnd="2026-07-02T00:00:00Z"),
        "within its billing period",
    ),
    "a correction of the month itself": (
        broken("correction", ChargePeriodStart="2026-05-01T00:00:00Z", ChargePeriodEnd="2026-05-02T00:00:00Z"),
        "billed before",
    ),
    "a list price below the contracted": (broken("spot", ListUnitPrice=0.1, ListCost=0.6), "must not be below"),
    "an unknown category": (broken("use", ChargeCategory="Use"), "ChargeCategory must be one of Usage"),
    "an unknown service category": (broken("use", ServiceCategory="Cloud"), "ServiceCategory must be one of"),
    "tags that are a list": (broken("use", Tags='["owner"]'), "Tags must be a JSON object"),
    "tags that are no JSON": (broken("use", Tags="owner=claims"), "Tags must be a JSON object"),
    "a quantity without a unit": (broken("use", PricingUnit=None), "a quantity must have a unit"),
    "a unit without a quantity": (broken("use", ConsumedQuantity=np.nan), "a quantity must have a unit"),
    "a cost that is no product": (broken("use", ListCost=99.0), "unit price times its quantity"),
    "a cost that wants an exponent": (broken("use", ContractedUnitPrice=3e-5), "without an exponent"),
    "a cost without end": (broken("use", ListUnitPrice=np.inf), "without an exponent"),
    "a cost that is no number": (broken("use", BilledCost=np.nan), "BilledCost must not be nan"),
    "half a penny": (broken("use", BilledCost=1.005), "whole pence"),
    "a credit that is owed": (broken("credit", BilledCost=5.0, EffectiveCost=5.0), "credit must be negative"),
    "a credit spread out": (broken("credit", EffectiveCost=-4.0), "cost in the end what is billed"),
    "a time of no zone": (broken("use", ChargePeriodStart="2026-04-01"), "ChargePeriodStart must not be '2026-04-01'"),
}  # fmt: skip


def test_a_right_bill_comes_back_as_it_was():
    pd.testing.assert_frame_equal(check(RIGHT), RIGHT)
    some = RIGHT[IS["use"]]
    pd.testing.assert_frame_equal(check(some), some)


@pytest.mark.parametrize("what", WRONG)
def test_a_broken_line_is_refused_by_its_rule(what):
    make, rule = WRONG[what]
    wrong, line = make()
    with pytest.raises(MoneyError) as caught:
        check(wrong)
    said = str(caught.value)
    assert rule in said and f"Line {line} of the bill" in said and "\n" not in said and len(said) < 700


def test_the_same_line_twice_is_refused():
    with pytest.raises(MoneyError, match="no other line may have the same InvoiceDetailId.* 2 of 734 lines"):
        check(pd.concat([RIGHT, RIGHT.iloc[[7]]], ignore_index=True))


@pytest.mark.parametrize(
    ("make", "column"),
    [
        (lambda: RIGHT.drop(columns="Tags"), "Tags"),
        (lambda: RIGHT.assign(BilledCost=RIGHT["BilledCost"].map("{:e}".format)), "BilledCost"),
    ],
)
def test_a_column_that_is_missing_or_text_is_refused(make, column):
    with pytest.raises(MoneyError, match=f"column {column} is missing or of the wrong kind"):
        check(make())


def test_every_rule_is_broken_by_something_here():
    said = set()
    for make, _ in WRONG.values():
        wrong, line = make()
        said |= {words for words, rule in RULES.items() if not rule(wrong).iloc[line]}
    spared = {words for words in RULES if words.startswith(("no other line", *(f"{c} must be one of" for c in CLOSED)))}
    assert set(RULES) - said == spared


CLOSED = ("ChargeClass", "ChargeFrequency", "CommitmentDiscountCategory", "CommitmentDiscountStatus", "PricingCategory")
"""Closed lists that are not tried one by one."""
