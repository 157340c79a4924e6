"""What a learner hands to `check` in the jail: it stays there, and is called through the line until it is marked.

Everything here runs in the learner's own process, and none of it is trusted: it can be changed by the learner's code,
which then changes the learner's own answers.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograder.attempt import explain, shorten
from autograder.bridge import Line, records
from autograder.bridge.values import TAG
from autograder.errors import BridgeError
from autograder.quiet import quiet
from autograder.stub import untouched
from sim.errors import TrinityError
from sim.models.asking import fold
from sim.models.learning import trees

_line: Handover | None = None


class TookTooLongError(BaseException):
    """Raised in a learner's code when its time is up; not an Exception, so that it is seldom caught by mistake."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer by the clock."""

    def ring(*_: object) -> None:
        raise TookTooLongError(f"it took longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def line() -> Handover | None:
    """Return the way to the marking; None outside a jail, where checks mark at once."""
    return _line


def open_line(to: Line, call: float) -> None:
    """Say that this process is a jail's: from here on `check` hands over."""
    global _line
    _line = Handover(to, call)


class Handover:
    """The jail's side of the marking.

    Parameters
    ----------
    to : Line
        Leads to the marking.
    call : float
        Seconds that one call may take.
    """

    def __init__(self, to: Line, call: float) -> None:
        self._to = to
        self._call = call
        self._things: dict[int, Any] = {}
        self._next = 0

    def offer(self, task_id: str, thing: object) -> float:
        """Hand something over, serve the marking's calls of it, and return nought: no mark is made in a jail.

        Parameters
        ----------
        task_id : str
            For instance ``"m09.monitor"``.
        thing : object
            The learner's answer.

        Returns
        -------
        float
            Nought.
        """
        self._things.clear()
        self._to.send({"offer": task_id, "thing": thing}, self._lend)
        with quiet() as printed:
            while True:
                asked = self._to.receive(read=self._read)
                if "enough" in asked:
                    break
                for number in asked.get("forget", ()):
                    self._things.pop(number, None)
                self._answer(asked)
        self._to.send({"printed": printed.getvalue()})
        return 0.0

    def _answer(self, asked: dict[str, Any]) -> None:
        """Do what was asked, and say what came of it."""
        given = tuple(asked.get("args", ()))
        try:
            with within(self._call):
                value = self._target(asked)(*given, **asked.get("kwargs", {}))
            self._to.send({"value": value}, self._lend)
        except (Exception, SystemExit, KeyboardInterrupt, TookTooLongError) as error:
            self._to.send(_said(error, given))

    def _target(self, asked: dict[str, Any]) -> Any:
        if "run" in asked:
            return records.find(asked["run"])
        thing = self._things[asked["thing"]]
        return getattr(thing, asked["method"]) if "method" in asked else thing

    def _lend(self, thing: Any) -> dict[str, Any]:
        """Keep a thing here, and say what stands for it outside."""
        if records.is_record(thing) and records.name_of(type(thing)) in records.choices():
            return records.packed(thing)
        self._next += 1
        self._things[self._next] = thing
        about = {"name": str(getattr(thing, "__name__", type(thing).__name__)), "said": shorten(repr(thing))}
        about |= {"untouched": untouched(thing), "callable": callable(thing), "fresh": hasattr(thing, "fresh")}
        return {TAG: "lent", "number": self._next, **about, **_estimator(thing)}

    def _read(self, made: dict[str, Any]) -> Any:
        """Make something of what is not plain and came from the marking, which is trusted."""
        if made[TAG] == "kept":
            return self._things[made["number"]]
        if made[TAG] == "record":
            return records.rebuilt(made)
        if made[TAG] == "named":
            return records.find(made["name"])
        if made[TAG] == "recipe":
            return records.find(made["name"])(*made["args"])
        raise BridgeError(f"A value came under the tag {made[TAG]!r}, which is unknown here.")


def _estimator(thing: Any) -> dict[str, Any]:
    """Say of a fitted estimator what the simulator wants to know of it."""
    methods = [name for name in ("predict", "predict_proba") if callable(getattr(thing, name, None))]
    if not methods or isinstance(thing, type):
        return {"methods": []}
    about: dict[str, Any] = {"methods": methods}
    for name in ("classes_", "n_features_in_", "feature_names_in_", "row_fits_"):
        value = getattr(thing, name, None)
        if value is not None:
            about[name] = value
    task = "classification" if "predict_proba" in methods else "regression"
    return {**about, "folded": fold(thing, task), "trees": trees(thing)}


def _said(error: BaseException, given: tuple[Any, ...]) -> dict[str, Any]:
    """Say what went wrong, in the words of the checks and in those of a run."""
    from sim.decisions.call import own_line

    if isinstance(error, TookTooLongError):
        return {"problem": str(error), "told": str(error), "refused": ""}
    while error.__traceback__ is not None and error.__traceback__.tb_frame.f_code.co_filename == __file__:
        error = error.with_traceback(error.__traceback__.tb_next)
    refused = type(error).__name__ if isinstance(error, TrinityError) else ""
    return {"problem": explain(error), "told": own_line(error, given), "refused": refused}
