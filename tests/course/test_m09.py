"""Monitoring and drift: what five kinds of learner earn, and that their notebooks run from end to end."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from autograder import check, syllabus
from autograder.tasks.m09 import second
from autograder.tasks.m09.monitor import delays, watch
from autograder.tasks.m09.places import LEAST_GAIN_GBP, Ran, fair, yardstick
from autograder.tasks.m09.retrain import MOST_RETRAININGS
from autograder.tasks.m09.worlds import OPEN_PLACES, SEEDS, rule_day, world
from course import lesson, notebook
from tests.course.conftest import ROOT, answers, complaints, marked_room, pictures, scores

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


ONE, ALL = (0,), (0, 1, 2)
"""Pairs of worlds on which a check is made: one of them, which is quick, or all, as it is for learners."""


@pytest.fixture
def pairs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, ...]]:
    """Have checks made on some pairs of worlds alone."""
    drawing = importlib.import_module("autograder.tasks.m09.places")
    drawing.places.cache_clear()
    monkeypatch.setattr(drawing, "OPEN_PLACES", tuple(OPEN_PLACES[pair] for pair in request.param))
    yield request.param
    drawing.places.cache_clear()


@pytest.mark.parametrize("task", ["psi", "ks"])
def test_the_model_answers_distances_earn_every_point(model: dict, task: str) -> None:
    assert check(f"m09.{task}", model[task]) == 2.0


@pytest.mark.parametrize(
    ("pairs", "least"),
    [pytest.param(ONE, 6.0, id="in one world"), pytest.param(ALL, 6.0, id="in three", marks=pytest.mark.slow)],
    indirect=["pairs"],
)
def test_the_model_answer_earns_every_point(model: dict, pairs: tuple[int, ...], least: float) -> None:
    watching = (model["score_fn"], model["threshold"])
    assert check("m09.monitor", watching) == 6.0
    assert least <= check("m09.retrain", {"monitor": watching, "retrain": model["retrain"]}) <= 6.0


@pytest.mark.slow
def test_the_reference_practices_earn_nearly_every_point() -> None:
    monitor, practices = sim.practices.drift_monitor(), sim.practices
    watching = (monitor.score_fn, monitor.threshold)
    assert check("m09.psi", practices.psi) == 2.0
    assert check("m09.monitor", watching) >= 5.4
    assert check("m09.retrain", {"monitor": watching, "retrain": practices.retrain_on_drift()}) >= 5.4


def test_the_second_good_answer_is_the_lessons_own(model: dict) -> None:
    chance = np.random.default_rng(3)
    names = model["features"]
    frame = pd.DataFrame(chance.normal(3.0, 2.0, size=(900, len(names))), columns=names)
    frame.iloc[::9, 1] = np.nan
    about = {"score": chance.random(900), "group": 0, "outcome": chance.integers(0, 2, 900).astype(float)}
    recent = frame.assign(**about, decided_day=np.arange(900) / 10)
    recent.loc[::7, "outcome"] = np.nan
    assert second.score(frame, recent) == model["score_fn"](frame, recent) > 0
    assert second.score(frame, recent.head(90)) == model["score_fn"](frame, recent.head(90)) == 0
    assert second.THRESHOLD == model["threshold"]
    for alarms, days, known in ((0, 90, 9000), (1, 44, 9000), (1, 45, 2999), (1, 45, 3000), (2, 300, 9000)):
        signals = sim.decisions.Signals(400, days, alarms, 9.0, 0.8, 0.8, known, 1e5)
        assert second.rule(signals) == model["retrain"](signals)


def ran(value: float, accuracy: float = 0.9, equity: float = 0.03, retrainings: int = 3) -> Ran:
    return Ran(value, accuracy, equity, retrainings, 1000)


class TestWorlds:
    @pytest.fixture
    def place(self, monkeypatch: pytest.MonkeyPatch) -> Callable:
        """Say what naive, reference and the second answer come to, and how often that one retrains for nothing."""
        home = sys.modules[fair.__module__]

        def say(best: Ran, other: Ran, idle: int = 0) -> sim.scenario.Scenario:
            monkeypatch.setattr(home, "ends", lambda _: (ran(0.0, 0.8, 0.08, 0), best))
            monkeypatch.setattr(home, "other", lambda _: other)
            monkeypatch.setattr(home, "idle", lambda _: idle)
            return OPEN_PLACES[0]

        return say

    def test_what_is_asked_is_the_lesser_of_two_good_answers(self, place: Callable) -> None:
        asked = yardstick(place(ran(700_000.0, 0.84), ran(600_000.0, 0.86)))
        assert (asked.value, asked.accuracy) == (600_000.0, pytest.approx(0.04))
        asked = yardstick(place(ran(500_000.0, 0.88), ran(600_000.0, 0.86)))
        assert (asked.value, asked.accuracy) == (500_000.0, pytest.approx(0.06))

    def test_a_world_is_marked_on_only_if_luck_decides_little(self, place: Callable) -> None:
        good = ran(LEAST_GAIN_GBP)
        assert fair(place(good, good))
        assert not fair(place(ran(LEAST_GAIN_GBP - 1), good)), "the reference gains too little"
        assert not fair(place(good, good, idle=2)), "a good answer rings for nothing"
        assert not fair(place(good, ran(6e5, retrainings=0))), "a good answer sees nothing"
        assert not fair(place(good, ran(6e5, equity=0.09))), "a good answer widens the gap"


@pytest.mark.slow
def test_two_monitors_watched_at_once_are_as_slow_as_each_by_itself() -> None:
    for place in OPEN_PLACES:
        alone = [watch(each, place).delay for each in (sim.practices.drift_monitor(), second.monitor())]
        assert list(delays(place)) == alone


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
    ("score_fn", "threshold", "pairs"),
    [
        pytest.param(silent, 1.0, ONE, id="never rings"),
        pytest.param(silent, 1.0, ALL, id="never rings in three", marks=pytest.mark.slow),
        pytest.param(silent, -1.0, ALL, id="always rings", marks=pytest.mark.slow),
        pytest.param(calendar, 300.0, ONE, id="a drift day"),
        pytest.param(calendar, 300.0, ALL, id="a drift day in three", marks=pytest.mark.slow),
        pytest.param(sim.practices.largest_psi, 0.25, ALL, id="PSI and its rule of thumb", marks=pytest.mark.slow),
    ],
    indirect=["pairs"],
)
def test_monitors_that_do_not_see_earn_nothing(score_fn: Callable, threshold: float, pairs: tuple[int, ...]) -> None:
    assert check("m09.monitor", (score_fn, threshold)) == 0.0


@pytest.mark.slow
def test_a_low_threshold_costs_the_quiet_points_in_part(model: dict) -> None:
    assert 3.0 < check("m09.monitor", (model["score_fn"], 2.8)) < 6.0


def test_a_change_of_rules_moves_no_feature() -> None:
    tried = watch(sim.monitor(sim.practices.largest_psi, 0.25), OPEN_PLACES[0])
    pd.testing.assert_series_equal(tried.moving, tried.steady)


def never(signals: sim.decisions.Signals) -> bool:
    return False


@pytest.mark.parametrize(
    ("rule", "least", "most", "pairs"),
    [
        pytest.param(never, 0.0, 0.0, ONE, id="never"),
        pytest.param(never, 0.0, 0.0, ALL, id="never in three", marks=pytest.mark.slow),
        pytest.param(lambda s: s.day == 330, 0.0, 2.0, ALL, id="one day for ever", marks=pytest.mark.slow),
        pytest.param(lambda s: s.days_since_training >= 91, 2.0, 4.5, ALL, id="every quarter", marks=pytest.mark.slow),
    ],
    indirect=["pairs"],
)
def test_rules_earn_what_they_are_worth(
    model: dict, rule: Callable, least: float, most: float, pairs: tuple[int, ...]
) -> None:
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


NAIVE = answers(
    "m09",
    psi="def psi(reference, recent, bins=10):\n    return abs(reference.mean() - recent.mean())",
    ks="def ks(reference, recent):\n    return 0.0",
    monitor="def score_fn(reference, recent):\n    return 0.0\n\n\nthreshold = 1.0",
    retrain="def retrain(signals):\n    return True",
)
BROKEN = answers("m09", monitor="1 / 0", prediction="worst_quarter = first_to_notice = missing")
COPIED = answers(
    "m09",
    monitor="score_fn, threshold = sim.practices.largest_psi, 5.0",
    retrain="def retrain(signals):\n    return signals.day == 330",
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which five learners were marked."""
    guessed = answers("m09", **{name: f'{name} = "b"' for name in QUIZ})
    learners = {"model": {}, "naive": NAIVE | guessed, "blank": None, "broken": BROKEN, "copied": COPIED}
    return marked_room(tmp_path_factory.mktemp("m09"), "m09", learners)


@pytest.mark.slow
def test_marks_of_five_submissions(marked: Path) -> None:
    assert scores(marked, "m09", "model", "brief") == {**POINTS, **QUIZ}
    assert set(scores(marked, "m09", "blank", "brief").values()) == {0.0}
    assert sum(scores(marked, "m09", "naive", "brief").values()) <= 0.3 * 21
    assert scores(marked, "m09", "broken", "brief") == {**POINTS, **QUIZ, "monitor": 0.0}
    copied = scores(marked, "m09", "copied", "brief")
    assert copied["monitor"] == 0.0
    assert copied["retrain"] <= 2.0


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["model", "blank", "naive"])
def test_no_cell_fails_and_none_writes_on_stderr(marked: Path, learner: str) -> None:
    assert complaints(marked, "m09", learner) == []


@pytest.mark.slow
def test_every_figure_has_words(marked: Path) -> None:
    drawn = pictures(marked, "m09")
    assert len(drawn) >= 8
    assert all(re.search(r'alt="[^"]{40,}', picture) for picture in drawn)
