"""A jail as the marking sees it: started once for each worker, and asked for one inmate after the other."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from autograder.bridge import Line
from autograder.errors import BridgeError, JailError
from autograder.jail.limits import Limits
from autograder.jail.walls import Walls

WARMING = 120.0
STARTING = 30.0
REHEARSING = 900.0
ENDING = 5.0


class Inmate:
    """One submission's process, at the other end of a line.

    Attributes
    ----------
    line : Line
        What is sent and received.
    """

    def __init__(self, line: Line, leash: socket.socket) -> None:
        self.line = line
        self._leash = leash

    def end(self) -> str:
        """End it if it has not ended, and say how it ended; empty if nobody knows."""
        self.line.close()
        with suppress(OSError):
            self._leash.shutdown(socket.SHUT_WR)
        try:
            self._leash.settimeout(ENDING)
            said = json.loads(self._leash.recv(10_000) or b"{}")
        except (OSError, ValueError):
            said = {}
        finally:
            self._leash.close()
        return str(said.get("ended") or said.get("failed") or "")

    def ended(self, seconds: float = 1.0) -> str:
        """Say how it ended, if it has: the line broke."""
        ready, _, _ = select.select([self._leash], [], [], seconds)
        return self.end() if ready else ""


class Jail:
    """The warm process, and the walls round it.

    Parameters
    ----------
    walls : Walls
        From `choose`.
    limits : Limits, optional
        What each submission may use.

    Attributes
    ----------
    rehearsed : set of str
        Modules whose own cells have been run ahead.

    Raises
    ------
    JailError
        When it is entered, if the warm process cannot be started.

    Notes
    -----
    Processes that are forked from the one that entered it may ask it for inmates of their own, all at once; it ends
    when that one leaves it.
    """

    def __init__(self, walls: Walls, limits: Limits | None = None) -> None:
        self.walls = walls
        self.limits = limits or Limits()
        self.rehearsed: set[str] = set()
        self._owner = os.getpid()
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Jail:
        ours, theirs = socket.socketpair()
        words = ["-B", "-m", "autograder.jail.nursery", str(self.walls), str(theirs.fileno())]
        command, environment = self._command([sys.executable, *words])
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd="/",
                env=environment,
            )
        ours.settimeout(WARMING)
        self._control = ours
        try:
            warm = ours.recv(1)
        except OSError:
            warm = b""
        if not warm:
            self._process.kill()
            said = self._process.stderr.read().decode(errors="replace").strip().splitlines()
            self.__exit__(None, None, None)
            raise JailError(f"The jail could not be started: {said[-1] if said else 'it said nothing'}.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
            self._process.stderr.close()
        self._control = self._process = None

    @property
    def standing(self) -> bool:
        """Whether the warm process is there; it says nothing after its first word, so that word of it is its end."""
        return self._control is not None and not select.select([self._control], [], [], 0)[0]

    def _command(self, words: list[str]) -> tuple[list[str], dict[str, str]]:
        from autograder.jail import bubblewrap

        if self.walls is Walls.BUBBLEWRAP:
            return bubblewrap.command(words, self.limits), {}
        houses = dict.fromkeys(str(folder.parent) for folder in bubblewrap.ours().values())
        temporary = os.environ.get("TMPDIR", "/tmp")
        own = {"PYTHONPATH": os.pathsep.join(houses), "HOME": temporary, "TMPDIR": temporary}
        own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return words, {**bubblewrap.environment(), **own}

    def rehearse(self, cells: list[str]) -> int:
        """Run a lesson's own cells once, so that no submission need simulate again what they do.

        Parameters
        ----------
        cells : list of str
            Code of the notebook as it was released. Never the one with solutions: what the warm process knows, each
            submission's process can find.

        Returns
        -------
        int
            Runs that are remembered.

        Raises
        ------
        JailError
            If it does not come to an end.
        """
        if self._control is None:
            raise JailError("The jail is not open: use it in a with statement.")
        outer, inner = socket.socketpair()
        leash, collar = socket.socketpair()
        with inner, collar, leash:
            socket.send_fds(self._control, [b"R"], [inner.fileno(), collar.fileno()])
        line = Line(outer)
        try:
            line.send({"cells": cells}, seconds=STARTING)
            return int(line.receive(REHEARSING)["remembered"])
        except BridgeError as error:
            raise JailError(f"The lesson's own cells could not be run ahead: {error}") from None
        finally:
            line.close()

    def admit(self, files: Mapping[str, bytes] | None = None, slot: int = 0) -> Inmate:
        """Start one submission's process.

        Parameters
        ----------
        files : mapping of str to bytes, optional
            What was handed in beside the notebook, by its name below the working folder.
        slot : int
            Which of those that run at once on this machine.

        Returns
        -------
        Inmate
            Ready for its first cell.

        Raises
        ------
        JailError
            If it does not start.
        """
        if self._control is None:
            raise JailError("The jail is not open: use it in a with statement.")
        line, inner = socket.socketpair()
        leash, collar = socket.socketpair()
        with inner, collar:
            socket.send_fds(self._control, [b"A"], [inner.fileno(), collar.fileno()])
        inmate = Inmate(Line(line), leash)
        try:
            about = {"limits": self.limits.plain(), "slot": slot, "files": dict(files or {})}
            inmate.line.send(about, seconds=STARTING)
            inmate.line.receive(STARTING)
        except BridgeError as error:
            raise JailError(f"A submission's process did not start: {inmate.end() or error}") from None
        return inmate
