"""The transparency record: every field of the template is filled, and the figures move with the run."""

from __future__ import annotations

import json

import pytest

import sim
from sim.errors import ExportError
from sim.exports.transparency import SECTIONS

TIER_2 = [section for section in SECTIONS if section.startswith("Tier 2")]


@pytest.fixture(scope="module")
def record(careful, world) -> dict:
    return sim.exports.atrs(careful, world, "claims-triage")


@pytest.fixture(scope="module")
def other(plain, world) -> dict:
    return sim.exports.atrs(plain, world, "claims-triage")


def test_every_field_of_the_template_is_filled(record):
    assert (record["standard"], record["version"]) == ("Algorithmic Transparency Recording Standard", "4.0")
    assert list(record["sections"]) == list(SECTIONS)
    for section, fields in SECTIONS.items():
        told = record["sections"][section]
        assert list(told) == [f"{number} {name}" for number, name in fields.items()]
        for field, text in told.items():
            assert len(text.strip()) > 2, field
            assert "nan" not in text.split() and "None" not in text.split()[1:], field


def test_tier_2_has_five_sections(record):
    assert len(TIER_2) == 5
    assert sum(len(SECTIONS[s]) for s in TIER_2) == 47


@pytest.mark.parametrize("section", TIER_2)
def test_every_section_of_tier_2_moves_with_the_run(record, other, section):
    assert record["sections"][section] != other["sections"][section]


@pytest.mark.parametrize(
    "number",
    "1.2 2.2.1 2.2.2 2.2.4 2.3.1 2.3.2 2.3.4 2.3.5 2.4.1.3 2.4.1.4 2.4.1.5 2.4.2.2 2.4.2.7 2.4.2.8 2.4.3.1 "
    "2.4.3.5 2.4.3.6 2.4.4.3 2.5.1 2.5.2".split(),
)
def test_what_another_playbook_changes(record, other, number):
    def text(told: dict) -> str:
        return next(t for fields in told["sections"].values() for f, t in fields.items() if f.split(" ")[0] == number)

    assert text(record) != text(other)


def test_figures_are_the_runs(record, careful, plain, other):
    review = "Tier 2 - Deployment context", "2.3.2 Human review"
    assert record["sections"][review[0]][review[1]].startswith(f"{careful.daily['referred'].sum():,} cases")
    assert other["sections"][review[0]][review[1]].startswith("0 cases (0.0% of decisions)")
    for told, run in ((record, careful), (other, plain)):
        accuracy = run.scorecard().set_index("measure")["value"]["accuracy"]
        performance = told["sections"]["Tier 2 - Tool specification"]["2.4.2.7 Model performance"]
        assert f"hindsight: {accuracy:.1%} over the run" in performance
        assert "| disabled |" in performance and "| not-disabled |" in performance
        risks = told["sections"]["Tier 2 - Risks, mitigations and impact assessments"]["2.5.2 Risks and mitigations"]
        mine = run.incidents[(run.incidents["service"] == "claims-triage") & (run.incidents["kind"] != "breach")]
        assert f"{len(mine)} incidents" in risks and f"{mine['cases_harmed'].sum():,} decisions" in risks


def text_of(record: dict, number: str) -> str:
    return next(t for fields in record["sections"].values() for f, t in fields.items() if f.split(" ")[0] == number)


def test_privacy_and_retention_are_those_in_force(record, other, plain):
    assert "pseudonym" not in text_of(record, "2.4.3.4") and "(protect_records)" in text_of(record, "2.4.3.4")
    assert "stored as they came" in text_of(other, "2.4.3.4")
    assert "age_years" in text_of(record, "2.4.3.4")
    for number in ("2.4.3.8", "2.4.4.4"):
        assert "records are kept 90 days close at hand" in text_of(record, number)
        assert "12 accounts may read" in text_of(record, number)
        assert "Nothing is deleted" in text_of(other, number) and "40 accounts may read" in text_of(other, number)
        assert f"records of {plain.daily['held'].iloc[-1]:,} cases" in text_of(other, number)
    assert text_of(record, "2.4.3.9").count("changes are announced 30 days before") == 3
    assert text_of(other, "2.4.3.9").count("no data contract") == 3


def test_contracts_with_some_sources_alone(world):
    run = sim.simulate(world, sim.Playbook(contracts=("earnings-feed",)), instant=True)
    lines = text_of(sim.exports.atrs(run, world, "claims-triage"), "2.4.4.5").splitlines()
    assert ["data contract since" in line for line in lines] == [False, True, False]


def test_records_that_are_kept_too_long_are_told(small):
    world = small(keep_days=100)
    run = sim.simulate(world, sim.Playbook())
    told = sim.exports.atrs(run, world, "claims-triage")
    assert f"{run.daily['held_too_long'].iloc[-1]:,} of them for longer" in text_of(told, "2.4.3.8")
    share = run.scorecard().set_index("measure")["value"]["kept_too_long"]
    assert share > 0 and f"longer than the law allows: {share:.1%}" in text_of(told, "2.5.2")


def test_breaches_are_risks_and_no_bad_data(quiet):
    breach = {"accounts": 20, "per_account_year": 1.0, "found_days": 5.0}
    world = quiet(breach=breach)
    run = sim.simulate(world, sim.Playbook(), seed=1)
    assert set(run.incidents["kind"]) == {"breach"}
    told = text_of(sim.exports.atrs(run, world, "claims-triage"), "2.5.2")
    assert "Bad data: 0 incidents" in told and f"{len(run.incidents)} breaches, with harm of" in told
    for row in run.incidents.itertuples():
        assert f"{row.cases_harmed:,} people could be named" in told
    notified = run.journal[run.journal["kind"] == "breach notified"]
    assert len(notified) and all(f"the regulator was told {d}" in told for d in notified["detail"])


@pytest.mark.parametrize("service", ["claims-triage", "call-assistant", "staffing-forecast"])
def test_every_shipped_service_has_a_whole_record(service):
    world = sim.load_scenario("household-support").replace(quarters=1)
    world = world.only(service)
    told = sim.exports.atrs(sim.simulate(world, sim.Playbook(), seed=1), world, service)
    texts = [text for fields in told["sections"].values() for text in fields.values()]
    assert all(len(text) > 2 and "nan" not in text.split() for text in texts)
    assert not any("  " in text or ".." in text or "£-" in text for text in texts)


def test_markdown_has_every_field(record):
    text = sim.exports.atrs_markdown(record)
    for section, fields in record["sections"].items():
        assert f"## {section}\n" in text
        for field, told in fields.items():
            assert f"### {field}\n\n{told}" in text


def test_files(careful, world, record, tmp_path, refused):
    for name in ("record.json", "record.md"):
        sim.exports.atrs(careful, world, "claims-triage", tmp_path / name)
    assert json.loads((tmp_path / "record.json").read_text(encoding="utf-8")) == record
    assert (tmp_path / "record.md").read_text(encoding="utf-8") == sim.exports.atrs_markdown(record)
    said = refused(ExportError, lambda: sim.exports.atrs(careful, world, "claims-triage", tmp_path / "record.docx"))
    assert ".json or .md" in said
