"""Jobs on the spot market against theory: interruptions, hours paid for, and time to the end.

Interruptions are a Poisson process of rate r. A stretch of s hours that begins again whenever it is interrupted is
interrupted exp(r s) - 1 times on average, runs for (exp(r s) - 1) / r hours in all, and waits d hours after each
interruption (Daly 2006, equation 13, without a cost of restarting). A job is so many stretches.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.cloud.spot import Checkpoints, Runs, gaps, run

JOBS = 100_000

SETTINGS = [
    (40.0, 0.05, Checkpoints(4.0, 0.25, 0.5)),
    (24.0, 0.02, Checkpoints(1.0, 0.1, 0.25)),
    (10.0, 0.15, Checkpoints(20.0, 0.0, 0.0)),
    (100.0, 0.03, Checkpoints(8.0, 0.5, 2.0)),
]


def theory(work: float, rate: float, guard: Checkpoints) -> tuple[float, float, float]:
    """Return interruptions, hours paid for, and hours from the start to the end."""
    pieces = int(np.ceil(work / guard.every_hours))
    stretch = np.full(pieces, guard.every_hours + guard.hours)
    stretch[-1] = work - (pieces - 1) * guard.every_hours
    interruptions = float(np.expm1(rate * stretch).sum())
    return interruptions, interruptions / rate, interruptions * (1 / rate + guard.resume_hours)


def means(ran: Runs) -> tuple[np.ndarray, np.ndarray]:
    """Return the three means, and their standard errors."""
    found = np.stack([ran.interruptions, ran.spot_hours + ran.on_demand_hours, ran.elapsed_hours])
    return found.mean(axis=1), found.std(axis=1, ddof=1) / np.sqrt(found.shape[1])


def missed(ran: Runs, told: tuple[float, float, float]) -> float:
    """Return by how many standard errors the mean that is furthest off misses what was told."""
    found, error = means(ran)
    return float(np.max(np.abs(found - told) / error))


def jobs(work: float, rate: float, guard: Checkpoints) -> Runs:
    return run(np.full(JOBS, work), rate, guard, gaps(np.random.default_rng(11), JOBS))


@pytest.mark.parametrize("setting", SETTINGS)
def test_jobs_go_as_theory_has_it(setting):
    ran, told = jobs(*setting), theory(*setting)
    assert missed(ran, told) < 3
    assert (6 * means(ran)[1] < 0.03 * np.array(told)).all(), "too few jobs to tell an error of 3 % from chance"


@pytest.mark.parametrize("setting", SETTINGS)
def test_nobody_is_interrupted_in_the_share_of_jobs_that_theory_has(setting):
    work, rate, guard = setting
    whole = work + (np.ceil(work / guard.every_hours) - 1) * guard.hours
    wanted, found = np.exp(-rate * whole), (jobs(*setting).interruptions == 0).mean()
    assert abs(found - wanted) < 3 * np.sqrt(wanted * (1 - wanted) / JOBS)


@pytest.mark.parametrize(
    "broken",
    [
        lambda work, rate, guard: (work, rate * 1.03, guard),
        lambda work, rate, guard: (work * 1.03, rate, guard),
        lambda work, rate, guard: (work, rate, Checkpoints(2 * work, 0.0, guard.resume_hours)),
        lambda work, rate, guard: (work, rate, Checkpoints(guard.every_hours, 0.0, guard.resume_hours)),
        lambda work, rate, guard: (work, rate, Checkpoints(guard.every_hours, guard.hours, 0.0)),
    ],
    ids=["rate", "work", "no checkpoints", "free checkpoints", "no wait"],
)
def test_a_broken_build_is_seen(broken):
    assert missed(jobs(*broken(*SETTINGS[0])), theory(*SETTINGS[0])) > 3
