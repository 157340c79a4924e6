"""A game at the table: whose turn it is, what is refused, what might have been, and what is said when it stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import sim
from sim.cockpit.game import Game
from sim.cockpit.nursery import _over_after, whole_run
from sim.cockpit.play import GONE, Play
from sim.cockpit.turn import start
from sim.errors import PlaybookError

MINE, BRANCH = 1, 2


class Inline:
    """An engine that plays at once, and tells when it is asked to."""

    def __init__(self, world: sim.Scenario) -> None:
        self.world = world
        self.told: list[tuple[int, str, Any]] = []

    def teller(self, ticket: int) -> Callable[[str, Any], None]:
        return lambda what, figures: self.told.append((ticket, what, figures))

    def game(self, plan: list[dict[str, str]]) -> int:
        self.programme = sim.Programme(self.world, 3)
        self.told.append((MINE, "start", start(self.programme)))
        return MINE

    def turn(self, choices: dict[str, str]) -> None:
        _over_after(self.programme, choices, self.teller(MINE), told=True)

    def run(self, plan: list[dict[str, str]]) -> int:
        whole_run(sim.Programme(self.world, 3), plan, self.teller(BRANCH))
        return BRANCH

    def deliver(self, play: Play) -> None:
        while self.told:
            assert play.heard(*self.told.pop(0))


@pytest.fixture
def engine(small) -> Inline:
    return Inline(small(2, 12))


@pytest.fixture
def play(engine) -> Play:
    return Play(Game(engine.world, 3), engine, lambda: None)


def played(engine: Inline, play: Play, *drafts: dict[str, str]) -> Play:
    """Play a game to its end."""
    engine.deliver(play)
    for draft in drafts:
        play.choose(draft)
        play.step()
        engine.deliver(play)
    assert play.phase == "over"
    return play


def test_nobody_decides_before_the_board_sits(engine, play):
    assert play.phase == "waiting" and play.objections() == []
    with pytest.raises(PlaybookError, match="The board is not sitting"):
        play.step()
    engine.deliver(play)
    assert play.phase == "deciding" and play.quarter == 1
    play.step()
    assert play.phase == "waiting" and play.text == "Quarter 1 is under way."


def test_a_draft_beyond_the_money_is_not_played(engine, play):
    engine.deliver(play)
    play.heard(MINE, "start", {"allowance": play.state()["allowance"] | {"gbp": 1.0}})
    play.choose({"protect": "pseudonyms"})
    (said,) = play.state()["objections"]
    with pytest.raises(PlaybookError) as caught:
        play.step()
    assert str(caught.value) == said and "of the quarter's money is free" in said
    assert play.game.played == [] and play.phase == "deciding"


def test_what_might_have_been_is_for_the_end_and_for_a_quarter_of_the_game(engine, play):
    engine.deliver(play)
    with pytest.raises(PlaybookError, match="the game is not over yet"):
        play.branch(1, {})
    played(engine, play, {}, {})
    for quarter in (0, 3, "1"):
        with pytest.raises(PlaybookError, match="it must be from 1 to 2"):
            play.branch(quarter, {})


def test_the_same_decisions_come_to_the_same_and_others_are_named_and_weighed(engine, play):
    played(engine, play, {}, {})
    alone = play.picture()
    assert play.state()["branch"] is None
    play.branch(1, {})
    assert play.state()["branch"]["text"].endswith("nothing had been different? Playing …")
    engine.deliver(play)
    assert "the same as in your game" in play.state()["branch"]["text"] and play.state()["branch"]["complete"]
    play.branch(2, {"decide": "some-to-people"})
    engine.deliver(play)
    assert play.picture() != alone
    end, other = play._now["end"], play._other["end"]
    assert end["net"] != other["net"]
    said = play.state()["branch"]["text"]
    assert said.startswith("What if, in Q2: ") and ("more than" if other["net"] > end["net"] else "less than") in said


def test_what_is_for_another_game_is_left_alone(engine, play):
    engine.deliver(play)
    before = play.state()
    assert not play.heard(99, "gone", None)
    assert play.state() == before


@pytest.mark.parametrize(("what", "told", "said"), [("refused", "No.", "No."), ("gone", None, GONE)])
def test_a_game_that_stops_says_why_and_a_branch_that_does_leaves_the_game_over(engine, play, what, told, said):
    play.heard(MINE, what, told)
    assert (play.phase, play.text) == ("stopped", said)
    other = played(engine, Play(Game(engine.world, 3), engine, lambda: None), {}, {})
    other.branch(1, {"validate": "gate"})
    other.heard(BRANCH, what, told)
    assert (other.phase, other.text) == ("over", said)
