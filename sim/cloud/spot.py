"""The spot market: machines that cost a third, at a price that moves, and that may be taken away at any moment.

Nothing here simulates. Prices are a share of the price on demand, day by day; interruptions come as a Poisson process;
a job that writes checkpoints begins again from the last one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.cloud.prices import DAYS_PER_MONTH
from sim.streams import Streams

QUANTILES = (0.0, 0.1, 0.5, 0.9, 1.0)
"""Shares of days at which the saving lies below the figures in `SAVINGS`."""

SAVINGS = (0.50, 0.53, 0.65125, 0.66, 0.74)
"""Savings against the price on demand: mean 62 %, deciles 53 and 66 % (AWS spot advisor for London, July 2025, read);
the ends and the median are what a straight line between them needs for that mean (general knowledge)."""

PERSISTENCE = 0.9
"""Correlation of the market's state from one day to the next (general knowledge: prices move over weeks)."""

MOST_INTERRUPTIONS = 40
"""Interruptions after which a job is moved to a machine on demand, where it is finished."""


def savings(streams: Streams, days: int) -> np.ndarray:
    """Return the saving of the spot market on each day of a run.

    Parameters
    ----------
    streams : Streams
        Of the run; the market has one of its own.
    days : int
        How many; more of them leave the earlier ones as they were.

    Returns
    -------
    ndarray of float, shape (days,)
        Share of the price on demand that is saved: a normal process of order one, turned into the distribution that
        `SAVINGS` describes.
    """
    state = persistent(streams.generator("market/spot price").standard_normal(days), PERSISTENCE)
    below = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in state])
    return np.interp(below, QUANTILES, SAVINGS)


def persistent(normal: np.ndarray, correlation: float) -> np.ndarray:
    """Return a standard normal process of order one, shape (n,), from independent standard normal variates."""
    result, step = np.empty(len(normal)), math.sqrt(1 - correlation**2)
    now = 0.0
    for i, z in enumerate(normal.tolist()):
        now = z if i == 0 else correlation * now + step * z
        result[i] = now
    return result


def hourly_rate(monthly_share: float) -> float:
    """Return the interruptions per hour of which a share of all machines meets at least one in a month."""
    return -math.log1p(-monthly_share) / (DAYS_PER_MONTH * 24)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """How a job guards against being interrupted.

    Attributes
    ----------
    every_hours : float
        Hours of work from one checkpoint to the next.
    hours : float
        What writing one takes.
    resume_hours : float
        From an interruption until the job runs again on another machine; nobody is charged for it.
    """

    every_hours: float
    hours: float
    resume_hours: float


@dataclass(frozen=True, slots=True)
class Runs:
    """What became of some jobs; arrays of shape (n,).

    Attributes
    ----------
    elapsed_hours : ndarray of float
        From the start to the end.
    spot_hours, on_demand_hours : ndarray of float
        Machine hours that were paid for on each market; the latter only after `MOST_INTERRUPTIONS`.
    interruptions : ndarray of int
        Times that the machine was taken away.
    """

    elapsed_hours: np.ndarray
    spot_hours: np.ndarray
    on_demand_hours: np.ndarray
    interruptions: np.ndarray


def gaps(generator: np.random.Generator, jobs: int) -> np.ndarray:
    """Return exponential variates of mean 1, shape (jobs, `MOST_INTERRUPTIONS`), for `run`."""
    return generator.standard_exponential((jobs, MOST_INTERRUPTIONS))


def run(work_hours: np.ndarray, rate: float, guard: Checkpoints, until: np.ndarray) -> Runs:
    """Run jobs on spot machines to their end.

    Parameters
    ----------
    work_hours : ndarray of float, shape (n,)
        Machine hours that each takes when nothing interrupts it, checkpoints apart.
    rate : float
        Interruptions per hour of running.
    guard : Checkpoints
        A checkpoint is written after every so many hours of work, but for the end of the job. What an interruption
        undoes is the work since the last one that was written to its end.
    until : ndarray of float, shape (n, `MOST_INTERRUPTIONS`)
        Exponential variates of mean 1: for each job, the time from each start to the next interruption, times the
        rate.

    Returns
    -------
    Runs
        Without interruptions a job takes its work and its checkpoints. With them, a stretch of s hours between two
        checkpoints meets exp(rate s) - 1 of them on average, and takes so many times (1 / rate + resume_hours).
    """
    left = np.array(work_hours, dtype=float)
    elapsed, paid = np.zeros(len(left)), np.zeros(len(left))
    count = np.zeros(len(left), dtype=np.int64)
    going = np.arange(len(left))
    stretch = guard.every_hours + guard.hours
    for attempt in range(until.shape[1]):
        whole = _undisturbed(left[going], guard)
        gap = until[going, attempt] / rate if rate > 0 else np.full(len(going), np.inf)
        done = gap >= whole
        ran = np.where(done, whole, gap)
        elapsed[going] += ran
        paid[going] += ran
        going, ran = going[~done], ran[~done]
        if not len(going):
            break
        left[going] -= np.floor(ran / stretch) * guard.every_hours
        elapsed[going] += guard.resume_hours
        count[going] += 1
    dear = np.zeros(len(left))
    dear[going] = _undisturbed(left[going], guard)
    return Runs(elapsed + dear, paid, dear, count)


def _undisturbed(work: np.ndarray, guard: Checkpoints) -> np.ndarray:
    """Return the hours that some work takes with its checkpoints when nothing interrupts it."""
    written = np.maximum(np.ceil(work / guard.every_hours - 1e-9) - 1, 0)
    return work + written * guard.hours
