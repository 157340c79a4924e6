"""Jobs on the spot market against theory: interruptions, hours paid for, and time to the end.

Interruptions are a Poisson process of rate r. A stretch of s hours that begins again whenever it is interrupted is
interrupted exp(r s) - 1 times on average, runs for (exp(r s) - 1) / r hours in all, and waits d hours after each
interruption (Daly 2006, equation 13, without a cost of restarting). A job is so many stretches.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.cloud.spot import Checkpoints, Runs, gaps, run
from tests.verification.check import Check, Row, mean_against

JOBS = 100_000

Setting = tuple[float, float, Checkpoints]

SETTINGS: list[Setting] = [
    (40.0, 0.05, Checkpoints(4.0, 0.25, 0.5)),
    (24.0, 0.02, Checkpoints(1.0, 0.1, 0.25)),
    (10.0, 0.15, Checkpoints(20.0, 0.0, 0.0)),
    (100.0, 0.03, Checkpoints(8.0, 0.5, 2.0)),
]
"""Hours of work, interruptions an hour, and how the job guards itself."""

MEANS = ("interruptions", "hours paid for", "hours to the end")


def theory(work: float, rate: float, guard: Checkpoints) -> tuple[float, float, float, float]:
    """Return interruptions, hours paid for, hours from the start to the end, and the share never interrupted."""
    pieces = int(np.ceil(work / guard.every_hours))
    stretch = np.full(pieces, guard.every_hours + guard.hours)
    stretch[-1] = work - (pieces - 1) * guard.every_hours
    interruptions = float(np.expm1(rate * stretch).sum())
    hours = (interruptions, interruptions / rate, interruptions * (1 / rate + guard.resume_hours))
    return *hours, float(np.exp(-rate * stretch.sum()))


def simulated(work: float, rate: float, guard: Checkpoints) -> np.ndarray:
    """Return the same four of simulated jobs, then their standard errors."""
    ran: Runs = run(np.full(JOBS, work), rate, guard, gaps(np.random.default_rng(11), JOBS))
    spared = ran.interruptions == 0
    found = np.stack([ran.interruptions, ran.spot_hours + ran.on_demand_hours, ran.elapsed_hours, spared])
    return np.concatenate([found.mean(axis=1), found.std(axis=1, ddof=1) / np.sqrt(JOBS)])


def measure(setting: Setting, part: int) -> np.ndarray:
    """Return means and their errors; one part is all."""
    return simulated(*setting)


def conclude(setting: Setting, parts: np.ndarray) -> list[Row]:
    """Hold each mean to its theory, sharply enough to tell an error of 3 % from chance but for the last."""
    rows = []
    for told, mean, error in zip(theory(*setting), parts[0, :4], parts[0, 4:], strict=True):
        rows.append(mean_against(told, JOBS, mean, error, 0.015 * told if len(rows) < 3 else None))
    return rows


def check(setting: Setting) -> Check:
    """Return the check of one setting."""
    work, rate, guard = setting
    about = f"{work:g} h of work at {rate:g} interruptions an hour, a checkpoint every {guard.every_hours:g} h"
    rows = tuple(f"Spot jobs: {what}; {about}" for what in (*MEANS, "share never interrupted"))
    return Check("theory", rows, "mean", 1, partial(measure, setting), partial(conclude, setting))


CHECKS = [check(setting) for setting in SETTINGS]
