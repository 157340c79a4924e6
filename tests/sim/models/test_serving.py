"""A defect of serving code changes what is read, and not what was recorded."""

import numpy as np
import pytest

from sim.models.serving import FACTORS, CodeDefect, drawn
from sim.streams import Streams

ROWS = np.array([[1.0, 20.0, np.nan], [2.0, np.nan, 300.0]])


@pytest.mark.parametrize(
    ("defect", "read"),
    [
        (CodeDefect("scaled", 1, 100.0), [[1, 2000, np.nan], [2, np.nan, 300]]),
        (CodeDefect("swapped", 1, 1.0), [[1, np.nan, 20], [2, 300, np.nan]]),
        (CodeDefect("swapped", 2, 1.0), [[np.nan, 20, 1], [300, np.nan, 2]]),
        (CodeDefect("zero", 0, 1.0), [[1, 20, 0], [2, 0, 300]]),
    ],
)
def test_it_reads_otherwise_and_leaves_the_records_alone(defect, read):
    before = ROWS.copy()
    assert np.array_equal(defect.read(ROWS), np.array(read, dtype=float), equal_nan=True)
    assert np.array_equal(ROWS, before, equal_nan=True)


def test_it_says_what_is_wrong():
    names = ["age", "rent", "savings"]
    assert "rent times 100" in CodeDefect("scaled", 1, 100.0).describe(names)
    assert "savings and age for each other" in CodeDefect("swapped", 2, 1.0).describe(names)
    assert "missing values as 0" in CodeDefect("zero", 0, 1.0).describe(names)


def test_so_many_changes_bring_one_and_the_same_change_is_always_as_lucky():
    made = [drawn(Streams(1), "triage", n, 0.3, 0.5, 12) for n in range(2000)]
    some = [d for d in made if d is not None]
    assert abs(len(some) / 2000 - 0.3) < 4.5 * np.sqrt(0.3 * 0.7 / 2000)
    assert abs(np.mean([d.hidden for d in some]) - 0.5) < 4.5 * np.sqrt(0.25 / len(some))
    for kind in ("scaled", "swapped", "zero"):
        share = np.mean([d.kind == kind for d in some])
        assert abs(share - 1 / 3) < 4.5 * np.sqrt(2 / 9 / len(some))
    assert {d.column for d in some} == set(range(12)) and {d.factor for d in some} == set(FACTORS)
    assert made[:50] == [drawn(Streams(1), "triage", n, 0.3, 0.5, 12) for n in range(50)]
    more = [drawn(Streams(1), "triage", n, 0.6, 0.5, 12) for n in range(2000)]
    assert all(b == a for a, b in zip(made, more, strict=True) if a is not None)
    assert all(drawn(Streams(1), "triage", n, 0.0, 0.5, 12) is None for n in range(50))
