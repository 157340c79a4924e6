"""`trinity run`: what is printed, what is saved, and what is refused before any work is done."""

from __future__ import annotations

import pytest


def test_prints_families_units_targets_and_words(trinity, flight):
    result = trinity("run", "household-support", "--playbook", "reference", "--seed", "7")
    assert result.exit_code == 0
    text = result.stdout
    for words in (
        "Household support: reference playbook, seed 7",
        "Public value",
        "Net public value",
        "£1,234,567",
        "met",
    ):
        assert words in text
    assert "Accuracy last quarter, claims-triage" in text and "91.2 %" in text and "at least 90.0 %" in text
    assert "not measured" in text and "none" in text
    assert "The reference department reached its last day." in text


def test_a_unit_is_said_once(trinity, flight):
    line = next(row for row in trinity("run", "household-support").stdout.splitlines() if "Cost per decision" in row)
    assert line.split() == "Cost per decision £1.51 at most £8.00 met".split()


def test_a_missed_target_is_a_word(trinity, flight):
    line = next(row for row in trinity("run", "household-support").stdout.splitlines() if "Net public value" in row)
    assert "-£50.25" in line
    assert "missed" in line


def test_options_reach_the_simulator(trinity, flight):
    trinity("run", "household-support", "--quarters", "3", "--seed", "9", "--instant", "--playbook", "typical")
    assert flight.named("simulate") == [(3, "typical", 9, True)]


def test_saves_where_it_was_told(trinity, flight, tmp_path):
    result = trinity("run", "household-support", "--out", "runs/seven")
    assert [str(p) for p in flight.named("save")] == ["runs/seven"]
    assert "Saved in runs/seven" in result.stdout


def test_an_empty_folder_will_do(trinity, flight, tmp_path):
    (tmp_path / "empty").mkdir()
    assert trinity("run", "household-support", "--out", "empty").exit_code == 0


def test_a_folder_that_is_not_empty_is_refused_before_simulating(trinity, flight, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    result = trinity("run", "household-support", "--out", "mine")
    assert result.exit_code == 2
    assert "mine is not empty" in result.stderr
    assert flight.calls == []
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep me"


@pytest.mark.parametrize("out", ["notes.txt", "notes.txt/below"])
def test_a_file_is_refused_before_simulating(trinity, flight, tmp_path, out):
    (tmp_path / "notes.txt").write_text("keep me")
    result = trinity("run", "household-support", "--out", out)
    assert result.exit_code == 2
    assert flight.calls == []


def test_a_run_that_cannot_be_saved_prints_no_result(trinity, flight):
    result = trinity("run", "household-support", "--out", "full")
    assert result.exit_code == 2
    assert "the disk is full" in result.stderr
    assert result.stdout == ""
