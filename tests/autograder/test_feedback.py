"""What a learner is told of a task, and a class's table: figures that are right, and nothing that runs."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from autograder.effect import Effect, Measure
from autograder.errors import CheckError, MarkingError
from autograder.feedback import words
from autograder.feedback.card import card
from autograder.feedback.figure import figure
from autograder.feedback.record import PLACE, read_feedback, row, write_feedback
from autograder.feedback.table import COLUMNS, table, write_table
from autograder.marks.mark import Mark, lost
from autograder.outcome import FOLLOWS, Criterion, Outcome
from autograder.syllabus import Task
from tests.attacks.scripts import running

WRONG = Measure("Wrong decisions", "decisions", (900, 1000, 1100), (3000, 3000, 3000), (700, 800, 900), more=False)
VALUE = Measure("Net public value", "GBP", (150_000, 160_000, 170_000), (100_000,) * 3, (200_000,) * 3)
EFFECT = Effect("it retrained twice", (VALUE, WRONG), naive="never retraining", best="the reference rule")


def criterion(points: float = 2.0, earned: float = 0.5, step: str = "Look at the alarms.", **said: str) -> Criterion:
    about = {"name": "Public value", "tried": "three worlds", "happened": "it went on", "wanted": "more"}
    return Criterion(points=points, earned=earned, next_step=step, **{**about, **said})


def mark(*criteria: Criterion, effect: Effect | None = EFFECT, printed: str = "") -> Mark:
    return Mark("m09.retrain", Outcome([*criteria], effect=effect, beyond="what then?"), printed)


class TestWorth:
    def test_it_is_told_in_pounds_and_in_wrong_decisions_against_naive_and_reference(self):
        mine, best = words.worth(EFFECT)
        assert mine == (
            "Against never retraining, yours came to £60k more net public value (95 % interval £35k to £85k) and 2,000 "
            "fewer wrong decisions (95 % interval 1,752 to 2,248) in each world, on average."
        )
        assert best == (
            "The reference rule came to £100k more net public value and 2,200 fewer wrong decisions: £40k and 200 "
            "wrong decisions are still to be had."
        )

    def test_a_loss_is_called_one(self):
        worse = Measure("Net public value", "GBP", (40_000,) * 3, (100_000,) * 3, (200_000,) * 3)
        assert "yours came to £60k less net public value" in words.worth(Effect("x", (worse,)))[0]
        more = Measure("Wrong decisions", "decisions", (500.0,), (400.0,), (300.0,), more=False)
        assert words.worth(Effect("x", (more,)))[0] == "Against doing nothing, yours came to 100 more wrong decisions."

    def test_the_same_is_called_the_same(self):
        same = Measure("Net public value", "GBP", (100_000,) * 3, (100_000,) * 3, (200_000,) * 3)
        assert "no more and no less net public value" in words.worth(Effect("x", (same,)))[0]

    def test_worlds_in_which_nothing_could_be_tried_are_left_out(self):
        some = Measure("Net public value", "GBP", (math.nan, 160_000), (100_000, 100_000), (500_000, 200_000))
        assert words.worth(Effect("x", (some,)))[1].startswith("The reference came to £100k more")
        none = Measure("Net public value", "GBP", (math.nan,), (0,), (1,))
        assert words.worth(Effect("x", (none,))) == []
        assert figure(Effect("x", (none,))) is None

    def test_nothing_is_left_where_the_reference_is_no_better(self):
        past = Measure("Net public value", "GBP", (210_000,) * 3, (100_000,) * 3, (200_000,) * 3)
        assert words.worth(Effect("x", (past,)))[1].endswith("nothing is left to gain on it.")

    def test_worlds_must_agree(self):
        with pytest.raises(CheckError, match="'naive'"):
            Measure("Net public value", "GBP", (1.0, 2.0), (1.0,))


class TestNextStep:
    def test_it_is_that_of_most_points(self):
        marked = mark(criterion(2, 0.9, "Small."), criterion(3, 0.5, "Large."), criterion(9, 1.0, "Done."))
        assert words.next_step(marked) == "Public value: Large."

    def test_one_that_follows_is_no_step(self):
        marked = mark(criterion(2, 0.5, "Begin here."), criterion(3, 0.0, f"Earn the first; {FOLLOWS}."))
        assert words.next_step(marked) == "Public value: Begin here."

    def test_one_is_given_even_if_all_follow(self):
        assert FOLLOWS in words.next_step(mark(criterion(2, 0.5, f"Earn the other; {FOLLOWS}.")))

    def test_full_marks_are_asked_a_question(self):
        assert words.next_step(mark(criterion(2, 1.0))) == "Nothing is left to earn here. What then?"


class TestFigure:
    def test_it_has_words_and_a_panel_for_each(self):
        drawn = figure(EFFECT)
        assert len(drawn.axes) == 2
        assert "World 1: £50k, reference £100k" in drawn.alt_text
        assert "Wrong decisions avoided, against never retraining. World 1: 2,100, reference 2,300" in drawn.alt_text


class TestCard:
    def test_it_says_all_that_it_should(self):
        said = card(mark(criterion()), "Sealed marks.")
        for part in (
            "What was tried.",
            "What it did.",
            "What it was worth.",
            "One next step.",
            "Sealed marks.",
            "£40k",
        ):
            assert part in said
        assert said.count("<img ") == 1
        assert 'alt="Gain in net public value' in said

    def test_nothing_that_a_learner_says_runs(self):
        nasty = "</pre><script>document.title='PWNED'</script><img src=x onerror=\"document.title='PWNED'\">\x1b[2J"
        marked = mark(criterion(happened=nasty, tried=nasty, step=nasty), effect=Effect(nasty, (VALUE,)), printed=nasty)
        said = card(marked, "note")
        assert running(said) == []
        assert "<script" not in said
        assert 'onerror="' not in said
        assert "\x1b" not in said

    def test_what_could_not_be_marked_has_one_too(self):
        said = card(lost("m09.retrain", Task(points=6, kind="code"), "it ended with code 0"), "note")
        assert "it ended with code 0" in said
        assert "What it was worth" not in said

    def test_a_measure_without_the_others_is_a_row(self):
        own = Effect("it filled 90 % of the gaps", (Measure("Gaps filled", "share", (0.9, 0.8)),))
        said = card(mark(criterion(), effect=own), "note")
        assert "85.0%" in said
        assert "<img" not in said


class TestTable:
    @pytest.fixture
    def course(self, tmp_path: Path) -> Path:
        formula = criterion(happened='=HYPERLINK("x")', step="=1+1", tried="@SUM(1)")
        write_feedback(
            tmp_path, "m09", "ann", {"m09.retrain": mark(criterion()), "m09.psi": mark(formula, effect=None)}
        )
        return tmp_path

    def test_it_has_a_row_for_each_task(self, course: Path):
        told = table(course, "m09", ["ann", "nobody"])
        assert list(told.columns) == list(COLUMNS)
        assert list(told["task"]) == ["m09.retrain", "m09.psi"]
        first = told.iloc[0]
        assert (first["points"], first["of"], first["fate"]) == (1.0, 2.0, "marked")
        assert (first["gain_gbp"], first["reference_gain_gbp"]) == (60_000.0, 100_000.0)
        assert (first["wrong_decisions_avoided"], first["reference_wrong_decisions_avoided"]) == (2000.0, 2200.0)
        assert np.isnan(told.iloc[1]["gain_gbp"])

    def test_no_cell_is_a_formula(self, course: Path):
        back = pd.read_csv(write_table(course, "m09", ["ann"]))
        assert back["next_step"].iloc[1] == "Public value: =1+1."
        assert (back["did"].iloc[1], back["tried"].iloc[1]) == ('\'=HYPERLINK("x").', "'@SUM(1).")
        assert not back.map(lambda cell: isinstance(cell, str) and cell.startswith(("=", "+", "-", "@"))).any().any()

    def test_an_empty_class_has_an_empty_table(self, tmp_path: Path):
        assert pd.read_csv(write_table(tmp_path, "m09", ["ann"])).empty

    def test_what_cannot_be_read_is_said(self, course: Path):
        (course / PLACE / "m09" / "ann.json").write_text("{")
        with pytest.raises(MarkingError, match="--again"):
            read_feedback(course, "m09", "ann")

    def test_its_columns_are_the_rows_own(self):
        assert [*row(mark(criterion()))] == [name for name in COLUMNS if name not in ("module", "learner", "task")]
