"""River's ADWIN against a direct simulation of its cut test.

Theory bounds ADWIN's false alarms and its delay (Bifet and Gavalda 2007, theorem 3.1), but so loosely that a detector
at fault by half would pass. So the direct simulation keeps the whole window as numbers and tests each cut from its
definition, at each border of the exponential histogram, whose bucket sizes hang on the count of cases alone. River,
which keeps only sums that it merges, must raise its first alarm at the very same case. A second one tests *every* cut,
as the paper's first version did: it says what the buckets cost in delay.
"""

from __future__ import annotations

import numpy as np
import pytest
from river.drift import ADWIN

CLOCK, GRACE, SHORTEST, BUCKETS = 32, 10, 5, 5


def borders(n: int) -> np.ndarray:
    """Return where the buckets end after n cases: at most five of each size, the two oldest of a sixth merged."""
    counts = [0]
    for _ in range(n):
        counts[0] += 1
        row = 0
        while counts[row] > BUCKETS:
            counts[row] -= 2
            row += 1
            if row == len(counts):
                counts.append(0)
            counts[row] += 1
    sizes = [2**row for row in reversed(range(len(counts))) for _ in range(counts[row])]
    return np.cumsum(sizes)[:-1]


CUTS = {n: borders(n) for n in range(CLOCK, 3001, CLOCK)}


def first_alarm_directly(stream: np.ndarray, delta: float, every_cut: bool = False) -> int:
    """Return the first case at which some cut shows two different means; the stream's length if none does."""
    sums = np.concatenate([[0.0], np.cumsum(stream)])
    for n in range(CLOCK, len(stream) + 1, CLOCK):
        if n <= GRACE:
            continue
        older = np.arange(1, n) if every_cut else CUTS[n]
        older = older[(older >= SHORTEST) & (n - older >= SHORTEST)]
        newer = n - older
        pieces = 1 / (older - SHORTEST + 1) + 1 / (newer - SHORTEST + 1)
        confidence = np.log(2 * np.log(n) / delta)
        allowed = np.sqrt(2 * pieces * np.var(stream[:n]) * confidence) + 2 / 3 * pieces * confidence
        if (np.abs(sums[older] / older - (sums[n] - sums[older]) / newer) > allowed).any():
            return n - 1
    return len(stream)


def first_alarm(stream: np.ndarray, delta: float) -> int:
    detector = ADWIN(delta=delta)
    for case, value in enumerate(stream.tolist()):
        detector.update(value)
        if detector.drift_detected:
            return case
    return len(stream)


def errors(seed: int, streams: int, before: float, after: float, cases: int = 2400, change: int = 1000) -> np.ndarray:
    """Return streams of a model's errors, whose rate changes at a case."""
    rate = np.where(np.arange(cases) < change, before, after)
    return (np.random.default_rng(seed).random((streams, cases)) < rate).astype(float)


@pytest.mark.parametrize("delta", [0.002, 0.2])
@pytest.mark.parametrize(("before", "after"), [(0.2, 0.2), (0.2, 0.3), (0.2, 0.45), (0.5, 0.1)])
def test_alarms_at_the_very_same_case(before, after, delta):
    for stream in errors(1, 25, before, after):
        assert first_alarm(stream, delta) == first_alarm_directly(stream, delta)


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


def test_delay_is_that_of_the_cut_at_the_change():
    """The mean delay is near the number of new cases at which the change itself reaches what the cut test allows."""
    before, after, change, delta = 0.2, 0.35, 1000, 0.002
    streams = errors(4, 120, before, after, 2600, change)
    delays = np.array([first_alarm(s, delta) for s in streams]) - change
    new = np.arange(SHORTEST, 1600)
    n, rate = change + new, (change * before + new * after) / (change + new)
    pieces = 1 / (change - SHORTEST + 1) + 1 / (new - SHORTEST + 1)
    confidence = np.log(2 * np.log(n) / delta)
    allowed = np.sqrt(2 * pieces * rate * (1 - rate) * confidence) + 2 / 3 * pieces * confidence
    expected = new[np.argmax(allowed < after - before)]
    error = delays.std(ddof=1) / np.sqrt(len(delays))
    assert (delays > 0).all() and (delays < 1600).all()
    assert expected - 3 * error - CLOCK < delays.mean() < expected + 3 * error + CLOCK


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
