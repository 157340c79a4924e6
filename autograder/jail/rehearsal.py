"""What a lesson simulates by itself: done once in the warm process, and inherited by every submission that it forks.

Only runs of the simulator's own practices are remembered: one in which anything of a learner's, or of the lesson's own,
had a say is always run anew.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import io
import types
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from sim.experiments.fingerprint import fingerprint
from sim.playbook import Playbook
from sim.run import Run
from sim.scenario import Scenario

PLACES = ("sim.programme", "sim.programme.simulate", "sim.experiments.study")
"""Where the function that simulates is known by its name."""

PLAIN = (str, bytes, int, float, complex, bool, type(None))


class Remembered:
    """Stands for `sim.simulate`, and gives a run that is known already in no time.

    Parameters
    ----------
    simulate : callable
        The simulator's own.

    Attributes
    ----------
    learning : bool
        Whether new runs are remembered; in a submission's process they are not.
    runs : dict
        By what was simulated.
    """

    def __init__(self, simulate: Callable[..., Run]) -> None:
        self._simulate = simulate
        self.learning = True
        self.runs: dict[tuple[str, str, int, bool], Run] = {}
        functools.update_wrapper(self, simulate)

    def __call__(
        self, scenario: Scenario, playbook: Playbook | None = None, seed: int = 0, instant: bool = False
    ) -> Run:
        """Return a run: a copy of one that is remembered, or a new one."""
        book = Playbook() if playbook is None else playbook
        if not (isinstance(scenario, Scenario) and isinstance(book, Playbook) and ours(book)):
            return self._simulate(scenario, playbook, seed, instant)
        key = (scenario.model_dump_json(), fingerprint(book), seed, bool(instant))
        if key in self.runs:
            return _copy(self.runs[key])
        run = self._simulate(scenario, playbook, seed, instant)
        if self.learning:
            self.runs[key] = _copy(run)
        return run


def _copy(run: Run) -> Run:
    """Return the same run with frames of its own, which a lesson may change."""
    return dataclasses.replace(run, **{name: frame.copy() for name, frame in run.frames.items()})


def ours(thing: Any) -> bool:
    """Say whether a decision is the simulator's own through and through, whatever it is made of."""
    if isinstance(thing, PLAIN) or thing is ...:
        return True
    if isinstance(thing, types.FunctionType):
        held = [cell.cell_contents for cell in thing.__closure__ or ()]
        return _home(thing) and ours(thing.__defaults__) and all(map(ours, held))
    if isinstance(thing, functools.partial):
        return all(map(ours, (thing.func, *thing.args, *thing.keywords.values())))
    if isinstance(thing, types.MethodType):
        return ours(thing.__func__) and ours(thing.__self__)
    if isinstance(thing, type):
        return _home(thing)
    if isinstance(thing, Mapping):
        return all(map(ours, thing.keys())) and all(map(ours, thing.values()))
    if isinstance(thing, (tuple, list, set, frozenset)):
        return all(map(ours, thing))
    return _home(type(thing)) and all(map(ours, getattr(thing, "__dict__", {}).values()))


def _home(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("sim.")


def rehearse(cells: list[str]) -> int:
    """Run a lesson's own cells, as they were released, for what they simulate.

    Parameters
    ----------
    cells : list of str
        Code; a cell that fails, as one does that waits for an answer, is passed over.

    Returns
    -------
    int
        Runs that are remembered.
    """
    import autograder

    remembered = _installed()
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *things: None}
    check, autograder.check = autograder.check, lambda *answer: 0.0
    remembered.learning = True
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for source in cells:
                with contextlib.suppress(Exception):
                    exec(compile(source, "lesson", "exec"), names)
    finally:
        remembered.learning = False
        autograder.check = check
        import_module("matplotlib.pyplot").close("all")
    names.clear()
    gc.collect()
    gc.freeze()
    return len(remembered.runs)


def _installed() -> Remembered:
    """Put what remembers in the place of what simulates, once."""
    now = import_module(PLACES[0]).simulate
    if isinstance(now, Remembered):
        return now
    made = Remembered(now)
    for place in PLACES:
        vars(import_module(place))["simulate"] = made
    return made
