"""`trinity fairness`: a table, a figure and words, and a refusal in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from autograder.fairness import trial


def few(
    module: str, make: object, names: list[str], secret: object, count: int, *rest: object
) -> Iterator[pd.DataFrame]:
    """Marks of two submissions on each learner's worlds, the last first."""
    for k in reversed(range(count)):
        rows = [(f"learner-{k}", "model", "psi", 2.0, 2.0), (f"learner-{k}", "naive", "psi", 0.1 * k, 2.0)]
        yield pd.DataFrame(rows, columns=["learner", "submission", "task", "points", "of"])


def test_it_says_what_it_found_and_writes_it(trinity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "trial", few)
    result = trinity("fairness", "m09", "--learners", "3", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "The model answer earns every point on all of them." in said
    assert "No task is too noisy" in said
    marks = pd.read_csv(tmp_path / "m09.csv")
    assert list(marks["learner"].unique()) == ["learner-0", "learner-1", "learner-2"]
    assert (tmp_path / "m09.png").read_bytes().startswith(b"\x89PNG")


def test_a_module_without_other_submissions_is_refused(trinity, tmp_path: Path) -> None:
    result = trinity("fairness", "m99", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "m99" in result.output
