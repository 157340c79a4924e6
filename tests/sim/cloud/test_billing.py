"""The bill adds up to the penny and speaks FOCUS 1.4."""

import dataclasses
import datetime
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cloud import prices
from sim.cloud.billing import COLUMNS, DISCIPLINES, Resource, UsageLines, billing, running_pence
from sim.errors import MoneyError, ScenarioError

START = datetime.date(2026, 4, 1)
ESTATE = (
    Resource("i-train", "claims-training", "training", "claims-triage", "production", "g4dn.xlarge"),
    Resource("i-serve", "claims-serving", "serving", "claims-triage", "production", "m5.2xlarge"),
    Resource("i-pipe", "pipeline", "pipeline", "shared", "production", "m5.large"),
    Resource("b-lake", "lake", "storage", "shared", "production", "standard"),
    Resource("i-dev", "notebooks", "development", "shared", "development", "m5.xlarge"),
)
MANDATORY = {
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost",
    "EffectiveCost", "HostProviderName", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit",
    "ServiceCategory", "ServiceName", "ServiceProviderName",
}  # fmt: skip
"""FOCUS 1.4, Cost and Usage: columns whose feature level is Mandatory."""


def usage(days: int = 92) -> UsageLines:
    """Return the estate's use on each of a number of days, billed by the rule."""
    stored = np.array([r.kind == "storage" for r in ESTATE])
    price = np.array(
        [prices.gb_day_gbp() if s else prices.price(r.size).gbp for r, s in zip(ESTATE, stored, strict=True)]
    )
    quantity = np.array([np.where(stored, 40.0 + day, [1.37, 24, 3.2, 0, 8.5]) for day in range(days)]).reshape(-1, 5)
    carried, pence = [0.0] * 5, np.zeros((days, 5), dtype=np.int64)
    for day in range(days):
        for i, exact in enumerate((quantity[day] * price).tolist()):
            pence[day, i], carried[i] = running_pence(exact, carried[i])
    return UsageLines.on_demand(
        day=np.repeat(np.arange(days), 5),
        resource=np.tile(np.arange(5), days),
        quantity=quantity.ravel(),
        unit_price=np.tile(price, days),
        pence=pence.ravel(),
        resources=ESTATE,
    )


@given(st.lists(st.floats(0, 500, allow_nan=False), min_size=1, max_size=60))
def test_lines_add_up_to_the_rounded_total(costs):
    carried, billed, total = 0.0, 0, 0.0
    for cost in costs:
        pence, carried = running_pence(cost, carried)
        assert type(pence) is int
        assert pence >= 0
        billed += pence
        total += cost
    assert abs(billed - total * 100) <= 0.5 + 1e-6


def test_small_costs_are_billed_in_the_end():
    carried, billed = 0.0, 0
    for _ in range(1_000):
        pence, carried = running_pence(0.001, carried)
        billed += pence
    assert billed == 100


@pytest.mark.parametrize("cost", [float("nan"), float("inf")])
def test_a_cost_that_is_no_number_is_refused(cost):
    with pytest.raises(MoneyError, match="not a finite number"):
        running_pence(cost, 0.0)


def test_columns_are_those_of_focus_and_our_own():
    bill = billing(usage(), "household-support", START)
    assert tuple(bill.columns) == COLUMNS
    assert set(COLUMNS) >= MANDATORY
    assert not {"ProviderName", "PublisherName"} & set(COLUMNS)
    assert list(COLUMNS) == sorted(COLUMNS)


def test_billed_cost_is_the_pence_in_order():
    lines = usage()
    bill = billing(lines, "household-support", START)
    assert (np.rint(bill["BilledCost"] * 100).astype("int64") == lines.pence).all()
    assert (bill["BilledCost"] == bill["EffectiveCost"]).all()
    assert (bill["x_Day"] == lines.day).all()
    assert bill["ResourceId"].tolist() == [ESTATE[i].id for i in lines.resource]


def test_list_cost_is_unit_price_times_quantity_and_near_what_is_billed():
    bill = billing(usage(), "household-support", START)
    assert np.allclose(bill["ListCost"], bill["ListUnitPrice"] * bill["PricingQuantity"], rtol=0, atol=1e-9)
    by_resource = bill.groupby("ResourceId")[["ListCost", "BilledCost"]].sum()
    assert (by_resource["ListCost"] - by_resource["BilledCost"]).abs().max() < 0.01


def test_storage_is_consumed_by_the_day_and_priced_by_the_month():
    row = billing(usage(1), "household-support", START).query("ResourceId == 'b-lake'").iloc[0]
    assert (row["ConsumedUnit"], row["ConsumedQuantity"]) == ("GB-Days", 40.0)
    assert (row["PricingUnit"], row["ListUnitPrice"]) == ("GB-Months", 0.018)
    assert row["PricingQuantity"] == pytest.approx(40 * 12 / 365, abs=1e-4)


def test_times_are_utc_and_ends_exclusive():
    bill = billing(usage(), "household-support", START)
    last = bill.iloc[-1]
    assert last["ChargePeriodStart"] == "2026-07-01T00:00:00Z"
    assert last["ChargePeriodEnd"] == "2026-07-02T00:00:00Z"
    assert last["BillingPeriodStart"] == "2026-07-01T00:00:00Z"
    assert last["BillingPeriodEnd"] == "2026-08-01T00:00:00Z"
    assert last["InvoiceId"] == "INV-2026-07"


def test_text_written_to_csv_has_no_exponent():
    lines = usage()
    tiny = dataclasses.replace(lines, quantity=np.geomspace(1e-9, 900, len(lines.day)))
    text = io.StringIO()
    billing(tiny, "household-support", START).select_dtypes("number").to_csv(text, index=False)
    assert not re.search(r"\d[eE][-+]?\d", text.getvalue().split("\n", 1)[1])


def test_tags_are_json_and_the_only_way_to_a_service():
    tags = {r.id: [(0, {"service": r.service})] for r in ESTATE if r.service != "shared"}
    tagged = billing(usage(1), "household-support", START, tags)
    borne = [{"service": r.service} if r.service != "shared" else {} for r in ESTATE]
    assert [json.loads(t) for t in tagged["Tags"]] == borne
    untagged = billing(usage(1), "household-support", START)
    assert set(untagged["Tags"]) == {"{}"}
    assert not untagged.drop(columns="Tags").eq("claims-triage").any().any()


def test_disciplines_and_environments_follow_the_resource():
    bill = billing(usage(1), "household-support", START)
    assert bill["x_Discipline"].tolist() == [DISCIPLINES[r.kind] for r in ESTATE]
    assert bill["x_Environment"].tolist() == [r.environment for r in ESTATE]
    assert bill["SubAccountName"].tolist() == [r.environment.capitalize() for r in ESTATE]


def test_a_resource_that_changes_size_keeps_its_id():
    smaller = dataclasses.replace(ESTATE[1], size="m5.large")
    lines = UsageLines.on_demand(
        *(np.array(v) for v in ([0, 1], [0, 1], [24.0, 24.0], [0.333, 0.08325], [799, 200])), (ESTATE[1], smaller)
    )
    bill = billing(lines, "household-support", START)
    assert bill["ResourceId"].nunique() == 1
    assert bill["SkuId"].tolist() == ["m5.2xlarge.eu-west-2", "m5.large.eu-west-2"]


@pytest.mark.parametrize("resources", [ESTATE, ()])
def test_no_usage_gives_an_empty_bill_of_the_same_types(resources):
    empty = dataclasses.replace(usage(0), resources=resources)
    bill = billing(empty, "household-support", START)
    assert len(bill) == 0
    pd.testing.assert_series_equal(bill.dtypes, billing(usage(1), "household-support", START).dtypes)


def test_pence_must_be_whole():
    with pytest.raises(MoneyError, match="pence are float64.*running_pence"):
        billing(dataclasses.replace(usage(1), pence=np.full(5, 1.5)), "household-support", START)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"day": np.arange(3)}, "one length"),
        ({"resources": (dataclasses.replace(ESTATE[0], kind="trainig"),) * 5}, "Did you mean 'training'"),
        ({"resources": (dataclasses.replace(ESTATE[0], size="m5.huge"),) * 5}, "no price named 'm5.huge'"),
    ],
)
def test_usage_that_cannot_be_billed_is_refused(change, message):
    with pytest.raises(ScenarioError, match=message):
        billing(dataclasses.replace(usage(1), **change), "household-support", START)


def test_tags_show_from_the_day_they_were_given():
    tags = {"i-pipe": [(2, {"owner": "data"}), (4, {"owner": "data", "service": "claims"})]}
    bill = billing(usage(6), "household-support", START, tags)
    mine = bill[bill["ResourceId"] == "i-pipe"]["Tags"].map(json.loads).tolist()
    assert mine == [{}, {}, *[{"owner": "data"}] * 2, *[{"owner": "data", "service": "claims"}] * 2]
    assert set(bill[bill["ResourceId"] != "i-pipe"]["Tags"]) == {"{}"}


def test_tags_of_what_is_not_there_are_refused():
    with pytest.raises(ScenarioError, match="no resource named 'i-pip'.*Did you mean 'i-pipe'"):
        billing(usage(1), "household-support", START, {"i-pip": [(0, {})]})
