"""Incidents begin when they will, whatever anybody decides."""

import numpy as np
import pytest

from sim.streams import Streams
from sim.world.shocks import shocks

DAYS = 731


def test_counts_are_those_of_a_poisson_process():
    runs, rate = 600, 3.0
    mean = rate * DAYS / 365.25
    counts = np.array([len(shocks(Streams(seed), "triage", "outage", rate, DAYS)) for seed in range(runs)])
    assert abs(counts.mean() - mean) < 4.5 * np.sqrt(mean / runs)
    assert abs(counts.var(ddof=1) - mean) < 4.5 * np.sqrt((mean + 2 * mean**2) / runs)


def test_days_are_uniform_and_efforts_have_mean_one():
    all_of_them = [s for seed in range(400) for s in shocks(Streams(seed), "triage", "outage", 5.0, DAYS)]
    began = np.array([s.began for s in all_of_them])
    effort = np.array([s.effort for s in all_of_them])
    n = len(began)
    assert began.min() >= 0 and began.max() < DAYS
    assert abs(began.mean() - DAYS / 2) < 4.5 * DAYS / np.sqrt(12 * n)
    assert abs(effort.mean() - 1) < 4.5 * np.sqrt(np.expm1(0.36) / n)
    assert abs(np.log(effort).std() - 0.6) < 4.5 * 0.6 / np.sqrt(2 * n)


def test_a_longer_run_changes_no_earlier_incident():
    short, long = (shocks(Streams(3), "triage", "outage", 6.0, days) for days in (300, 700))
    assert long[: len(short)] == short and len(long) > len(short) > 0
    assert all(s.began >= 300 for s in long[len(short) :])


def test_another_kind_changes_nobody_elses():
    assert [s.began for s in shocks(Streams(3), "a", "x", 6.0, DAYS)] != [
        s.began for s in shocks(Streams(3), "a", "y", 6.0, DAYS)
    ]
    assert shocks(Streams(3), "a", "x", 6.0, DAYS) == shocks(Streams(3), "a", "x", 6.0, DAYS)


def test_certain_days_are_certain():
    found = shocks(Streams(0), "a", "x", 0.0, 100, on_days=(50.0, 7.0, 100.0))
    assert [s.began for s in found] == [7.0, 50.0]
    assert [s.incident_id for s in found] == ["a/x/0", "a/x/1"]
    assert shocks(Streams(0), "a", "x", 0.0, 100) == []


@pytest.mark.parametrize("rate", [0.5, 20.0])
def test_incidents_are_in_order(rate):
    began = [s.began for s in shocks(Streams(9), "a", "x", rate, DAYS, on_days=(400.0,))]
    assert began == sorted(began) and 400.0 in began
