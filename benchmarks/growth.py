"""How time and memory grow with the days of a run and with the services in it.

Each size has a process of its own. It makes a short run first, so that what is loaded once is there; then, three times,
the run whose time is taken, each between two measurements of U, of which the middle one counts; then once more with
every allocation traced, for the most memory that the run itself held at once.

A run has a part that is the same whatever its size (the first model, a shared estate, one staff). The exponent is
therefore taken from what each doubling adds: if a size n costs a + b * n**p, then from n to 2n it adds b * (2**p - 1) *
n**p, whose logarithm is a straight line of slope p, whatever a is.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np
from rich.table import Table

import sim
from benchmarks.unit import unit_seconds
from sim.models import learning

QUARTERS = (2, 4, 8, 16)
"""Lengths of a run of one service."""

SERVICES = (1, 2, 4, 8)
"""Numbers of services in a run of `SHORT` quarters, all of them claims triage with machines of its own."""

SHORT = 4

ROUNDS = 3
"""How often the time of each run is taken."""

EXPONENT = (0.9, 1.1)
"""Between which the exponents of time and of memory are to lie."""

MOST_MB = 500
"""Peak memory of a process that runs the whole department for eight quarters, at most."""


def tables() -> Iterator[Table]:
    """Measure growth in days and in services, and the memory of the whole department."""
    for name in ("naive", "reference"):
        yield _growth(name, "quarters", QUARTERS, [("copies", q, 1) for q in QUARTERS])
        yield _growth(name, "services", SERVICES, [("copies", SHORT, n) for n in SERVICES])
    table = Table(title="Peak memory, three services, 8 quarters")
    for heading in ("playbook", "peak MB", "at most", "MB before the run"):
        table.add_column(heading, justify="left" if heading == "playbook" else "right")
    for name in ("naive", "reference"):
        found = _apart(name, "department", 8, 3)
        table.add_row(name, f"{found['peak_mb']:.0f}", str(MOST_MB), f"{found['base_mb']:.0f}")
    yield table


def _growth(name: str, what: str, sizes: Sequence[int], runs: Sequence[tuple[str, int, int]]) -> Table:
    """Return the table of runs of several sizes, each twice the one before."""
    found = [_apart(name, *run) for run in runs]
    fixed = f"{SHORT} quarters" if what == "services" else "one service"
    table = Table(title=f"Growth in {what}, {fixed}, {name}")
    for heading in (what, "time in U", "peak MB of the process", "MB of the run"):
        table.add_column(heading, justify="right")
    for size, one in zip(sizes, found, strict=True):
        table.add_row(str(size), f"{one['units']:.2f}", f"{one['peak_mb']:.0f}", f"{one['held_mb']:.1f}")
    time, memory = (exponent(sizes, [one[column] for one in found]) for column in ("units", "held_mb"))
    wanted = f"wanted {EXPONENT[0]} to {EXPONENT[1]}"
    table.caption = f"Exponent of what each doubling adds: time {time:.2f}, memory {memory:.2f} ({wanted})"
    return table


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the power of the size by which values grow, a constant part left aside.

    Parameters
    ----------
    sizes : sequence of float
        Each twice the one before.
    values : sequence of float
        As many, each larger than the one before.

    Returns
    -------
    float
        Slope of a straight line through the logarithms of what each doubling adds.
    """
    return float(np.polyfit(np.log(sizes[:-1]), np.log(np.diff(values)), 1)[0])


def copies(scenario: sim.Scenario, count: int) -> sim.Scenario:
    """Return a scenario of one service as one with several like it, each with the resources of its own.

    Parameters
    ----------
    scenario : Scenario
        Of one service.
    count : int
        How many there are to be. What is shared is there once, as before.

    Returns
    -------
    Scenario
    """
    (given,) = scenario.services
    shared = [r for r in scenario.estate if r.service != given.name]
    services, estate = [], []
    for number in range(1, count + 1):
        name = f"{given.name}-{number}"
        services.append(given.model_dump() | {"name": name})
        for resource_ in (r.model_dump() for r in scenario.estate if r.service == given.name):
            estate.append(resource_ | {"name": f"{resource_['name']}-{number}", "service": name, "attached_to": ""})
    kept = {r.name for r in shared}
    leaks = [i for i in scenario.spend_incidents if i.resource in kept]
    return scenario.replace(
        services=services, estate=[*estate, *(r.model_dump() for r in shared)], spend_incidents=leaks
    )


def _apart(*size: object) -> dict[str, float]:
    """Measure one run in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", *map(str, size)], capture_output=True, text=True, check=True
    )
    return json.loads(told.stdout)


def _measured(name: str, world: str, quarters: int, services: int) -> dict[str, float]:
    """Return a run's time in U, the most that it held, and this process's peak memory before and after it, MB."""
    department = sim.load_scenario("household-support")
    given = department if world == "department" else copies(department.only("claims-triage"), services)
    given = given.replace(quarters=quarters)
    book = sim.practices.reference() if name == "reference" else sim.Playbook()
    sim.simulate(given.replace(quarters=1), book, seed=0)
    base = _peak_mb()
    units = [_units(given, book) for _ in range(ROUNDS)]
    peak = _peak_mb()
    tracemalloc.start()
    sim.simulate(given, book, seed=0)
    held = tracemalloc.get_traced_memory()[1] / 2**20
    return {"units": median(units), "base_mb": base, "peak_mb": peak, "held_mb": held}


def _units(given: sim.Scenario, book: sim.Playbook) -> float:
    """Return the time of one run, begun with nothing remembered, in U."""
    before = unit_seconds(1)
    learning.forget()
    taken = sum(sim.simulate(given, book, seed=0).timings.values())
    return taken / ((before + unit_seconds(1)) / 2)


def _peak_mb() -> float:
    """Return the most memory that this process has held so far; Linux counts kB, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
