"""Lineage leads from a decision's version back to the batches and the sources that made it."""

import pandas as pd
import pytest

import sim
from sim.data.stages import STAGES
from sim.practices import retrain_on_schedule


@pytest.fixture(scope="module")
def run(quiet, scenario):
    kinds = [
        k.model_dump() | {"per_year": 0.0, "on_days": [30.5], "ends_after_days": 10.0}
        for k in scenario.services[0].incidents
        if k.kind in ("unit_change", "poisoned_labels")
    ]
    quick = {"outcomes": {"median_days": 5.0}, "training": {"release_days": 1.0, "window_days": 60}}
    world = quiet(3, 200, {"record_share": 1.0}, incidents=kinds, **quick)
    return sim.simulate(world, sim.Playbook(retrain=retrain_on_schedule(days=70)), seed=1, instant=True)


def upstream(lineage: pd.DataFrame, node: str) -> pd.DataFrame:
    """Return every edge on a way to a node."""
    found, wanted = [], {node}
    while wanted:
        edges = lineage[lineage["to_id"].isin(wanted) & ~lineage.index.isin([i for e in found for i in e.index])]
        found.append(edges)
        wanted = set(edges["from_id"])
    return pd.concat(found)


def test_a_version_leads_back_to_every_source(run):
    for version in run.models["version"]:
        way = upstream(run.lineage, f"claims-triage/{version}")
        sources = set(way.loc[way["from_kind"] == "source", "from_id"])
        assert sources == {"claim-form", "earnings-feed", "benefits-register"}
        snapshot = run.models.set_index("version").loc[version, "snapshot"]
        assert ((way["from_id"] == snapshot) & (way["to_id"] == f"claims-triage/{version}")).sum() == 1


def test_every_stage_of_life_is_there_in_order(run):
    lineage = run.lineage
    assert set(STAGES) <= set(lineage["from_kind"]) | set(lineage["to_kind"])
    place = {stage: k for k, stage in enumerate(STAGES)}
    both = lineage[lineage["from_kind"].isin(STAGES) & lineage["to_kind"].isin(STAGES)]
    assert (both["from_kind"].map(place) < both["to_kind"].map(place)).all()
    last = run.models["version"].iloc[-1]
    kinds = set(upstream(lineage, f"claims-triage/{last}")["from_kind"])
    assert set(STAGES[:-1]) <= kinds and "archive" not in kinds


def test_touched_batches_lead_to_the_version_that_learnt_from_them_and_to_no_later_one(run):
    began, fixed = run.incidents.set_index("kind").loc["unit_change", ["began_day", "fixed_day"]]
    batches = run.lineage[run.lineage["from_id"] == "claims-triage/pence-for-pounds/0"]
    assert batches["day"].between(began - 1, fixed).all() and len(batches) >= 3
    ways = [upstream(run.lineage, f"claims-triage/{v}") for v in run.models["version"]]
    has = ["claims-triage/pence-for-pounds/0" in set(way["from_id"]) for way in ways]
    assert not has[0] and has[1] and not has[-1]
    assert "claims-triage/outcomes-turned/0" in set(ways[1]["from_id"])


def test_a_decision_has_its_model_and_its_records(run):
    into = run.lineage[run.lineage["to_kind"] == "decision"]
    assert set(into["from_kind"]) == {"serving", "model"}
    months = into[into["from_kind"] == "model"].set_index("to_id")["from_id"]
    for row in run.decisions[run.decisions["version"] != ""].iloc[::500].itertuples():
        day = int(row.decided_day)
        month = max(int(m.rsplit("/", 1)[1]) for m in months.index if int(m.rsplit("/", 1)[1]) <= day)
        assert f"claims-triage/{row.version}" in set(months.loc[[f"claims-triage/decision/{month}"]])


def test_a_quarter_has_the_edges_of_its_days(run):
    assert run.lineage["day"].between(0, run.days).all()
    assert not run.lineage.duplicated().any()
    assert len(run.lineage) < 1000
