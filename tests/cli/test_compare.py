"""`trinity compare`: the baseline, the seeds, the words about chance, the file."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from cli.folder import write_whole
from cli.refusal import Refusal

TWO = ("--playbook", "naive", "--playbook", "reference")


def test_the_first_is_the_baseline(trinity, flight):
    result = trinity("compare", "household-support", *TWO, "--seeds", "5", "--instant")
    assert flight.named("compare") == [(["naive", "reference"], [0, 1, 2, 3, 4], True)]
    assert "Reference against naive" in result.stdout
    assert "over 5 worlds" in result.stdout


def test_each_effect_has_interval_and_verdict(trinity, flight):
    lines = trinity("compare", "household-support", *TWO).stdout.splitlines()
    value, equity, referred = (
        next(row for row in lines if name in row) for name in ("Net public", "Equity gap", "Referred")
    )
    assert "+£5,000" in value and "+£1,000 to +£9,000" in value and "yes, better: excludes zero" in value
    assert "-1.0 points" in equity and "-3.0 to +1.0 points" in equity and "unclear: includes zero" in equity
    assert "no difference at all" in referred


def test_the_same_playbook_twice_is_a_comparison(trinity, flight):
    trinity("compare", "household-support", "--playbook", "naive", "--playbook", "naive")
    assert flight.named("compare")[0][0] == ["naive", "naive (2)"]


def test_one_playbook_is_refused(trinity, flight):
    result = trinity("compare", "household-support", "--playbook", "naive")
    assert result.exit_code == 2
    assert "at least two playbooks" in result.stderr
    assert flight.calls == []


def test_writes_the_table(trinity, flight, tmp_path):
    trinity("compare", "household-support", *TWO, "--out", "effects.csv")
    table = pd.read_csv(tmp_path / "effects.csv")
    assert list(table["measure"]) == ["net_public_value", "equity_gap", "referred"]
    assert os.listdir(tmp_path) == ["effects.csv"]


@pytest.mark.parametrize(
    ("out", "words"), [("there.csv", "exists"), ("no/such/folder.csv", "there is no folder no/such")]
)
def test_a_file_that_cannot_be_written_is_refused_before_simulating(trinity, flight, tmp_path, out, words):
    (tmp_path / "there.csv").write_text("keep me")
    result = trinity("compare", "household-support", *TWO, "--out", out)
    assert result.exit_code == 2
    assert words in result.stderr
    assert flight.calls == []
    assert (tmp_path / "there.csv").read_text() == "keep me"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_leaves_nothing_behind(tmp_path):
    (tmp_path / ".effects.csv.part").symlink_to("/dev/full")
    with pytest.raises(Refusal, match="No space left on device. Nothing was left behind"):
        write_whole(tmp_path / "effects.csv", b"measure,effect\n")
    assert os.listdir(tmp_path) == []


def test_a_file_in_the_way_of_a_folder_is_a_refusal(tmp_path):
    (tmp_path / "build").write_text("keep me")
    with pytest.raises(Refusal, match="could not be written"):
        write_whole(tmp_path / "build" / "effects.csv", b"")
    assert (tmp_path / "build").read_text() == "keep me"
