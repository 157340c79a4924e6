"""River's ADWIN against a direct simulation of its cut test.

Theory bounds ADWIN's false alarms and its delay (Bifet and Gavalda 2007, theorem 3.1), but so loosely that a detector
at fault by half would pass. So the direct simulation keeps the whole window as numbers and tests each cut from its
definition, at each border of the exponential histogram, whose bucket sizes hang on the count of cases alone. River,
which keeps only sums that it merges, must raise its first alarm at the very same case. A second one tests *every* cut,
as the paper's first version did: it says what the buckets cost in delay.
"""

from __future__ import annotations

import numpy as np
from river.drift import ADWIN

from tests.verification.check import MOST_ERRORS, Check, Row, never

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


BEFORE, AFTER, CHANGE, DELTA, STREAMS = 0.2, 0.35, 1000, 0.002, 120


def delay(part: int) -> np.ndarray:
    """Return the cases from the change to the alarm, one for each stream."""
    return np.array([first_alarm(s, DELTA) for s in errors(4, STREAMS, BEFORE, AFTER, 2600, CHANGE)]) - CHANGE


def delay_in_theory() -> int:
    """Return the number of new cases at which the change itself reaches what the cut test allows."""
    new = np.arange(SHORTEST, 1600)
    n, rate = CHANGE + new, (CHANGE * BEFORE + new * AFTER) / (CHANGE + new)
    pieces = 1 / (CHANGE - SHORTEST + 1) + 1 / (new - SHORTEST + 1)
    confidence = np.log(2 * np.log(n) / DELTA)
    allowed = np.sqrt(2 * pieces * rate * (1 - rate) * confidence) + 2 / 3 * pieces * confidence
    return int(new[np.argmax(allowed < AFTER - BEFORE)])


def delay_conclude(parts: np.ndarray) -> list[Row]:
    """Hold the mean delay to theory, within three standard errors and the 32 cases between two looks."""
    delays, expected = parts[0], delay_in_theory()
    mean, error = float(delays.mean()), float(delays.std(ddof=1) / np.sqrt(STREAMS))
    low, high = mean - MOST_ERRORS * error, mean + MOST_ERRORS * error
    passed = low < expected + CLOCK and high > expected - CLOCK and bool((delays > 0).all() and (delays < 1600).all())
    z = (mean - expected) / error
    return [Row(mean, low, high, expected - CLOCK, expected + CLOCK, z, STREAMS, float(passed))]


def elsewhere(part: int) -> tuple[float, float]:
    """Return the streams in which River and the direct simulation first alarm at different cases, and all of them."""
    apart = count = 0
    for delta in (0.002, 0.2):
        for before, after in [(0.2, 0.2), (0.2, 0.3), (0.2, 0.45), (0.5, 0.1)]:
            for stream in errors(1, 25, before, after):
                apart += first_alarm(stream, delta) != first_alarm_directly(stream, delta)
                count += 1
    return apart, count


CHECKS = [
    Check(
        "theory",
        ("ADWIN: streams whose first alarm is not that of the cut test simulated directly",),
        "share",
        1,
        elsewhere,
        lambda parts: [never(*parts[0])],
    ),
    Check(
        "theory", ("ADWIN: cases from a change to the alarm, within a look of 32",), "cases", 1, delay, delay_conclude
    ),
]
