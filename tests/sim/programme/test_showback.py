"""Tags take work and show on the bill; owners who are named on it clear what is idle, and nobody else does."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cloud.reconciliation import reconcile
from sim.cloud.schema import check
from sim.errors import DecisionError
from sim.programme.showback import CLEAR_HOURS, IDLE_DAYS, SHOW_HOURS
from sim.programme.tagging import FIND_HOURS, TAG_HOURS

NAIVE = sim.Playbook()
TAGGED = NAIVE.replace(tag=sim.practices.tag_by_owner())
SHOWN = TAGGED.replace(allocate=sim.practices.allocate_by_tags())

LEFT = [
    {"name": "old-notebook", "kind": "development", "environment": "development", "service": "claims-triage",
     "size": "m5.xlarge"},
    {"name": "old-disk", "kind": "disk", "service": "claims-triage", "size": "block-ssd", "gb": 500},
    {"name": "shared-sandbox", "kind": "development", "environment": "test", "size": "m5.large"},
]  # fmt: skip
"""What nobody has used since before the start."""


@pytest.fixture(scope="module")
def cluttered(pair) -> sim.Scenario:
    """Two services, on an estate with three things that nobody uses."""
    estate = [r.model_dump() for r in pair.estate]
    return pair.replace(quarters=2, spend_incidents=[], estate=[*estate, *LEFT])


@pytest.fixture(scope="module")
def runs(cluttered) -> dict[str, sim.Run]:
    books = {"naive": NAIVE, "tagged": TAGGED, "shown": SHOWN, "untagged": NAIVE.replace(allocate=SHOWN.allocate)}
    return {name: sim.simulate(cluttered, book, seed=4, instant=True) for name, book in books.items()}


def measures(run: sim.Run) -> pd.Series:
    return run.scorecard().query("service == 'all'").set_index("measure")["value"]


def removed(run: sim.Run) -> dict[str, float]:
    cleared = run.journal[run.journal["kind"] == "cleared"]
    return dict(zip(cleared["subject"], cleared["day"], strict=True))


def test_tags_take_an_hour_each_and_show_from_the_day_after(runs, cluttered):
    run = runs["tagged"]
    work = run.people[run.people["kind"] == "tag resource"]
    assert sorted(work["hours"]) == sorted(
        FIND_HOURS if r.kind in ("disk", "address") else TAG_HOURS for r in cluttered.estate
    )
    assert (work["queued_day"].iloc[1:].to_numpy() >= work["finished_day"].iloc[:-1].to_numpy()).all()
    since = run.journal[run.journal["kind"] == "tagged"].set_index("subject")["day"].astype(int) + 1
    for name, bill in run.billing.groupby("ResourceId"):
        owners = bill["Tags"].map(json.loads).map(lambda tags: tags.get("owner", ""))
        assert (owners[bill["x_Day"] < since[name]] == "").all()
        assert (
            owners[bill["x_Day"] >= since[name]] == next(r.service for r in cluttered.estate if r.name == name)
        ).all()
    assert since.max() < 60


def test_coverage_is_the_share_of_cost_that_names_its_owner(runs):
    bill = runs["tagged"].billing
    named = bill["Tags"].str.contains('"owner"')
    expected = bill.loc[named, "EffectiveCost"].sum() / bill["EffectiveCost"].sum()
    assert measures(runs["tagged"])["tag_coverage"] == pytest.approx(expected) and 0.7 < expected < 1
    assert measures(runs["naive"])["tag_coverage"] == measures(runs["untagged"])["tag_coverage"] == 0


def test_tags_change_nothing_but_the_bill_and_the_hours(runs):
    naive, tagged = runs["naive"], runs["tagged"]
    assert naive.billing.drop(columns="Tags").equals(tagged.billing.drop(columns="Tags"))
    assert naive.decisions.equals(tagged.decisions) and naive.ledger["pence"].equals(tagged.ledger["pence"])


def test_owners_clear_what_is_theirs_and_idle_and_nobody_else_does(runs):
    assert removed(runs["naive"]) == removed(runs["tagged"]) == removed(runs["untagged"]) == {}
    cleared = removed(runs["shown"])
    assert set(cleared) >= {r["name"] for r in LEFT}
    assert min(cleared.values()) > IDLE_DAYS
    for name, day in cleared.items():
        bill = runs["shown"].billing
        assert bill.loc[bill["ResourceId"] == name, "x_Day"].max() <= int(day)
    asked = runs["shown"].journal[runs["shown"].journal["kind"] == "asked about"]
    assert len(asked) == len(cleared)


def test_what_is_cleared_is_saved(runs, cluttered):
    spent = {name: run.billing.groupby("ResourceId")["BilledCost"].sum() for name, run in runs.items()}
    for name in (r["name"] for r in LEFT):
        assert spent["shown"][name] < 0.5 * spent["tagged"][name]
    assert measures(runs["shown"])["spend_gbp"] < measures(runs["tagged"])["spend_gbp"]


def test_a_machine_of_production_that_waits_for_work_is_left_alone(runs, cluttered):
    needed = {r.name for r in cluttered.estate if r.environment == "production" and r.kind not in ("disk", "address")}
    assert not needed & set(removed(runs["shown"]))


def test_showback_takes_hours(runs):
    hours = {n: r.people.groupby("kind")["hours"].sum() for n, r in runs.items()}
    assert hours["shown"]["showback"] == SHOW_HOURS * 6
    assert hours["shown"]["clear idle resource"] == CLEAR_HOURS * len(removed(runs["shown"]))
    assert "showback" not in hours["tagged"]


def test_without_tags_an_allocation_by_tags_attributes_nothing(runs):
    told = runs["untagged"].daily.groupby(["day", "service"])["allocated_gbp"].sum().unstack()
    assert np.allclose(told["claims-triage"], told["appeals"])
    errors = {name: measures(run)["allocation_error"] for name, run in runs.items()}
    assert errors["untagged"] == pytest.approx(errors["naive"]) and errors["naive"] > 0.2
    assert errors["shown"] < 0.5 * errors["naive"]


def test_what_services_cost_and_are_told_is_the_bill(runs):
    for run in runs.values():
        day = run.billing.groupby("x_Day")["EffectiveCost"].sum()
        for column in ("cloud_gbp", "allocated_gbp"):
            assert np.allclose(run.daily.groupby("day")[column].sum(), day, rtol=0, atol=1e-6), column
        reconcile(run.billing, run.ledger)
        check(run.billing)


def test_the_truth_is_ones_own_and_a_share_of_what_is_shared_by_ones_own(runs, cluttered):
    run = runs["naive"]
    owner = {r.name: r.service for r in cluttered.estate}
    month = run.billing[run.billing["x_Day"] < 30]
    cost = month.groupby(month["ResourceId"].map(owner))["EffectiveCost"].sum()
    mine = run.daily[(run.daily["day"] < 30) & (run.daily["service"] == "claims-triage")]["cloud_gbp"].sum()
    own = cost.drop("shared")
    assert mine == pytest.approx(cost["claims-triage"] + cost["shared"] * cost["claims-triage"] / own.sum())


def test_a_service_that_does_not_exist_is_refused(cluttered, refused):
    def strange(billing: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"service": ["apeals"], "cost_gbp": [billing["EffectiveCost"].sum()]})

    said = refused(DecisionError, lambda: sim.simulate(cluttered, NAIVE.replace(allocate=strange), instant=True))
    assert said.startswith("allocate, on day 29: ") and "'apeals'" in said and "Did you mean 'appeals'" in said


def test_a_new_rule_writes_only_what_differs(cluttered):
    programme = sim.Programme(cluttered, seed=4, instant=True)
    programme.step(NAIVE.replace(tag=sim.practices.tag_by_owner(environments=("production",))))
    programme.step(TAGGED)
    work = programme.run().people.query("kind == 'tag resource'")
    before = work[work["queued_day"] < 91]
    production = [r for r in cluttered.estate if r.environment == "production"]
    assert len(before) == len(production) and len(work) == len(cluttered.estate)
