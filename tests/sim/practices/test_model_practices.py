"""The rules of training and releasing: what is let through, what is taken back, and what is learnt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.decisions import Aftermath, Evidence
from sim.practices import promote_if_better, roll_back_on_shift, train_on_logarithms
from sim.practices.logarithms import Logarithmic


@pytest.mark.slow
def test_more_suites_let_no_more_bad_code_through(small):
    """Three quarters without incidents, in which half of all changes of code are bad."""
    world = small(3, 120, incidents=[], training={"bug_share": 0.5})
    before = sim.Playbook(
        retrain=sim.practices.retrain_on_schedule(days=45), roll_back=roll_back_on_shift(), versioning="models"
    )
    books = {"none": before, "code": before.replace(tests=("code",)), "all": before.replace(tests="all")}
    table = sim.compare(world, books, seeds=range(10), instant=True).set_index(["playbook", "measure"])
    code, every = (table.loc[(name, "change_failure_rate"), "effect"] for name in ("code", "all"))
    assert every <= code + 0.05 and code < 0


def evidence(**fields) -> Evidence:
    usual = dict.fromkeys(Evidence.__dataclass_fields__, 0.0) | {
        "candidate_brier": 0.15, "champion_brier": 0.15, "candidate_mape": np.nan, "champion_mape": np.nan
    }  # fmt: skip
    return Evidence(**(usual | fields))


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, True),
        ({"candidate_brier": 0.1515}, True),
        ({"candidate_brier": 0.152}, False),
        ({"candidate_gap": 0.04}, True),
        ({"candidate_gap": 0.06}, False),
        ({"candidate_gap": np.nan}, True),
        ({"candidate_mape": 0.2, "champion_mape": 0.1}, False),
        ({"candidate_mape": 0.1, "champion_mape": 0.2}, True),
    ],
)
def test_what_is_no_worse_is_promoted(fields, wanted):
    assert promote_if_better()(evidence(**fields)) is wanted


def test_what_has_moved_too_far_is_taken_back():
    def after(cases: int, shift: float) -> bool:
        usual = dict.fromkeys(Aftermath.__dataclass_fields__, 0.0)
        return roll_back_on_shift()(Aftermath(**(usual | {"cases": cases, "score_shift": shift})))

    assert after(300, 0.3) and not after(299, 0.3) and not after(300, 0.25) and not after(300, float("nan"))


class TestLogarithms:
    def records(self, n: int = 4000, moved: bool = False):
        rng = np.random.default_rng(0)
        rent, age = np.exp(rng.normal(6.6, 0.8, n)).round(), rng.normal(44, 14, n).round()
        line = (np.log(rent) - 6.6) / 0.8 * 2 - (age - 44) / 14
        if moved:
            line[: n // 2] *= -1
        frame = pd.DataFrame({"rent_gbp": rent, "age_years": age})
        frame.loc[::50, "rent_gbp"] = np.nan
        return frame, line, rng

    def test_find_the_line_that_made_the_outcome(self):
        frame, line, rng = self.records()
        outcome = pd.Series((rng.random(len(frame)) < 1 / (1 + np.exp(-line))).astype(int))
        model = train_on_logarithms()(frame, outcome)
        assert model.skewed.tolist() == [0]
        p = model.predict_proba(frame)
        assert p.shape == (4000, 2) and np.allclose(p.sum(axis=1), 1)
        assert np.abs(p[:, 1] - 1 / (1 + np.exp(-line)))[frame["rent_gbp"].notna()].mean() < 0.02
        assert (model.predict_proba(frame.to_numpy()) == p).all()

    def test_let_the_newest_speak_loudest(self):
        frame, line, rng = self.records(moved=True)
        outcome = pd.Series((rng.random(len(frame)) < 1 / (1 + np.exp(-line))).astype(int))
        late = slice(3000, None)
        said = [train_on_logarithms(h)(frame, outcome).predict_proba(frame)[late, 1] for h in (0.1, 100.0)]
        right = [np.mean((p >= 0.5) == outcome[late]) for p in said]
        assert right[0] > 0.75 and right[0] > right[1] + 0.1

    def test_forecast_amounts(self):
        frame, line, rng = self.records()
        outcome = pd.Series(100 + 10 * line + rng.normal(size=len(line)))
        model = train_on_logarithms()(frame, outcome)
        whole = frame["rent_gbp"].notna()
        assert np.abs(model.predict(frame) - outcome)[whole].mean() < 1.0

    @pytest.mark.parametrize("only", [0, 1])
    def test_predict_the_only_outcome_there_is(self, only):
        frame, *_ = self.records(50)
        model = train_on_logarithms()(frame, pd.Series(np.full(50, only)))
        assert isinstance(model, Logarithmic) and (model.predict_proba(frame)[:, 1].round() == only).all()
