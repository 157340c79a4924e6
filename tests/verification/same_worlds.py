"""Worlds: every playbook meets the same one, one more case changes no other, and nothing is left to chance twice."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

import sim
from sim.streams import Streams
from sim.world.population import Population, populate
from tests.verification.check import Check, Row, never
from tests.worlds import small

SEEDS = 5

PARTS = ("day", "hour", "group", "truth", "clean", "record", "late", "twice", "lag")
"""What a case is, and what of it is recorded, how late, and known when."""


@lru_cache(maxsize=1)
def department() -> sim.Scenario:
    """Return household support over two quarters, with its three services."""
    return sim.load_scenario("household-support").replace(quarters=2)


def apart(one: Population, two: Population, rows: np.ndarray | None = None) -> int:
    """Return how many cases differ in anything at all; of the second, only some rows."""
    differs = np.zeros(len(one), dtype=bool)
    for name in PARTS:
        mine, theirs = getattr(one, name), getattr(two, name)[slice(None) if rows is None else rows]
        unlike = (mine != theirs) & ~((mine != mine) & (theirs != theirs))
        differs |= unlike.any(axis=1) if unlike.ndim > 1 else unlike
    for name, drawn in one.u.items():
        differs |= drawn != two.u[name][slice(None) if rows is None else rows]
    return int(differs.sum())


def playbooks(seed: int) -> tuple[int, int]:
    """Return the cases that are not the same under naive and reference, and all cases."""
    people = []
    for book in (sim.Playbook(), sim.practices.reference()):
        programme = sim.Programme(department(), seed=seed)
        while not programme.done:
            programme.advance(book)
        people.append([service.people for service in programme.services])
    if any(len(one) != len(two) for one, two in zip(*people, strict=True)):
        return 1, 1
    return sum(apart(*pair) for pair in zip(*people, strict=True)), sum(map(len, people[0]))


def one_more(seed: int) -> tuple[int, int]:
    """Return the cases that are changed by one more on each day, and all cases."""
    changed = count = 0
    for service in department().services:
        one, two = (populate(service, Streams(seed), 0, 182, extra=extra) for extra in (0, 1))
        rows = np.arange(len(one)) + one.day
        changed, count = changed + apart(one, two, rows), count + len(one)
    return changed, count


IDLE = sim.Playbook(
    validate=lambda batch: pd.Series(True, index=batch.index),
    repair=lambda batch: batch,
    retrain=lambda signals: False,
    decide=lambda scores, cases: np.where(scores >= 0.5, "approve", "refuse"),
    promote=lambda evidence: True,
    roll_back=lambda evidence: False,
    watch_model=sim.monitor(lambda reference, recent: 0.0, threshold=1.0),
)
"""Rules of one's own that decide just what nobody's do."""

RECORDS = ("daily", "groups", "cases", "decisions", "quality", "incidents", "models", "billing", "usage")
"""Frames in which nothing may differ; those of people's work and events tell of the rules themselves."""


def unlike(one: sim.Run, two: sim.Run, frames: tuple[str, ...]) -> int:
    """Return how many frames are not the same to the byte."""
    return sum(one.frames[name].to_parquet() != two.frames[name].to_parquet() for name in frames)


def idle(seed: int) -> tuple[int, int]:
    """Return the frames that rules change which decide nothing new, and all frames compared."""
    world = small(2, 60)
    one, two = (sim.simulate(world, book, seed=seed, instant=True) for book in (sim.Playbook(), IDLE))
    return unlike(one, two, RECORDS), len(RECORDS)


def again(seed: int) -> tuple[int, int]:
    """Return the frames that differ when the same seed is run twice, and all frames."""
    one, two = (sim.simulate(department(), sim.practices.reference(), seed=seed) for _ in range(2))
    return unlike(one, two, tuple(one.frames)), len(one.frames)


def conclude(parts: np.ndarray) -> list[Row]:
    """Say that nothing ever differed."""
    return [never(*parts.sum(axis=0))]


CHECKS = [
    Check("worlds", (name,), unit, SEEDS, measure, conclude, slow)
    for name, unit, measure, slow in (
        ("Cases that differ between naive and reference", "share of cases", playbooks, True),
        ("Cases that one more case on each day changes", "share of cases", one_more, False),
        ("Frames that a playbook of idle rules changes", "share of frames", idle, True),
        ("Frames that differ when a seed is run twice", "share of frames", again, True),
    )
]
