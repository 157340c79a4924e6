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
from sim.exports.jobs import NIGHT

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
        if event["job"]["name"].partition(".")[2] == job:
            found.setdefault(event["run"]["runId"], []).append(event)
    return found


SIDES = (("from_id", "from_kind"), ("to_id", "to_kind"))


def named(node: str, kind: str) -> str:
    """Return a node's name as a dataset."""
    if kind == "source":
        return f"sources/{node}"
    if kind in ("snapshot", "model"):
        return f"claims-triage/{kind}s/{node.split('/')[-1]}"
    return node


def pairs(events: list[dict]) -> set[tuple[str, str]]:
    """Return what was read and written by the same run."""
    ended = [e for e in events if e["eventType"] != "START"]
    return {(i["name"], o["name"]) for e in ended for i in e["inputs"] for o in e["outputs"]}


def walk(events: list[dict], start: str, since: str) -> set[str]:
    """Return what rests on a dataset, in order of time, as a consumer of the events would find it."""
    reached = {start}
    for event in events:
        if event["eventType"] == "COMPLETE" and event["eventTime"] >= since:
            if reached & {data["name"] for data in event["inputs"]}:
                reached |= {data["name"] for data in event["outputs"]}
    return reached


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
    def test_a_night_on_which_nothing_came_fails_and_delivers_nothing(self, events, careful):
        ends = [event for _, event in runs(events, "pipeline").values()]
        assert len(ends) == careful.days
        delivered = set(careful.quality["day"])
        kinds = Counter()
        for day, event in enumerate(ends):
            if event["eventType"] == "FAIL":
                assert day not in delivered
                assert all("/batch/" in d["name"] for d in event["outputs"])
                kinds[event["run"]["facets"]["errorMessage"]["message"].split(" of ")[0]] += 1
            else:
                (rows,) = [
                    d["outputFacets"]["outputStatistics"]["rowCount"]
                    for d in event["outputs"]
                    if "/serving/" in d["name"]
                ]
                assert (rows > 0) == (day in delivered)
        assert {f"No records were delivered: {kind}" for kind in ("outage", "silent nulls")} <= kinds.keys()

    def test_a_failed_night_says_why(self, events):
        errors = [e["run"]["facets"]["errorMessage"]["message"] for e in events if e["eventType"] == "FAIL"]
        assert any("outage of earnings-feed (claims-triage/feed-outage/0)" in error for error in errors)

    def test_a_run_that_failed_keeps_nights_waiting_until_it_is_repaired(self, quiet):
        world = quiet(quarters=1, cases=10, ingestion={"fail_share": 0.3, "retry_fail_share": 0.9})
        run = sim.simulate(world, sim.Playbook())
        ends = [event for _, event in runs(sim.exports.openlineage(run, world), "pipeline").values()]
        failed = {day for day, event in enumerate(ends) if event["eventType"] == "FAIL"}
        assert failed == set(range(run.days)) - set(run.quality["day"])
        said = [ends[day]["run"]["facets"]["errorMessage"]["message"] for day in sorted(failed)]
        assert sum("after 3 tries" in told for told in said) == (run.journal["kind"] == "run failed").sum() > 2
        assert any("not repaired yet" in told for told in said)

    def test_a_night_has_the_time_of_its_decisions(self, plain, world):
        events = sim.exports.openlineage(plain, world, nights=range(3))
        pipeline = [e for e in events if e["job"]["name"] == "claims-triage.pipeline" and e["eventType"] == "COMPLETE"]
        first = datetime.fromisoformat(pipeline[0]["eventTime"])
        assert (first.hour, first.minute) == (23, 58)
        alone = plain.decisions[plain.decisions["decision"] != "refer"]["decided_day"].dropna()
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

    def test_every_edge_along_which_data_flow_is_an_input_and_an_output(self, events, careful):
        drawn = pairs(events)
        edges = careful.lineage[careful.lineage["from_kind"] != "incident"]
        kinds = set(zip(edges["from_kind"], edges["to_kind"], strict=True))
        assert {("source", "batch"), ("batch", "serving"), ("serving", "training"), ("model", "decision")} <= kinds
        sides = [[named(*node) for node in zip(edges[i], edges[k], strict=True)] for i, k in SIDES]
        told = set(zip(*sides, strict=True))
        assert told <= drawn
        more = {(read.split("/")[-2], wrote.split("/")[1]) for read, wrote in drawn - told}
        assert more == {
            ("sources", "serving"),
            ("sources", "batch"),
            ("sources", "quarantine"),
            ("models", "in-use"),
        }

    def test_incidents_are_tags_of_batches_and_no_datasets(self, events, careful):
        tagged = set()
        for event in events:
            for data in [*event["inputs"], *event["outputs"]]:
                assert data["name"] not in set(careful.incidents["incident_id"])
                tags = data["facets"].get("tags", {"tags": []})["tags"]
                tagged |= {(tag["value"], data["name"]) for tag in tags if tag["key"] == "incident"}
        edges = careful.lineage[careful.lineage["from_kind"] == "incident"]
        assert tagged == set(zip(edges["from_id"], edges["to_id"], strict=True)) != set()

    def test_wrong_outcomes_touch_what_is_learnt_from(self, quiet):
        turned = {"name": "outcomes-turned", "kind": "poisoned_labels", "share": 0.5, "per_year": 0, "on_days": [20.5]}
        world = quiet(quarters=1, incidents=[turned])
        run = sim.simulate(world, sim.Playbook(), seed=1)
        reads = [e for _, e in runs(sim.exports.openlineage(run, world), "pipeline.training").values()]
        batches = [e for e in reads if any("/batch/" in d["name"] for d in e["inputs"])]
        touched = run.lineage[run.lineage["from_kind"] == "batch"]
        assert len(batches) == len(touched) > 0 and set(touched["to_kind"]) == {"training"}
        assert [d["name"] for d in batches[0]["outputs"]] == [touched["to_id"].iloc[0]]

    def test_what_a_source_said_reaches_no_model_trained_before(self, events, careful):
        reached = walk(events, "sources/claim-form", "2026-07-15")
        models = careful.models.set_index("version")["trained_day"]
        assert {name.split("/")[-1] for name in reached if "/models/" in name} == set(models.index[models > 106])

    def test_a_model_rests_only_on_the_months_of_its_window(self, quiet):
        world = quiet(training={"window_days": 60})
        run = sim.simulate(world, sim.Playbook(retrain=sim.practices.retrain_on_schedule(days=40)), instant=True)
        reached = walk(sim.exports.openlineage(run, world), "claims-triage/serving/0", "2026-04-01")
        later = run.models[run.models["reason"] != "pilot"]
        april = later[later["trained_day"] - 60 < 30]
        assert {name.split("/")[-1] for name in reached if "/models/" in name} == set(april["version"])
        assert 0 < len(april) < len(later)

    def test_a_night_delivers_to_its_month(self, events, careful):
        months = careful.daily.groupby("month")["day"].min().to_numpy()
        for day, (_, event) in enumerate(runs(events, "pipeline").values()):
            for data in event["outputs"]:
                if "/serving/" in data["name"]:
                    assert int(data["name"].split("/")[-1]) == months[months <= day].max()

    def test_a_month_runs_from_its_first_night_to_its_last(self, events, world):
        for stage in ("collection", "serving", "decision", "archive"):
            times = [(a["eventTime"][:10], b["eventTime"][:10]) for a, b in runs(events, f"pipeline.{stage}").values()]
            assert times[:2] == [("2026-04-01", "2026-04-30"), ("2026-05-01", "2026-05-31")]
            assert times[-1] == ("2026-09-01", "2026-09-30") and len(times) == 6

    def test_training_and_release_take_the_time_that_the_registry_says(self, events, careful, world):
        starts = datetime.fromisoformat(f"{world.start}T00:00:00+00:00")

        def day(event: dict) -> float:
            return (datetime.fromisoformat(event["eventTime"]) - starts).total_seconds() / 86_400

        trained = [(day(a), day(b)) for a, b in runs(events, "training").values()]
        models = careful.models
        assert len(models) > 2
        for place, column in enumerate(("started_day", "trained_day")):
            assert sorted(t[place] for t in trained) == pytest.approx(sorted(models[column]), abs=1e-6)
        ends = [pair[-1] for pair in runs(events, "release").values()]
        released = sorted(day(e) for e in ends if e["eventType"] == "COMPLETE")
        assert released == pytest.approx(sorted(models["released_day"].dropna()), abs=1e-6)

    def test_a_candidate_that_is_stopped_is_a_release_that_fails(self, careful, world, events):
        failed = [e for e in events if e["eventType"] == "FAIL" and e["job"]["name"].endswith(".release")]
        never = careful.models[careful.models["released_day"].isna()]
        journal = careful.journal[careful.journal["kind"].isin(["release stopped", "not promoted", "canary stopped"])]
        stopped = set(journal["subject"]) & set(never["version"])
        assert {d["name"].split("/")[-1] for e in failed for d in e["inputs"]} == stopped

    def test_a_return_to_an_older_version_brings_it_into_use(self, quiet):
        world = quiet(training={"bug_share": 0.6, "hidden_share": 1.0, "window_days": 60})
        playbook = sim.Playbook(
            retrain=sim.practices.retrain_on_schedule(days=40),
            roll_back=lambda evidence: evidence.days_since_release >= 5,
            versioning="models",
        )
        run = sim.simulate(world, playbook, seed=1, instant=True)
        ends = [pair[-1] for pair in runs(sim.exports.openlineage(run, world), "roll-back").values()]
        rolled = run.journal[run.journal["kind"] == "rolled back"]
        done = [e for e in ends if e["eventType"] == "COMPLETE"]
        assert len(done) == len(rolled) > 0
        for event, back in zip(done, rolled["detail"], strict=True):
            (wrote,) = event["outputs"]
            assert wrote["name"] == "claims-triage/in-use"
            assert f"to {wrote['facets']['version']['datasetVersion']}" == back

    def test_examples_are_measured_column_by_column(self, events, careful):
        trainings = [e for e in events if e["job"]["name"].endswith(".snapshot") and e["eventType"] == "COMPLETE"]
        measured = [d["inputFacets"]["dataQualityMetrics"] for d in trainings[-1]["inputs"] if d["inputFacets"]]
        model = careful.models.iloc[-1]
        known = careful.decisions[careful.decisions["known_day"] <= model["trained_day"]]
        assert sum(m["rowCount"] for m in measured) == len(known) > 0
        for m in measured:
            if m["rowCount"]:
                column = m["columnMetrics"]["rent_gbp"]
                assert column["count"] + column["nullCount"] == m["rowCount"]
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
        assert jobs["claims-triage.pipeline.serving"] == jobs["appeals.pipeline.serving"] == 12
        assert not {p for p in pairs(events) if {side.split("/")[0] for side in p} >= {"claims-triage", "appeals"}}
        ends = [e["outputs"] for e in events if e["job"]["name"].endswith(".pipeline") and e["eventType"] == "COMPLETE"]
        assert ends and not any("outputStatistics" in d["outputFacets"] for (d, *_) in ends)
        assert len({e["run"]["runId"] for e in events}) == len(events) / 2


class TestKept:
    def test_the_same_run_gives_the_same_events(self, careful, world, events):
        assert sim.exports.openlineage(careful, world, nights=range(5, 8)) == [
            e
            for e in events
            if not e["job"]["name"].endswith(".pipeline") or "2026-04-06" <= e["eventTime"][:10] <= "2026-04-08"
        ]

    def test_another_seed_gives_other_identifiers(self, world, events):
        other = sim.simulate(world, sim.Playbook(), seed=5)
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
