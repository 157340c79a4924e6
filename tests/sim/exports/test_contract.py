"""Data contracts: valid against the standard's schema, which the package brings, and true to the scenario."""

from __future__ import annotations

import json

import jsonschema
import pandas as pd
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

import sim
from sim.errors import ExportError, ScenarioError, StorageError
from sim.exports.source import unit_of

SCHEMA = json.loads(OpenDataContractStandard.json_schema())
FEEDS = ("claim-form", "earnings-feed", "benefits-register")


def rules(contract: dict) -> dict[str, dict]:
    (table,) = contract["schema"]
    listed = [*table.get("quality", []), *(q for p in table["properties"] for q in p.get("quality", []))]
    return {rule["name"]: rule for rule in listed}


@pytest.mark.parametrize("feed", FEEDS)
def test_valid_against_the_published_schema(scenario, feed):
    contract = sim.exports.odcs(scenario, "claims-triage", feed)
    jsonschema.Draft201909Validator(SCHEMA).validate(contract)
    assert contract["apiVersion"] == "v3.2.0"


def test_the_schema_can_refuse(scenario):
    contract = sim.exports.odcs(scenario, "claims-triage", "claim-form")
    contract["schema"][0]["properties"][2]["logicalType"] = "money"
    with pytest.raises(jsonschema.ValidationError, match="money"):
        jsonschema.Draft201909Validator(SCHEMA).validate(contract)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_column_for_each_feature_with_type_unit_and_range(scenario, feed):
    (table,) = sim.exports.odcs(scenario, "claims-triage", feed)["schema"]
    columns = {p["name"]: p for p in table["properties"]}
    features = [f for f in scenario.services[0].features if f.source == feed]
    assert list(columns) == ["case_id", "arrived_day", *(f.name for f in features)]
    for f in features:
        column = columns[f.name]
        assert column["logicalType"] == {"count": "integer", "money": "number", "flag": "boolean"}[f.kind]
        assert column["physicalType"] == "DOUBLE"
        assert {"property": "unit", "value": unit_of(f)} in column["customProperties"]
        if f.kind != "flag":
            assert column["logicalTypeOptions"] == {"minimum": f.low, "maximum": f.high}


def test_units_are_read_from_names(scenario):
    units = {f.name: unit_of(f) for f in scenario.services[0].features}
    assert units["age_years"] == "years" and units["months_at_address"] == "months"
    assert units["savings_gbp"] == "GBP" and units["hours_per_week"] == "hours per week"
    assert units["dependants"] == "count" and units["online"] == "yes (1) or no (0)"


def test_an_amount_by_the_month_says_so(scenario):
    units = {f.name: unit_of(f) for f in scenario.services[0].features if f.kind == "money"}
    monthly = {name for name, unit in units.items() if unit == "GBP a month"}
    assert monthly == {"rent_gbp", "earnings_gbp", "benefits_gbp"}
    (table,) = sim.exports.odcs(scenario, "claims-triage", "earnings-feed")["schema"]
    told = next(p for p in table["properties"] if p["name"] == "earnings_gbp")
    assert {"property": "unit", "value": "GBP a month"} in told["customProperties"]


def test_the_rules_count_what_breaks_them(scenario):
    sqlite3 = pytest.importorskip("sqlite3")
    told = rules(sim.exports.odcs(scenario, "claims-triage", "claim-form"))
    bad = {"rent_gbp": [500.0, 3000.0, 3001.0, -1.0, None], "dependants": [0, 3, 3, 1, 0]}
    frame = pd.DataFrame({**bad, "household_size": [1, 3, 4, 2, 1]})
    with sqlite3.connect(":memory:") as database:
        frame.to_sql("records", database)

        def count(rule: str) -> int:
            return database.execute(told[rule]["query"].replace("${table}", "records")).fetchone()[0]

        assert count("rent_gbp_valid") == 2
        assert count("dependants_below_household_size") == 1
    assert told["rent_gbp_valid"]["mustBe"] == 0


def test_missing_values_by_the_departments_target(scenario):
    stricter = scenario.replace(targets={"data_quality": 0.99})
    for world, most in ((scenario, 2.5), (stricter, 1.0)):
        told = rules(sim.exports.odcs(world, "claims-triage", "claim-form"))["rent_gbp_there"]
        assert (told["metric"], told["mustBeLessOrEqualTo"], told["unit"]) == ("nullValues", most, "percent")


def test_who_answers_and_how_fresh(scenario):
    contract = sim.exports.odcs(scenario, "claims-triage", "earnings-feed")
    assert contract["team"]["name"] == "tax department"
    assert [m["role"] for m in contract["team"]["members"]] == ["owner", "consumer"]
    for feed, wanted in {
        "earnings-feed": {"frequency": (1.0, "h"), "latency": (1.0, "h")},
        "benefits-register": {"frequency": (24.0, "h"), "latency": (24.0, "h")},
        "claim-form": {"latency": (0.0, "h")},
    }.items():
        terms = sim.exports.odcs(scenario, "claims-triage", feed)["slaProperties"]
        assert {t["property"]: (t["value"], t["unit"]) for t in terms} == wanted


def test_the_owner_announces_changes_as_long_before_as_the_source_says(scenario, small):
    (told,) = sim.exports.odcs(scenario, "claims-triage", "earnings-feed")["support"]
    assert told["scope"] == "announcements" and "tax department" in told["channel"]
    assert told["customProperties"] == [
        {"property": "noticeOfChange", "value": 30.0},
        {"property": "unit", "value": "d"},
    ]
    sources = [{**s.model_dump(), "notice_days": 9} for s in scenario.services[0].sources]
    (told,) = sim.exports.odcs(small(sources=sources), "claims-triage", "earnings-feed")["support"]
    assert "9 days before" in told["description"] and told["customProperties"][0]["value"] == 9


def test_what_tells_who_somebody_is(scenario):
    whole = sim.load_scenario("household-support")
    form = sim.exports.odcs(whole, "claims-triage", "claim-form")
    (table,) = form["schema"]
    told = {p["name"]: p["classification"] for p in table["properties"] if "classification" in p}
    quasi = [f.name for f in scenario.services[0].features if f.source == "claim-form" and f.quasi]
    assert told == {"case_id": "identifier"} | dict.fromkeys(quasi, "quasi-identifier")
    assert form["description"]["limitations"].startswith("Personal data. Kept for 425 days at most.")
    log = sim.exports.odcs(whole, "staffing-forecast", "office-log")
    assert not any("classification" in p for p in log["schema"][0]["properties"])
    assert log["description"]["limitations"].startswith("No personal data.")


def test_every_source_of_every_service_has_a_valid_contract():
    whole = sim.load_scenario("household-support")
    for service in whole.services:
        for source in service.sources:
            contract = sim.exports.odcs(whole, service.name, source.name)
            jsonschema.Draft201909Validator(SCHEMA).validate(contract)
            assert service.outcome in contract["description"]["purpose"]


def test_a_file_reads_back(scenario, tmp_path):
    path = tmp_path / "contract.yaml"
    contract = sim.exports.odcs(scenario, "claims-triage", "claim-form", path)
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == contract
    assert OpenDataContractStandard.from_file(str(path)).id == "household-support.claims-triage.claim-form"


def test_refusals(scenario, tmp_path, refused):
    assert "Did you mean 'claim-form'" in refused(
        ExportError, lambda: sim.exports.odcs(scenario, "claims-triage", "claims-form")
    )
    assert "claims-triage" in refused(ScenarioError, lambda: sim.exports.odcs(scenario, "triage", "claim-form"))
    (tmp_path / "mine.yaml").write_text("keep me")
    refused(StorageError, lambda: sim.exports.odcs(scenario, "claims-triage", "claim-form", tmp_path / "mine.yaml"))
    assert (tmp_path / "mine.yaml").read_text() == "keep me"
