"""How long eight quarters take, of claims triage alone and of three services, in units of U, and where the time goes.

U is measured before and after every run, in the same process, so the ratios hold on a machine
whose speed wanders.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from rich.table import Table

import sim
from benchmarks.unit import unit_seconds
from sim.models import learning
from sim.stopwatch import PARTS

OWN = ("engine", "pipeline", "records")
RUNS = 5

ONE = {"naive": 3.0, "typical": float("nan"), "reference": 6.0}
THREE = {"naive": 8.0, "typical": float("nan"), "reference": 16.0}
"""Units that a run may take, by playbook, with claims triage alone and with three services."""


def tables() -> Iterator[Table]:
    """Measure U, the ratio of each playbook to it, and the parts, with one service and with three."""
    department = sim.load_scenario("household-support")
    for scenario, limits in ((department.only("claims-triage"), ONE), (department, THREE)):
        yield measured(scenario, limits)


def measured(scenario: sim.Scenario, limits: dict[str, float]) -> Table:
    """Run the playbooks of a scenario and return their times as a table."""
    books = {"naive": sim.Playbook(), "typical": sim.practices.typical(), "reference": sim.practices.reference()}
    sim.simulate(scenario.replace(quarters=1), books["reference"], seed=99)
    services = len(scenario.services)
    table = Table(
        title=f"{services} service{'s' * (services > 1)}, {scenario.quarters} quarters (median of {RUNS} runs)"
    )
    for heading in ("playbook", "all", "at most", "own part", "at most", *PARTS):
        table.add_column(heading, justify="left" if heading == "playbook" else "right")
    units: list[float] = []
    for name, book in books.items():
        ratios: dict[str, list[float]] = {part: [] for part in PARTS}
        for seed in range(RUNS):
            before = unit_seconds(1)
            learning.forget()
            timings = sim.simulate(scenario, book, seed=seed).timings
            unit = (before + unit_seconds(1)) / 2
            units.append(unit)
            for part in PARTS:
                ratios[part].append(timings[part] / unit)
        totals = [sum(ratios[p][i] for p in PARTS) for i in range(RUNS)]
        own = [sum(ratios[p][i] for p in OWN) for i in range(RUNS)]
        table.add_row(
            name,
            f"{median(totals):.2f}",
            f"{limits[name]:.0f}" if limits[name] == limits[name] else "",
            f"{median(own):.2f}",
            str(services),
            *[f"{median(ratios[p]):.2f}" for p in PARTS],
        )
    table.caption = (
        f"U = {median(units):.3f} s: 100 fits of LogisticRegression on 2,000 x 12 rows, one thread. Own part: engine, "
        "pipeline and records; neither scikit-learn nor a decision function."
    )
    return table
