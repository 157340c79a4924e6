"""Trying a learner's code: whatever it raises becomes a sentence that points at their own line."""

from __future__ import annotations

import linecache
import sysconfig
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.errors import TrinityError

HERE = Path(__file__).resolve().parent
OURS = (str(HERE), str(HERE.parent / "sim"), str(HERE.parent / "course"))
INSTALLED = tuple(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib"))
LONGEST = 200


@dataclass(frozen=True)
class Attempt:
    """One call of a learner's code.

    Attributes
    ----------
    value : object
        What it returned; None when it raised.
    problem : str
        What it raised, and at which line of theirs; empty when it did not.
    """

    value: object = None
    problem: str = ""

    @property
    def ok(self) -> bool:
        """True when it returned."""
        return not self.problem

    @property
    def said(self) -> str:
        """What happened, as a clause for a report."""
        return self.problem or f"it returned {shorten(repr(self.value))}"


def attempt(function: Callable, *args: object, **kwargs: object) -> Attempt:
    """Call a learner's function; never raises for a mistake of theirs.

    Parameters
    ----------
    function : callable
        What the learner handed over; anything else is reported as such.
    *args, **kwargs : object
        Passed on.

    Returns
    -------
    Attempt
        The value, or the problem in words.
    """
    if not callable(function):
        return Attempt(problem=f"it cannot be called: it is {shorten(repr(function))}, not a function")
    try:
        return Attempt(value=function(*args, **kwargs))
    except (Exception, SystemExit) as error:
        return Attempt(problem=explain(error))


def explain(error: BaseException) -> str:
    """Say what went wrong, at the learner's own line where there is one.

    Parameters
    ----------
    error : BaseException
        As caught, with its traceback.

    Returns
    -------
    str
        One clause. A refusal of the simulator's own (a DecisionError, say) is repeated in its own words.
    """
    if isinstance(error, TrinityError):
        return str(error)
    text = " ".join(str(error).split())
    name = type(error).__name__
    message = f"it stopped with {name}: {shorten(text)}" if text else f"it stopped with {name}"
    if isinstance(error, SyntaxError):
        return message
    theirs = [frame for frame in traceback.extract_tb(error.__traceback__) if _learners(frame.filename)]
    if not theirs:
        return message
    last = theirs[-1]
    line = (last.line or linecache.getline(last.filename, last.lineno or 0)).strip()
    return f"{message}, at line {last.lineno} of the cell, in {last.name}: {line}"


def _learners(filename: str) -> bool:
    """Whether a frame is the learner's: neither installed, nor frozen, nor ours."""
    return not filename.startswith(("<frozen", *OURS, *INSTALLED))


def shorten(text: str) -> str:
    """Return the text on one line, cut to a readable length."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
