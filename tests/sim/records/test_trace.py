"""An incident is told in records, the whole way from shock to harm to repair."""

import pandas as pd
import pytest

import sim
from sim.data.stages import CAUSES
from sim.errors import RunError
from sim.practices import retrain_on_schedule
from sim.records.trace import counts


@pytest.fixture(scope="module")
def told(quiet, scenario):
    """Run a world to which one incident of a kind happens on day 30; return the run."""
    runs = {}

    def run(kind: str, contracts: str = "none"):
        if (kind, contracts) not in runs:
            mine = [
                k.model_dump() | {"per_year": 0.0, "on_days": [30.5], "ends_after_days": 40.0}
                for k in scenario.services[0].incidents
                if k.kind == kind
            ]
            world = quiet(2, 300, incidents=mine, training={"release_days": 1.0}, outcomes={"median_days": 5.0})
            book = sim.Playbook(contracts=contracts, retrain=retrain_on_schedule(days=40))
            runs[kind, contracts] = sim.simulate(world, book, seed=1, instant=True)
        return runs[kind, contracts]

    return run


@pytest.mark.parametrize("contracts", ["none", "all"])
@pytest.mark.parametrize("kind", CAUSES)
def test_every_kind_is_told_from_its_beginning_to_its_end(told, kind, contracts):
    run = told(kind, contracts)
    incident = run.incidents.iloc[0]
    trace = run.explain(incident["incident_id"])
    steps = trace.steps
    assert steps["day"].is_monotonic_increasing
    what = list(steps["what"])
    assert what.index(f"{kind} began") < what.index(f"{kind} ended")
    if incident["found_by"] != "nobody":
        assert f"found by {incident['found_by']}" in list(steps["detail"])
    if "cause known" in what:
        assert {"diagnosis", "data incident"} <= set(trace.work["what"])
    assert steps["wrong_decisions"].sum() == trace.wrong_decisions == incident["cases_harmed"]
    assert steps["gbp"].sum() == pytest.approx(trace.gbp, abs=0.01 * len(steps)) and trace.gbp == incident["cost_gbp"]
    events = set(steps["event_id"].dropna())
    assert set(steps["cause"].dropna()) <= events | set(run.journal.loc[run.journal["kind"] == "trained", "event_id"])
    assert (trace.work["who"] == "data team").all()


def test_what_it_says_is_what_the_records_say(told):
    run = told("unit_change")
    trace = run.explain("claims-triage/pence-for-pounds/0")
    said = str(trace)
    assert said.startswith("claims-triage/pence-for-pounds/0: unit_change of earnings-feed")
    assert f"{trace.wrong_decisions:,} wrong decisions" in said and "nights: " in said
    assert "tax department" in said and "found by complaints" in said and "hours of work, done on day" in said
    page = trace._repr_html_()
    assert page.startswith("<table>") and page.count("<tr>") == said.count("\n") + 1
    touched = trace.steps[trace.steps["what"] == "records touched"]
    began, fixed = run.incidents[["began_day", "fixed_day"]].iloc[0]
    assert touched["day"].between(began, fixed).all() and touched["records"].min() > 100


def test_a_poisoned_outcome_is_followed_to_the_model_that_learnt_it(told):
    steps = told("poisoned_labels").explain("claims-triage/outcomes-turned/0").steps
    assert {"outcomes recorded wrongly", "learnt wrong outcomes", "model misled"} <= set(steps["what"])
    assert steps["what"].value_counts()["outcomes recorded wrongly"] > 20


def test_a_loaded_run_tells_the_same(told, tmp_path):
    run = told("silent_nulls")
    loaded = sim.Run.load(run.save(tmp_path / "run"))
    one, two = (r.explain("claims-triage/empty-fields/0") for r in (run, loaded))
    assert str(one) == str(two)
    pd.testing.assert_frame_equal(one.steps, two.steps)


def test_a_leak_of_money_is_told_as_well(scenario):
    run = sim.simulate(scenario.replace(quarters=3), sim.Playbook(watch_spend=sim.practices.spend_alert()), seed=2)
    leak = run.incidents[run.incidents["service"] == ""].dropna(subset=["detected_day"]).iloc[0]
    trace = run.explain(leak["incident_id"])
    assert trace.steps["gbp"].sum() == trace.gbp == leak["cost_gbp"] > 0
    assert "stop machines" in list(trace.work["what"])


def test_an_unknown_incident_is_refused_with_the_nearest(told, refused):
    run = told("outage")
    message = refused(RunError, lambda: run.explain("claims-triage/feed-outge/0"))
    assert "Did you mean 'claims-triage/feed-outage/0'?" in message


def test_counts_are_read_as_they_were_written():
    assert counts(12, 3, 45.5) == "12 records, 3 wrong decisions, 45.50 GBP"
