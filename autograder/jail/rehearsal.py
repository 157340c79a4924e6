"""What a lesson simulates by itself: done once in the warm process, and inherited by every submission that it forks.

Only runs are remembered of which it is known on what they rest: the simulator's own practices, and the lesson's plain
functions. One in which anything else had a say, or something of a learner's, is always run anew.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import io
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from autograder.jail import kernel
from autograder.jail.familiar import grounds
from sim.playbook import Playbook
from sim.run import Run
from sim.scenario import Scenario

STUDY = "sim.experiments.study"
PLACES = ("sim.programme", "sim.programme.simulate", STUDY)
"""Where the function that simulates is known by its name."""


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
        self.runs: dict[str, Run] = {}
        functools.update_wrapper(self, simulate)

    def __call__(
        self, scenario: Scenario, playbook: Playbook | None = None, seed: int = 0, instant: bool = False
    ) -> Run:
        """Return a run: a copy of one that is remembered, or a new one."""
        about = (scenario, playbook, seed, instant)
        key = _key(*about)
        if key in self.runs:
            return _copy(self.runs[key])
        with _silence() as silent:
            run = self._simulate(*about)
        if self.learning and silent and key and key == _key(*about):
            self.runs[key] = _copy(run)
        return run

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Keep no run while the context lasts: something smaller is kept in its place."""
        before, self.learning = self.learning, False
        try:
            yield
        finally:
            self.learning = before


class Measured:
    """Stands for what makes one run of a study, and gives its scorecard in no time if that is known already.

    What a comparison of many runs leaves behind is so many scorecards, which take no room, and not the runs.

    Parameters
    ----------
    one : callable
        The study's own.
    runs : Remembered
        What simulates.

    Attributes
    ----------
    cards : dict
        Labels and figures, by what was simulated.
    """

    def __init__(self, one: Callable[..., tuple], runs: Remembered) -> None:
        self._one = one
        self._runs = runs
        self.cards: dict[str, tuple[list[list[Any]], list[float]]] = {}
        functools.update_wrapper(self, one)

    def __call__(
        self, name: str, cell: Any, seed: int, instant: bool, reading: Callable[[Run], Any]
    ) -> tuple[str, int, list[list[Any]], list[float]]:
        """Return what a run measured."""
        about = (cell.scenario, cell.playbook, seed, instant)
        key = _key(*about) if reading is import_module(STUDY).card else ""
        if key not in self.cards:
            with self._runs.aside(), _silence() as silent:
                labels, values = self._one(name, cell, seed, instant, reading)[2:]
            if not (self._runs.learning and silent and key and key == _key(*about)):
                return name, seed, labels, values
            self.cards[key] = labels, values
        labels, values = self.cards[key]
        return name, seed, [list(row) for row in labels], list(values)


def _key(scenario: Any, playbook: Any, seed: Any, instant: Any) -> str:
    """Say all that a run rests on; empty where that is not known."""
    book = Playbook() if playbook is None else playbook
    if not (isinstance(scenario, Scenario) and isinstance(book, Playbook)):
        return ""
    known = grounds(book)
    return f"{known} {seed!r} {bool(instant)} {scenario.model_dump_json()}" if known else ""


def _copy(run: Run) -> Run:
    """Return the same run with frames of its own, which a lesson may change."""
    return dataclasses.replace(run, **{name: frame.copy() for name, frame in run.frames.items()})


@contextlib.contextmanager
def _silence() -> Iterator[list[bool]]:
    """Give a list that is empty afterwards if anything was printed meanwhile, as far as that is collected here."""
    silent, before = [True], _printed()
    yield silent
    if _printed() != before:
        silent.clear()


def _printed() -> tuple[int, ...]:
    return tuple(stream.tell() for stream in (sys.stdout, sys.stderr) if isinstance(stream, io.StringIO))


def rehearse(cells: list[str]) -> int:
    """Run a lesson's own cells, as they were released, for what they simulate.

    Parameters
    ----------
    cells : list of str
        Code; a cell that fails, as one does that waits for an answer, is passed over.

    Returns
    -------
    int
        Runs of which something is remembered.
    """
    import autograder

    runs, measured = _installed()
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *things: None}
    check, autograder.check = autograder.check, lambda *answer: 0.0
    runs.learning = True
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for source in cells:
                with contextlib.suppress(Exception):
                    exec(compile(source, "lesson", "exec"), names)
    finally:
        runs.learning = False
        autograder.check = check
        import_module("matplotlib.pyplot").close("all")
    names.clear()
    gc.collect()
    kernel.release_memory()
    gc.freeze()
    return len(runs.runs) + len(measured.cards)


def _installed() -> tuple[Remembered, Measured]:
    """Put what remembers in the place of what simulates, once."""
    study, now = import_module(STUDY), import_module(PLACES[0]).simulate
    if isinstance(now, Remembered):
        return now, vars(study)["_one"]
    runs = Remembered(now)
    for place in PLACES:
        vars(import_module(place))["simulate"] = runs
    vars(study)["_one"] = Measured(vars(study)["_one"], runs)
    return runs, vars(study)["_one"]
