"""Random worlds: any valid department, and playbooks for its quarters."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import sim
from sim.scenario import Budget, Defects, IncidentKind, Market, Quantity, Satisfaction, Stewardship, Value
from sim.scenario.breach import Breach
from sim.scenario.ingestion import Ingestion
from sim.scenario.organisation import Organisation, Oversight, Teamwork, Toil, Trust, Turnover
from sim.scenario.scenario import build
from sim.scenario.service import Outcomes, Review, Training
from tests.playbooks import PLAYBOOKS

MOST = {
    "caseworkers": 3, "pilot_days": 25, "window_days": 200, "max_rows": 400, "late_days": 8, "retries": 4,
    "stream_machines": 3, "accounts": 60, "per_account_year": 1, "centre": 500, "machine_hours": 200,
    "staff_hours": 40, "rebuild_hours": 60, "release_days": 30, "notify_hours": 40, "extract_hours": 1,
}  # fmt: skip
"""Largest values drawn, where the accepted range reaches further than a quick run should."""

LEAST = {"pilot_days": 20, "max_rows": 50}

ORDINARY = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def numbers(part: type[BaseModel]) -> dict[str, st.SearchStrategy]:
    """Return a strategy within the accepted range of each number of a part that has a default."""
    drawn = {}
    for name, field in part.model_fields.items():
        about = field.json_schema_extra
        if isinstance(about, dict) and field.annotation in (int, float) and not field.is_required():
            low = max(about["low"], LEAST.get(name, about["low"]))
            high = max(low, min(about["high"], MOST.get(name, 1e4)))
            whole = field.annotation is int
            drawn[name] = st.integers(int(low), int(high)) if whole else st.floats(low, high, allow_nan=False)
    return drawn


def some_of(part: type[BaseModel]) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional=numbers(part))


@st.composite
def services(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw a service of any task, with groups, sources, features, drifts and incidents of every kind."""
    shares = draw(st.lists(st.floats(0.1, 1), min_size=1, max_size=3))
    groups = [{"name": f"g{i}", "share": s / sum(shares)} for i, s in enumerate(shares[:-1])]
    groups.append({"name": "rest", "share": 1 - sum(g["share"] for g in groups)})
    sources = [
        {"name": f"s{i}", "owner": "somebody", "format": draw(st.sampled_from(["csv", "json", "xml", "api"])),
         "cadence_hours": draw(st.sampled_from([0, 1, 6, 24, 168])), "change_days": draw(st.sampled_from([0, 5, 60]))}
        for i in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    features = []
    for source in sources:
        for _ in range(draw(st.integers(1, 3))):
            kind = draw(st.sampled_from(["count", "money", "flag"]))
            centre = {"count": 40.0, "money": 700.0, "flag": 0.4}[kind]
            features.append(
                {"name": f"f{len(features)}", "source": source["name"], "kind": kind, "centre": centre,
                 "spread": 0.5 if kind == "money" else draw(st.floats(1, 20)), "low": 0,
                 "high": 1 if kind == "flag" else draw(st.integers(50, 40_000)), "weight": draw(st.floats(-2, 2)),
                 "bend": draw(st.floats(-0.5, 0.5)), "quasi": draw(st.booleans()),
                 "shift": {groups[0]["name"]: draw(st.floats(-1, 1))}}
            )  # fmt: skip
    names = [f["name"] for f in features]
    drifts = [
        {"name": f"d{i}", "target": draw(st.sampled_from(["covariate", "concept"])),
         "shape": draw(st.sampled_from(["sudden", "gradual", "seasonal", "recurring"])),
         "effects": {draw(st.sampled_from(names)): draw(st.floats(-1, 1))}, "begins_day": draw(st.floats(-50, 120)),
         "days": draw(st.floats(1, 400)), "every_days": 60, "jitter_days": draw(st.floats(0, 30))}
        for i in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    changing = [s["name"] for s in sources if s["change_days"]]
    kinds = ["unit_change", "silent_nulls", "schema_change", "duplicate_load", "outage", "poisoned_labels"]
    incidents = [
        incident(draw, i, kind, [s["name"] for s in sources], changing)
        for i, kind in enumerate(draw(st.lists(st.sampled_from(kinds + ["late_feed"] * bool(changing)), max_size=3)))
    ]
    task = draw(st.sampled_from(["classification", "regression"]))
    return {
        "name": name, "title": name, "task": task, "outcome": "something", "groups": groups, "sources": sources,
        "features": features, "drifts": drifts, "incidents": incidents,
        "cases_per_day": draw(st.floats(1, 40)), "weight": draw(st.sampled_from([1, 3, 1000])),
        "winter_peak": draw(st.floats(0, 0.9)), "reject_after_days": draw(st.floats(1, 40)),
        "intercept": draw(st.floats(-1, 1)), "noise": draw(st.floats(0.05, 0.6)),
        "keep_days": draw(st.integers(30, 500)),
        "defects": draw(some_of(Defects)), "ingestion": draw(some_of(Ingestion)),
        "stewardship": draw(some_of(Stewardship)), "value": draw(some_of(Value)),
        "quantity": draw(some_of(Quantity)), "outcomes": draw(some_of(Outcomes)), "review": draw(some_of(Review)),
        "training": {"pilot_days": 20, **draw(some_of(Training))},
        "satisfaction": draw(st.none() | some_of(Satisfaction)), "breach": draw(st.none() | some_of(Breach)),
    }  # fmt: skip


def incident(draw: st.DrawFn, i: int, kind: str, sources: list[str], changing: list[str]) -> dict[str, Any]:
    about = draw(some_of(IncidentKind)) | {"name": f"i{i}", "kind": kind, "per_year": draw(st.floats(0, 20))}
    if kind != "poisoned_labels":
        about["source"] = draw(st.sampled_from(changing if kind == "late_feed" else sources))
    return about


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a department of one to three services on a small estate."""
    data = sim.load_scenario("quiet-office").model_dump(mode="json")
    owned = [draw(services(f"service-{i}")) for i in range(draw(st.integers(1, 3)))]
    estate = [r | {"service": draw(st.sampled_from(["shared", *(s["name"] for s in owned)]))} for r in data["estate"]]
    staff = copy.deepcopy(data["staff"]) | {"effort_scale": draw(st.floats(0, 3))}
    for team in staff["teams"]:
        team |= {"people": draw(st.integers(1, 4)), "share": draw(st.floats(0.05, 1))}
    return data | {
        "name": "drawn", "quarters": draw(st.sampled_from([1, 2, 3, 5])), "services": owned, "estate": estate,
        "staff": staff, "funding_gbp": draw(st.floats(0, 60_000)), "budget": draw(some_of(Budget)),
        "invoicing": {"overcharges_per_year": draw(st.sampled_from([0, 50])), "credit_gbp": draw(st.floats(0, 500))},
        "organisation": draw(st.none() | organisations()),
        "record_share": draw(st.sampled_from([0.0, 0.1, 1.0])), "discount_rate": draw(st.floats(0, 0.2)),
        "market": draw(some_of(Market)),
    }  # fmt: skip


@st.composite
def organisations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an organisation in which much is amiss."""
    parts = {"teamwork": Teamwork, "turnover": Turnover, "toil": Toil, "oversight": Oversight, "trust": Trust}
    data = {name: draw(some_of(part)) for name, part in parts.items()} | draw(some_of(Organisation))
    data["oversight"]["releases_need_board"] = draw(st.booleans())
    return data


BOOKS = st.lists(PLAYBOOKS, min_size=1, max_size=5) | st.just([sim.practices.reference()])
"""A playbook for each quarter; the last one stays in force."""


def played(data: dict[str, Any], seed: int, books: list[sim.Playbook]) -> tuple[sim.Programme, sim.Run]:
    """Return the programme of a drawn world, played to its end, and its run."""
    programme = sim.Programme(build(data, origin="drawn"), seed=seed)
    while not programme.done:
        programme.advance(books[min(programme.quarter, len(books)) - 1])
    return programme, programme.run()
