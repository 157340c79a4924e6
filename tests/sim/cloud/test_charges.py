"""Each way of buying has its own words and its own costs on the bill."""

import dataclasses
import datetime
import json

import numpy as np
import pandas as pd
import pytest

from sim.cloud.billing import CHARGES, Commitment, Resource, UsageLines, billing
from sim.cloud.focus import HOW, NUMBERS
from sim.cloud.prices import OFFERS, PRICES, Offer, Price
from sim.errors import MoneyError, ScenarioError

START = datetime.date(2026, 4, 1)
MACHINE = Resource("i-1", "serving", "serving", "claims-triage", "production", "m5.large")
PLAN = Commitment("sp-1", "Plan of April", term_days=365, began_day=0, hourly_gbp=0.06, discount=0.28)


def lines(**change) -> UsageLines:
    """Return one charge of each kind: the first four on the last of April, the last three on the first of May."""
    values = {
        "day": np.array([29, 29, 29, 29, 30, 30, 30]),
        "resource": np.array([0, 0, 0, -1, -1, -1, 0]),
        "quantity": np.array([24.0, 24, 12, 12, 744, 1, -24]),
        "list_price": np.array([0.08325] * 3 + [0.06, 0.06, 0.0, 0.08325]),
        "unit_price": np.array([0.08325, 0.03, 0.06, 0.06, 0.06, 0.0, 0.08325]),
        "pence": np.array([200, 72, 0, 0, 4464, -1500, -200]),
        "effective_pence": np.array([200, 72, 72, 72, 0, -1500, -200]),
        "charge": np.arange(7),
        "commitment": np.array([-1, -1, 0, 0, 0, -1, -1]),
    }
    return UsageLines(**{**values, **change}, resources=(MACHINE,), commitments=(PLAN,))


def bill(**change) -> pd.DataFrame:
    made = billing(lines(**change), "household-support", START)
    return made.set_index(pd.Index(CHARGES))


def test_use_on_demand_is_bound_to_nothing_and_counted_in_whole_numbers():
    one = UsageLines.on_demand(
        np.array([3]), np.array([0]), np.array([2.0]), np.array([0.5]), np.array([100]), (MACHINE,)
    )
    assert one.charge.tolist() == [0] and one.commitment.tolist() == [-1] and one.commitments == ()
    assert one.charge.dtype == one.commitment.dtype == np.int64


def test_each_charge_has_its_words():
    made = bill()
    found = (
        made[["ChargeCategory", "ChargeFrequency", "PricingCategory"]].astype(object).where(lambda x: x.notna(), None)
    )
    assert {name: tuple(row) for name, row in found.T.items()} == HOW
    assert made["ChargeClass"].dropna().to_dict() == {"correction": "Correction"}
    assert made["CommitmentDiscountStatus"].dropna().to_dict() == {"committed": "Used", "unused": "Unused"}
    assert list(made.index[made["CommitmentDiscountId"].eq("sp-1")]) == ["committed", "unused", "purchase"]
    assert made["ResourceId"].dropna().to_dict() == dict.fromkeys(
        ["on demand", "spot", "committed", "correction"], "i-1"
    ) | dict.fromkeys(["unused", "purchase"], "sp-1")


def test_each_charge_has_its_costs():
    made = bill()
    assert made["BilledCost"].tolist() == [2.0, 0.72, 0.0, 0.0, 44.64, -15.0, -2.0]
    assert made["EffectiveCost"].tolist() == [2.0, 0.72, 0.72, 0.72, 0.0, -15.0, -2.0]
    assert made["ListCost"].tolist() == pytest.approx([1.998, 1.998, 0.999, 0.72, 44.64, -15.0, -1.998])
    assert made["ContractedCost"].tolist() == pytest.approx([1.998, 0.72, 0.999, 0.72, 44.64, -15.0, -1.998])
    assert made["CommitmentDiscountQuantity"].dropna().to_dict() == {
        "committed": 0.72,
        "unused": 0.72,
        "purchase": 44.64,
    }
    assert list(made.index[made["ConsumedQuantity"].isna()]) == ["unused", "purchase", "credit"]
    priced = made.drop(index="credit")
    for cost, price in (("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")):
        assert np.allclose(priced[cost], priced[price] * priced["PricingQuantity"], rtol=0, atol=1e-9)
    assert made.loc["credit", ["ListUnitPrice", "ContractedUnitPrice", "PricingQuantity"]].isna().all()


def test_units_stand_where_quantities_do():
    made = bill()
    for what in ("Consumed", "Pricing", "CommitmentDiscount"):
        assert made[f"{what}Unit"].notna().equals(made[f"{what}Quantity"].notna()), what


def test_a_purchase_is_for_its_month_and_a_correction_for_the_month_before():
    made = bill()
    periods = [tuple(p) for p in made[["ChargePeriodStart", "ChargePeriodEnd"]].to_numpy()]
    april, may, june = (f"2026-{month}-01T00:00:00Z" for month in ("04", "05", "06"))
    assert periods[:4] == [("2026-04-30T00:00:00Z", may)] * 4
    assert periods[4:] == [(may, june), (may, "2026-05-02T00:00:00Z"), (april, may)]
    assert made["BillingPeriodStart"].tolist() == [april] * 4 + [may] * 3


def test_decimals_are_numbers_and_all_else_is_text():
    made = bill()
    assert set(made.select_dtypes("number").columns) == {*NUMBERS, "x_Day"}


def test_a_new_family_of_the_price_list_needs_nothing_of_billing(monkeypatch):
    monkeypatch.setitem(
        OFFERS,
        "lookup",
        Offer(
            "Databases", "Address Lookup", "Other (Databases)", "Calls", "Requests", 1000.0, "Service", "Addresses Ltd"
        ),
    )
    monkeypatch.setitem(PRICES, "lookup", Price("lookup", "lookup", 4.0, "1000 Requests", "", "general"))
    assert PRICES["lookup"].metered_gbp == pytest.approx(0.003)
    calls = dataclasses.replace(MACHINE, size="lookup")
    usage = UsageLines.on_demand(*(np.array(v) for v in ([0], [0], [2500.0], [0.003], [750])), (calls,))
    row = billing(usage, "household-support", START).iloc[0]
    assert (row["PricingQuantity"], row["PricingUnit"], row["ListUnitPrice"]) == (2.5, "1000 Requests", 3.0)
    assert (row["ConsumedQuantity"], row["ConsumedUnit"], row["ServiceProviderName"]) == (
        2500,
        "Requests",
        "Addresses Ltd",
    )
    assert (row["ServiceCategory"], row["HostProviderName"]) == ("Databases", "Amazon Web Services")
    assert json.loads(row["SkuPriceDetails"]) == {}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"effective_pence": np.zeros(7)}, MoneyError, "effective_pence are float64"),
        ({"commitment": np.full(7, 1)}, ScenarioError, "commitment must be from -1 .none. to 0, but one is 1"),
        ({"resource": np.full(7, 3)}, ScenarioError, "resource must be from -1 .none. to 0, but one is 3"),
    ],
)
def test_charges_that_cannot_be_billed_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        bill(**change)
