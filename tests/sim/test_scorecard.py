"""Seven families of measures, each recomputed by hand from the run's records."""

import numpy as np
import pytest

import sim
from sim.ledger import COSTS
from sim.scorecard import FAMILIES, MEASURES, PER_SERVICE

NOT_FOR_TRIAGE = {"mape", "satisfaction", "allocation_error"}
"""Measures that make no sense for claims triage, alone."""


@pytest.fixture(scope="module")
def run(run_of):
    return run_of("reference")


@pytest.fixture(scope="module")
def value(run):
    return run.scorecard().set_index("measure")["value"]


def test_there_is_a_measure_in_each_of_the_seven_families(run):
    card = run.scorecard()
    assert list(card.columns) == ["measure", "family", "service", "value", "unit", "target", "met"]
    assert len(FAMILIES) == 7 and set(card["family"]) == set(FAMILIES)
    assert set(card["measure"]) == set(MEASURES) - NOT_FOR_TRIAGE and set(card["service"]) == {"all"}
    assert {"net_public_value", "accuracy_last_quarter", "equity_gap"} <= set(MEASURES)
    assert card["met"].dtype == bool and card["value"].notna().all()
    assert all(m.about and m.unit and m.better in ("higher", "lower") for m in MEASURES.values())


def test_accuracy_is_by_decision_and_not_by_day(run, value):
    d = run.daily.dropna(subset=["accuracy"])
    assert value["accuracy"] == pytest.approx((d["accuracy"] * d["decided"]).sum() / d["decided"].sum())
    last = d[d["quarter"] == 8]
    wanted = (last["accuracy"] * last["decided"]).sum() / last["decided"].sum()
    assert value["accuracy_last_quarter"] == pytest.approx(wanted)


def test_equity_is_the_gap_between_award_rates(run, value):
    sums = run.groups.groupby("group")[["eligible", "granted"]].sum()
    rates = sums["granted"] / sums["eligible"]
    assert len(rates) == 2
    assert value["equity_gap"] == pytest.approx(rates.max() - rates.min())


def test_quality_and_availability(run, value):
    assert value["data_quality"] == pytest.approx(1 - run.quality["failed"].sum() / run.quality["rows"].sum())
    assert value["availability"] == pytest.approx(run.daily["on_time"].sum() / run.daily["cases"].sum())


def test_the_four_of_dora(run, value):
    later = run.models.iloc[1:]
    released = later[later["released_day"].notna()]
    assert value["deployment_frequency"] == pytest.approx(len(released) / (731 / 91.3125))
    assert value["lead_time_days"] == pytest.approx((released["released_day"] - released["started_day"]).mean())
    met = run.journal[run.journal["kind"].isin(["released", "canary began"]) & (run.journal["subject"] != "v0")]
    failed = run.journal[run.journal["kind"].isin(["rolled back", "hotfixed", "canary stopped"])]
    first, last = (events.groupby("subject")["day"].min() for events in (met, failed))
    assert len(last) >= 1 and set(last.index) <= set(first.index)
    assert value["change_failure_rate"] == pytest.approx(len(last) / len(first))
    assert value["time_to_restore_days"] == pytest.approx((last - first).dropna().mean())
    over = run.incidents.dropna(subset=["fixed_day"])
    assert value["time_to_mend_days"] == pytest.approx((over["fixed_day"] - over["began_day"]).mean())


def test_costs(run, value):
    sign = run.ledger["debit"].isin(COSTS).astype(int) - run.ledger["credit"].isin(COSTS)
    spent = (run.ledger["pence"] * sign).sum() / 100
    decided = run.daily["decided"].sum()
    right = (run.daily["accuracy"] * run.daily["decided"]).sum()
    assert value["spend_gbp"] == pytest.approx(spent)
    assert value["cost_per_decision_gbp"] == pytest.approx(spent / decided)
    assert value["cost_per_accurate_decision_gbp"] == pytest.approx(spent / right)
    assert value["utilisation"] == pytest.approx(run.daily["utilisation"].mean())


def test_public_value_is_benefit_less_harm_less_spend_discounted(run, value, scenario):
    d = run.daily
    factor = (1 + scenario.discount_rate) ** -(d["day"] / 365.25)
    parts = {name: (d[f"{name}_gbp"] * factor).sum() for name in ("benefit", "harm", "spend")}
    assert value["benefit_gbp"] == pytest.approx(parts["benefit"])
    assert value["harm_gbp"] == pytest.approx(parts["harm"])
    assert value["net_public_value"] == pytest.approx(parts["benefit"] - parts["harm"] - parts["spend"])


def test_time_to_value_is_the_day_from_which_value_stays_ahead(run, value):
    d = run.daily
    ahead = (d["benefit_gbp"] - d["harm_gbp"] - d["spend_gbp"]).cumsum().to_numpy() > 0
    wanted = 0 if ahead.all() else len(ahead) - int(np.argmax(~ahead[::-1]))
    assert value["time_to_value_days"] == wanted


def test_governance(run, value):
    refused = run.daily["refused"].sum()
    assert value["refusals_seen_by_person"] == pytest.approx(run.daily["refused_by_person"].sum() / refused)


def test_each_quarter_is_measured_by_itself(run):
    quarterly = run.quarterly
    assert list(quarterly.columns) == ["quarter", "service", "family", "measure", "value", "unit"]
    assert len(quarterly) == 8 * (len(MEASURES) - len(NOT_FOR_TRIAGE))
    for quarter, days in run.daily.groupby("quarter"):
        mine = quarterly[quarterly["quarter"] == quarter].set_index("measure")["value"]
        assert mine["spend_gbp"] == pytest.approx(days["spend_gbp"].sum())
        wanted = (days["accuracy"] * days["decided"]).sum() / days["decided"].sum()
        assert mine["accuracy"] == pytest.approx(wanted) == mine["accuracy_last_quarter"]


def test_a_scenario_sets_targets_of_its_own(quiet):
    world = quiet(1, 40, {"targets": {"accuracy": 0.999, "spend_gbp": 1e9}})
    card = sim.simulate(world).scorecard().set_index("measure")
    assert card.loc["accuracy", ["target", "met"]].tolist() == [0.999, False]
    assert card.loc["spend_gbp", ["target", "met"]].tolist() == [1e9, True]
    assert card.loc["equity_gap", "target"] == MEASURES["equity_gap"].target


def test_met_goes_the_right_way_and_what_is_not_measured_is_not_met(run, quiet):
    for row in run.scorecard().itertuples():
        higher = MEASURES[row.measure].better == "higher"
        assert row.met == (row.value >= row.target if higher else row.value <= row.target)
    card = sim.simulate(quiet(1, 40)).scorecard().set_index("measure")
    for name in ("change_failure_rate", "time_to_restore_days", "time_to_mend_days"):
        assert np.isnan(card.loc[name, "value"]) and not card.loc[name, "met"]


def test_several_services_are_measured_apart_and_together(pair):
    run = sim.simulate(pair, seed=1)
    card = run.scorecard().set_index(["service", "measure"])["value"]
    assert set(card.index.get_level_values("service")) == {"all", "claims-triage", "appeals"}
    assert set(card.loc["appeals"].index) == set(PER_SERVICE) - NOT_FOR_TRIAGE - {"trust", "uptake"}
    for name in ("spend_gbp", "benefit_gbp", "harm_gbp", "net_public_value"):
        assert card["all", name] == pytest.approx(card["claims-triage", name] + card["appeals", name])
    mine = run.daily[run.daily["service"] == "appeals"]
    assert card["appeals", "spend_gbp"] == pytest.approx(mine["spend_gbp"].sum())
    wanted = (mine["accuracy"] * mine["decided"]).sum() / mine["decided"].sum()
    assert card["appeals", "accuracy"] == pytest.approx(wanted)
