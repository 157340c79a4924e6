"""The same seed is the same programme, however it is run, and two playbooks meet the same world."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import PlaybookError, ScenarioError, SeedError

ROOT = Path(sim.__file__).resolve().parents[1]

DIGEST = """
import hashlib, json, sys
import sim
scenario = sim.load_scenario("household-support").only("claims-triage").replace(quarters=2)
book = sim.practices.reference().on("claims-triage", retrain=sim.practices.retrain_on_schedule(60))
run = sim.simulate(scenario, book, seed=5)
print(json.dumps({n: hashlib.sha256(f.to_parquet()).hexdigest() for n, f in run.frames.items()}))
"""


def digests(hash_seed: str) -> str:
    env = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", DIGEST], env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def world(small):
    return small(3, 80)


@pytest.fixture(scope="module")
def books():
    return [sim.practices.typical(), sim.practices.reference(), sim.Playbook()]


def stepped(world, books, seed=2, look=False, instant=False):
    programme = sim.Programme(world, seed=seed, instant=instant)
    for book in books:
        if look and programme.quarter > 1:
            programme.run().scorecard()
        programme.step(book)
    return programme


class TestTheSameSeed:
    def test_is_the_same_to_the_byte_in_another_process_with_another_hash_seed(self, scenario):
        there = digests("4242")
        here = scenario.replace(quarters=2)
        book = sim.practices.reference().on("claims-triage", retrain=sim.practices.retrain_on_schedule(60))
        frames = sim.simulate(here, book, seed=5).frames
        assert {n: hashlib.sha256(f.to_parquet()).hexdigest() for n, f in frames.items()} == json.loads(there)

    @pytest.mark.parametrize("name", ["naive", "typical", "reference"])
    @pytest.mark.parametrize("instant", [False, True])
    def test_is_the_same_in_one_go_or_by_quarters(self, small, name, instant, same_frames):
        book, world = sim.Playbook() if name == "naive" else getattr(sim.practices, name)(), small(2, 80)
        whole = sim.simulate(world, book, seed=2, instant=instant)
        same_frames(whole, stepped(world, [book] * 2, look=True, instant=instant).run())
        if name == "typical":
            assert whole.equals(sim.simulate(world, book, seed=2, instant=instant))

    def test_is_the_same_after_other_runs_have_filled_the_memory(self, world, books, same_frames):
        from sim.models import learning

        warm = sim.simulate(world, books[1], seed=2)
        learning.forget()
        same_frames(warm, sim.simulate(world, books[1], seed=2))

    def test_another_seed_is_another_world(self, world):
        one, two = (sim.simulate(world, seed=seed).daily for seed in (2, 3))
        assert (one["cases"] != two["cases"]).any()

    def test_two_services_too(self, pair, same_frames):
        book = sim.practices.reference().on("appeals", retrain=sim.practices.retrain_on_schedule(40))
        same_frames(sim.simulate(pair, book, seed=4), stepped(pair, [book] * 2, seed=4, look=True).run())


@pytest.fixture(scope="module")
def runs(world):
    """The naive and the reference playbook under one world, each case on record."""
    full = world.replace(record_share=1.0)
    return [sim.simulate(full, book, seed=2) for book in (sim.Playbook(), sim.practices.reference())]


class TestTheSameWorld:
    def test_as_many_come_each_day(self, runs):
        naive, reference = (run.daily for run in runs)
        assert (naive["cases"] == reference["cases"]).all()

    def test_the_same_people_with_the_same_truth_come(self, runs):
        naive, reference = (run.decisions.set_index("case_id") for run in runs)
        both = naive.index.intersection(reference.index)
        assert len(both) > 0.9 * len(naive)
        assert (naive.loc[both, ["day", "group"]] == reference.loc[both, ["day", "group"]]).all().all()
        known = naive.loc[both, "outcome"].notna() & reference.loc[both, "outcome"].notna()
        assert known.sum() > 1000
        assert (naive.loc[both, "outcome"][known] == reference.loc[both, "outcome"][known]).all()

    def test_the_same_shocks_strike(self, runs):
        columns = ["incident_id", "kind", "subject", "began_day"]
        naive, reference = (run.incidents[columns] for run in runs)
        assert len(naive) > 2 and naive.equals(reference)

    def test_the_pilot_learns_the_same(self, runs):
        naive, reference = (run.models.iloc[0] for run in runs)
        assert naive["snapshot"] == reference["snapshot"]

    def test_truths_are_the_worlds_whatever_is_decided(self, world):
        one, two = (stepped(world, [b] * 2) for b in (sim.Playbook(), sim.practices.reference()))
        for name in ("truth", "group", "clean", "lag", "arrived"):
            mine, yours = (getattr(p.services[0].people, name) for p in (one, two))
            assert np.array_equal(mine, yours), name


class TestBranch:
    def test_a_branch_has_the_same_past_and_replays_to_the_same_future(self, world, books, same_frames):
        original = stepped(world, books)
        before = original.run()
        assert original.branch(quarter=1).run().days == 0
        for quarter in (2, 4):
            twin = original.branch(quarter=quarter)
            assert twin.quarter == quarter
            for book in books[quarter - 1 :]:
                twin.step(book)
            same_frames(before, twin.run())
        same_frames(before, original.run())

    def test_another_decision_leaves_past_and_original_alone(self, world, books, same_frames):
        original = stepped(world, books)
        before = original.run()
        twin = original.branch(quarter=2)
        twin.step(sim.Playbook())
        twin.step(sim.Playbook())
        other = twin.run()
        same_frames(before, original.run())
        past = before.daily["quarter"] == 1
        columns = ["cases", "decided", "accuracy", "benefit_gbp", "spend_gbp"]
        assert other.daily.loc[past, columns].equals(before.daily.loc[past, columns])
        assert not other.daily["spend_gbp"].equals(before.daily["spend_gbp"])
        assert other.daily["cases"].equals(before.daily["cases"])

    @pytest.mark.parametrize(
        ("quarter", "hint"), [(0, "nearest is 1"), (3, "nearest is 2"), ("x", "'x'"), (1.0, "1.0")]
    )
    def test_a_quarter_that_has_not_come_is_refused(self, world, quarter, hint, refused):
        programme = sim.Programme(world)
        programme.step(sim.Playbook())
        message = refused(PlaybookError, lambda: programme.branch(quarter))
        assert "from 1 to 2" in message and hint in message

    def test_no_number_is_no_quarter(self, world, refused):
        refused(PlaybookError, lambda: sim.Programme(world).branch(float("nan")))

    def test_a_memory_is_not_shared_between_branches(self, world, same_frames):
        book = sim.Playbook(validate=sim.practices.validation_gate(), repair=sim.practices.repair_batch())
        original = sim.Programme(world, seed=2, instant=True)
        original.step(book)
        twin = original.branch(quarter=2)
        original.step(book)
        twin.step(book)
        same_frames(original.run(), twin.run())


class TestTurnByTurn:
    def test_quarters_count_up_to_the_end(self, world):
        programme = sim.Programme(world)
        seen = []
        while not programme.done:
            seen.append((programme.quarter, programme.step(sim.Playbook()).quarter))
        assert seen == [(1, 1), (2, 2), (3, 3)]
        assert programme.quarter == 4

    def test_after_the_end_nothing_more_is_played(self, world, refused, same_frames):
        programme = stepped(world, [sim.Playbook()] * 3)
        before = programme.run()
        assert "all 3 quarters" in refused(PlaybookError, lambda: programme.step(sim.Playbook()))
        same_frames(before, programme.run())

    def test_a_run_so_far_is_the_beginning_of_the_whole(self, world):
        programme = sim.Programme(world, seed=2)
        programme.step(sim.Playbook())
        part = programme.run()
        programme.step(sim.Playbook())
        whole = programme.run()
        assert (part.days, whole.days) == (91, 183)
        for name in ("journal", "ledger", "billing", "people"):
            mine, theirs = getattr(part, name), getattr(whole, name)
            same = [c for c in mine.columns if c not in ("started_day", "finished_day")]
            assert mine[same].equals(theirs.iloc[: len(mine)][same]), name
        assert part.daily["accuracy"].equals(whole.daily["accuracy"].iloc[:91])

    def test_a_run_before_the_first_day_is_empty(self, world):
        run = sim.Programme(world).run()
        assert run.days == 0 and len(run.daily) == 0
        assert "No day has passed yet." in run.summary()

    def test_a_report_says_of_its_quarter_what_the_run_does(self, world):
        programme = sim.Programme(world, seed=2)
        reports = [programme.step(sim.practices.reference()) for _ in range(3)]
        run = programme.run()
        unforeseen = ["time_to_mend_days", "time_to_restore_days", "time_to_adopt_days"]
        unforeseen += ["change_failure_rate", "delivered_share"]
        for report in reports:
            mine = run.daily[run.daily["quarter"] == report.quarter]
            assert report.spend_gbp == pytest.approx(mine["spend_gbp"].sum())
            assert report.events["day"].between(mine["day"].min(), mine["day"].max() + 1, inclusive="left").all()
            now = report.scorecard.set_index("measure")["value"].drop(unforeseen)
            later = run.quarterly[run.quarterly["quarter"] == report.quarter].set_index("measure")["value"]
            assert now.to_dict() == pytest.approx(later[now.index].to_dict(), nan_ok=True)

    def test_a_report_counts_what_was_restored_in_its_quarter(self, quiet, scenario):
        kind = scenario.services[0].incidents[0].model_dump() | {
            "on_days": [60.0], "per_year": 0.0, "ends_after_days": 50.0
        }  # fmt: skip
        programme = sim.Programme(quiet(2, incidents=[kind], outcomes={"complaint_share": 0.0}))
        programme.step(sim.Playbook())
        report = programme.step(sim.Playbook())
        restored = report.scorecard.set_index("measure").loc["time_to_mend_days", "value"]
        assert restored == pytest.approx(50.0)

    def test_a_programme_that_failed_is_not_played_on(self, world, refused):
        def fails(batch):
            raise RuntimeError("no")

        programme = sim.Programme(world, instant=True)
        with pytest.raises(sim.errors.DecisionError):
            programme.step(sim.Playbook(validate=fails))
        refused(PlaybookError, lambda: programme.advance(sim.Playbook()))

    def test_a_failed_quarter_can_be_played_anew_on_a_branch(self, world, same_frames):
        def fails(scores, cases):
            raise RuntimeError("no")

        programme = sim.Programme(world, seed=2)
        programme.step(sim.Playbook())
        with pytest.raises(sim.errors.DecisionError):
            programme.step(sim.Playbook(decide=fails))
        twin = programme.branch(quarter=2)
        for _ in range(2):
            twin.step(sim.Playbook())
        same_frames(twin.run(), sim.simulate(world, seed=2))


@pytest.mark.parametrize(
    ("error", "call", "hint"),
    [
        (SeedError, lambda w: sim.simulate(w, seed=-3), "nearest that would do is 3"),
        (SeedError, lambda w: sim.Programme(w, seed=1.5), "seed is 1.5"),
        (PlaybookError, lambda w: sim.simulate(w, "naive"), "playbook is str"),
        (PlaybookError, lambda w: sim.Programme(w).step(None), "playbook is NoneType"),
        (ScenarioError, lambda w: sim.simulate("household-support"), "sim.load_scenario"),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused(error, call, hint, world, refused):
    assert hint in refused(error, lambda: call(world))
