"""One submission's conversation with its jail: cells go in, outputs come out, what was handed over can be called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sim.errors
from autograder.bridge import records
from autograder.bridge.values import TAG
from autograder.errors import BridgeError, LearnerError, LostError
from autograder.jail import Inmate, Jail
from autograder.lent import Lent, lent, referred

Offered = Callable[[str, Any], None]
"""Told the task and the thing when a cell hands something over."""

MOST_OFFERS = 20


class Recipe:
    """Stands for what a function of ours makes in the jail, of what may be the learner's.

    Parameters
    ----------
    function : callable
        One of ours, by name.
    *args : Any
        What it is made of.
    """

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.name = records.name_of(function)
        self.args = args


class Session:
    """The marking's side of one submission.

    Parameters
    ----------
    jail : Jail
        Where it runs.
    files : mapping of str to bytes
        What was handed in beside the notebook.
    slot : int
        Which of those that run at once.

    Attributes
    ----------
    ended : str
        How the submission's process ended; empty while it lives.
    calls : int
        How often the jail was asked for something.
    """

    def __init__(self, jail: Jail, files: Mapping[str, bytes] | None = None, slot: int = 0) -> None:
        self._limits = jail.limits
        self._inmate: Inmate = jail.admit(files, slot)
        self._forgotten: list[int] = []
        self._asking = False
        self.ended = ""
        self.calls = 0

    def run(self, source: str, offered: Offered | None = None) -> tuple[list[dict[str, Any]], str]:
        """Run one cell.

        Parameters
        ----------
        source : str
            Its text.
        offered : callable, optional
            Called when the cell hands something over; while it runs, what was handed over can be called.

        Returns
        -------
        tuple of (list of dict, str)
            The cell's outputs as the jail tells them, and what the learner's code printed while it was called.

        Raises
        ------
        LostError
            If the process has ended or gone silent, or says what makes no sense.
        """
        limits, printed = self._limits, ""
        self._send({"cell": source})
        for _ in range(MOST_OFFERS):
            said = self._receive(limits.cell + limits.grace)
            if not isinstance(said, dict):
                break
            if "ran" in said:
                return said["ran"] if isinstance(said["ran"], list) else [], printed
            if "offer" not in said:
                break
            if offered is not None:
                self._asking = True
                try:
                    offered(str(said["offer"])[:200], said.get("thing"))
                finally:
                    self._asking = False
            self._send({"enough": True})
            last = self._receive(limits.call + limits.grace)
            printed += str(last.get("printed", ""))[: limits.output] if isinstance(last, dict) else ""
        self._lose("it said what makes no sense")

    def ask(self, request: dict[str, Any]) -> Any:
        """Have something called in the jail.

        Parameters
        ----------
        request : dict
            Under ``thing`` a number or under ``run`` a function of ours; ``args`` and ``kwargs``.

        Returns
        -------
        Any
            What it returned.

        Raises
        ------
        LearnerError, TrinityError
            If it raised: in words, or one of the simulator's own refusals again.
        LostError
            If the process has ended, or gave no answer in time.
        """
        if not self._asking:
            raise LostError("What was handed over was called after its cell was done.")
        self.calls += 1
        forgotten, self._forgotten = self._forgotten, []
        self._send({**request, "forget": forgotten})
        said = self._receive(self._limits.call + self._limits.grace)
        if isinstance(said, dict) and "value" in said:
            return said["value"]
        if not isinstance(said, dict) or "problem" not in said:
            self._lose("it said what makes no sense")
        problem = str(said["problem"])[:2000]
        kind = getattr(sim.errors, str(said.get("refused", "")), None)
        if isinstance(kind, type) and issubclass(kind, sim.errors.TrinityError):
            raise kind(problem)
        error = LearnerError(problem)
        error.told = str(said.get("told", ""))[:2000]
        raise error

    def beside(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run a function of ours in the jail, where what it carries out is the learner's."""
        return self.ask({"run": records.name_of(function), "args": list(args)})

    def close(self) -> str:
        """End the process and say how it ended."""
        self.ended = self.ended or self._inmate.end()
        return self.ended

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._inmate.line.send(message, _inward, self._limits.grace + self._limits.call)
        except BridgeError as error:
            self._lose(str(error))

    def _receive(self, seconds: float) -> Any:
        try:
            return self._inmate.line.receive(seconds, self._outward)
        except BridgeError as error:
            self._lose(str(error))

    def _lose(self, why: str) -> None:
        """End what cannot be spoken with any more."""
        ended = self._inmate.ended() or self._inmate.end()
        self.ended = ended if ended and ended != "it was ended" else why
        raise LostError(self.ended)

    def _outward(self, made: dict[str, Any]) -> Any:
        """Make something of what is not plain and came out of the jail."""
        if made[TAG] == "lent":
            return lent(made, self.ask, self._forgotten.append)
        if made[TAG] == "record":
            return records.chosen(made)
        raise BridgeError(f"A value came under the tag {str(made[TAG])[:40]!r}, which may not leave the jail.")


def _inward(thing: Any) -> dict[str, Any]:
    """Say what goes into the jail in place of a thing that is not plain."""
    if isinstance(thing, Lent):
        return referred(thing)
    if isinstance(thing, Recipe):
        return {TAG: "recipe", "name": thing.name, "args": list(thing.args)}
    if records.is_record(thing):
        return records.packed(thing)
    if callable(thing) and getattr(thing, "__qualname__", "<").isidentifier():
        return {TAG: "named", "name": records.name_of(thing)}
    raise BridgeError(f"{type(thing).__name__} cannot be sent into the jail.")
