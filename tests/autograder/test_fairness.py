"""How far marks hang on the worlds: figures that a hand can check, and a short trial of tasks that are quick."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from autograder import syllabus
from autograder.fairness.figure import figure
from autograder.fairness.spread import NOISY, WHOLE, rank_stability, sentences, spread, verdict, world_share
from autograder.fairness.trial import learners, trial
from autograder.variants import Secret
from course import submissions

QUICK = {"m09": ("psi", "ks"), "m10": ("tag",)}


def marks(**points: list[float]) -> pd.DataFrame:
    """Marks of ten points, by submission, a learner each."""
    rows = [
        (f"learner-{k}", name, "gate", earned, 10.0) for name, all_ in points.items() for k, earned in enumerate(all_)
    ]
    return pd.DataFrame(rows, columns=["learner", "submission", "task", "points", "of"])


class TestSpread:
    def test_it_is_in_shares_of_the_points(self):
        row = spread(marks(model=[10, 10, 10], naive=[0, 1, 2])).set_index(["task", "submission"]).loc["gate", "naive"]
        assert (row["learners"], row["mean"], row["low"], row["high"]) == (3, pytest.approx(0.1), 0.0, 0.2)
        assert row["sd"] == pytest.approx(0.1)

    def test_all_tasks_together_are_weighed_by_their_points(self):
        both = pd.concat([marks(model=[10, 10]), marks(model=[0, 0]).assign(task="psi", of=30.0)])
        whole = spread(both).set_index("task").loc[WHOLE]
        assert whole["mean"] == pytest.approx(0.25)


class TestVerdict:
    def test_marks_that_are_all_the_works_own(self):
        assert world_share(np.array([[1.0, 0.0], [1.0, 0.0]])) == 0.0

    def test_marks_that_are_all_luck(self):
        assert world_share(np.array([[1.0, 1.0], [0.0, 0.0]])) == 1.0

    def test_half_and_half(self):
        assert world_share(np.array([[3.0, 1.0], [1.0, -1.0]])) == pytest.approx(0.5)

    def test_no_variance_is_nobodys(self):
        assert world_share(np.ones((3, 2))) == 0.0

    def test_the_order_holds_or_does_not(self):
        assert rank_stability(np.array([[1.0, 0.5, 0.0]] * 3)) == pytest.approx(1.0)
        assert rank_stability(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])) < 0
        assert np.isnan(rank_stability(np.ones((3, 2))))

    def test_a_noisy_task_is_named(self):
        found = verdict(marks(model=[10, 7, 4], naive=[0, 0, 0])).set_index("task").loc["gate"]
        assert found["noisy"]
        assert found["worst"] == "model"
        assert found["worst_sd"] == pytest.approx(0.3) and found["worst_sd"] > NOISY
        assert found["model_low"] == pytest.approx(0.4)

    def test_words_say_which(self):
        good = " ".join(sentences(marks(model=[10, 10, 10], naive=[0, 1, 0])))
        assert "The model answer earns every point on all of them." in good
        assert "No task is too noisy" in good
        bad = " ".join(sentences(marks(model=[10, 7, 4], naive=[0, 0, 0])))
        assert "gate down to 40%" in bad
        assert "gate (model: 30%)" in bad


def test_the_figure_has_words():
    drawn = figure("m09", marks(model=[10, 9], naive=[0, 1]))
    assert "gate, model: 95% on average, 90% to 100%" in drawn.alt_text


def quick(module: str, name: str) -> Mapping[str, Any]:
    """What a submission hands over for the tasks that are checked in a moment."""
    return {
        task: thing
        for task, thing in submissions.submission(module, name).items()
        if task.split(".")[1] in QUICK[module]
    }


@pytest.fixture
def whole_course(monkeypatch: pytest.MonkeyPatch) -> None:
    """The course itself in place of the example; its checks register anew, whoever has loaded them before."""
    monkeypatch.setattr(syllabus, "folder", lambda: Path(submissions.__file__).resolve().parent)
    for name in [name for name in sys.modules if name.startswith("autograder.tasks")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.usefixtures("whole_course")
@pytest.mark.parametrize("module", QUICK)
def test_a_short_trial(module: str, tmp_path: Path):
    names = list(submissions.others(module))
    found = pd.concat(trial(module, quick, names, Secret(b"a secret for a short trial, and long"), 4, tmp_path))
    assert set(found["learner"]) == set(learners(4))
    assert len(found) == 4 * len(names) * len(QUICK[module])
    table = verdict(found).set_index("task")
    assert (table["model_low"] == 1.0).all()
    assert not table["noisy"].any()
    naive = spread(found).set_index("submission").loc["naive"]
    assert (naive["high"] <= 0.3).all()


@pytest.mark.usefixtures("whole_course")
@pytest.mark.parametrize("module", ["m03", "m09", "m10"])
def test_other_submissions_are_of_the_lessons_own_tasks(module: str):
    tasks = {
        f"{module}.{name}"
        for name, task in syllabus.load().modules[module].everything().items()
        if task.kind != "written"
    }
    for name, changes in submissions.others(module).items():
        assert {f"{module}.{task}" for task in changes} <= tasks, name
        handed = submissions.submission(module, name)
        assert set(handed) == {task for task in tasks if "quiz" not in task}


def test_a_module_without_any_says_so():
    with pytest.raises(submissions.CourseError, match="m09"):
        submissions.others("m08")
