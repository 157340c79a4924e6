"""Monotonicity: more of a thing never does the opposite of what it is for, seed by seed in the same world."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

import sim
from tests.verification.check import Check, Row, at_most
from tests.worlds import quiet, small

SEEDS = 5

NAIVE, REFERENCE = sim.Playbook(), sim.practices.reference()
RETRAINED = NAIVE.replace(retrain=sim.practices.retrain_on_schedule(days=45))


def total(run: sim.Run, frame: str, column: str) -> float:
    """Return the sum of a frame's column."""
    return float(run.frames[frame][column].sum())


def steps(world: Callable[[], sim.Scenario], books: list[sim.Playbook], of: Callable[[sim.Run], float], seed: int):
    """Return by how much each step adds to a figure: more of something, in the same world."""
    values = [of(sim.simulate(world(), book, seed=seed, instant=True)) for book in books]
    return np.diff(values)


def dearer(seed: int) -> np.ndarray:
    """Return by how much a rise of the price of machines lowers the bill."""
    bills = []
    for factor in (1.0, 1.1, 1.3):
        rise = {"name": "rise", "line": "compute", "announced_day": 10, "day": 40, "factor": factor}
        run = sim.simulate(quiet(1, 30, {"price_changes": [rise]}), NAIVE, seed=seed, instant=True)
        bills.append(-run.billing["BilledCost"].sum())
    return np.diff(bills)


def busier(seed: int) -> np.ndarray:
    """Return by how much more cases to decide lower the work of machines."""
    done = [
        -total(sim.simulate(quiet(1, cases), NAIVE, seed=seed, instant=True), "usage", "vcpu_hours")
        for cases in (30, 60, 90)
    ]
    return np.diff(done)


def longer_kept(seed: int) -> np.ndarray:
    """Return by how much longer keeping lowers the records held too long."""
    books = [NAIVE.replace(retain=sim.retention(days, 0, 0)) for days in (30, 60, 120)]
    return -steps(
        partial(small, 2, 40, keep_days=40), books, partial(total, frame="daily", column="held_too_long"), seed
    )


def stricter(seed: int) -> np.ndarray:
    """Return by how much a stricter gate adds to the defects of what is delivered.

    Lateness is left out: it is the price of a gate, for what is held comes late.
    """

    def defects(run: sim.Run) -> float:
        return float(run.quality.loc[run.quality["dimension"] != "timeliness", "failed"].sum())

    return steps(partial(small, 2, 80), [NAIVE, *GATES], defects, seed)


def conclude(parts: np.ndarray) -> list[Row]:
    """Say that no step in any world went the wrong way."""
    return [at_most(parts.ravel(), 1e-9)]


def ladder(world: Callable[[], sim.Scenario], books: list[sim.Playbook], frame: str, column: str, sign: int = 1):
    """Return a measurement: what each step adds to the sum of a column, times a sign."""
    return partial(_signed, world, books, frame, column, sign)


def _signed(world, books, frame: str, column: str, sign: int, seed: int) -> np.ndarray:
    return sign * steps(world, books, partial(total, frame=frame, column=column), seed)


GATES = [NAIVE.replace(validate=sim.practices.validation_gate(reach=reach)) for reach in (8.0, 5.0, 3.0)]
WAYS = [NAIVE, NAIVE.replace(ingest="hourly"), NAIVE.replace(ingest="streaming")]
REPLICAS = [NAIVE.replace(scale=partial(lambda n, load: n, n)) for n in (1, 2, 4)]
HIDDEN = [NAIVE, NAIVE.replace(protect=REFERENCE.protect)]

CHECKS = [
    Check("monotonicity", (name,), unit, SEEDS, measure, conclude, slow=True)
    for name, unit, measure in (
        (
            "A stricter gate never delivers more defects, lateness apart",
            "records that fail",
            stricter,
        ),
        (
            "Fresher ingest never ages a feature",
            "hours, summed over days",
            ladder(partial(small, 1, 60), WAYS, "daily", "feature_age_hours"),
        ),
        (
            "More replicas never decide fewer cases in time",
            "cases",
            ladder(partial(small, 1, 400), REPLICAS, "daily", "on_time", -1),
        ),
        (
            "Protected records never identify more people",
            "people",
            ladder(
                partial(small, 2, 80, breach={"accounts": 200, "per_account_year": 0.02, "found_days": 20.0}),
                HIDDEN,
                "daily",
                "people_identified",
            ),
        ),
        ("Keeping records longer never holds fewer too long", "record-days", longer_kept),
        ("Dearer machines never make a smaller bill", "GBP", dearer),
        ("More cases never make less work for machines", "vCPU hours", busier),
    )
]
