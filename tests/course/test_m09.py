"""Monitoring and drift: what five kinds of learner earn, and that their notebooks run from end to end."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

import sim
from autograder import check, syllabus
from autograder.tasks.m09.monitor import watch
from autograder.tasks.m09.retrain import MOST_RETRAININGS
from autograder.tasks.m09.worlds import OPEN_PLACES, SEEDS, rule_day, world
from course import lesson, notebook
from tests.course.conftest import BUILT, ROOT, nbgrader, run_python

MODULE = ROOT / "course" / "modules" / "m09"
POINTS = {"psi": 2.0, "ks": 2.0, "monitor": 6.0, "retrain": 6.0}
QUIZ = {"quiz1": 1.0, "quiz2": 1.0, "quiz3": 1.0, "quiz4": 1.0, "quiz5": 1.0}


@pytest.fixture(scope="module")
def model() -> dict:
    """What the lesson's own solutions define."""
    names: dict = {"np": np, "features": list(world(1).service("claims-triage").feature_names)}
    for piece in lesson.read(MODULE / "lesson.py"):
        if piece.purpose == "answer" and piece.name in POINTS:
            exec(compile(piece.source, piece.name, "exec"), names)
    return names


def test_the_model_answer_earns_every_point(model: dict) -> None:
    watching = (model["score_fn"], model["threshold"])
    assert check("m09.psi", model["psi"]) == 2.0
    assert check("m09.ks", model["ks"]) == 2.0
    assert check("m09.monitor", watching) == 6.0
    assert check("m09.retrain", {"monitor": watching, "retrain": model["retrain"]}) == 6.0


@pytest.mark.slow
def test_the_reference_practices_earn_nearly_every_point() -> None:
    monitor, practices = sim.practices.drift_monitor(), sim.practices
    watching = (monitor.score_fn, monitor.threshold)
    assert check("m09.psi", practices.psi) == 2.0
    assert check("m09.monitor", watching) >= 5.4
    assert check("m09.retrain", {"monitor": watching, "retrain": practices.retrain_on_drift()}) >= 5.4


def test_rules_are_tried_on_days_that_lie_apart() -> None:
    days = [rule_day(seed) for seed in SEEDS]
    assert max(days) - min(days) > 60


def test_a_twin_differs_in_its_rules_alone() -> None:
    moving, steady = (world(1, moves).service("claims-triage") for moves in (True, False))
    assert {d.target for d in steady.drifts} == {"covariate"}
    assert moving.features == steady.features
    assert moving.incidents == steady.incidents == ()


def widths(reference: np.ndarray, recent: np.ndarray) -> float:
    """Compute PSI with bins of equal width and no care for empty ones or gaps."""
    p, edges = np.histogram(reference, 10)
    q, _ = np.histogram(recent, edges)
    with np.errstate(all="ignore"):
        return float(np.sum((p / p.sum() - q / q.sum()) * np.log((p / p.sum()) / (q / q.sum()))))


@pytest.mark.parametrize(
    ("task", "answer", "earned"),
    [
        ("psi", lambda a, b: 0.0, 0.0),
        ("psi", lambda a, b: abs(a.mean() - b.mean()), 0.0),
        ("psi", widths, 1.0),
        ("ks", lambda a, b: 0.0, 0.0),
        ("ks", lambda a, b: abs(np.nanmean(a) - np.nanmean(b)), 0.0),
        ("ks", lambda a, b: 1 / 0, 0.0),
    ],
)
def test_distances_earn_what_they_get_right(task: str, answer: Callable, earned: float) -> None:
    assert check(f"m09.{task}", answer) == earned


def silent(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    return 0.0


def calendar(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Ring from a day on that was read off one world."""
    return float(recent["decided_day"].max())


@pytest.mark.parametrize(
    ("score_fn", "threshold"),
    [
        (silent, 1.0),
        (silent, -1.0),
        (calendar, 300.0),
        (sim.practices.largest_psi, 0.25),
    ],
    ids=[
        "never rings",
        "always rings",
        "a drift day",
        "PSI and its rule of thumb",
    ],
)
def test_monitors_that_do_not_see_earn_nothing(score_fn: Callable, threshold: float) -> None:
    assert check("m09.monitor", (score_fn, threshold)) == 0.0


def test_a_low_threshold_costs_the_quiet_points_in_part(model: dict) -> None:
    assert 3.0 < check("m09.monitor", (model["score_fn"], 2.8)) < 6.0


def test_a_change_of_rules_moves_no_feature() -> None:
    tried = watch(sim.monitor(sim.practices.largest_psi, 0.25), OPEN_PLACES[0])
    pd.testing.assert_series_equal(tried.moving, tried.steady)


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        (lambda signals: False, 0.0, 0.0),
        (lambda signals: signals.day == 330, 0.0, 2.0),
        pytest.param(lambda signals: signals.days_since_training >= 91, 2.0, 4.5, marks=pytest.mark.slow),
    ],
    ids=["never", "one day for ever", "every quarter"],
)
def test_rules_earn_what_they_are_worth(model: dict, rule: Callable, least: float, most: float) -> None:
    watching = (model["score_fn"], model["threshold"])
    assert least <= check("m09.retrain", {"monitor": watching, "retrain": rule}) <= most


@pytest.mark.slow
def test_too_many_releases_earn_nothing_and_are_named(model: dict, capsys: pytest.CaptureFixture) -> None:
    watching = (model["score_fn"], model["threshold"])
    assert check("m09.retrain", {"monitor": watching, "retrain": lambda signals: True}) == 0.0
    assert f"allows {MOST_RETRAININGS} releases in two years" in " ".join(capsys.readouterr().out.split())


def late_failure(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Work in the first quarter, and fail in the third."""
    return 1 / 0 if recent["decided_day"].max() > 200 else 0.0


@pytest.mark.slow
@pytest.mark.parametrize("watching", [(..., ...), (late_failure, 5.0)])
def test_a_monitor_that_fails_costs_the_rule_nothing(
    model: dict, watching: object, capsys: pytest.CaptureFixture
) -> None:
    assert check("m09.retrain", {"monitor": watching, "retrain": model["retrain"]}) >= 5.4
    assert "the reference monitor" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("monitor", (lambda a, b: b["saving_gbp"].mean(), 5.0), "Did you mean 'savings_gbp'?"),
        ("monitor", (lambda a, b: "high", 5.0), "one number was expected"),
        ("monitor", (silent, ...), "threshold has not been written yet"),
        ("monitor", silent, "A score function and a threshold were expected"),
        ("retrain", {"monitor": (..., ...), "retrain": lambda signals: 1}, "True (retrain today) or False"),
        ("retrain", {"monitor": (silent, 1.0), "retrain": ...}, "retrain still holds three dots"),
    ],
)
def test_mistakes_become_one_sentence(task: str, answer: object, said: str, capsys: pytest.CaptureFixture) -> None:
    assert check(f"m09.{task}", answer) == 0.0
    assert said.lower() in " ".join(capsys.readouterr().out.split()).lower()


@pytest.mark.parametrize("task", POINTS)
def test_a_stub_earns_nothing(task: str) -> None:
    stub = {"monitor": (lambda a, b: None, ...), "retrain": {"monitor": (..., ...), "retrain": lambda s: None}}
    assert check(f"m09.{task}", stub.get(task, ...)) == 0.0


def test_the_lesson_agrees_with_the_syllabus() -> None:
    entry = syllabus.load().modules["m09"]
    built = notebook.source("m09", entry, ROOT / "course")
    grades = [cell.metadata.nbgrader.points for cell in built.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert sum(grades) == entry.points() == 27


# Plain nbgrader, from end to end


def answers(**cells: str) -> dict[str, str]:
    """Name cells as nbgrader does."""
    return {f"m09-{name}-answer": source for name, source in cells.items()}


NAIVE = answers(
    psi="def psi(reference, recent, bins=10):\n    return abs(reference.mean() - recent.mean())",
    ks="def ks(reference, recent):\n    return 0.0",
    monitor="def score_fn(reference, recent):\n    return 0.0\n\n\nthreshold = 1.0",
    retrain="def retrain(signals):\n    return True",
)
BROKEN = answers(monitor="1 / 0", prediction="worst_quarter = first_to_notice = missing")
COPIED = answers(
    monitor="score_fn, threshold = sim.practices.largest_psi, 5.0",
    retrain="def retrain(signals):\n    return signals.day == 330",
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which five learners were marked."""
    root = tmp_path_factory.mktemp("m09")
    for package in ("course", "autograder"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns(*BUILT))
    folder = root / "course"
    run_python(folder, "from course import build; build.build('m09')")
    nbgrader(folder, "generate_assignment", "m09")
    source = nbformat.read(folder / "source" / "m09" / "m09.ipynb", as_version=4)
    ours = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    solved = {cell.metadata.nbgrader.grade_id: cell.source for cell in ours}
    for learner, given in {
        "model": solved,
        "naive": {**solved, **NAIVE, **{f"m09-{quiz}-answer": f'{quiz} = "b"' for quiz in QUIZ}},
        "blank": {},
        "broken": {**solved, **BROKEN},
        "copied": {**solved, **COPIED},
    }.items():
        released = nbformat.read(folder / "release" / "m09" / "m09.ipynb", as_version=4)
        for cell in released.cells:
            cell.source = given.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
        place = folder / "submitted" / learner / "m09" / "m09.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(released, place)
    nbgrader(folder, "autograde", "m09")
    nbgrader(folder, "generate_feedback", "m09")
    return folder


def scores(folder: Path, learner: str) -> dict[str, float]:
    """What nbgrader's gradebook holds for a learner, by task; prose left out."""
    query = """
        select base_cell.name, grade.auto_score from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where submitted_assignment.student_id = ? and base_cell.name != 'm09-brief'
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {name.removeprefix("m09-"): score for name, score in book.execute(query, (learner,))}


@pytest.mark.slow
def test_marks_of_five_submissions(marked: Path) -> None:
    assert scores(marked, "model") == {**POINTS, **QUIZ}
    assert set(scores(marked, "blank").values()) == {0.0}
    assert sum(scores(marked, "naive").values()) <= 0.3 * 21
    assert scores(marked, "broken") == {**POINTS, **QUIZ, "monitor": 0.0}
    copied = scores(marked, "copied")
    assert copied["monitor"] == 0.0
    assert copied["retrain"] <= 2.0


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["model", "blank", "naive"])
def test_no_cell_fails_and_none_writes_on_stderr(marked: Path, learner: str) -> None:
    ran = nbformat.read(marked / "autograded" / learner / "m09" / "m09.ipynb", as_version=4)
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []


@pytest.mark.slow
def test_every_figure_has_words(marked: Path) -> None:
    page = (marked / "feedback" / "model" / "m09" / "m09.html").read_text()
    pictures = re.findall(r"<img[^>]*>", page)
    assert len(pictures) >= 8
    assert all(re.search(r'alt="[^"]{40,}', picture) for picture in pictures)
