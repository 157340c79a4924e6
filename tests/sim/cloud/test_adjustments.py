"""What the provider gives back stands on the bill as FOCUS wants it, and no other line changes."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import sim
from sim.cloud.adjustments import correction, credit
from sim.cloud.prices import PRICES
from sim.cloud.schema import check
from sim.errors import MoneyError, ScenarioError


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.load_scenario("household-support")


def test_a_credit_is_negative_and_stands_on_its_month(scenario):
    (row,) = credit(scenario, "triage-serving", 40, 120.5).to_dict("records")
    assert row["ChargeCategory"] == "Credit"
    assert row["BilledCost"] == row["EffectiveCost"] == -120.5
    assert row["BillingPeriodStart"].startswith("2026-05") and row["ResourceId"] == "triage-serving"
    assert row["Tags"] == "{}"


def test_a_correction_takes_off_last_months_use_at_its_price(scenario):
    (row,) = correction(scenario, "staging", 40, 72.0, {"owner": "shared"}).to_dict("records")
    assert row["ChargeClass"] == "Correction" and row["ConsumedQuantity"] == -72
    assert row["BilledCost"] == pytest.approx(-72 * PRICES["m5.xlarge"].metered_gbp, abs=0.005)
    assert row["BillingPeriodStart"].startswith("2026-05") and row["ChargePeriodStart"].startswith("2026-04")
    assert json.loads(row["Tags"]) == {"owner": "shared"}


def test_both_keep_the_rules_of_the_bill(scenario):
    check(pd.concat([credit(scenario, "claims-store", 70, 3.0), correction(scenario, "gpu-notebook", 70, 24.0)]))


@pytest.mark.parametrize("give", [credit, correction])
def test_a_mistake_is_named(scenario, give):
    with pytest.raises(MoneyError, match="more than 0"):
        give(scenario, "staging", 40, -1.0)
    with pytest.raises(ScenarioError, match="Did you mean 'staging'"):
        give(scenario, "stagin", 40, 1.0)
