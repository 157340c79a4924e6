"""What a second process is worth: a study of 64 runs with one process and with two."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from rich.table import Table

import sim
from sim.experiments.study import Cell, study
from sim.models import learning

RUNS = 64

ROUNDS = 3

WANTED = 1.8
"""Times as fast that two processes are to be."""


def tables() -> Iterator[Table]:
    """Time the study with one process and with two, turn by turn."""
    scenario = sim.load_scenario("household-support").only("claims-triage").replace(quarters=2)
    cells = {"naive": Cell(scenario, sim.Playbook())}
    study(cells, range(4), jobs=2)
    taken: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for jobs, times in taken.items():
            learning.forget()
            began = perf_counter()
            study(cells, range(RUNS), jobs=jobs)
            times.append(perf_counter() - began)
    gains = [one / two for one, two in zip(taken[1], taken[2], strict=True)]
    table = Table(title=f"Parallel: a study of {RUNS} runs of two quarters (median of {ROUNDS} rounds)")
    for heading in ("processes", "seconds", "times as fast", "wanted"):
        table.add_column(heading, justify="right")
    table.add_row("1", f"{median(taken[1]):.1f}", "1.00", "")
    table.add_row("2", f"{median(taken[2]):.1f}", f"{median(gains):.2f}", f"{WANTED}")
    table.caption = "The second process has been started before: starting it takes a few seconds, once"
    yield table
