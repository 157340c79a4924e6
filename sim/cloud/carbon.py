"""Carbon: what machines draw, and how clean the grid is in the hour in which they draw it.

Great Britain's grid is cleanest at night, on a sunny noon and in a wind, and dirtiest on a still winter's evening.
Nothing here simulates: energy follows from what ran and how hard, carbon from the hour. Storage, networks and the
making of the machines are left out.
"""

from __future__ import annotations

import datetime
from typing import Final

import numpy as np

from sim.cloud.prices import price
from sim.cloud.sizes import FUNCTION_GB_PER_VCPU
from sim.cloud.spot import persistent
from sim.streams import Streams

LOWEST_G: Final = 19.0
"""Lowest intensity of Great Britain's grid, g CO2e per kWh (Carbon Brief and ESO, read)."""

GBP_PER_TONNE: Final = 277.0
"""Value of a tonne of CO2e in appraisal, 2026, at prices of 2022: Green Book (range 139 to 416; R package greenbook,
read). It is harm to everybody, and nobody's bill."""

DAY_SHAPE: Final = np.array(
    [0.92, 0.89, 0.87, 0.86, 0.87, 0.91, 0.99, 1.06, 1.07, 1.05, 1.02, 1.00,
     0.98, 0.97, 0.98, 1.02, 1.09, 1.17, 1.19, 1.16, 1.10, 1.04, 0.98, 0.94]
)  # fmt: skip
"""Intensity by hour of the day beside the day's mean, without the sun (general knowledge of the grid's usual day)."""

WINTER: Final = 0.14
"""How far a mid-January day lies above the year's mean, and a mid-July day below it (general knowledge)."""

SUN: Final = 0.30
"""How far the sun lowers the intensity at one o'clock on a midsummer's day; not at all in midwinter (general)."""

WIND: Final = 0.35
"""Standard deviation of the logarithm of the daily level that the wind makes (general knowledge)."""

WIND_PERSISTENCE: Final = 0.6
"""Correlation of that level from one day to the next (general knowledge: weather lasts some days)."""

VCPU_WATTS: Final = 300.0 / 64
"""Full power of a vCPU: a Xeon 8375C of 64 draws 300 W (codecarbon, read)."""

GPU_WATTS: Final = {"g4dn.xlarge": 70.0, "p3.2xlarge": 300.0}
"""Full power of a machine's GPU: T4 and V100 (general knowledge)."""

IDLE: Final = 0.3
"""Share of full power that a machine draws when it does nothing (general knowledge: a quarter to a half)."""

NIGHT: Final = (0, 8)
WORKING: Final = {"serving": NIGHT, "pipeline": NIGHT, "training": (0, 24), "development": (9, 17), "function": (0, 24)}
"""Hours of the day in which machines of a kind do their work: records are scored at night, people sit at their machines
by day, cases come in and trainings that nobody places begin at any hour."""


def seasonal(start: datetime.date, days: int) -> np.ndarray:
    """Return the expected intensity by day and hour beside the year's mean, shape (days, 24).

    Parameters
    ----------
    start : datetime.date
        The date of day 0.
    days : int
        How many.
    """
    turn = 2 * np.pi * ((start.timetuple().tm_yday - 1 + np.arange(days)) / 365.25)
    level = 1 + WINTER * np.cos(turn - 2 * np.pi * 14 / 365.25)
    summer = (1 - np.cos(turn + 2 * np.pi * 10 / 365.25)) / 2
    sun = np.clip(np.cos((np.arange(24) + 0.5 - 13) * np.pi / 12), 0, None)
    shape = DAY_SHAPE / DAY_SHAPE.mean() - SUN * summer[:, None] * sun
    return level[:, None] * shape / shape.mean(axis=1, keepdims=True)


def wind(streams: Streams, days: int) -> np.ndarray:
    """Return the state of the wind on each day, standard normal and persistent, shape (days,); high is still air."""
    return persistent(streams.generator("grid/wind").standard_normal(days), WIND_PERSISTENCE)


def intensity(shape: np.ndarray, still: np.ndarray, mean_g: float) -> np.ndarray:
    """Return the grid's intensity by day and hour, g CO2e per kWh.

    Parameters
    ----------
    shape : ndarray of float, shape (days, 24)
        As `seasonal` gives it.
    still : ndarray of float, shape (days,)
        As `wind` gives it.
    mean_g : float
        The year's mean.

    Returns
    -------
    ndarray of float, shape (days, 24)
        Never below `LOWEST_G`.
    """
    level = np.exp(WIND * still - WIND**2 / 2)
    return np.maximum(mean_g * shape * level[:, None], LOWEST_G)


def forecast(shape: np.ndarray, still: float, mean_g: float) -> np.ndarray:
    """Return the intensity to be expected from what is known today.

    Parameters
    ----------
    shape : ndarray of float, shape (days, 24)
        Of today and the days after.
    still : float
        Today's state of the wind.
    mean_g : float
        The year's mean.

    Returns
    -------
    ndarray of float, shape (days, 24)
        Today's weather fades by `WIND_PERSISTENCE` each day.
    """
    ahead = WIND_PERSISTENCE ** np.arange(len(shape))
    spread = WIND**2 * (1 - ahead**2)
    level = np.exp(WIND * still * ahead + (spread - WIND**2) / 2)
    return np.maximum(mean_g * shape * level[:, None], LOWEST_G)


def watts(size: str) -> float:
    """Return what a machine of a size draws at full work, or a function for each GB of its memory, W; else nothing."""
    line = price(size)
    if line.family == "serverless":
        return VCPU_WATTS / FUNCTION_GB_PER_VCPU
    return line.vcpus * VCPU_WATTS + GPU_WATTS.get(size, 0.0)


def resource_day_kg(
    grid: np.ndarray, day: np.ndarray, hours: np.ndarray, busy: np.ndarray, full: np.ndarray, kind: np.ndarray,
    pue: float,
) -> np.ndarray:  # fmt: skip
    """Return the carbon of machines by resource and day.

    Parameters
    ----------
    grid : ndarray of float, shape (days, 24)
        As `intensity` gives it.
    day : ndarray of int, shape (n,)
        Of each resource-day.
    hours, busy : ndarray of float, shape (n,)
        Machine hours that were paid for, and those of them that were worked.
    full : ndarray of float, shape (n,)
        Full power of one machine, W.
    kind : ndarray of str, shape (n,)
        A key of `WORKING`.
    pue : float
        Power usage effectiveness: energy of the whole site for that of its machines.

    Returns
    -------
    ndarray of float, shape (n,)
        kg CO2e. A machine that is on all day draws idle power in every hour; what it works, and machines that are on
        for part of a day, draw theirs in the hours of their kind.
    """
    average = grid.mean(axis=1)[day]
    working = np.empty(len(day))
    for name, (first, last) in WORKING.items():
        here = kind == name
        working[here] = grid[:, first:last].mean(axis=1)[day[here]]
    through = np.floor(hours / 24) * 24
    grams = IDLE * (through * average + (hours - through) * working) + (1 - IDLE) * busy * working
    return grams * full * pue / 1e6


def job_kg(
    grid: np.ndarray, day: np.ndarray, hour: np.ndarray, hours: np.ndarray, full: float, pue: float
) -> np.ndarray:
    """Return the carbon of a job that works a machine of its own, hour by hour, kg CO2e.

    Parameters
    ----------
    grid : ndarray of float, shape (days, 24)
        As `intensity` gives it.
    day, hour : ndarray of int, shape (n,)
        Clock hours in which it runs.
    hours : ndarray of float, shape (n,)
        Machine hours in each.
    full, pue : float
        As for `resource_day_kg`.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    return grid[day, hour] * hours * full * pue / 1e6


def spread(start: float, elapsed_hours: float, machine_hours: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spread a job's machine hours evenly over its time.

    Parameters
    ----------
    start : float
        Time at which it begins, in days.
    elapsed_hours, machine_hours : float
        From its start to its end, and paid for on the way.

    Returns
    -------
    day, hour : ndarray of int, shape (n,)
        Each clock hour that it touches.
    hours : ndarray of float, shape (n,)
        Machine hours in each; they sum to ``machine_hours``.
    """
    begin, end = start * 24, start * 24 + max(elapsed_hours, 1e-9)
    clock = np.arange(int(np.floor(begin)), int(np.ceil(end)))
    share = np.minimum(clock + 1, end) - np.maximum(clock, begin)
    return clock // 24, clock % 24, machine_hours * share / share.sum()


def appraised_gbp(kg: float) -> float:
    """Return the value of some carbon in appraisal, GBP: see `GBP_PER_TONNE`."""
    return kg / 1000 * GBP_PER_TONNE
