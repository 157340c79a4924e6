"""The other process: it plays, drops what is out of date, and says in words when it cannot go on."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from sim.cockpit.engine import Engine


class Line:
    """An engine, and what has been heard from it."""

    def __init__(self) -> None:
        self.heard: queue.Queue = queue.Queue()
        self.engine = Engine(lambda *message: self.heard.put(message))

    def until(self, last: str) -> list[tuple[int, str]]:
        """Return tickets and what was told, up to and with something."""
        told = []
        while not told or told[-1][1] != last:
            ticket, what, _ = self.heard.get(timeout=120)
            told.append((ticket, what))
        return told


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.engine.close()


def test_a_newer_run_drops_the_older(line, small):
    line.engine.world(small(quarters=4), 0)
    old = line.engine.run([{}])
    new = line.engine.run([{"validate": "gate"}])
    told = line.until("end")
    assert (old, "end") not in told
    assert told[-5:] == [*[(new, "quarter")] * 4, (new, "end")]


def test_a_game_and_a_run_do_not_disturb_each_other(line, small):
    line.engine.world(small(quarters=2), 0)
    game = line.engine.game([])
    line.until("start")
    run = line.engine.run([{}])
    line.engine.turn({})
    told = line.until("end")
    while (game, "paper") not in told:
        told += line.until("paper")
    assert (run, "end") in told


def test_a_refusal_comes_as_words(line, small):
    line.engine.world(small(), 0)
    line.engine.run([{"validate": "nothing of the kind"}])
    assert line.until("refused")


def test_a_process_that_has_died_is_started_again(line, small):
    line.engine.world(small(), 0)
    line.engine._process.kill()
    line.engine._process.wait()
    line.until("gone")
    ticket = line.engine.run([{}])
    assert line.until("end")[-1] == (ticket, "end")
