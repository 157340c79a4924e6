"""`trinity export`: which files are written, and what is refused before any is."""

from __future__ import annotations

import json
import sys

import pytest

import sim

FILES = {
    "openlineage": ["openlineage.ndjson"],
    "odcs": [f"claims-triage.{name}.odcs.yaml" for name in ("claim-form", "earnings-feed", "benefits-register")],
    "model-card": ["claims-triage.md"],
    "prometheus": ["scorecard.prom", "days.openmetrics"],
    "atrs": ["claims-triage.atrs.json", "claims-triage.atrs.md"],
    "focus": ["focus-1.2.csv", "focus-1.4.csv"],
}


def small(**fields) -> sim.Scenario:
    """Return a quarter of claims triage alone, with few cases."""
    shipped = sim.load_scenario("household-support")
    service = {**shipped.services[0].model_dump(), "cases_per_day": 20}
    estate = [r for r in shipped.estate if r.service in (service["name"], "shared")]
    leaks = [i for i in shipped.spend_incidents if i.resource in {r.name for r in estate}]
    return shipped.replace(quarters=1, services=[service], estate=estate, spend_incidents=leaks, **fields)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A quarter of a small department, saved."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "small.yml").write_text(small().model_dump_json())
    return sim.simulate(small(), sim.Playbook(), seed=5).save(folder / "five")


@pytest.mark.parametrize("format", FILES)
def test_writes_the_files_of_a_format_and_names_them(trinity, saved, tmp_path, format):
    result = trinity(
        "export", str(saved), "--scenario", str(saved.with_name("small.yml")), "--format", format, "--out", "records"
    )
    assert result.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "records").iterdir()) == sorted(FILES[format])
    assert [line.rsplit("/")[-1] for line in result.stdout.splitlines()] == FILES[format]
    assert all(p.stat().st_size > 500 for p in (tmp_path / "records").iterdir())


def test_events_are_of_the_run(trinity, saved, tmp_path):
    trinity(
        "export",
        str(saved),
        "--scenario",
        str(saved.with_name("small.yml")),
        "--format",
        "openlineage",
        "--out",
        "records",
    )
    events = [json.loads(line) for line in (tmp_path / "records" / "openlineage.ndjson").read_text().splitlines()]
    assert len({event["run"]["runId"] for event in events}) * 2 == len(events)
    assert sum(event["job"]["name"] == "claims-triage.pipeline" for event in events) == 2 * 91


def test_mlflow_where_it_is_installed(trinity, saved, tmp_path):
    pytest.importorskip("mlflow")
    assert (
        trinity(
            "export",
            str(saved),
            "--scenario",
            str(saved.with_name("small.yml")),
            "--format",
            "mlflow",
            "--out",
            "records",
        ).exit_code
        == 0
    )
    assert (tmp_path / "records" / "mlflow.db").stat().st_size > 0


def test_mlflow_where_it_is_not_leaves_nothing_behind(trinity, saved, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    result = trinity(
        "export", str(saved), "--scenario", str(saved.with_name("small.yml")), "--format", "mlflow", "--out", "records"
    )
    assert result.exit_code == 2
    assert "extra 'mlflow'" in result.stderr and result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_is_refused(trinity, saved, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    result = trinity(
        "export", str(saved), "--scenario", str(saved.with_name("small.yml")), "--format", "atrs", "--out", "mine"
    )
    assert result.exit_code == 2
    assert "mine is not empty" in result.stderr
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_what_is_no_run_is_refused(trinity, tmp_path):
    result = trinity("export", "nowhere", "--format", "atrs", "--out", "records")
    assert result.exit_code == 2
    assert "There is no saved run" in result.stderr
    assert not (tmp_path / "records").exists()


def test_an_unknown_format_is_refused(trinity, saved):
    assert (
        trinity(
            "export",
            str(saved),
            "--scenario",
            str(saved.with_name("small.yml")),
            "--format",
            "spreadsheet",
            "--out",
            "records",
        ).exit_code
        == 2
    )


def test_a_scenario_of_ones_own_is_given_by_its_file(trinity, tmp_path):
    mine = small(name="mine")
    (tmp_path / "mine.yml").write_text(mine.model_dump_json())
    sim.simulate(mine, sim.Playbook()).save(tmp_path / "run")
    refused = trinity("export", "run", "--format", "model-card", "--out", "records")
    assert refused.exit_code == 2 and "There is no scenario named 'mine'" in refused.stderr
    wrong = trinity("export", "run", "--format", "model-card", "--out", "records", "--scenario", "household-support")
    assert wrong.exit_code == 2 and "'mine'" in wrong.stderr
    assert (
        trinity("export", "run", "--format", "model-card", "--out", "records", "--scenario", "mine.yml").exit_code == 0
    )
