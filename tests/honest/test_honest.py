"""Honest work is untouched: in the jail it earns what it earns in the open, on the same worlds, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autograder import judge, syllabus
from autograder.bench import Bench
from autograder.jail import Jail, choose
from autograder.marks.session import Recipe, Session
from autograder.outcome import Outcome
from autograder.quiet import quiet
from autograder.variants import variant_of
from tests.course.test_sealed import BEGIN, HANDED, SECRET
from tests.honest.submission import Submission, bank

SUBMISSIONS = bank()
SHORT = {
    "psi in plain Python, with a print",
    "ks that raises",
    "psi left blank",
    "tags by a class with a static method",
    "a mender with a slip in it",
    "days in the place of a choice",
}
"""Run every time."""


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(choose()) as jail:
        yield jail


def locked_in(jail: Jail, one: Submission, bench: Any) -> tuple[Outcome, str]:
    """What a check finds in the jail, and what the learner's code printed meanwhile."""
    session, found = Session(jail), []
    for source in (BEGIN, one.code):
        session.run(source)

    def offered(_: str, thing: Any) -> None:
        task = syllabus.load().task(one.task_id)
        found.append(judge.judge(one.task_id, task, thing, Bench(bench.variant, session.beside, Recipe)))

    printed = session.run(f"check({one.task_id!r}, {HANDED[one.task_id]})", offered)[1]
    session.close()
    return found[0], printed


def in_the_open(one: Submission, bench: Bench) -> tuple[Outcome, str]:
    """What the same check finds here."""
    names: dict[str, Any] = {}
    for source in (BEGIN, one.code):
        exec(compile(source, "cell", "exec"), names)
    with quiet() as printed:
        task = syllabus.load().task(one.task_id)
        outcome = judge.judge(one.task_id, task, eval(HANDED[one.task_id], names), bench)
    return outcome, printed.getvalue()


def told(outcome: Outcome) -> list[str]:
    """What each criterion says happened; at which line of theirs is told where there is a cell with lines."""
    return [criterion.happened.split(", at line")[0] for criterion in outcome.criteria]


def same(jail: Jail, one: Submission) -> None:
    bench = Bench(variant_of(SECRET, one.module, "ann"))
    there, printed_there = locked_in(jail, one, bench)
    here, printed_here = in_the_open(one, bench)
    assert [c.earned for c in there.criteria] == [c.earned for c in here.criteria]
    assert there.points == here.points
    assert told(there) == told(here)
    assert printed_there == printed_here
    worth = syllabus.load().task(one.task_id).points
    earned = "full" if here.points == worth else "nothing" if here.points == 0 else "part"
    assert earned == one.earns, f"{here.points} of {worth}: {told(here)}"


def test_there_are_many_of_every_kind() -> None:
    assert len(SUBMISSIONS) >= 40
    assert len({(one.task_id, one.name) for one in SUBMISSIONS}) == len(SUBMISSIONS)
    assert {one.name for one in SUBMISSIONS} >= SHORT
    assert {one.task_id for one in SUBMISSIONS} == HANDED.keys() - {"m09.retrain"}
    assert {one.earns for one in SUBMISSIONS} == {"full", "part", "nothing"}


@pytest.mark.parametrize("one", [one for one in SUBMISSIONS if one.name in SHORT], ids=lambda one: one.name)
def test_it_is_marked_the_same_in_the_jail(jail: Jail, one: Submission) -> None:
    same(jail, one)


@pytest.mark.slow
@pytest.mark.parametrize("one", [one for one in SUBMISSIONS if one.name not in SHORT], ids=lambda one: one.name)
def test_the_others_are_marked_the_same_too(jail: Jail, one: Submission) -> None:
    same(jail, one)
