"""Six dimensions of quality, on rows written by hand."""

import numpy as np

from sim.data.quality import DIMENSIONS, failures, frame

NAN = float("nan")
LOW, HIGH = np.array([0.0, 1.0, 0.0]), np.array([11.0, 12.0, 3000.0])
RULES = [(0, 1)]
TRUTH = np.array([[1.0, 3.0, 700.0]])


def failed(*values: float) -> dict[str, list[int]]:
    """Return the columns of one row that fail, by dimension, where any does."""
    found = failures(np.array([values]), TRUTH, LOW, HIGH, RULES)
    return {name: np.nonzero(fails[0])[0].tolist() for name, fails in found.items() if fails.any()}


def test_a_true_record_fails_nothing():
    assert failed(1, 3, 700) == {}


def test_a_missing_value_is_incomplete_and_nothing_else():
    assert failed(1, 3, NAN) == {"completeness": [2]}
    assert failed(NAN, NAN, NAN) == {"completeness": [0, 1, 2]}


def test_a_value_is_accurate_within_a_twentieth_or_one():
    assert failed(1, 3, 735) == {} == failed(1, 3, 665)
    assert failed(1, 3, 736) == {"accuracy": [2]}
    assert failed(1, 4, 700) == {} and failed(1, 5, 700) == {"accuracy": [1]}


def test_a_value_outside_its_range_is_invalid_and_wrong():
    assert failed(1, 3, -700) == {"accuracy": [2], "validity": [2]}
    assert failed(1, 3, 3001) == {"accuracy": [2], "validity": [2]}
    assert failed(1, 1, 700) == {"accuracy": [1], "consistency": [0]}


def test_two_values_that_cannot_both_be_true_are_inconsistent():
    assert failed(3, 3, 700) == {"accuracy": [0], "consistency": [0]}
    assert failed(2, 3, 700) == {}


def test_the_frame_counts_by_source_and_dimension():
    rows = np.array([10, 0, 4])
    counts = {
        ("form", "accuracy"): (rows, np.array([1, 0, 2])),
        ("form", "validity"): (rows, np.array([0, 0, 4])),
    }
    got = frame(counts)
    assert got.values.tolist() == [
        [0, "form", "accuracy", 10, 1, 0.9],
        [0, "form", "validity", 10, 0, 1.0],
        [2, "form", "accuracy", 4, 2, 0.5],
        [2, "form", "validity", 4, 4, 0.0],
    ]
    assert list(frame({}).columns) == list(got.columns)


def test_a_run_measures_all_six_for_each_source(run_of, scenario):
    seen = run_of("naive").quality
    assert set(seen["dimension"]) == set(DIMENSIONS)
    assert set(seen["source"]) == {s.name for s in scenario.services[0].sources}
    assert (seen["failed"] <= seen["rows"]).all() and (seen["rows"] > 0).all()
    assert (seen["score"] == 1 - seen["failed"] / seen["rows"]).all()
    assert seen.groupby("dimension")["failed"].sum().gt(0).all()
