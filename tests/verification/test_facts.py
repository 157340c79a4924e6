"""The queries behind the stylised facts, each on records of which the answer is known by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calendar import HOURS_PER_WORKING_DAY
from tests.verification import facts, stylised
from tests.worlds import small


def lines(*rows: tuple) -> pd.DataFrame:
    """Return 28 days of some lines of a bill: meter, size, type, environment, cost a day and use."""
    names = ["SkuMeter", "sku", "ResourceType", "x_Environment", "EffectiveCost", "utilisation"]
    one = pd.DataFrame(rows, columns=names)
    one["ResourceName"] = [f"r{i}" for i in range(len(rows))]
    one["SkuId"] = one.pop("sku") + ".eu-west-2"
    return pd.concat([one.assign(x_Day=day) for day in range(28)], ignore_index=True)


MACHINE = ("Instance hours", "m5.4xlarge")


def test_waste_is_what_is_idle_orphaned_called_again_or_too_large():
    bill = lines(
        (*MACHINE, "Development machine", "development", 10.0, 0.0),
        (*MACHINE, "Pipeline machine", "production", 10.0, 0.3),
        (*MACHINE, "Serving machine", "production", 10.0, 0.3),
        ("Volume size", "block-ssd", "Block volume", "test", 4.0, 0.0),
        ("Model calls", "language-model", "Third-party service", "production", 6.0, 0.5),
    )
    assert facts.waste(bill) == pytest.approx((10 + 5 + 0 + 4 + 3) / 40)


def test_use_is_weighted_by_hours():
    bill = pd.DataFrame({"utilisation": [1.0, 0.1], "ConsumedQuantity": [1.0, 9.0]})
    assert facts.share_of_hours(bill) == pytest.approx(0.19)


def test_incidents_that_nobody_found_do_not_count():
    found = ["gate", "complaints", "nobody", "gate"]
    incidents = pd.DataFrame(
        {
            "service": ["a", "a", "a", ""], "kind": ["outage", "outage", "outage", "runaway_job"], "found_by": found,
            "began_day": [0.0, 0.0, 0.0, 0.0], "detected_day": [0.1, 0.3, np.nan, 9.0],
            "fixed_day": [0.6, 1.3, 99.0, 10.0],
        }
    )  # fmt: skip
    assert facts.incidents(SimpleNamespace(incidents=incidents)) == pytest.approx((0.5, 18.0))


def test_places_by_frequency_and_lead_time():
    models = pd.DataFrame(
        {
            "service": ["a", "a", "a"], "reason": ["pilot", "retrained", "retrained"],
            "started_day": [0.0, 10.0, 40.0], "released_day": [0.0, 15.0, 45.0],
        }
    )  # fmt: skip
    run = SimpleNamespace(days=100, daily=pd.DataFrame({"service": ["a", "b"]}), models=models)
    assert facts.cluster(run) == pytest.approx(np.mean([4, 2, 5, 5]))


def test_a_model_is_worse_only_beyond_chance():
    days = np.arange(56)
    wrong = {"a": np.where(days < 28, 10, 30), "b": np.where(days < 28, 10, 11)}
    daily = pd.concat(
        pd.DataFrame({"service": name, "day": days, "decided": 100, "right": 100 - w, "sampled": 100, "cases": 100})
        for name, w in wrong.items()
    )
    assert facts.degrading(SimpleNamespace(days=56, daily=daily)) == 0.5


def test_people_who_prepare_data():
    people = pd.DataFrame(
        {
            "team": ["data", "data", "ml", "platform"], "hours": [6.0, 9.0, 2.0, 50.0],
            "kind": ["manual loads", "take up validate", "retraining", "access requests"],
        }
    )  # fmt: skip
    assert facts.preparing(SimpleNamespace(people=people)) == 0.75


def test_money_beyond_the_first_plan_leaves_out_reviews_on_both_sides():
    world = small(2, 40)
    staff = world.staff
    year = staff.caseworker_pay_gbp * staff.on_cost
    put_aside = sum(s.review.caseworkers for s in world.services) * year / 4
    budget = pd.DataFrame({"quarter": [1, 2], "service": "all", "line": "envelope", "gbp": [put_aside + 100.0, 900.0]})
    daily = pd.DataFrame({"quarter": [1, 2], "spend_gbp": [120.0, 130.0 + year / 220]})
    people = pd.DataFrame({"team": ["casework", "data"], "hours": [HOURS_PER_WORKING_DAY, 5.0]})
    run = SimpleNamespace(budget=budget, daily=daily, people=people)
    assert facts.beyond_estimate(run, world) == pytest.approx(0.25)


def test_the_clouds_line_of_a_bid_is_a_tenth_above_last_years():
    cloud = [50.0, 110.0, 90.0, 100.0, 75.0, 121.0]
    ledger = pd.DataFrame(
        [(q, "cloud", "cloud_payable", round(gbp * 100)) for q, gbp in enumerate(cloud, 1)]
        + [(q, "salaries", "cash", 4000) for q in range(1, 7)]
        + [(1, "cloud", "cloud_payable", 500), (1, "cloud_payable", "cloud", 500)],
        columns=["quarter", "debit", "credit", "pence"],
    )
    budget = pd.DataFrame({"quarter": range(2, 7), "service": "all", "line": "bid", "gbp": [154.0, 1.0, 1.0, 1.0, 1.0]})
    run = SimpleNamespace(daily=pd.DataFrame({"quarter": range(1, 7)}), ledger=ledger, budget=budget)
    lines = [110.0, 110.0, 110.0, 55.0, 121.0]
    assert facts.cloud_overrun(run) == pytest.approx(20.0 / sum(lines))


def test_every_band_is_answered_by_a_run():
    world = small(2, 40)
    found = facts.measure(sim.simulate(world, sim.practices.typical(), seed=1), world)
    assert {*found, stylised.DEGRADE} == set(stylised.bands())
    assert 0 < found["cpu_utilisation"] < 1 and 0 < found["cloud_waste"] < 1
