"""What the reference practices do, on examples written by hand."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim.decisions import Load, Signals
from sim.practices import (
    drift_monitor,
    largest_psi,
    miscalibration,
    psi,
    refer_uncertain,
    repair_batch,
    retrain_on_drift,
    retrain_on_schedule,
    right_size,
    scale_to_load,
    spend_alert,
    validation_gate,
)


def batch(n=500, seed=0, **columns) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"case_id": np.arange(n, dtype=float), "arrived_day": rng.random(n)})
    frame["rent_gbp"] = np.rint(720 * np.exp(0.35 * rng.normal(size=n)))
    frame["household_size"] = rng.integers(1, 6, n).astype(float)
    frame["dependants"] = np.maximum(frame["household_size"] - 1, 0)
    return frame.assign(**columns)


class TestValidationGate:
    def kept(self, frame, **options):
        gate = validation_gate(**options).fresh()
        gate(batch())
        return gate(frame)

    def test_keeps_the_usual(self):
        assert self.kept(batch(seed=1)).mean() > 0.99

    def test_holds_back_what_cannot_be(self):
        frame = batch(seed=1)
        frame.loc[3, "rent_gbp"] = -700
        frame.loc[4, "rent_gbp"] *= 100
        frame.loc[5, ["rent_gbp", "dependants"]] = np.nan
        frame.loc[7, "case_id"] = 6.0
        kept = self.kept(frame)
        assert kept[[3, 4, 5, 7]].tolist() == [False] * 4 and kept[[2, 6, 8]].tolist() == [True] * 3
        assert self.kept(frame, most_missing=2)[5] and not self.kept(frame, most_missing=2)[4]
        frame.loc[8, "rent_gbp"] = np.nan
        assert self.kept(frame)[8] and not self.kept(frame, most_missing=0)[8]

    def test_remembers_the_usual_and_fresh_forgets_it(self):
        gate = validation_gate(learn_rows=300).fresh()
        gate(batch())
        dear = batch(seed=2, rent_gbp=72_000.0)
        assert not gate(dear).any()
        assert gate.fresh()(dear).all()
        assert gate == validation_gate(learn_rows=300) != validation_gate()


class TestRepairBatch:
    def test_fills_what_is_missing_from_the_rest_of_the_record(self):
        frame = batch(2000)
        frame["arrears_gbp"] = frame["rent_gbp"] * 2 + np.random.default_rng(1).normal(size=2000)
        truth = frame["arrears_gbp"].copy()
        frame.loc[::10, "arrears_gbp"] = np.nan
        before = frame.copy()
        mended = repair_batch().fresh()(frame)
        assert frame.equals(before)
        assert not mended.isna().any().any()
        assert (mended["arrears_gbp"] - truth)[::10].abs().max() < 100
        assert mended["arrears_gbp"][1::10].equals(truth[1::10])

    def test_gives_nobody_more_dependants_than_people(self):
        mended = repair_batch().fresh()(batch(dependants=9.0))
        assert (mended["dependants"] <= mended["household_size"] - 1).all()


class TestDrift:
    def test_psi_is_nothing_for_the_same_and_as_written_for_two_halves(self):
        x = np.arange(1000.0)
        assert psi(x, x) == pytest.approx(0, abs=1e-3)
        low = psi(x, x[:500])
        q = np.array([100] * 5 + [0.5] * 5) / 500
        assert low == pytest.approx(np.sum((0.1 - q) * np.log(0.1 / q)), rel=1e-6)
        assert psi(x, np.append(x, np.nan)) == pytest.approx(psi(x, x))
        assert psi(np.full(5, np.nan), x) == 0

    def test_largest_psi_is_that_of_the_feature_that_moved(self):
        reference, recent = batch(seed=1), batch(seed=2)
        for frame in (reference, recent):
            frame["score"], frame["group"], frame["outcome"], frame["decided_day"] = 0.5, "a", np.nan, 1.0
        moved = recent.assign(rent_gbp=recent["rent_gbp"] * 2)
        assert largest_psi(reference, moved) == psi(reference["rent_gbp"].to_numpy(), moved["rent_gbp"].to_numpy())
        assert largest_psi(reference, recent) < 0.1 < 1 < largest_psi(reference, moved)

    def scored(self, flip: float, seed: int = 0, n: int = 4000) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        frame = batch(n, seed)
        z = np.log(frame["rent_gbp"] / 720) / 0.35
        frame["score"] = 1 / (1 + np.exp(-z))
        p = np.where(rng.random(n) < flip, 1 - frame["score"], frame["score"])
        frame["outcome"] = (rng.random(n) < p).astype(float)
        return frame.assign(group="a", decided_day=1.0)

    def test_miscalibration_is_small_while_the_relation_holds_and_large_when_it_moves(self):
        reference = self.scored(0, 1)
        still = [miscalibration(reference, self.scored(0, seed)) for seed in range(2, 22)]
        assert 0 < np.mean(still) < 4 and max(still) < 6.5
        assert miscalibration(reference, self.scored(0.5, 2)) > 10
        unknown = self.scored(0.5, 2)
        unknown.loc[50:, "outcome"] = np.nan
        assert miscalibration(reference, unknown) == 0

    def forecast(self, moved: float, seed: int, n: int = 1500) -> pd.DataFrame:
        """Return forecasts that are off by a tenth, bent where the relation is, and lately moved by a share."""
        rng = np.random.default_rng(seed)
        frame = batch(n, seed)
        z = np.log(frame["rent_gbp"] / 720) / 0.35
        frame["score"] = 110 + 15 * z
        frame["outcome"] = np.rint(110 * (1 + moved) * np.exp(0.14 * z + 0.1 * rng.standard_normal(n)))
        return frame.assign(group="a", decided_day=1.0)

    def test_miscalibration_of_a_forecast_is_against_what_it_usually_is(self):
        reference = self.forecast(0, 1)
        still = [miscalibration(reference, self.forecast(0, seed)) for seed in range(2, 22)]
        assert 0 < np.mean(still) < 4 and max(still) < 6.5
        assert miscalibration(reference, self.forecast(-0.08, 2)) > 10

    def test_the_monitor_is_the_larger_of_the_two_in_shares_of_their_alarms(self):
        reference, recent = self.scored(0, 1).drop(columns=["case_id", "arrived_day"]), self.scored(0.5, 2)
        recent = recent[reference.columns]
        made = drift_monitor(psi_alarm=0.5, z_alarm=6.5).fresh()
        features = ["rent_gbp", "household_size", "dependants"]
        wanted = max(
            max(psi(reference[f].to_numpy(), recent[f].to_numpy()) for f in features) / 0.5,
            miscalibration(reference, recent) / 6.5,
        )
        assert made.score_fn(reference, recent) == pytest.approx(wanted)
        assert made.score_fn(reference, recent) > made.threshold

    def test_the_monitor_does_without_a_feature_of_which_its_reference_knows_nothing(self):
        reference, recent = (self.scored(flip, 1).drop(columns=["case_id", "arrived_day"]) for flip in (0, 0.5))
        made = drift_monitor().fresh()
        blind = made.score_fn(reference.assign(dependants=np.nan), recent)
        without = made.score_fn(*(frame.assign(dependants=0.0) for frame in (reference, recent)))
        assert blind == pytest.approx(without) and blind > 0


def signals(**fields) -> Signals:
    usual = {
        "day": 100, "days_since_training": 60.0, "alarms": 1, "drift": 2.0, "accuracy_known": 0.9,
        "accuracy_at_training": 0.9, "outcomes_known": 5000, "spend_gbp": 0.0,
    }  # fmt: skip
    return Signals(**(usual | fields))


def test_retraining_waits_for_an_alarm_and_a_rest_and_something_to_learn_from():
    rule = retrain_on_drift()
    assert rule(signals())
    assert not rule(signals(alarms=0))
    assert not rule(signals(days_since_training=44.0))
    assert not rule(signals(outcomes_known=2999))
    assert retrain_on_schedule(91)(signals(days_since_training=91.0))
    assert not retrain_on_schedule(91)(signals(days_since_training=90.9, alarms=5))


def test_doubt_is_referred():
    scores = pd.Series([0.1, 0.35, 0.5, 0.649, 0.65, 0.9])
    got = refer_uncertain()(scores, scores.to_frame())
    assert got.tolist() == ["refuse", "refer", "refer", "refer", "approve", "approve"]


def test_replicas_follow_the_busiest_night():
    load = Load(50, pd.Series([200, 400, 300]), 20, 100.0, 4, 4)
    assert scale_to_load(margin=0.0)(load) == 5
    assert scale_to_load(margin=0.3)(load) == 6
    assert scale_to_load()(Load(0, pd.Series([], dtype=int), 0, 100.0, 4, 4)) == 4
    assert scale_to_load()(Load(9, pd.Series([10_000]), 0, 100.0, 4, 4)) == 8


def test_a_machine_is_as_cheap_as_its_work_allows():
    sizes = ("m5.large", "m5.xlarge", "m5.large 12x5", "function")
    usage = pd.DataFrame(
        {
            "kind": ["pipeline", "pipeline", "development", "pipeline", "serving"],
            "size": ["m5.xlarge", "m5.large", "m5.xlarge", "m5.xlarge", "m5.xlarge"],
            "sizes": [sizes] * 5, "work": [20.0, 30.0, 9.0, 0.5, 1.0],
            "capacity": [(48.0, 96.0, 17.1, np.inf)] * 5,
            "day_gbp": [(2.0, 4.0, 0.7, gbp) for gbp in (2.1, 4.2, 1.0, 0.1, 0.1)],
        },
        index=["idle", "busy", "by-day", "seldom", "web"],
    )  # fmt: skip
    assert right_size()(usage) == {
        "idle": "m5.large", "busy": "m5.xlarge", "by-day": "m5.large 12x5", "seldom": "function",
    }  # fmt: skip


def test_an_unusual_bill_is_looked_at():
    usual = pd.Series(np.full(60, 100.0))
    assert not spend_alert()(usual) and not spend_alert()(usual[:5] * 9)
    assert spend_alert()(pd.concat([usual, pd.Series([120.0] * 3)]))
    assert not spend_alert()(pd.concat([usual, pd.Series([110.0] * 3)]))
    assert not spend_alert(days=7)(pd.concat([usual, pd.Series([120.0] * 3)]))


def test_practices_of_the_same_settings_are_equal_and_others_are_not():
    assert sim.practices.reference() == sim.practices.reference()
    assert sim.practices.validation_gate() == sim.practices.validation_gate().fresh()
    assert sim.practices.drift_monitor(1.0) != sim.practices.drift_monitor(2.0)


def test_a_stricter_gate_never_delivers_more_defects(scenario):
    """The same batches, gated by threshold: what a lower threshold keeps is a part of what a higher one keeps."""
    people = sim.Programme(scenario.replace(quarters=1), seed=1).services[0].people
    names = list(scenario.services[0].feature_names)
    for day in range(0, 90, 9):
        rows = np.arange(*people.of_day(day).indices(len(people))[:2])
        record, clean = people.record[rows].astype(float), people.clean[rows].astype(float)
        batch = pd.DataFrame(record, columns=names)
        batch.insert(0, "arrived_day", people.arrived_of(rows))
        batch.insert(0, "case_id", people.case_id_of(rows).astype(float))
        wrong = ~(record == clean)
        kept = []
        for reach in (8.0, 4.0, 2.0, 1.0, 0.5):
            gate = sim.practices.validation_gate(reach=reach).fresh()
            kept.append(np.asarray(gate(batch)))
        for loose, strict in zip(kept, kept[1:], strict=False):
            assert (loose | ~strict).all()
            assert wrong[strict].sum() <= wrong[loose].sum()
        assert wrong[kept[-1]].sum() < wrong[kept[0]].sum()
