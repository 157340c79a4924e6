"""A full factorial: what each factor does, and what they do together that they do not do apart."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd

from sim.errors import StudyError
from sim.experiments.factors import Factors, checked, taken
from sim.experiments.interval import interval
from sim.experiments.study import Cell, Progress, chosen_seeds, study
from sim.playbook import Playbook
from sim.scenario import Scenario

MOST_FACTORS = 8
"""More would be over 256 runs a world; screen them first, or use fewer."""


def factorial(
    scenario: Scenario,
    factors: Factors,
    *,
    baseline: Playbook | None = None,
    seeds: Iterable[int] = range(10),
    instant: bool = False,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run every combination of factors in the same worlds.

    The main effect of a factor is what taking it up changes, averaged over all settings of the others. An interaction
    of two is half of what the one changes when the other is there less what it changes when it is not, averaged
    likewise; and so on for more. Contrasts are taken world by world, so that their spread is that of pairs.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    factors : mapping of str to mapping
        By name: the decisions that are taken together; see `sim.experiments.disciplines`.
    baseline : Playbook, optional
        What is decided where no factor is taken; naive when left out.
    seeds : iterable of int
        Two or more worlds.
    instant, jobs, folder, progress
        As for `sim.experiments.study.study`.

    Returns
    -------
    DataFrame
        Columns effect (such as ``"dataops × mlops"``), order, measure, family, service, unit, value, low, high (95 %
        by Student's t), seeds.

    Raises
    ------
    StudyError
        If a factor decides nothing, or two decide the same, or there are more than `MOST_FACTORS`.
    """
    named = checked(factors)
    if len(named) > MOST_FACTORS:
        raise StudyError(f"{len(named)} factors make {2 ** len(named)} runs a world; at most {MOST_FACTORS} are taken.")
    chosen = chosen_seeds(seeds)
    before = baseline if baseline is not None else Playbook()
    names = list(named)
    subsets = [subset for k in range(len(names) + 1) for subset in combinations(names, k)]
    cells = {" + ".join(subset) or "baseline": Cell(scenario, taken(before, named, subset)) for subset in subsets}
    found = study(cells, chosen, instant=instant, jobs=jobs, folder=folder, progress=progress)
    levels = np.array([[1.0 if name in subset else -1.0 for name in names] for subset in subsets])
    labels = list(found.labels[["measure", "family", "service", "unit"]].itertuples(index=False, name=None))
    rows = []
    for subset in subsets[1:]:
        signs = levels[:, [names.index(name) for name in subset]].prod(axis=1)
        contrast = np.tensordot(signs, found.values, axes=1) * 2 / len(subsets)
        for j, about in enumerate(labels):
            rows.append((" × ".join(subset), len(subset), *about, *interval(contrast[:, j])))
    columns = ["effect", "order", "measure", "family", "service", "unit", "value", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)
