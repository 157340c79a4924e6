"""The cockpit's end of the line to the process in which programmes are played."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from sim.scenario import Scenario

Heard = Callable[[int, str, Any], None]
"""Takes a ticket, what is told, and the figures."""

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class Engine:
    """Plays programmes in another process, and never lets anybody wait for one that is out of date.

    Parameters
    ----------
    heard : callable
        Called with each message: on the event loop that runs where the engine is made, or else on a thread of its own.

    Attributes
    ----------
    ticket : int
        Of the newest request.
    """

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self.ticket = 0
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._world: tuple[dict[str, Any], int] | None = None
        self._closed = False
        self._start()

    def _start(self) -> None:
        here = [path or os.getcwd() for path in sys.path]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sim.cockpit.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(here)},
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._requests = Connection(os.dup(self._process.stdin.fileno()), readable=False)
        self._replies = Connection(os.dup(self._process.stdout.fileno()), writable=False)
        self._process.stdin.close()
        self._process.stdout.close()
        threading.Thread(target=self._listen, args=(self._replies,), daemon=True).start()

    def _listen(self, replies: Connection) -> None:
        while True:
            try:
                ticket, what, told = replies.recv()
            except (EOFError, OSError):
                if not self._closed:
                    self._tell(self.ticket, "gone", None)
                return
            self._tell(ticket, what, told)

    def _tell(self, ticket: int, what: str, told: Any) -> None:
        if self._loop is None or self._loop.is_closed():
            self._heard(ticket, what, told)
        else:
            self._loop.call_soon_threadsafe(self._heard, ticket, what, told)

    def world(self, scenario: Scenario, seed: int) -> None:
        """Set the world in which everything is played from now on, and drop what was being played.

        Parameters
        ----------
        scenario : Scenario
            The world as given.
        seed : int
            Zero or more.
        """
        self._world = (scenario.model_dump(), seed)
        self.ticket += 1
        self._send("world", self.ticket, *self._world)

    def run(self, plan: list[dict[str, str]]) -> int:
        """Play a whole run in place of the one being played.

        Parameters
        ----------
        plan : list of dict
            Choices by quarter; the last holds for all that follow.

        Returns
        -------
        int
            The ticket by which what is heard of it is known.
        """
        return self._ask("run", plan)

    def game(self, plan: list[dict[str, str]]) -> int:
        """Begin a game, or go on with one whose first quarters have been played; return its ticket."""
        return self._ask("game", plan)

    def turn(self, choices: dict[str, str]) -> None:
        """Play the game's next quarter."""
        self._send("turn", choices)

    def stop(self, kind: str = "run") -> None:
        """Drop the run, or the game."""
        self._send("stop", kind)

    def close(self) -> None:
        """End the process; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        self._requests.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def _ask(self, what: str, plan: list[dict[str, str]]) -> int:
        self.ticket += 1
        self._send(what, self.ticket, plan)
        return self.ticket

    def _send(self, *request: Any) -> None:
        try:
            if self._process.poll() is not None:
                raise BrokenPipeError
            self._requests.send(request)
        except (BrokenPipeError, OSError):
            self._requests.close()
            self._start()
            if self._world is not None and request[0] != "world":
                self._requests.send(("world", self.ticket, *self._world))
            self._requests.send(request)
