"""A team's queue is that of queueing theory, and hours that are 3 % longer than they should be are seen."""

from __future__ import annotations

import numpy as np
import pytest

from sim.organisation.topology import CENTRE, CROSS_FUNCTIONAL, SILO
from tests.verification.queues import (
    INTERRUPTED,
    LEADS,
    REPLICATIONS,
    SETTINGS,
    WAITS,
    erlang,
    interrupted,
    interrupted_conclude,
    lead,
    queue,
)


@pytest.mark.slow
@pytest.mark.parametrize("check", WAITS)
def test_the_wait_is_that_of_erlang_c(check):
    (row,) = check.results()
    assert row.passed, row


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load"), SETTINGS)
def test_hours_three_per_cent_longer_show(servers, load):
    assert not erlang(servers, load, slower=1.03).results()[0].passed


@pytest.mark.parametrize(("servers", "load"), SETTINGS)
def test_each_wait_is_that_of_the_recursion_of_kiefer_and_wolfowitz(servers, load):
    """Whoever is free first takes the next job: the waits follow from arrivals and services alone (1955)."""
    run = queue(servers, load, seed=3, jobs=1500)
    came, free, waits = np.cumsum(run["gaps"]), np.zeros(servers), []
    for now, days in zip(came, run["days"], strict=True):
        first = free.argmin()
        begun = max(now, free[first])
        free[first] = begun + days
        waits.append(begun - now)
    assert np.allclose(run["started_day"] - run["queued_day"], waits, rtol=0, atol=1e-6) and max(waits) > 1


def in_system(run: dict, first: float, last: float) -> float:
    """Return the mean number of jobs in the system over a span of time, counted from the events alone."""
    came, gone = np.sort(run["queued_day"]), np.sort(run["finished_day"])
    times = np.unique(np.concatenate([came, gone, [first, last]]))
    times = times[(times >= first) & (times <= last)]
    number = np.searchsorted(came, times[:-1], side="right") - np.searchsorted(gone, times[:-1], side="right")
    return float((number * np.diff(times)).sum() / (last - first))


def test_littles_law_holds_from_an_empty_office_to_an_empty_office():
    run = queue(3, 0.75, seed=5, jobs=3000)
    first, last = 0.0, run["finished_day"].max()
    rate, sojourn = 3000 / last, (run["finished_day"] - run["queued_day"]).mean()
    assert in_system(run, first, last) == pytest.approx(rate * sojourn, rel=1e-9)
    assert in_system(run, first, last) != pytest.approx(rate * sojourn * 1.03, rel=1e-3)


@pytest.mark.slow
def test_a_hand_off_adds_a_queue_and_a_cross_functional_team_does_not_pay_it():
    silos, together = (LEADS[form].results()[0] for form in (SILO, CROSS_FUNCTIONAL))
    assert silos.passed and together.passed
    assert together.value < silos.value - 1


def test_explaining_is_work_and_the_fewer_queues_the_fewer_explanations():
    leads = {
        (form, explain): lead(form, 1, 0.5, explain, jobs=1500)[0]
        for form in (SILO, CROSS_FUNCTIONAL, CENTRE)
        for explain in (0.0, 0.2)
    }
    assert leads[SILO, 0.2] > leads[SILO, 0.0] + 0.2
    for form in (CROSS_FUNCTIONAL, CENTRE):
        assert leads[form, 0.2] == leads[form, 0.0]
    assert leads[CROSS_FUNCTIONAL, 0.0] < leads[SILO, 0.0]


@pytest.mark.slow
def test_incidents_wait_for_incidents_alone_and_other_work_for_both_and_for_the_time_given_back():
    assert all(row.passed for row in INTERRUPTED.results())
    without = interrupted_conclude(np.array([interrupted(seed, pay_back=False) for seed in range(REPLICATIONS)]))
    assert without[0].passed and not without[1].passed
