"""How long eight quarters of claims triage take, in units of U, and where the time goes.

Run with ``make bench``. U is measured before and after every run, in the same process, so the ratios hold on a machine
whose speed wanders.
"""

from __future__ import annotations

from statistics import median

from rich.console import Console
from rich.table import Table

import sim
from benchmarks.unit import unit_seconds
from sim.models import learning
from sim.stopwatch import PARTS

LIMITS = {"naive": 3.0, "typical": float("nan"), "reference": 6.0}
OWN = ("engine", "pipeline", "records")
RUNS = 5


def main() -> None:
    """Print U, the ratio of each playbook to it, and the parts."""
    console = Console()
    scenario = sim.load_scenario("household-support")
    books = {"naive": sim.Playbook(), "typical": sim.practices.typical(), "reference": sim.practices.reference()}
    sim.simulate(scenario.replace(quarters=1), books["reference"], seed=99)
    table = Table(title=f"{scenario.title}: {scenario.quarters} quarters, in units of U (median of {RUNS} runs)")
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
            f"{LIMITS[name]:.0f}" if LIMITS[name] == LIMITS[name] else "",
            f"{median(own):.2f}",
            "1",
            *[f"{median(ratios[p]):.2f}" for p in PARTS],
        )
    console.print(f"U = {median(units):.3f} s (100 fits of LogisticRegression on 2,000 x 12 rows, one thread)")
    console.print(table)
    console.print("Own part: engine, pipeline and records; neither scikit-learn nor a decision function.")


if __name__ == "__main__":
    main()
