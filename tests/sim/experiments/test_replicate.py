"""Runs are added until an interval is as narrow as wanted."""

import numpy as np
import pytest

import sim
from sim.errors import StudyError
from sim.experiments.interval import interval


@pytest.fixture(scope="module")
def tiny(small):
    return small(1, 12)


def test_it_stops_as_soon_as_the_interval_is_narrow_enough(tiny):
    looks = sim.experiments.replicate(tiny, sim.Playbook(), 6000, measure="spend_gbp", first=4, most=16)
    assert looks["reached"].tolist() == [False] * (len(looks) - 1) + [True]
    assert looks["replications"].is_monotonic_increasing
    last = looks.iloc[-1]
    spend = [
        sim.simulate(tiny, seed=s).scorecard().set_index("measure")["value"]["spend_gbp"]
        for s in range(int(last["replications"]))
    ]
    assert (last["mean"], last["low"], last["high"]) == pytest.approx(interval(np.array(spend))[:3])
    assert last["half_width"] <= 6000


def test_it_gives_up_at_the_most(tiny):
    looks = sim.experiments.replicate(tiny, sim.Playbook(), 1e-6, measure="accuracy", first=3, most=6)
    assert looks["replications"].tolist() == [3, 6] and not looks["reached"].any()


def test_against_a_baseline_it_measures_pairs(tiny):
    same = sim.experiments.replicate(tiny, sim.Playbook(), 1, against=sim.Playbook(), first=3)
    assert same[["mean", "low", "high", "half_width"]].to_numpy().tolist() == [[0.0, 0.0, 0.0, 0.0]]
    assert same["reached"].tolist() == [True]


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ({"half_width": 0}, "half_width is 0"),
        ({"half_width": float("nan")}, "half_width is nan"),
        ({"half_width": 1, "level": 1.0}, "level is 1.0"),
        ({"half_width": 1, "first": 2}, "first is 2"),
        ({"half_width": 1, "first": 9, "most": 5}, "most is 5"),
        ({"half_width": 1, "first": 3, "measure": "luck"}, "There is no measure named 'luck'. Allowed: accuracy"),
        ({"half_width": 1, "measure": "acuracy"}, "Did you mean 'accuracy'?"),
        ({"half_width": 1, "service": "claims-triage"}, "ask for 'all'"),
        ({"half_width": 1, "service": "claims"}, "There is no service named 'claims'. Allowed: all."),
        ({"half_width": 1, "first": 3, "measure": "mape"}, "mape"),
    ],
)
def test_what_makes_no_sense_is_refused(tiny, wanted, hint, refused):
    assert hint in refused(StudyError, lambda: sim.experiments.replicate(tiny, sim.Playbook(), **wanted))


def test_what_nobody_measures_is_refused_before_any_run(pair, refused, monkeypatch):
    monkeypatch.setattr("sim.Programme.advance", None)
    asked = {"measure": "forecast_error", "service": "appeals"}
    said = refused(StudyError, lambda: sim.experiments.replicate(pair, sim.Playbook(), 1, **asked))
    assert "for the whole programme only" in said and "accuracy" in said
