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
        mine = run.incidents[run.incidents["service"] == "claims-triage"]
        assert f"{len(mine)} incidents" in risks and f"{mine['cases_harmed'].sum():,} decisions" in risks


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
