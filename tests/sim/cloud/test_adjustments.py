"""Overcharges are put right on the next month's invoice, and credit is used up: to the penny, and in the ledger."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cloud.adjustments import CORRECTED_AFTER
from sim.cloud.reconciliation import reconcile
from sim.cloud.schema import check
from tests.accounting import accounted

OFTEN = {"overcharges_per_year": 60.0, "credit_gbp": 700.0}


@pytest.fixture(scope="module")
def programmes(small) -> dict[str, sim.Programme]:
    made = {}
    for name, invoicing in (("right", {}), ("wrong", OFTEN)):
        made[name] = sim.Programme(small(6, 20, {"invoicing": invoicing}), seed=2)
        while not made[name].done:
            made[name].advance(sim.Playbook())
    return made


@pytest.fixture(scope="module")
def runs(programmes) -> dict[str, sim.Run]:
    return {name: programme.run() for name, programme in programmes.items()}


def test_the_books_balance_all_the_same(programmes, runs):
    for name, run in runs.items():
        accounted(programmes[name], run)
        check(run.billing)
        reconcile(run.billing, run.ledger)


def test_what_was_overcharged_in_a_month_is_given_back_in_the_next(runs):
    right, wrong = (runs[name].billing for name in ("right", "wrong"))
    used = wrong[(wrong["ChargeCategory"] == "Usage") & wrong["ChargeClass"].isna()]
    over = (used["BilledCost"].to_numpy() - right["BilledCost"].to_numpy()).round(2)
    assert (over >= 0).all() and 20 < np.count_nonzero(over) < 150
    assert np.allclose(used["BilledCost"].to_numpy()[over > 0], 2 * right["BilledCost"].to_numpy()[over > 0])
    month = used["BillingPeriodStart"].str[:7].to_numpy()
    corrections = wrong[wrong["ChargeClass"] == "Correction"]
    back = -corrections.groupby(corrections["ChargePeriodStart"].str[:7])["BilledCost"].sum()
    owed = {m: over[month == m].sum() for m in np.unique(month)[:-1] if over[month == m].sum() > 0}
    assert back.to_dict() == pytest.approx(owed)
    assert (corrections["BillingPeriodStart"] == corrections["ChargePeriodEnd"]).all()
    begun = pd.to_datetime(corrections["BillingPeriodStart"]) - pd.Timestamp("2026-04-01", tz="UTC")
    assert (corrections["x_Day"] == begun.dt.days + CORRECTED_AFTER).all()


def test_credit_begins_each_year_and_is_used_up_by_its_invoices(runs):
    credits = runs["wrong"].billing.query("ChargeCategory == 'Credit'")
    year = credits["x_Day"] // 365
    assert credits.groupby(year)["BilledCost"].sum().round(2).to_dict() == {0: -700.0, 1: -700.0}
    assert (credits["EffectiveCost"] == credits["BilledCost"]).all()


def test_nothing_else_changes(runs):
    right, wrong = runs["right"], runs["wrong"]
    assert right.decisions.equals(wrong.decisions) and right.people.equals(wrong.people)
    assert "credit" not in set(right.billing["ChargeCategory"].str.lower())


def test_a_run_tells_both_on_its_bill():
    run = sim.simulate(sim.load_scenario("household-support").replace(quarters=2), sim.Playbook(), seed=1)
    assert run.billing["ChargeClass"].eq("Correction").any() and run.billing["ChargeCategory"].eq("Credit").any()
