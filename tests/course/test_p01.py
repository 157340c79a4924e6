"""The exercises of p01: full points for the model answers, none for the stubs, what they deserve for near misses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

import sim
from autograder import check, judge, syllabus
from autograder.bench import Bench
from autograder.tasks.p01 import keep, train
from autograder.tasks.p01.fences import train_within_fences
from autograder.variants import OPEN, Secret, variant_of
from course import notebook
from sim.models.learning import logistic_regression
from tests.course.conftest import ROOT

SECRET = Secret(b"only for tests, and longer than 32")
LEARNERS = [f"learner-{k}" for k in range(200)]


class PerBatch:
    """Fences, and a stand-in for what is missing, taken from whoever is asked about."""

    def __init__(self, model: Any) -> None:
        self.model = model

    @staticmethod
    def clipped(records: pd.DataFrame) -> pd.DataFrame:
        reach = 3 * (records.quantile(0.75) - records.quantile(0.25)).clip(lower=1)
        return records.clip(records.median() - reach, records.median() + reach, axis=1)

    def predict_proba(self, records: pd.DataFrame) -> np.ndarray:
        return self.model.predict_proba(self.clipped(records))


def plain(x: pd.DataFrame, y: pd.Series) -> Any:
    return logistic_regression().fit(x, y)


def by_batch(x: pd.DataFrame, y: pd.Series) -> Any:
    return PerBatch(logistic_regression().fit(PerBatch.clipped(x), y))


def boosted(x: pd.DataFrame, y: pd.Series) -> Any:
    return HistGradientBoostingClassifier(max_iter=40, random_state=0).fit(x, y)


def unseeded(x: pd.DataFrame, y: pd.Series) -> Any:
    return RandomForestClassifier(30, min_samples_leaf=5).fit(x, y)


def earnings_only(x: pd.DataFrame, y: pd.Series) -> Any:
    """Mends the column of the notebook by its name."""

    class Named(PerBatch):
        @staticmethod
        def clipped(records: pd.DataFrame) -> pd.DataFrame:
            return records.assign(earnings_gbp=records["earnings_gbp"].clip(upper=6000))

    return Named(logistic_regression().fit(Named.clipped(x), y))


class Upside:
    """Says the opposite of a good model."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def predict_proba(self, records: pd.DataFrame) -> np.ndarray:
        return self.model.predict_proba(records)[:, ::-1]


class Wrong:
    def __init__(self, answer: Callable[[int], Any]) -> None:
        self.answer = answer

    def predict_proba(self, records: pd.DataFrame) -> Any:
        return self.answer(len(records))


def marked(task: str, answer: object, learner: str = "") -> float:
    bench = Bench(variant_of(SECRET, "p01", learner) if learner else OPEN)
    return judge.judge(f"p01.{task}", syllabus.load().task(f"p01.{task}"), answer, bench).points


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["", "ann"])
@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        (train_within_fences, 6.0, 6.0),
        (boosted, 6.0, 6.0),
        (unseeded, 5.0, 5.5),
        (by_batch, 5.0, 5.5),
        (earnings_only, 1.2, 3.6),
        (plain, 0.0, 0.0),
        (lambda x, y: Upside(train_within_fences(x, y)), 0.0, 0.0),
        (lambda x, y: Wrong(lambda n: np.full((n, 2), 0.5)), 0.0, 0.0),
    ],
    ids=["fences", "trees", "unseeded", "by batch", "by name", "plain", "upside down", "shrug"],
)
def test_models_earn_what_they_hold(rule: Callable, least: float, most: float, learner: str) -> None:
    assert least <= marked("train", rule, learner) <= most


def test_the_reference_earns_everything_and_the_default_nothing() -> None:
    assert [marked("train", rule) for rule in (train_within_fences, plain)] == [6.0, 0.0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda n: np.full((n, 2), np.nan), "no probability"),
        (lambda n: np.full((n, 2), 7.0), "no probability"),
        (lambda n: np.ones((1, 2)), "in the shape (1, 2)"),
        (lambda n: "yes", "numbers were expected"),
        (lambda n: 1 / 0, "ZeroDivisionError"),
    ],
    ids=["nan", "seven", "one", "yes", "raises"],
)
def test_what_is_no_probability_is_told_and_earns_nothing(
    answer: Callable, said: str, capsys: pytest.CaptureFixture
) -> None:
    assert check("p01.train", lambda x, y: Wrong(answer)) == 0.0
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_number_in_the_place_of_an_estimator_is_told(capsys: pytest.CaptureFixture) -> None:
    assert check("p01.train", lambda x, y: 0.7) == 0.0
    assert "no estimator was returned" in " ".join(capsys.readouterr().out.split()).lower()


def hot(lawful: int, appeal: int, window: int) -> Any:
    return sim.retention(hot_days=lawful)


def lawless(lawful: int, appeal: int, window: int) -> Any:
    return sim.retention(1, window - 1, max(appeal - window, 0))


def no_appeal(lawful: int, appeal: int, window: int) -> Any:
    return sim.retention(1, min(window, lawful) - 1)


def archived_early(lawful: int, appeal: int, window: int) -> Any:
    return sim.retention(1, 29, lawful - 30)


@pytest.mark.parametrize("learner", ["", "ann"])
@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        (keep.reference, 6.0, 6.0),
        (hot, 4.2, 4.4),
        (lawless, 3.5, 4.7),
        (no_appeal, 5.0, 5.5),
        (archived_early, 3.8, 4.2),
        (lambda law, appeal, window: sim.retention(1, 69, 60), 1.0, 3.8),
        (lambda law, appeal, window: sim.retention(), 0.0, 0.0),
        (lambda law, appeal, window: 30, 0.0, 0.0),
    ],
    ids=["least", "hot", "lawless", "no appeal", "archived early", "copied", "for ever", "number"],
)
@pytest.mark.slow
def test_choices_earn_what_a_programme_shows(rule: Callable, least: float, most: float, learner: str) -> None:
    assert least <= marked("keep", rule, learner) <= most


def test_one_choice_is_tried_in_a_programme() -> None:
    assert check("p01.keep", keep.reference) == 6.0


@pytest.mark.parametrize("task", ["train", "keep"])
def test_a_stub_earns_nothing(task: str) -> None:
    assert check(f"p01.{task}", ...) == check(f"p01.{task}", lambda *given: None) == 0.0


def test_no_two_learners_share_their_terms() -> None:
    seen = {tuple(world.terms for world in keep.worlds_of(variant_of(SECRET, "p01", name))) for name in LEARNERS}
    assert len(seen) == len(LEARNERS)
    seeds = {world.seed for name in LEARNERS for world in keep.worlds_of(variant_of(SECRET, "p01", name))}
    assert len(seeds) == 3 * len(LEARNERS)


def test_in_every_variant_the_three_cases_differ() -> None:
    for name in LEARNERS:
        worlds = keep.worlds_of(variant_of(SECRET, "p01", name))
        assert sum(world.window_days > world.lawful_days for world in worlds) == 1
        assert sum(world.window_days < world.appeal_days for world in worlds) == 1
        assert all(world.appeal_days <= world.lawful_days for world in worlds)


@pytest.mark.slow
def test_the_reference_is_ahead_of_the_default_for_everybody() -> None:
    for name in LEARNERS[:20]:
        for future in train.futures(variant_of(SECRET, "p01", name)):
            assert future.naive - future.reference > 0.012


def test_the_exercise_agrees_with_the_syllabus() -> None:
    entry = syllabus.load().modules["p01"]
    built = notebook.source("p01", entry, ROOT / "course")
    grades = [cell.metadata.nbgrader.points for cell in built.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert grades == [6.0, 6.0]
    assert entry.everything() == entry.tasks
