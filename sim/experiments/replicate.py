"""How many worlds a question needs: runs are added until the interval is as narrow as wanted."""

from __future__ import annotations

import math
import os

import numpy as np
import pandas as pd

from sim.errors import StudyError
from sim.experiments.interval import interval
from sim.experiments.study import Cell, Progress, measured, study
from sim.playbook import Playbook
from sim.scenario import Scenario


def replicate(
    scenario: Scenario,
    playbook: Playbook,
    half_width: float,
    *,
    against: Playbook | None = None,
    measure: str = "net_public_value",
    service: str = "all",
    level: float = 0.95,
    first: int = 10,
    most: int = 1000,
    instant: bool = False,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Add worlds until a measure's interval is narrow enough.

    After each look the number that the spread seen so far calls for is reckoned, and at most twice as many worlds as
    there are looked at next. Looking more than once makes the interval cover slightly less often than its level says;
    with ten or more worlds at the first look by about one point in a hundred.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbook : Playbook
        What is decided.
    half_width : float
        Half the width that the interval may have, in the measure's unit.
    against : Playbook, optional
        A baseline: the measure is then the paired difference from it, seed by seed.
    measure, service : str
        A line of the scorecard.
    level : float
        Confidence.
    first, most : int
        Worlds at the first look, and at most: seeds 0, 1, 2 and so on.
    instant, jobs, folder, progress
        As for `sim.experiments.study.study`. The total that `progress` is told grows with each look.

    Returns
    -------
    DataFrame
        One row for each look: measure, service, unit, replications, mean, low, high, half_width, reached.

    Raises
    ------
    StudyError
        If the wanted width or the numbers make no sense, or there is no such line of the scorecard.
    """
    if not half_width > 0 or not math.isfinite(half_width):
        raise StudyError(f"half_width is {half_width!r}, but it must be more than 0, in the measure's unit.")
    if not 0 < level < 1:
        raise StudyError(f"level is {level!r}, but it must be between 0 and 1, such as 0.95.")
    if not 3 <= first <= most:
        raise StudyError(
            f"first is {first} and most is {most}, but 3 or more at first, and no more than most, are needed."
        )
    measured(scenario, measure, service)
    cells = {"playbook": Cell(scenario, playbook)}
    if against is not None:
        cells["against"] = Cell(scenario, against)
    looks: list[tuple[int, float, float, float, float, bool]] = []
    values = np.empty(0)
    count = first
    while True:
        new = range(len(values), count)
        found = study(cells, new, instant=instant, jobs=jobs, folder=folder, progress=progress)
        row = int(found.rows(measure=measure, service=service)[0])
        there = found.values[0, :, row]
        values = np.append(values, there if against is None else there - found.values[1, :, row])
        mean, low, high, n = interval(values, level)
        half = (high - low) / 2
        reached = bool(half <= half_width)
        looks.append((count, mean, low, high, half, reached))
        if reached or count >= most:
            break
        if n < 2:
            raise StudyError(f"{measure} could be measured in {n} of {count} worlds: too few for an interval.")
        count = min(math.ceil(count * min(max((half / half_width) ** 2, 1.1), 2.0)), most)
    table = pd.DataFrame(looks, columns=["replications", "mean", "low", "high", "half_width", "reached"])
    for place, name in enumerate(("measure", "service", "unit")):
        table.insert(place, name, found.labels.at[row, name])
    return table
