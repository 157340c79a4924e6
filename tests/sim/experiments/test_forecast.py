"""A Monte Carlo forecast, and the interval of a quantile."""

import numpy as np
import pytest
from scipy import stats

import sim
from sim.errors import SeedError, StudyError
from sim.experiments.forecast import by_quarter, quantile_interval
from sim.experiments.study import Cell, study


def test_quantiles_are_those_of_the_runs(small, tmp_path):
    world = small(2, 8)
    table = sim.experiments.forecast(world, seeds=range(10), quantiles=(0.5, 0.9), folder=tmp_path)
    assert table["quarter"].unique().tolist() == [1, 2]
    runs = [sim.simulate(world, seed=s).quarterly for s in (0, 9)]
    spend = [q[(q["quarter"] == 2) & (q["measure"] == "spend_gbp")]["value"].iloc[0] for q in runs]
    kept = study({"playbook": Cell(world, sim.Playbook())}, range(10), reading=by_quarter, folder=tmp_path)
    seen = kept.values[0, :, kept.rows(quarter=2, measure="spend_gbp")[0]]
    assert (seen[0], seen[9]) == tuple(spend)
    row = table[(table["quarter"] == 2) & (table["measure"] == "spend_gbp") & (table["quantile"] == 0.9)].iloc[0]
    assert row["value"] == pytest.approx(np.quantile(seen, 0.9))
    assert np.isnan(row["high"]) and row["low"] in seen
    assert row["seeds"] == 10


def test_the_interval_of_a_quantile_covers_as_often_as_it_says():
    """Over 4,000 samples of 60 lognormal values: coverage is at least the level, and by no more than ties force it."""
    generator = np.random.default_rng(5)
    truth = stats.lognorm(0.9).ppf(0.75)
    samples = np.sort(generator.lognormal(0, 0.9, (4000, 60)), axis=1)
    bounds = np.array([quantile_interval(one, 0.75)[1:] for one in samples])
    covered = ((bounds[:, 0] <= truth) & (truth <= bounds[:, 1])).mean()
    error = np.sqrt(0.95 * 0.05 / 4000)
    assert 0.95 - 3 * error < covered < 0.98


@pytest.mark.parametrize(
    ("error", "wanted", "hint"),
    [
        (SeedError, {"seeds": range(9)}, "10 or more different ones"),
        (StudyError, {"quantiles": (0.5, 1.0)}, "A quantile is 1.0"),
    ],
)
def test_what_makes_no_sense_is_refused(small, error, wanted, hint, refused):
    assert hint in refused(error, lambda: sim.experiments.forecast(small(1, 12), **wanted))
