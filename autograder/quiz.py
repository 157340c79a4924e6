"""The quiz: five questions of judgement whose keys stay in the course, and the answer that each choice gets."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from autograder.errors import SyllabusError
from autograder.outcome import Criterion, Outcome
from autograder.syllabus import QUESTIONS, Strict, folder, read

LETTERS = "abcde"


class Option(Strict):
    """One answer: its text, and the reason shown to whoever chooses it."""

    text: str
    why: str


class Question(Strict):
    """One question, its options by letter, and the letter of the best."""

    ask: str
    options: dict[str, Option] = Field(min_length=2, max_length=len(LETTERS))
    answer: str


class Quiz(Strict):
    """The questions of one module."""

    questions: list[Question]


def load(module: str, course: Path | None = None) -> Quiz:
    """Read a module's quiz.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    course : Path, optional
        The course's folder; by default that of the installed course.

    Returns
    -------
    Quiz
        Five questions.

    Raises
    ------
    SyllabusError
        If the file cannot be understood, there are not five questions, the letters are out of order, or a key names no
        option.
    """
    path = (course or folder()) / "modules" / module / "quiz.yml"
    quiz = read(path, Quiz)
    if len(quiz.questions) != QUESTIONS:
        raise SyllabusError(f"{path} holds {len(quiz.questions)} questions; a module has exactly {QUESTIONS}.")
    for number, question in enumerate(quiz.questions, 1):
        letters = list(LETTERS[: len(question.options)])
        if list(question.options) != letters:
            given = ", ".join(question.options)
            raise SyllabusError(f"{path}: question {number} has options {given}; letter them {', '.join(letters)}.")
        if question.answer not in letters:
            allowed = ", ".join(letters)
            raise SyllabusError(f"{path}: the answer to question {number} is {question.answer!r}; allowed: {allowed}.")
    return quiz


def judge(module: str, number: int, choice: object, points: float) -> Outcome:
    """Answer a learner's choice.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    number : int
        The question, from 1.
    choice : object
        What the learner wrote; a letter in either case is understood.
    points : float
        What the question is worth.

    Returns
    -------
    Outcome
        One criterion: full points for the best option, none for another, and the reason for the option chosen.
    """
    question = load(module).questions[number - 1]
    letters = ", ".join(question.options)
    letter = choice.strip().lower() if isinstance(choice, str) else choice
    if not isinstance(letter, str) or letter not in question.options:
        happened, step = (
            f"the answer was {choice!r}",
            f'Write one letter in quotation marks, for instance "{letters[0]}".',
        )
        return Outcome([Criterion("Your judgement", points, 0, "", happened, f"one of {letters}", step)])
    option = question.options[letter]
    happened = f"you chose {letter}: {option.text.rstrip('.')}. {option.why}"
    wanted = "the option that holds up best in practice"
    step = "Weigh the other options against that reason, and choose again."
    return Outcome([Criterion("Your judgement", points, letter == question.answer, "", happened, wanted, step)])
