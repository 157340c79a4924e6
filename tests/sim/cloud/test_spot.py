"""The spot market: prices that move day by day, and jobs that begin again from their last checkpoint."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cloud.prices import DAYS_PER_MONTH
from sim.cloud.spot import MOST_INTERRUPTIONS, Checkpoints, gaps, hourly_rate, persistent, run, savings
from sim.streams import Streams

GUARD = Checkpoints(every_hours=4.0, hours=0.5, resume_hours=0.25)


def one(work: float, until: list[float], guard: Checkpoints = GUARD):
    """Run one job that is interrupted after so many hours, again and again, and then no more."""
    given = np.full((1, MOST_INTERRUPTIONS), np.inf)
    given[0, : len(until)] = until
    ran = run(np.array([work]), 1.0, guard, given)
    return ran.elapsed_hours[0], ran.spot_hours[0], ran.interruptions[0]


def test_without_interruptions_a_job_takes_its_work_and_its_checkpoints():
    assert one(10.0, []) == (11.0, 11.0, 0)
    assert one(8.0, []) == (8.5, 8.5, 0), "nothing is written at the end"
    assert one(3.0, []) == (3.0, 3.0, 0)
    assert one(0.0, []) == (0.0, 0.0, 0)


def test_an_interruption_undoes_what_no_checkpoint_keeps():
    assert one(10.0, [5.0]) == (5 + 0.25 + 6.5, 5 + 6.5, 1), "four hours were kept, six and a checkpoint are left"
    assert one(10.0, [4.2]) == (4.2 + 0.25 + 11.0, 15.2, 1), "the checkpoint was not written to its end"
    assert one(10.0, [9.0]) == (9.0 + 0.25 + 2.0, 11.0, 1)
    assert one(10.0, [5.0, 1.0]) == (5 + 0.25 + 1 + 0.25 + 6.5, 12.5, 2)
    assert one(10.0, [11.0]) == (11.0, 11.0, 0), "done in the very moment"


def test_a_job_that_is_never_left_alone_is_finished_on_demand():
    ran = run(np.array([10.0]), 1.0, GUARD, np.full((1, MOST_INTERRUPTIONS), 1.0))
    assert ran.interruptions[0] == MOST_INTERRUPTIONS and ran.spot_hours[0] == MOST_INTERRUPTIONS
    assert ran.on_demand_hours[0] == 11.0 and ran.elapsed_hours[0] == MOST_INTERRUPTIONS * 1.25 + 11


def test_no_rate_means_no_interruption():
    ran = run(np.array([1e6]), 0.0, GUARD, gaps(np.random.default_rng(1), 1))
    assert ran.interruptions[0] == 0 and hourly_rate(0.0) == 0


def test_each_job_has_its_own_chances():
    until = gaps(np.random.default_rng(1), 50)
    work = np.full(50, 30.0)
    together = run(work, 0.1, GUARD, until)
    for i in (0, 17, 49):
        alone = run(work[:1], 0.1, GUARD, until[i : i + 1])
        assert alone.elapsed_hours[0] == together.elapsed_hours[i]


def test_a_monthly_share_is_an_hourly_rate():
    hours = 24 * DAYS_PER_MONTH
    for share in (0.05, 0.155, 0.9):
        assert 1 - np.exp(-hourly_rate(share) * hours) == pytest.approx(share)


def test_the_saving_has_the_published_mean_and_deciles():
    days = savings(Streams(3), 100_000)
    assert days.mean() == pytest.approx(0.62, abs=0.004)
    assert np.quantile(days, [0.1, 0.9]) == pytest.approx([0.53, 0.66], abs=0.004)
    assert 0.5 <= days.min() < days.max() <= 0.74


def test_a_longer_run_has_the_same_first_days():
    assert (savings(Streams(3), 100) == savings(Streams(3), 400)[:100]).all()
    assert (savings(Streams(3), 100) != savings(Streams(4), 100)).any()


def test_the_process_keeps_its_spread_and_its_memory():
    process = persistent(np.random.default_rng(2).standard_normal(200_000), 0.9)
    assert process.std() == pytest.approx(1, abs=0.03)
    assert np.corrcoef(process[1:], process[:-1])[0, 1] == pytest.approx(0.9, abs=0.01)
