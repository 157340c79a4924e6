"""What marks are held against: worked out once, found again, and never mistaken for another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from autograder import baselines
from autograder.baselines import baseline, kept_in
from autograder.tasks.m09.places import Ran
from autograder.trail import trail

made: list[int] = []


@dataclass(frozen=True)
class Where:
    seed: int


@baseline
def ends(where: Where) -> tuple[Ran, pd.DataFrame]:
    made.append(where.seed)
    return Ran(where.seed / 3, 0.1, 0.2, 4, 5), pd.DataFrame({"a": [1.5], "b": ["x"]})


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    made.clear()
    baselines._remembered.clear()


def forgotten() -> None:
    """As another process finds it."""
    baselines._remembered.clear()


def test_it_is_worked_out_once_and_comes_back_to_the_last_digit(tmp_path: Path) -> None:
    with kept_in(tmp_path):
        first = ends(Where(1))
        forgotten()
        again = ends(Where(1))
    assert made == [1]
    assert again[0] == first[0]
    pd.testing.assert_frame_equal(again[1], first[1])


def test_another_place_is_another_baseline(tmp_path: Path) -> None:
    with kept_in(tmp_path):
        ends(Where(1))
        ends(Where(2))
    assert made == [1, 2]


def test_other_code_never_meets_an_old_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept_in(tmp_path):
        ends(Where(1))
        forgotten()
        monkeypatch.setattr(trail, "versions", lambda: {"code": "other"})
        ends(Where(1))
    assert made == [1, 1]


def test_a_file_cut_short_is_worked_out_anew(tmp_path: Path) -> None:
    with kept_in(tmp_path):
        ends(Where(1))
        (path,) = tmp_path.iterdir()
        path.write_bytes(path.read_bytes()[:-5])
        forgotten()
        ends(Where(1))
    assert made == [1, 1]


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ends(Where(1))
    ends(Where(1))
    assert made == [1]
    assert list(tmp_path.iterdir()) == []
