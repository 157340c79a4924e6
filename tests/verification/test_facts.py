"""The queries behind the stylised facts, each on records of which the answer is known by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sim
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


def test_people_who_prepare_data_and_money_beyond_the_first_plan():
    people = pd.DataFrame(
        {
            "team": ["data", "data", "ml", "platform"], "hours": [6.0, 9.0, 2.0, 50.0],
            "kind": ["manual loads", "take up validate", "retraining", "access requests"],
        }
    )  # fmt: skip
    assert facts.preparing(SimpleNamespace(people=people)) == 0.75
    budget = pd.DataFrame({"quarter": [1, 2], "service": "all", "line": "envelope", "gbp": [100.0, 900.0]})
    daily = pd.DataFrame({"quarter": [1, 2], "spend_gbp": [120.0, 130.0]})
    assert facts.beyond_estimate(SimpleNamespace(budget=budget, daily=daily)) == pytest.approx(0.25)


def test_every_band_is_answered_by_a_run():
    run = sim.simulate(small(2, 40), sim.practices.typical(), seed=1)
    found = facts.measure(run)
    assert {*found, stylised.DEGRADE} == set(stylised.bands())
    assert 0 < found["cpu_utilisation"] < 1 and 0 < found["cloud_waste"] < 1
