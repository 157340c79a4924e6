"""Compare playbooks in pairs, under the same worlds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import pandas as pd

from sim.errors import PlaybookError
from sim.experiments.interval import interval
from sim.experiments.study import Cell, Progress, chosen_seeds, study
from sim.playbook import Playbook
from sim.scenario import Scenario


def compare(
    scenario: Scenario,
    playbooks: Mapping[str, Playbook],
    seeds: Iterable[int] = range(20),
    instant: bool = False,
    progress: Progress | None = None,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Run several playbooks on the same seeds, and measure each against the first, seed by seed.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbooks : mapping of str to Playbook
        By name, two or more; the first is the baseline and has no row.
    seeds : iterable of int
        Two or more different ones.
    instant : bool
        As for `sim.simulate`.
    progress : callable, optional
        Called with (runs done, runs in all) after each run.
    jobs, folder
        As for `sim.experiments.study.study`: how many processes, and where finished runs are kept.

    Returns
    -------
    DataFrame
        Columns playbook, against, measure, family, service, unit, effect (mean of the paired differences), low, high
        (95 % interval by Student's t), seeds (those on which both could be measured). Where fewer than two could,
        the interval is NaN.

    Raises
    ------
    PlaybookError
        If there are fewer than two playbooks.
    SeedError
        If there are fewer than two seeds, or one comes twice.
    """
    if not isinstance(playbooks, Mapping):
        raise PlaybookError(
            f"playbooks is {type(playbooks).__name__}, but names and playbooks were expected: {{'naive': ...}}."
        )
    names, chosen = list(playbooks), chosen_seeds(seeds)
    if len(names) < 2:
        raise PlaybookError(
            f"playbooks holds {len(names)}, but a comparison needs two or more; the first is the baseline."
        )
    cells = {name: Cell(scenario, playbooks[name]) for name in names}
    found = study(cells, chosen, instant=instant, jobs=jobs, folder=folder, progress=progress)
    rows = []
    for k, name in enumerate(names[1:], start=1):
        difference = found.values[k] - found.values[0]
        for j, about in enumerate(found.labels[["measure", "family", "service", "unit"]].itertuples(index=False)):
            rows.append((name, names[0], *about, *interval(difference[:, j])))
    columns = ["playbook", "against", "measure", "family", "service", "unit", "effect", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)
