"""River's ADWIN alarms where a direct simulation of its cut test does, and as late as theory has it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verification.drift_alarms import CHECKS, CLOCK, errors, first_alarm, first_alarm_directly


@pytest.mark.parametrize("check", CHECKS)
def test_alarms_at_the_very_same_case_and_as_late_as_the_cut_at_the_change(check):
    (row,) = check.results()
    assert row.passed, row


def test_alarms_at_the_very_same_case_on_amounts():
    rng = np.random.default_rng(2)
    for size in (0.0, 0.4, 2.0):
        for _ in range(10):
            stream = rng.lognormal(size=2000) + size * (np.arange(2000) >= 700)
            assert first_alarm(stream, 0.01) == first_alarm_directly(stream, 0.01)


def test_the_direct_simulation_can_tell_a_slightly_different_test():
    """A cut test at a delta a quarter larger or a fifth smaller alarms elsewhere: agreement is no accident."""
    streams = errors(3, 25, 0.2, 0.3)
    assert any(first_alarm(s, 0.002) != first_alarm_directly(s, 0.0025) for s in streams)
    assert any(first_alarm(s, 0.002) != first_alarm_directly(s, 0.0016) for s in streams)


def test_buckets_delay_an_alarm_and_never_hasten_it():
    streams = errors(5, 60, 0.2, 0.35)
    late = np.array([first_alarm(s, 0.002) - first_alarm_directly(s, 0.002, every_cut=True) for s in streams])
    assert (late >= 0).all()
    assert 0 < late.mean() < 100


@pytest.mark.slow
def test_false_alarms_are_those_of_the_direct_simulation_and_below_their_bound():
    """At a delta so large that there are any: one check is wrong with a chance below delta, by theorem 3.1."""
    streams = errors(6, 400, 0.2, 0.2, 1600)
    checks = 1600 / CLOCK
    for delta in (0.002, 0.5):
        river = np.array([first_alarm(s, delta) < 1600 for s in streams])
        directly = np.array([first_alarm_directly(s, delta) < 1600 for s in streams])
        every = np.array([first_alarm_directly(s, delta, every_cut=True) < 1600 for s in streams])
        assert (river == directly).all() and (every | ~river).all()
        assert every.mean() / checks < delta
    assert 0 < river.mean() <= every.mean()
