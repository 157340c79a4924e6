"""`trinity demo` and `trinity scenarios`."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from matplotlib.figure import Figure


@pytest.fixture
def drawing(monkeypatch):
    figure = Figure()
    figure.alt_text = "Under reference practice [blue] accuracy stays above 90 %."
    outcome = ModuleType("sim.plots.outcome")
    outcome.figure = lambda naive, reference: figure
    monkeypatch.setitem(sys.modules, "sim.plots.outcome", outcome)
    monkeypatch.setattr("sim.plots.outcome", outcome, raising=False)


def test_shows_both_scorecards_the_effects_and_names_the_figure(trinity, flight, drawing, tmp_path):
    result = trinity("demo")
    assert result.exit_code == 0, result.stderr
    assert flight.named("simulate") == [(8, "naive", 0, False), (8, "reference", 0, False)]
    assert flight.named("compare") == [(["naive", "reference"], list(range(5)), False)]
    row = next(line for line in result.stdout.splitlines() if "Net public value" in line)
    assert "-£50.25" in row and "missed" in row and "£1,234,567" in row and "met" in row
    assert "yes, better: excludes zero" in result.stdout
    assert "Figure: build/demo.png" in result.stdout
    assert "Under reference practice [blue] accuracy stays above 90 %." in result.stdout
    assert (tmp_path / "build" / "demo.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_time_draws_the_picture_anew(trinity, flight, drawing, tmp_path):
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "demo.png").write_bytes(b"an older one")
    result = trinity("demo")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "build" / "demo.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_is_no_picture(trinity, flight, drawing, tmp_path):
    result = trinity("demo", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "is a folder; name a file in it" in result.stderr
    assert flight.calls == []


def test_a_figure_that_cannot_be_written_is_refused_before_simulating(trinity, flight, drawing, tmp_path):
    (tmp_path / "build").write_text("a file in the way")
    result = trinity("demo")
    assert result.exit_code == 2
    assert "--out build/demo.png cannot be written" in result.stderr
    assert flight.calls == []


def test_scenarios_are_listed(trinity, flight, monkeypatch):
    import sim.scenario

    monkeypatch.setattr(sim.scenario, "scenario_names", lambda: ["household-support"])
    result = trinity("scenarios")
    assert result.stdout == "household-support: Household support, 8 quarters. Services: claims-triage.\n"
