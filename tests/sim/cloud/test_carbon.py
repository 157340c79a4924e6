"""Carbon: energy from what ran and how hard, and the grid's intensity in that hour; by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from sim.cloud import carbon
from sim.cloud.prices import PRICES
from sim.streams import Streams

START = datetime.date(2026, 4, 1)
YEAR = 365


@pytest.fixture(scope="module")
def grid() -> np.ndarray:
    days = 60 * YEAR
    return carbon.intensity(carbon.seasonal(START, days), carbon.wind(Streams(1), days), 124.0)


def test_the_grid_has_the_published_mean_and_floor(grid):
    yearly = grid.reshape(60, -1).mean(axis=1)
    assert abs(yearly.mean() - 124.0) < 3 * yearly.std(ddof=1) / np.sqrt(60) < 0.03 * 124.0
    assert grid.min() >= carbon.LOWEST_G and np.quantile(grid, 0.9999) < 600


def test_a_winter_evening_is_dirtier_than_a_summer_night(grid):
    shape = carbon.seasonal(START, YEAR)
    july, january = 100, 285
    assert shape[january, 18] > 1.2 and shape[july, 3] < 0.9
    assert shape[july, 13] < shape[july].mean() < shape[january, 13]
    assert shape.mean() == pytest.approx(1.0, abs=0.001)
    assert np.argmax(shape[january]) == 18


def test_a_longer_run_has_the_same_first_days():
    assert (carbon.wind(Streams(3), 100) == carbon.wind(Streams(3), 400)[:100]).all()


def test_the_forecast_knows_today_and_forgets_the_weather():
    shape = carbon.seasonal(START, 10)
    told = carbon.forecast(shape, 2.0, 124.0)
    assert told[0] == pytest.approx(carbon.intensity(shape[:1], np.array([2.0]), 124.0)[0])
    usual = 124.0 * shape
    ratio = (told / usual).mean(axis=1)
    assert (np.diff(ratio) < 0).all() and ratio[-1] == pytest.approx(1, abs=0.01)


def test_the_forecast_is_right_on_average():
    """What the next days turn out to be, after many days like today, has the mean that was told."""
    today, still = 1.0, np.random.default_rng(5).standard_normal(200_000)
    rho = carbon.WIND_PERSISTENCE
    tomorrow = rho * today + np.sqrt(1 - rho**2) * still
    shape = np.ones((2, 24))
    found = 124.0 * np.exp(carbon.WIND * tomorrow - carbon.WIND**2 / 2)
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert abs(found.mean() - carbon.forecast(shape, today, 124.0)[1, 0]) < 3 * error < 0.03 * 124


def test_power_by_hand():
    assert carbon.watts("m5.2xlarge") == pytest.approx(8 * 300 / 64)
    assert carbon.watts("g4dn.xlarge") == pytest.approx(4 * 300 / 64 + 70)
    assert carbon.watts("standard") == 0
    assert {sku for sku, line in PRICES.items() if line.gpus} == set(carbon.GPU_WATTS)


def kg(hours: float, busy: float, kind: str, grid: np.ndarray, day: int = 0) -> float:
    one = (np.array([x]) for x in (day, hours, busy, 100.0, kind))
    return float(carbon.resource_day_kg(grid, *one, 1.15)[0])


def test_a_resource_day_by_hand():
    """A machine of 100 W, idle at 30 W, on a grid that is at 200 g by night, until eight, and at 50 g by day."""
    grid = np.tile(np.repeat([200.0, 50.0], [8, 16]), (2, 1))
    assert kg(24, 0, "serving", grid) == pytest.approx(1.15 * 0.03 * (8 * 0.2 + 16 * 0.05))
    assert kg(24, 6, "serving", grid) == pytest.approx(1.15 * (0.03 * (8 * 0.2 + 16 * 0.05) + 0.07 * 6 * 0.2))
    assert kg(24, 6, "development", grid) == pytest.approx(1.15 * (0.03 * 2.4 + 0.07 * 6 * 0.05))
    assert kg(6, 6, "pipeline", grid, day=1) == pytest.approx(1.15 * 0.1 * 6 * 0.2), "on for no longer than it works"
    assert kg(30, 6, "pipeline", grid) == pytest.approx(1.15 * (0.03 * 2.4 + 0.03 * 6 * 0.2 + 0.07 * 6 * 0.2))


def test_a_job_by_hand():
    grid = np.tile(np.repeat([200.0, 50.0], [8, 16]), (2, 1))
    day, hour, hours = carbon.spread(0.25, 6.0, 6.0)
    assert list(zip(day, hour, hours, strict=True)) == [(0, h, 1.0) for h in range(6, 12)]
    assert carbon.job_kg(grid, day, hour, hours, 100.0, 1.15).sum() == pytest.approx(1.15 * 0.1 * (2 * 0.2 + 4 * 0.05))


def test_a_job_is_spread_over_its_time():
    day, hour, hours = carbon.spread(1.0 + 22.5 / 24, 3.0, 6.0)
    assert list(zip(day, hour, strict=True)) == [(1, 22), (1, 23), (2, 0), (2, 1)]
    assert hours == pytest.approx([1, 2, 2, 1])
    assert carbon.spread(0.5, 0.0, 0.0)[2].sum() == 0


def test_a_tonne_is_worth_what_the_green_book_says():
    assert carbon.appraised_gbp(500.0) == pytest.approx(138.5)
