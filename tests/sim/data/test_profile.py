"""A profile of a batch agrees with what anybody would compute, and the usual is a median of days."""

import numpy as np
import pytest

from sim.data.profile import FIGURES, LEAST_BATCHES, WINDOW_DAYS, Usual, profile


@pytest.fixture
def values():
    rng = np.random.default_rng(0)
    made = np.rint(rng.normal(50, 30, (101, 4)))
    made[rng.random(made.shape) < 0.1] = np.nan
    made[:, 3] = np.nan
    return made


def test_figures_are_those_of_numpy(values):
    low, high, case = np.zeros(4), np.full(4, 100.0), np.arange(101) % 90
    late = np.arange(101) < 20
    got = dict(zip(FIGURES, profile(values, low, high, case, late), strict=True))
    assert (got["rows"] == 101).all()
    assert got["missing"] == pytest.approx(np.isnan(values).mean(axis=0))
    for name, share in (("low", 0.05), ("median", 0.5), ("high", 0.95)):
        assert got[name][:3] == pytest.approx(np.nanquantile(values[:, :3], share, axis=0))
        assert np.isnan(got[name][3])
    assert got["invalid"] == pytest.approx(((values < 0) | (values > 100)).mean(axis=0))
    assert got["duplicates"] == pytest.approx(11 / 101) and got["late"] == pytest.approx(20 / 101)


def test_one_record_is_a_batch():
    got = profile(np.array([[7.0, np.nan]]), np.zeros(2), np.ones(2), np.array([5]), np.array([False]))
    assert got[2:5, 0].tolist() == [7, 7, 7] and np.isnan(got[2:5, 1]).all()


def figures(value: float) -> np.ndarray:
    return np.full((len(FIGURES), 2), value)


def test_the_usual_is_the_median_of_the_days_before():
    usual = Usual(2)
    for day in range(40):
        seen = range(max(day - WINDOW_DAYS, 0), day)
        got = usual.before(day)
        assert np.isnan(got).all() if len(seen) < LEAST_BATCHES else (got == np.median([d**2 for d in seen])).all()
        usual.see(day, figures(day**2))


def test_days_without_a_batch_and_values_without_a_number_are_left_out():
    usual = Usual(2)
    for day in (0, 3, 6, 9, 12, 15, 18, 21):
        usual.see(day, figures(np.nan if day == 21 else day))
    assert (usual.before(22) == 9).all()
    assert np.isnan(usual.before(32)).all() and (usual.before(28) == 9).all()
