"""A process of its own, in which programmes are played: the page stays free, and what nobody waits for is dropped.

It is started as ``python -m sim.cockpit.nursery`` and talks over its standard input and output. It keeps a programme on
its first day, and forks a child for whatever is to be played from there: a copy costs milliseconds, and a child can be
ended in the middle of a night without harm to anybody.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from sim.cockpit.levers import playbook
from sim.cockpit.observed import last_figures, quarter_figures
from sim.cockpit.turn import paper, start
from sim.errors import TrinityError
from sim.programme import Programme
from sim.scenario.scenario import build

RUN, GAME = "run", "game"
"""What a child is for: a whole run, or a game that goes on turn by turn."""

LAST = ("end", "refused", "broken")
"""What a child tells last."""


def whole_run(programme: Programme, plan: list[dict[str, str]], send: Callable[[str, Any], None]) -> None:
    """Play a programme to its end, and tell each quarter as it passes.

    Parameters
    ----------
    programme : Programme
        On its first day.
    plan : list of dict
        Choices by quarter; the last holds for all that follow.
    send : callable
        Takes what is told (``"quarter"``, ``"end"``) and its figures.
    """
    while not programme.done:
        quarter = programme.quarter
        programme.advance(playbook(plan[min(quarter, len(plan)) - 1]))
        send("quarter", quarter_figures(programme, quarter))
    send("end", last_figures(programme.run(by_quarter=False)))


def game(
    programme: Programme, plan: list[dict[str, str]], send: Callable[[str, Any], None], answers: Connection
) -> None:
    """Play what has been decided so far, then a quarter whenever it is asked for.

    Parameters
    ----------
    programme : Programme
        On its first day.
    plan : list of dict
        Choices of the quarters played before.
    send : callable
        Takes what is told (``"start"``, ``"paper"``, ``"end"``) and its figures.
    answers : Connection
        From which choices come.
    """
    send("start", start(programme))
    for k, choices in enumerate(plan):
        if _over_after(programme, choices, send, told=k == len(plan) - 1):
            return
    while not _over_after(programme, answers.recv(), send, told=True):
        pass


def _over_after(programme: Programme, choices: dict[str, str], send: Callable[[str, Any], None], told: bool) -> bool:
    """Play a quarter, tell it, and say whether it was the last."""
    quarter = programme.quarter
    programme.advance(playbook(choices))
    send("quarter", quarter_figures(programme, quarter))
    if not told and not programme.done:
        return False
    run = programme.run(by_quarter=False)
    page = paper(programme, run, quarter)
    send("paper", page)
    over = programme.done or bool(page["over"])
    if over:
        send("end", last_figures(run))
    return over


class Child:
    """A forked copy that plays.

    Parameters
    ----------
    ticket : int
        By which its messages are known.
    programme : Programme
        On its first day; the copy leaves it as it is.
    plan : list of dict
        Choices by quarter.
    kind : str
        `RUN` or `GAME`.

    Attributes
    ----------
    finished : bool
        Whether it has told its last.
    """

    def __init__(self, ticket: int, programme: Programme, plan: list[dict[str, str]], kind: str) -> None:
        self.ticket, self.finished = ticket, False
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(
            target=_play, args=(programme, plan, kind, theirs), daemon=True
        )
        self._process.start()
        theirs.close()

    def end(self) -> None:
        """End it, wherever it stands."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _play(programme: Programme, plan: list[dict[str, str]], kind: str, pipe: Connection) -> None:
    gc.disable()

    def send(what: str, told: Any) -> None:
        pipe.send((what, told))

    try:
        if kind == RUN:
            whole_run(programme, plan, send)
        else:
            game(programme, plan, send, pipe)
    except TrinityError as error:
        send("refused", str(error))
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        send("broken", f"The simulator stopped in quarter {programme.quarter}: {type(error).__name__}: {error}")


class Nursery:
    """The process: it waits for requests and for its children, and passes on what they tell.

    Parameters
    ----------
    requests, replies : Connection
        Requests are tuples: ``("world", scenario, seed)``, ``("run" or "game", ticket, plan)``,
        ``("turn", choices)``, ``("stop", kind)``. Replies are ``(ticket, what, told)``.
    """

    def __init__(self, requests: Connection, replies: Connection) -> None:
        self._requests, self._replies = requests, replies
        self._programme: Programme | None = None
        self._children: dict[str, Child] = {}

    def serve(self) -> None:
        """Serve until the other end is closed."""
        try:
            while True:
                ready = wait([self._requests, *(c.pipe for c in self._children.values())])
                if self._requests in ready:
                    self._answer(*self._requests.recv())
                else:
                    for kind, child in list(self._children.items()):
                        if child.pipe in ready:
                            self._pass_on(kind, child)
        except (EOFError, BrokenPipeError):
            for kind in list(self._children):
                self._stop(kind)

    def _answer(self, what: str, *given: Any) -> None:
        if what == "world":
            self._world(*given)
        elif what in (RUN, GAME):
            ticket, plan = given
            self._stop(what)
            if self._programme is not None:
                self._children[what] = Child(ticket, self._programme, plan, what)
        elif what == "turn" and GAME in self._children:
            self._children[GAME].pipe.send(given[0])
        elif what == "stop":
            self._stop(given[0])

    def _world(self, ticket: int, scenario: dict[str, Any], seed: int) -> None:
        for kind in list(self._children):
            self._stop(kind)
        self._programme = None
        try:
            self._programme = Programme(build(scenario, "the cockpit's scenario"), seed=seed)
        except TrinityError as error:
            self._replies.send((ticket, "refused", str(error)))
        gc.collect()
        gc.freeze()

    def _stop(self, kind: str) -> None:
        child = self._children.pop(kind, None)
        if child is not None:
            child.end()

    def _pass_on(self, kind: str, child: Child) -> None:
        try:
            what, told = child.pipe.recv()
        except (EOFError, OSError):
            self._stop(kind)
            if not child.finished:
                self._replies.send((child.ticket, "gone", None))
            return
        child.finished = what in LAST
        self._replies.send((child.ticket, what, told))


def main() -> None:
    """Serve over standard input and output; whatever else is printed goes to standard error."""
    requests, replies = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    Nursery(requests, replies).serve()


if __name__ == "__main__":
    main()
