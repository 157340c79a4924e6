"""OpenLineage events: valid against the published schema, and true to the records.

The schema is not part of the client's package. Where ``OPENLINEAGE_SPEC`` names the folder ``spec`` of OpenLineage's
repository, every event and every facet is validated against it; the client's own classes, which are generated from that
schema, are the check everywhere else.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import uuid
from collections import Counter
from datetime import datetime
from pathlib import Path

import attr
import jsonschema
import pytest
from openlineage.client import generated
from referencing import Registry, Resource

import sim
from sim.errors import ExportError, StorageError
from sim.exports.lineage import NIGHT

SPEC = os.environ.get("OPENLINEAGE_SPEC", "")


@pytest.fixture(scope="module")
def events(careful, world) -> list[dict]:
    return sim.exports.openlineage(careful, world)


def facets(event: dict) -> list[dict]:
    """Return every facet of an event: of its run, its job, and its datasets."""
    homes = [event["run"]["facets"], event["job"]["facets"]]
    for dataset in [*event["inputs"], *event["outputs"]]:
        homes += [dataset.get(key, {}) for key in ("facets", "inputFacets", "outputFacets")]
    return [facet for home in homes for facet in home.values()]


def runs(events: list[dict], job: str) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for event in events:
        if event["job"]["name"].endswith(f".{job}"):
            found.setdefault(event["run"]["runId"], []).append(event)
    return found


class TestValid:
    @pytest.mark.skipif(not SPEC, reason="OPENLINEAGE_SPEC does not name the folder spec of OpenLineage's repository")
    def test_against_the_published_schema(self, events):
        registry = Registry()
        for path in [Path(SPEC, "OpenLineage.json"), *Path(SPEC, "facets").glob("*.json")]:
            resource = Resource.from_contents(json.loads(path.read_text(encoding="utf-8")))
            registry = registry.with_resource(resource.id(), resource)
        seen = set()
        for event in events:
            for part in (event, *facets(event)):
                url = part.get("schemaURL") or part["_schemaURL"]
                checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
                schema = {"$ref": url}
                jsonschema.Draft202012Validator(schema, registry=registry, format_checker=checker).validate(part)
                seen.add(url.split("#")[0].split("/")[-1])
        assert {"OpenLineage.json", "SchemaDatasetFacet.json", "DataQualityAssertionsDatasetFacet.json"} <= seen
        assert {"DataQualityMetricsInputDatasetFacet.json", "ErrorMessageRunFacet.json"} <= seen

    def test_against_the_classes_made_from_the_schema(self, events):
        classes = {}
        for module in pkgutil.iter_modules(generated.__path__):
            for kind in vars(importlib.import_module(f"{generated.__name__}.{module.name}")).values():
                if attr.has(kind) and hasattr(kind, "_get_schema"):
                    classes[kind._get_schema()] = kind
        for event in events:
            for part in (event, *facets(event)):
                fields = attr.fields_dict(classes[part.get("schemaURL") or part["_schemaURL"]])
                assert part.keys() <= fields.keys()
                assert {name for name, field in fields.items() if field.default is attr.NOTHING} <= part.keys()

    def test_every_event_says_when_who_and_which(self, events):
        for event in events:
            assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
            assert uuid.UUID(event["run"]["runId"]).version == 5
            assert event["producer"] == "urn:trinity-programme:sim.exports"
        times = [event["eventTime"] for event in events]
        assert times == sorted(times)

    def test_every_run_starts_once_and_ends_once(self, events):
        states: dict[str, list[str]] = {}
        for event in events:
            states.setdefault(event["run"]["runId"], []).append(event["eventType"])
        assert Counter(tuple(s) for s in states.values()).keys() <= {("START", "COMPLETE"), ("START", "FAIL")}


class TestTrue:
    def test_a_night_fails_in_an_outage_and_delivers_nothing(self, events, careful):
        ends = [event for _, event in runs(events, "pipeline").values()]
        assert len(ends) == careful.days
        outage = careful.incidents[careful.incidents["kind"] == "outage"].iloc[0]
        delivered = set(careful.quality["day"])
        for day, event in enumerate(ends):
            stopped = outage["began_day"] <= day + NIGHT < outage["fixed_day"]
            assert event["eventType"] == ("FAIL" if stopped else "COMPLETE")
            if stopped:
                assert event["outputs"] == [] and day not in delivered
            else:
                rows = event["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"]
                assert (rows > 0) == (day in delivered)

    def test_a_failed_night_says_why(self, events):
        (error, *_) = [e["run"]["facets"]["errorMessage"] for e in events if e["eventType"] == "FAIL"]
        assert "earnings-feed" in error["message"] and "claims-triage/feed-outage/0" in error["message"]

    def test_a_night_has_the_time_of_its_decisions(self, events, careful):
        pipeline = [e for e in events if e["job"]["name"] == "claims-triage.pipeline" and e["eventType"] == "COMPLETE"]
        first = datetime.fromisoformat(pipeline[0]["eventTime"])
        assert (first.hour, first.minute) == (23, 58)
        alone = careful.decisions[careful.decisions["decision"] != "refer"]["decided_day"].dropna()
        assert (abs(alone % 1 - NIGHT) < 0.001).all()

    def test_assertions_are_the_quality_frame(self, events, careful):
        night = 20
        event = [pair[1] for pair in runs(events, "pipeline").values()][night]
        for dataset in event["inputs"]:
            source = dataset["name"].removeprefix("sources/")
            rows = careful.quality[(careful.quality["day"] == night) & (careful.quality["source"] == source)]
            told = {a["assertion"]: a for a in dataset["inputFacets"]["dataQualityAssertions"]["assertions"]}
            assert told.keys() == set(rows["dimension"])
            for row in rows.itertuples():
                assert told[row.dimension]["params"] == {"rows": row.rows, "failed": row.failed}
                assert told[row.dimension]["success"] == (row.score >= 0.975)
            assert dataset["inputFacets"]["inputStatistics"]["rowCount"] == rows["rows"].iloc[0]

    def test_some_assertions_pass_and_some_do_not(self, events):
        said = {
            a["success"]
            for e in events
            for d in e["inputs"]
            for a in d["inputFacets"].get("dataQualityAssertions", {}).get("assertions", [])
        }
        assert said == {True, False}

    def test_quarantine_is_an_output_of_the_night_that_filled_it(self, events, careful):
        rows = {
            e["eventTime"]: d["outputFacets"]["outputStatistics"]["rowCount"]
            for e in events
            for d in e["outputs"]
            if d["name"].endswith("/quarantine")
        }
        held = careful.journal[careful.journal["kind"] == "quarantined"]["detail"].str.split(" ").str[0].astype(int)
        assert len(held) and sorted(rows.values()) == sorted(held)

    def test_versions_come_from_the_snapshots_that_the_lineage_names(self, events, careful, world):
        pairs = {
            (i["name"], o["name"])
            for e in events
            for i in e["inputs"]
            for o in e["outputs"]
            if e["eventType"] != "START"
        }
        rows = careful.lineage[careful.lineage["to_kind"] == "model"].itertuples()
        edges = {
            (f"claims-triage/snapshots/{e.from_id}", f"claims-triage/models/{e.to_id.split('/')[-1]}") for e in rows
        }
        assert len(edges) > 2
        assert {p for p in pairs if "/models/" in p[1]} == edges
        sources = {f"sources/{source.name}" for source in world.services[0].sources}
        for snapshot, _ in edges:
            assert {p[0] for p in pairs if p[1] == snapshot} - {"claims-triage/cases"} == sources

    def test_training_and_release_take_the_time_that_the_registry_says(self, events, careful, world):
        starts = datetime.fromisoformat(f"{world.start}T00:00:00+00:00")

        def day(event: dict) -> float:
            return (datetime.fromisoformat(event["eventTime"]) - starts).total_seconds() / 86_400

        trained = [(day(a), day(b)) for a, b in runs(events, "training").values()]
        models = careful.models
        assert len(models) > 2
        for place, column in enumerate(("started_day", "trained_day")):
            assert sorted(t[place] for t in trained) == pytest.approx(sorted(models[column]), abs=1e-6)
        released = sorted(day(b) for _, b in runs(events, "release").values())
        assert released == pytest.approx(sorted(models["released_day"].dropna()), abs=1e-6)

    def test_examples_are_measured_column_by_column(self, events, careful):
        trainings = [e for e in events if e["job"]["name"].endswith(".snapshot") and e["eventType"] == "COMPLETE"]
        last = trainings[-1]["inputs"][-1]["inputFacets"]["dataQualityMetrics"]
        assert 0 < last["rowCount"] <= len(careful.cases)
        column = last["columnMetrics"]["rent_gbp"]
        assert column["count"] + column["nullCount"] == last["rowCount"]
        assert 0 <= column["min"] <= column["sum"] / column["count"] <= column["max"]

    def test_schema_and_owner_of_a_source(self, events, world):
        source = next(d for e in events for d in e["inputs"] if d["name"] == "sources/earnings-feed")
        names = [f["name"] for f in source["facets"]["schema"]["fields"]]
        assert names == ["case_id", *(f.name for f in world.services[0].features if f.source == "earnings-feed")]
        assert source["facets"]["ownership"]["owners"][0]["name"] == "team:tax department"

    def test_a_retraining_without_examples_fails(self, quiet):
        world = quiet(cases=6, training={"pilot_days": 10, "window_days": 14})
        run = sim.simulate(world, sim.Playbook(retrain=sim.practices.retrain_on_schedule(days=60)), instant=True)
        failed = [e for e in sim.exports.openlineage(run, world, nights=range(0)) if e["eventType"] == "FAIL"]
        assert len(failed) == (run.journal["kind"] == "retraining abandoned").sum() > 0
        assert "known outcomes" in failed[0]["run"]["facets"]["errorMessage"]["message"]

    def test_two_services_keep_their_jobs_apart(self, pair):
        run = sim.simulate(pair, sim.Playbook(), seed=1)
        events = sim.exports.openlineage(run, pair, nights=range(3))
        jobs = Counter(e["job"]["name"] for e in events)
        assert jobs["claims-triage.pipeline"] == jobs["appeals.pipeline"] == 6
        assert len({e["run"]["runId"] for e in events}) == len(events) / 2


class TestKept:
    def test_the_same_run_gives_the_same_events(self, careful, world, events):
        assert sim.exports.openlineage(careful, world, nights=range(5, 8)) == [
            e
            for e in events
            if not e["job"]["name"].endswith(".pipeline") or "2026-04-06" <= e["eventTime"][:10] <= "2026-04-08"
        ]

    def test_another_seed_gives_other_identifiers(self, world, events):
        other = sim.simulate(world, sim.Playbook(), seed=4)
        again = sim.exports.openlineage(other, world, nights=range(2))
        assert not {e["run"]["runId"] for e in again} & {e["run"]["runId"] for e in events}

    def test_a_file_holds_one_event_a_line(self, careful, world, tmp_path):
        path = tmp_path / "new" / "events.ndjson"
        told = sim.exports.openlineage(careful, world, path, nights=range(4))
        assert [json.loads(line) for line in path.read_text().splitlines()] == told
        assert [p.name for p in path.parent.iterdir()] == ["events.ndjson"]

    def test_a_file_that_exists_is_kept(self, careful, world, tmp_path, refused):
        path = tmp_path / "mine.ndjson"
        path.write_text("keep me")
        said = refused(StorageError, lambda: sim.exports.openlineage(careful, world, path, nights=range(1)))
        assert "mine.ndjson exists" in said and path.read_text() == "keep me"

    def test_another_scenario_is_refused(self, careful, world, pair, refused):
        renamed = world.replace(name="another")
        assert "'household-support'" in refused(ExportError, lambda: sim.exports.openlineage(careful, renamed))
        assert "appeals" in refused(ExportError, lambda: sim.exports.openlineage(careful, pair))
