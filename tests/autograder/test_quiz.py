"""The quiz: a letter in, a judgement and a reason out."""

from __future__ import annotations

import pytest

from autograder import check


@pytest.mark.parametrize("choice", ["b", "B", " b "])
def test_the_best_option_earns_the_point_and_says_why(choice: str, capsys: pytest.CaptureFixture) -> None:
    assert check("m90.quiz1", choice) == 1.0
    said = " ".join(capsys.readouterr().out.split())
    assert "You chose b: Look at the record of that day's delivery. The cheapest evidence comes first" in said


def test_another_option_earns_nothing_and_keeps_the_key(capsys: pytest.CaptureFixture) -> None:
    assert check("m90.quiz1", "a") == 0.0
    said = " ".join(capsys.readouterr().out.split())
    assert "Deleting it hides a fault" in said
    assert "cheapest evidence" not in said
    assert "Next step:" in said


@pytest.mark.parametrize("choice", ["f", "", 2, ["b"], "Look at the record"])
def test_anything_but_a_letter_is_explained(choice: object, capsys: pytest.CaptureFixture) -> None:
    assert check("m90.quiz1", choice) == 0.0
    assert "One of a, b, c" in capsys.readouterr().out


def test_no_answer_is_not_a_wrong_answer(capsys: pytest.CaptureFixture) -> None:
    assert check("m90.quiz1", ...) == 0.0
    assert "Nothing has been written here yet" in capsys.readouterr().out
