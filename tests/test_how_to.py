"""The how-to pages' examples run as they stand."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import sim

PAGES = Path(__file__).resolve().parent.parent / "docs" / "how-to"


def test_the_examples_of_export_records_run(tmp_path, monkeypatch, capsys):
    """Over two quarters, not the page's eight: the calls are the same, and so are the files."""
    monkeypatch.chdir(tmp_path)
    whole = sim.load_scenario
    monkeypatch.setattr(sim, "load_scenario", lambda name: whole(name).replace(quarters=2))
    text = (PAGES / "export-records.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        if block.startswith("# needs mlflow") and importlib.util.find_spec("mlflow") is None:
            continue
        exec(compile(block, "export-records.md", "exec"), names)
    written = {"lineage.ndjson", "earnings-feed.odcs.yaml", "claims-triage.md", "claims-triage.atrs.json"}
    assert written <= {p.name for p in tmp_path.iterdir()}
    assert "earnings_gbp_valid" in capsys.readouterr().out


def test_the_examples_of_ask_a_question_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (PAGES / "ask-a-question.md").read_text(encoding="utf-8")
    first, on_a_cluster = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    exec(compile(first, "ask-a-question.md", "exec"), {})
    assert "mlops × finops" in capsys.readouterr().out
    assert on_a_cluster.startswith("# needs distributed")


def test_the_examples_of_draw_and_report_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (PAGES / "draw-and-report.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        exec(compile(block, "draw-and-report.md", "exec"), names)
    assert {p.name for p in tmp_path.iterdir()} == {"board.html", "cost.png", "cost-dark.png"}
    assert "naive costs" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["ask-a-question.md", "draw-and-report.md", "export-records.md", "fly-the-cockpit.md"])
def test_every_command_of_a_page_exists(page):
    from cli.main import app

    known = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    said = re.findall(r"^trinity (\S+)", (PAGES / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert said and set(said) <= known
