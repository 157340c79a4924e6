"""What `check` returns, prints and never does."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections import Counter

import numpy as np
import pytest
from matplotlib.figure import Figure

from autograder import check, checks
from autograder.checks import Criterion, Outcome, attempt, register
from autograder.errors import CheckError, SyllabusError
from sim.errors import DecisionError


def criterion(points: float = 4, earned: float = 1, **words: str) -> Criterion:
    said = {"name": "A", "tried": "this", "happened": "that", "wanted": "other", "next_step": "mend it", **words}
    return Criterion(points=points, earned=earned, **said)


def mark(earned: object) -> float:
    """Mark the four-point task with one criterion."""
    register("m90.middle")(lambda thing: Outcome([criterion(4, earned)]))
    return check("m90.middle", 1)


@pytest.mark.parametrize("earned", [0.625, np.float64(0.625), np.float32(0.625)])
def test_points_are_a_plain_float(earned: object) -> None:
    points = mark(earned)
    assert type(points) is float
    assert repr(points) == "2.5"


@pytest.mark.parametrize("earned", [True, np.bool_(True)])
def test_yes_is_full_marks(earned: object) -> None:
    assert mark(earned) == 4.0


def test_thirds_never_exceed_the_whole() -> None:
    register("m90.middle")(lambda thing: Outcome([criterion(4 / 3) for _ in range(3)]))
    assert check("m90.middle", 1) == 4.0


@pytest.mark.parametrize("earned", [-0.1, 1.1, float("nan")])
def test_a_share_outside_nought_to_one_is_the_authors_error(earned: float) -> None:
    with pytest.raises(CheckError, match="allowed: a fraction from 0 to 1"):
        criterion(4, earned)


def test_report_says_what_a_learner_needs(capsys: pytest.CaptureFixture) -> None:
    partly = criterion(3, 0.5, name="Sees drift", tried="a month", happened="half was seen", next_step="look longer")
    register("m90.middle")(lambda thing: Outcome([partly, criterion(1, 1, name="Is quiet", next_step="unseen")]))
    check("m90.middle", 1)
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "m90.middle: 2.5 of 4 points.",
        "",
        "1. Sees drift. Partly met: 1.5 of 3 points, 50% of the credit.",
        "   What was tried: A month.",
        "   What happened: Half was seen.",
        "   What was wanted: Other.",
        "   Next step: Look longer.",
        "",
        "2. Is quiet. Met: 1 of 1 point.",
        "   What was tried: This.",
        "   What happened: That.",
        "   What was wanted: Other.",
    ]


def idle(readings: list) -> None:
    """Return the middle value."""
    ...


@pytest.mark.parametrize(
    "stub", [..., None, idle, lambda x: None, (idle, ...), {"watch": idle, "retrain": idle}, [None]]
)
def test_an_untouched_stub_earns_nothing_and_is_not_tried(stub: object, capsys: pytest.CaptureFixture) -> None:
    register("m90.middle")(lambda thing: pytest.fail("tried"))
    assert check("m90.middle", stub) == 0.0
    assert "Nothing has been written here yet" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [lambda x: x, lambda x: 1, lambda x: print(x), 0, "", [], (idle, abs), np.zeros(2)])
def test_anything_else_is_tried(answer: object) -> None:
    register("m90.middle")(lambda thing: Outcome([criterion()]))
    assert check("m90.middle", answer) == 4.0


def learners(readings: list) -> float:
    total = 0
    return 1 / total


def test_attempt_points_at_the_learners_own_line() -> None:
    tried = attempt(learners, [1])
    line = learners.__code__.co_firstlineno + 2
    assert not tried.ok
    where = f"at line {line} of the cell, in learners: return 1 / total"
    assert tried.problem == f"it stopped with ZeroDivisionError: division by zero, {where}"


def test_attempt_points_past_the_libraries_that_the_learner_called() -> None:
    def deep(readings: list) -> object:
        return np.linalg.inv(np.zeros((2, 2)))

    problem = attempt(deep, [1]).problem
    assert "LinAlgError: Singular matrix" in problem
    assert "in deep: return np.linalg.inv" in problem


def test_attempt_of_a_wrong_signature_or_no_function() -> None:
    assert "takes 0 positional arguments but 1 was given" in attempt(lambda: 1, 2).problem
    assert attempt(3, 1).problem == "it cannot be called: it is 3, not a function"
    assert attempt(abs, -3).said == "it returned 3"


@pytest.mark.parametrize("error", [ValueError("bad"), SystemExit(3), RecursionError()])
def test_what_escapes_from_a_learners_code_becomes_a_report(
    error: BaseException, capsys: pytest.CaptureFixture
) -> None:
    def answer() -> None:
        raise error

    register("m90.middle")(lambda thing: thing())
    assert check("m90.middle", answer) == 0.0
    assert f"stopped with {type(error).__name__}" in capsys.readouterr().out


def test_a_refusal_of_the_simulators_is_repeated_in_its_own_words(capsys: pytest.CaptureFixture) -> None:
    def refuse(thing: object) -> Outcome:
        raise DecisionError("validate must return a Series of bool.")

    register("m90.middle")(refuse)
    assert check("m90.middle", 1) == 0.0
    assert "What happened: Validate must return a Series of bool." in capsys.readouterr().out


def test_an_interrupt_is_not_swallowed() -> None:
    def stop(thing: object) -> Outcome:
        raise KeyboardInterrupt

    register("m90.middle")(stop)
    with pytest.raises(KeyboardInterrupt):
        check("m90.middle", 1)


def noise(thing: object) -> Outcome:
    """Write on stderr in every way that a library might."""
    print("one", file=sys.stderr)
    os.write(2, b"two\n")
    warnings.warn("three", stacklevel=1)
    logging.getLogger("four").error("four")
    print("five")
    return Outcome([criterion()])


def test_stderr_stays_silent_and_comes_back(capfd: pytest.CaptureFixture) -> None:
    register("m90.middle")(noise)
    assert check("m90.middle", 1) == 4.0
    out, err = capfd.readouterr()
    assert err == ""
    assert "Your code printed:\n   five" in out
    os.write(2, b"again\n")
    print("and again", file=sys.stderr)
    assert capfd.readouterr().err == "again\nand again\n"


def test_a_flood_of_output_is_cut(capsys: pytest.CaptureFixture) -> None:
    def flood(thing: object) -> Outcome:
        for _ in range(100_000):
            print("and on it goes")
        return Outcome([criterion()])

    register("m90.middle")(flood)
    check("m90.middle", 1)
    said = capsys.readouterr().out
    assert len(said) < 1000
    assert re.search(r"\(\d+ more lines not shown\)", said)


def test_points_that_do_not_add_up_are_the_authors_error() -> None:
    register("m90.middle")(lambda thing: Outcome([criterion(3)]))
    with pytest.raises(CheckError, match="worth 3 points; the syllabus says 4"):
        check("m90.middle", 1)


def test_unknown_task_names_the_nearest() -> None:
    with pytest.raises(SyllabusError, match="no task named 'm90.midle'.*Did you mean 'm90.middle'"):
        check("m90.midle", 1)


def test_a_task_without_a_check_is_named() -> None:
    with pytest.raises(CheckError, match="no check named 'm90.wild'"):
        check("m90.wild", 1)


def test_prose_is_not_checked() -> None:
    with pytest.raises(CheckError, match="marked by a person"):
        check("m90.note", "text")


def test_two_checks_of_one_task_are_refused() -> None:
    register("m90.middle")(noise)
    register("m90.middle")(noise)
    with pytest.raises(CheckError, match="has two checks: noise and mark"):
        register("m90.middle")(mark)


def test_a_figure_without_a_notebook_is_no_trouble(capfd: pytest.CaptureFixture) -> None:
    register("m90.middle")(lambda thing: Outcome([criterion()], figure=Figure()))
    assert check("m90.middle", 1) == 4.0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("it returned 4", "What happened: It returned 4."),
        ("failure_cases has one row", "What happened: failure_cases has one row."),
        ("batch.duplicated('case_id') is True", "What happened: batch.duplicated('case_id') is True."),
        ("mustBe is left", "What happened: mustBe is left."),
        ("isin(names) asks", "What happened: isin(names) asks."),
    ],
)
def test_a_sentence_begins_with_a_capital_but_a_name_from_code_stays(
    said: str, printed: str, capsys: pytest.CaptureFixture
) -> None:
    register("m90.middle")(lambda thing: Outcome([criterion(4, 1, happened=said)]))
    check("m90.middle", 1)
    assert printed in capsys.readouterr().out


def test_a_hint_waits_for_the_second_check_and_a_stub_does_not_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(checks, "_tries", Counter())
    register("m90.middle")(lambda thing: Outcome([criterion(4, thing, hint="take the third")]))
    said = []
    for thing in (..., 0.5, 0.5, 1.0):
        check("m90.middle", thing)
        said.append(capsys.readouterr().out)
    assert ["Hint: Take the third." in report for report in said] == [False, False, True, False]
    assert ["For a hint, run this cell again." in report for report in said] == [False, True, False, False]
