"""A Monte Carlo forecast: where a programme may be, quarter by quarter, and with what chance."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import binom

from sim.errors import StudyError
from sim.experiments.study import Cell, Progress, chosen_seeds, study
from sim.playbook import Playbook
from sim.run import Run
from sim.scenario import Scenario


def by_quarter(run: Run) -> pd.DataFrame:
    """Return a run's measures quarter by quarter: quarter, service, family, measure, unit, value."""
    return run.quarterly[["quarter", "service", "family", "measure", "unit", "value"]]


def forecast(
    scenario: Scenario,
    playbook: Playbook | None = None,
    *,
    seeds: Iterable[int] = range(100),
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    instant: bool = False,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run a programme in many worlds, and say between what bounds each quarter's measures fall.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbook : Playbook, optional
        What is decided; naive when left out.
    seeds : iterable of int
        Ten or more worlds.
    quantiles : sequence of float
        Between 0 and 1.
    instant, jobs, folder, progress
        As for `sim.experiments.study.study`.

    Returns
    -------
    DataFrame
        Columns quarter, measure, family, service, unit, quantile, value, low, high (95 % interval of the quantile from
        order statistics, free of any distribution; NaN where there are too few worlds for one), seeds.

    Raises
    ------
    StudyError
        If a quantile is not between 0 and 1.
    SeedError
        If there are fewer than ten seeds, or one comes twice.
    """
    chosen = chosen_seeds(seeds, least=10)
    for share in quantiles:
        if not 0 < share < 1:
            raise StudyError(f"A quantile is {share!r}, but it must be more than 0 and less than 1, such as 0.95.")
    cells = {"playbook": Cell(scenario, playbook if playbook is not None else Playbook())}
    found = study(cells, chosen, instant=instant, reading=by_quarter, jobs=jobs, folder=folder, progress=progress)
    rows = []
    columns = ["quarter", "measure", "family", "service", "unit"]
    for j, about in enumerate(found.labels[columns].itertuples(index=False, name=None)):
        seen = found.values[0, :, j]
        seen = np.sort(seen[~np.isnan(seen)])
        for share in quantiles:
            rows.append((*about, share, *quantile_interval(seen, share), len(seen)))
    return pd.DataFrame(rows, columns=[*columns, "quantile", "value", "low", "high", "seeds"])


def quantile_interval(ordered: np.ndarray, share: float, level: float = 0.95) -> tuple[float, float, float]:
    """Return a quantile with an interval between two order statistics.

    Parameters
    ----------
    ordered : ndarray of float, shape (n,)
        Ascending.
    share : float
        Which quantile.
    level : float
        Confidence: the interval covers at least as often.

    Returns
    -------
    value, low, high : float
        An end is NaN where there are too few values for it.
    """
    n = len(ordered)
    if not n:
        return float("nan"), float("nan"), float("nan")
    tail = (1 - level) / 2
    below = int(binom.ppf(tail, n, share))
    above = int(binom.ppf(1 - tail, n, share)) + 1
    low = float(ordered[below - 1]) if below >= 1 else float("nan")
    high = float(ordered[above - 1]) if above <= n else float("nan")
    return float(np.quantile(ordered, share)), low, high
