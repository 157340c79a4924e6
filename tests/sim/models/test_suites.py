"""Each suite really looks, and says what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from sim.models import suites
from sim.models.evaluation import Figures
from sim.models.learning import fit
from sim.models.registry import Version
from sim.models.serving import CodeDefect
from sim.models.suites import Snapshot

NAMES = ["rent_gbp", "age"]
CLEAN = Snapshot(np.array([0.02, 0.0]), np.array([0.0, 0.01]), 0.6)
USUAL = Figures(0.8, 0.85, 0.15, float("nan"), 0.04)


@pytest.fixture(scope="module")
def version():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 2)) * [300, 14] + [900, 44]
    y = rng.random(600) < 0.5 + 0.3 * np.sign(x[:, 0] - 900)
    x[::20, 1] = np.nan
    empty = np.zeros(600)
    return Version(0, fit(x, y), 0.0, 0.0, "pilot", x, empty, y, empty.astype(int), empty, 0, (x, y, empty, empty))


@pytest.mark.parametrize(
    ("changed", "kept", "said"),
    [
        ({}, CLEAN, ""),
        ({"missing": np.array([0.02, 0.4])}, None, "age is missing in 40.0%"),
        ({"outside": np.array([0.2, 0.0])}, None, "rent_gbp is out of range in 20.0%"),
        ({"rate": 0.3}, None, ""),
        ({"rate": 0.3}, CLEAN, "the mean outcome is 0.3, and was 0.6"),
        ({"rate": 0.5}, CLEAN, ""),
    ],
)
def test_of_data(changed, kept, said):
    assert said in suites.data(replace(CLEAN, **changed), kept, NAMES, "classification")
    assert bool(said) == bool(suites.data(replace(CLEAN, **changed), kept, NAMES, "classification"))


def test_of_data_takes_amounts_by_their_share():
    old, near, far = (replace(CLEAN, rate=rate) for rate in (100.0, 110.0, 120.0))
    assert not suites.data(near, old, NAMES, "regression") and suites.data(far, old, NAMES, "regression")


def test_a_snapshot_is_what_the_training_rows_hold(version):
    class Feature:
        def __init__(self, low, high):
            self.low, self.high = low, high

    seen = suites.snapshot(version, [Feature(0, 1200), Feature(16, 100)])
    x = version.reference
    assert seen.missing.tolist() == [0.0, 0.05] and seen.rate == version.outcome.mean()
    assert seen.outside[0] == np.mean((x[:, 0] < -300) | (x[:, 0] > 1500)) > 0
    assert seen.outside[1] == np.mean((x[:, 1] < -5) | (x[:, 1] > 121))


@pytest.mark.parametrize(
    ("changed", "said"),
    [({}, ""), ({"brier": 0.152}, ""), ({"brier": 0.16}, "brier is 0.1600"), ({"brier": 0.1}, "")],
)
def test_of_model(changed, said):
    assert suites.model(replace(USUAL, **changed), USUAL).startswith(said)
    assert bool(said) == bool(suites.model(replace(USUAL, **changed), USUAL))


def test_of_model_takes_forecasts():
    old = Figures(*[float("nan")] * 3, 0.1, 0.0)
    assert not suites.model(replace(old, mape=0.101), old)
    assert "mape is 0.1200" in suites.model(replace(old, mape=0.12), old)


def test_of_fairness():
    assert not suites.fairness(replace(USUAL, gap=0.06), USUAL)
    assert "the gap between groups is 0.100" in suites.fairness(replace(USUAL, gap=0.1), USUAL)
    assert not suites.fairness(replace(USUAL, gap=float("nan")), USUAL)


@pytest.mark.parametrize(
    ("defect", "off"),
    [
        (None, 0),
        (CodeDefect("scaled", 0, 12.0), 200),
        (CodeDefect("zero", 0, 1.0), 10),
        (CodeDefect("scaled", 0, 12.0, hidden=True), 0),
    ],
)
def test_of_code_sees_what_shows_where_it_is_tested(version, defect, off):
    version.defect = defect
    rows = version.newest[0][:200]
    said = suites.code(version, rows)
    assert said == (f"serving scores {off} of 200 rows otherwise than training did" if off else "")
    assert (version.serve(rows) != version.fitted.score(rows)).any() == (defect is not None)
    version.defect = None
