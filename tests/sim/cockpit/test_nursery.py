"""What is told by the process in which programmes are played, called here without a process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import pytest

import sim
from sim.cockpit import nursery
from sim.cockpit.nursery import GAME, RUN, Nursery


@pytest.fixture
def served() -> Iterator[SimpleNamespace]:
    """A nursery, and the ends of its lines."""
    ours, requests = Pipe()
    replies, theirs = Pipe()
    yield SimpleNamespace(nursery=Nursery(requests, theirs), ask=ours, replies=replies)
    gc.unfreeze()


def told_by(kind: str, programme: Any, plan: list[dict[str, str]]) -> list[tuple[str, Any]]:
    """Return all that a child tells before it ends."""
    ours, theirs = Pipe()
    nursery._play(programme, plan, kind, theirs)
    gc.enable()
    theirs.close()
    told = []
    while ours.poll():
        try:
            told.append(ours.recv())
        except EOFError:
            break
    return told


def test_a_resumed_game_tells_no_paper_but_the_last(small):
    told = told_by(GAME, sim.Programme(small(2, 12), seed=1), [{}, {"validate": "gate"}])
    assert [what for what, _ in told] == ["start", "quarter", "quarter", "paper", "end"]
    assert dict(told)["paper"]["quarter"] == 2


def test_a_plan_that_makes_no_sense_is_refused_in_words(small):
    ((what, said),) = told_by(RUN, sim.Programme(small(1, 12)), [{"validate": "gaet"}])
    assert what == "refused" and "Did you mean 'gate'" in said


def test_an_error_of_ours_is_told_with_its_quarter_and_not_lost():
    def broken(_: object) -> None:
        raise ZeroDivisionError("a night of no hours")

    ((what, said),) = told_by(RUN, SimpleNamespace(done=False, quarter=3, advance=broken), [{}])
    assert what == "broken"
    assert said == "The simulator stopped in quarter 3: ZeroDivisionError: a night of no hours"


def test_a_world_that_makes_no_sense_is_refused_and_nothing_is_played_in_it(served, small):
    served.ask.send(("world", 4, small(1, 12).model_dump() | {"quarters": -1}, 0))
    served.ask.send((RUN, 5, [{}]))
    served.ask.close()
    served.nursery.serve()
    ticket, what, said = served.replies.recv()
    assert (ticket, what) == (4, "refused") and "quarters" in said
    assert not served.replies.poll() and served.nursery._children == {}


def test_when_nobody_asks_any_more_the_children_are_ended(served, small):
    served.ask.send(("world", 1, small(4, 12).model_dump(), 0))
    served.ask.send((GAME, 2, []))
    ended = []
    served.nursery._stop = lambda kind: ended.append(kind) or Nursery._stop(served.nursery, kind)
    served.ask.close()
    served.nursery.serve()
    assert ended[-1] == GAME and served.nursery._children == {}


def test_a_newer_move_ends_the_run_of_the_older_one(served, small):
    served.nursery._answer("world", 1, small(4, 12).model_dump(), 0)
    played = []
    for ticket in (2, 3):
        served.nursery._answer(RUN, ticket, [{}])
        played.append(served.nursery._children[RUN])
    assert [child.ticket for child in played] == [2, 3]
    assert played[0].pipe.closed and not played[1].pipe.closed
    served.nursery._stop(RUN)


@pytest.mark.parametrize(("finished", "heard"), [(False, [(9, "gone", None)]), (True, [])])
def test_a_child_that_dies_is_missed_unless_it_had_told_its_last(served, finished, heard):
    ours, theirs = Pipe()
    theirs.close()
    child = SimpleNamespace(pipe=ours, ticket=9, finished=finished, end=ours.close)
    served.nursery._children[RUN] = child
    served.nursery._pass_on(RUN, child)
    assert served.nursery._children == {}
    assert [served.replies.recv() for _ in heard] == heard and not served.replies.poll()
