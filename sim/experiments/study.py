"""Many runs: every cell of an experiment in every world, on one core or many, and gone on with after a kill."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import joblib
import numpy as np
import pandas as pd

from sim.errors import SeedError, StudyError, unknown
from sim.experiments.fingerprint import fingerprint
from sim.experiments.notes import Notes
from sim.playbook import Playbook
from sim.programme import simulate
from sim.run import Run
from sim.scenario import Scenario
from sim.scorecard import MEASURES, PER_SERVICE

Reading = Callable[[Run], pd.DataFrame]
"""From a run to a tidy frame with a column ``value``; the other columns say what each row is, the same in every run."""

Progress = Callable[[int, int], None]
"""Called with (runs done, runs in all) after each run."""


def card(run: Run) -> pd.DataFrame:
    """Return a run's scorecard as figures: measure, family, service, unit, value."""
    return run.scorecard()[["measure", "family", "service", "unit", "value"]]


@dataclass(frozen=True)
class Cell:
    """One setting of an experiment.

    Attributes
    ----------
    scenario : Scenario
        The world as given.
    playbook : Playbook
        What is decided in it.
    """

    scenario: Scenario
    playbook: Playbook


@dataclass(frozen=True)
class Findings:
    """What the runs of a study measured.

    Attributes
    ----------
    values : ndarray of float, shape (cells, seeds, figures)
        In the order in which cells and seeds were given.
    labels : DataFrame
        One row for each figure: what it is.
    """

    values: np.ndarray
    labels: pd.DataFrame

    def rows(self, **wanted: object) -> np.ndarray:
        """Return the places of figures by their labels, shape (k,).

        Raises
        ------
        StudyError
            If there is no such figure.
        """
        here = np.ones(len(self.labels), dtype=bool)
        for name, value in wanted.items():
            here &= (self.labels[name] == value).to_numpy()
        if not here.any():
            said = ", ".join(f"{name} {value!r}" for name, value in wanted.items())
            known = sorted({str(m) for m in self.labels["measure"]})
            raise StudyError(f"Nothing is measured under {said}. Measures: {', '.join(known)}.")
        return np.nonzero(here)[0]


def chosen_seeds(seeds: Iterable[int], least: int = 2) -> list[int]:
    """Return seeds as a list, or raise `SeedError` if there are too few, or one comes twice."""
    if not isinstance(seeds, Iterable) or isinstance(seeds, str):
        raise SeedError(f"seeds is {seeds!r}, but several were expected, such as range(20).")
    chosen = list(seeds)
    few = {1: "one", 2: "two"}.get(least, str(least))
    if len(chosen) < least or len(set(chosen)) < len(chosen):
        raise SeedError(f"seeds is {chosen}, but a comparison needs {few} or more different ones, such as range(20).")
    return chosen


def measured(scenario: Scenario, measure: str, service: str = "all") -> None:
    """Refuse, before any run, a measure or a service that no scorecard of the scenario can have.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    measure, service : str
        A line of the scorecard: ``"all"`` for all services together, or one of several.

    Raises
    ------
    StudyError
        If there is no such measure or service, or the measure is of the whole programme only.
    """
    names = [one.name for one in scenario.services]
    if measure not in MEASURES:
        raise StudyError(unknown("measure", measure, MEASURES))
    if service != "all" and names == [service]:
        raise StudyError(f"{service} is the only service, and its scorecard is that of service 'all': ask for 'all'.")
    if service != "all" and service not in names:
        raise StudyError(unknown("service", service, ["all", *(names if len(names) > 1 else [])]))
    if service != "all" and measure not in PER_SERVICE:
        raise StudyError(
            f"{measure} is measured for the whole programme only, so that the service must be 'all', not {service!r}. "
            f"For one service there are: {', '.join(sorted(PER_SERVICE))}."
        )


def study(
    cells: Mapping[str, Cell],
    seeds: Sequence[int],
    *,
    instant: bool = False,
    reading: Reading = card,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Findings:
    """Run every cell on every seed.

    Parameters
    ----------
    cells : mapping of str to Cell
        By name.
    seeds : sequence of int
        Worlds; the same ones for every cell.
    instant : bool
        As for `sim.simulate`.
    reading : callable
        What is measured on each run.
    jobs : int, optional
        Processes. When left out, what ``joblib.parallel_config`` says: one, unless it is told otherwise; a Dask
        cluster if its backend is ``"dask"``. However many there are, the figures are the same to the byte.
    folder : path-like, optional
        Where each finished run is noted at once. A study that was stopped goes on from there, with more seeds or more
        cells if wanted.
    progress : callable, optional
        Called with (runs done, runs in all) after each run.

    Returns
    -------
    Findings
        In the order given.

    Raises
    ------
    sim.errors.TrinityError
        If a run is refused, or the folder holds another study. Runs that were finished stay noted.
    """
    if jobs is not None and (not isinstance(jobs, Integral) or isinstance(jobs, bool) or jobs == 0):
        raise StudyError(f"jobs is {jobs!r}, but a number of processes was expected, or -1 for every core.")
    named = {name: (fingerprint(cell.playbook), cell.scenario.model_dump_json()) for name, cell in cells.items()}
    marks = {name: f"{name}:{fingerprint(*what)}" for name, what in named.items()}
    notes = Notes(folder, fingerprint(instant, reading)) if folder is not None else None
    known: dict[tuple[str, int], list[float]] = {}
    labels = notes.labels if notes is not None else None
    for name in cells:
        for seed in seeds:
            found = notes.known(marks[name], int(seed)) if notes is not None else None
            if found is not None:
                known[name, seed] = found
    wanted = [(name, seed) for seed in seeds for name in cells if (name, seed) not in known]
    total = len(seeds) * len(cells)
    try:
        for name, seed, these, values in _runs(cells, wanted, instant, reading, jobs):
            if labels is None:
                labels = these
                if notes is not None:
                    notes.name(these)
            if these != labels:
                raise StudyError(f"The run of {name} on seed {seed} does not measure the same figures as others do.")
            known[name, seed] = values
            if notes is not None:
                notes.add(marks[name], int(seed), values)
            if progress is not None:
                progress(len(known), total)
    finally:
        if notes is not None:
            notes.close()
    if labels is None:
        raise StudyError("A study needs at least one cell and one seed.")
    columns, *rows = labels
    values = np.array([[known[name, seed] for seed in seeds] for name in cells])
    return Findings(values, pd.DataFrame(rows, columns=columns))


def _runs(
    cells: Mapping[str, Cell], wanted: list[tuple[str, int]], instant: bool, reading: Reading, jobs: int | None
) -> Iterator[tuple[str, int, list[list[Any]], list[float]]]:
    """Yield runs as they are finished."""
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
    tasks = (joblib.delayed(_one)(name, cells[name], seed, instant, reading) for name, seed in wanted)
    yield from parallel(tasks)


def _one(
    name: str, cell: Cell, seed: int, instant: bool, reading: Reading
) -> tuple[str, int, list[list[Any]], list[float]]:
    """Make one run, and return what it measured, and the names of that."""
    figures = reading(simulate(cell.scenario, cell.playbook, seed=seed, instant=instant))
    names = figures.drop(columns="value")
    labels = [list(names.columns), *(list(row) for row in names.astype(object).itertuples(index=False, name=None))]
    return name, seed, labels, [float(value) for value in figures["value"]]
