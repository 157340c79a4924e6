"""Commitments, spot machines and carbon in a running programme, each held to a sum by hand."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cloud import carbon, spot
from sim.cloud.reconciliation import commitments, reconcile
from sim.streams import Streams

ROOT = Path(sim.__file__).resolve().parents[1]
TRAINER = {"name": "trainer", "kind": "training", "service": "claims-triage", "size": "p3.2xlarge", "always_on": False}
SERVER = {
    "name": "server", "kind": "serving", "service": "claims-triage", "size": "m5.xlarge", "sizes": ["m5.large"],
    "cases_per_vcpu_hour": 20,
}  # fmt: skip
NOTEBOOK = {
    "name": "notebook", "kind": "development", "environment": "development", "size": "m5.4xlarge",
    "sizes": ["m5.large", "m5.4xlarge"], "vcpu_hours_per_day": 4,
}  # fmt: skip
ESTATE = [TRAINER, SERVER, NOTEBOOK]
OFTEN = sim.Playbook(retrain=sim.practices.retrain_on_schedule(days=30))
BOTH = OFTEN.replace(
    commit=sim.practices.commit_to_floor(days=30), place=sim.practices.place_on_spot_at_night()
)  # fmt: skip


@pytest.fixture(scope="module")
def world(quiet):
    """Three quarters on an estate of three machines, where half of the spot machines are lost within ten hours."""
    market = {"interrupted_share": 0.99, "checkpoint_every_hours": 3.0}
    return quiet(3, 60, {"estate": ESTATE, "market": market}, training={"machine_hours": 240})


@pytest.fixture(scope="module")
def run(world):
    return sim.simulate(world, BOTH, seed=2, instant=True)


def once(hourly: float, years: int = 1, after: int = 28):
    """Commit once, at the first month's end that has seen so many days."""

    def commit(usage: pd.DataFrame) -> list:
        return [sim.commitment(hourly, years)] if usage["days"].iloc[0] >= after and not covered(usage) else []

    def covered(usage: pd.DataFrame) -> bool:
        return usage["covered_gbp"].iloc[0] > 0

    return commit


class TestNothingInUse:
    def test_no_stream_but_the_winds_is_drawn(self, world, monkeypatch):
        drawn = []
        generator = Streams.generator
        monkeypatch.setattr(Streams, "generator", lambda self, name: (drawn.append(name), generator(self, name))[1])
        sim.simulate(world.replace(quarters=1), OFTEN, seed=2)
        assert [name for name in drawn if "spot" in name or "grid" in name] == ["grid/wind"]

    def test_placing_on_demand_and_now_changes_nothing(self, world):
        short = world.replace(quarters=1)
        one = sim.simulate(short, OFTEN, seed=2, instant=True)
        two = sim.simulate(short, OFTEN.replace(place=lambda job: ("on demand", "now")), seed=2, instant=True)
        for name in ("billing", "ledger", "models", "decisions"):
            two_frame = two.frames[name].drop(columns="cause", errors="ignore")
            assert one.frames[name].drop(columns="cause", errors="ignore").equals(two_frame), name
        same = [c for c in one.daily.columns if c != "carbon_kg"]
        assert one.daily[same].equals(two.daily[same])


class TestTheSameRun:
    def test_step_by_step_and_on_a_branch(self, world, run, same_frames):
        programme = sim.Programme(world, seed=2, instant=True)
        for _ in range(3):
            programme.step(BOTH)
        same_frames(programme.run(), run)
        twin = programme.branch(quarter=2)
        for _ in range(2):
            twin.step(BOTH)
        same_frames(twin.run(), run)

    def test_in_another_process_with_another_hash_seed(self, world, run):
        code = (
            "import hashlib, json, sys, sim\n"
            "from sim.scenario.scenario import build\n"
            "given = build(json.loads(sys.stdin.read()), origin='pipe')\n"
            "P = sim.practices\n"
            "book = sim.Playbook(retrain=P.retrain_on_schedule(days=30), commit=P.commit_to_floor(days=30),\n"
            "                    place=P.place_on_spot_at_night())\n"
            "frames = sim.simulate(given, book, seed=2, instant=True).frames\n"
            "print(json.dumps({n: hashlib.sha256(f.to_parquet()).hexdigest() for n, f in frames.items()}))\n"
        )
        env = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], input=world.model_dump_json(), env=env, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        there = json.loads(done.stdout)
        assert there == {n: hashlib.sha256(f.to_parquet()).hexdigest() for n, f in run.frames.items()}


class TestCommitments:
    def test_bill_ledger_and_commitments_agree(self, run):
        reconcile(run.billing, run.ledger)
        both = commitments(run.billing)
        assert len(both) >= 7 and (both["bought"] == both["used"] + both["unused"]).all() and both["used"].gt(0).all()
        cloud = run.ledger.loc[run.ledger["debit"] == "cloud", "pence"].sum()
        assert cloud == round(run.billing["BilledCost"].sum() * 100)

    def test_the_decision_is_told_what_the_machines_cost(self, world):
        """Server and notebook run all day; the trainer does not, so that the cheapest hour is theirs."""
        told = []

        def commit(usage):
            told.append(usage)
            return [sim.commitment(0.1)] if len(told) == 1 else []

        sim.simulate(world, OFTEN.replace(commit=commit), seed=2, instant=True)
        first, second, *_, last = told
        floor = (0.222 + 0.888) * 0.75
        assert first.index.tolist() == ["all", "p3", "m5"]
        assert first.at["all", "lowest_gbp"] == pytest.approx(floor) == first.at["m5", "median_gbp"]
        assert first.at["all", "highest_gbp"] == pytest.approx(floor) and (first.loc["p3"].iloc[:4] == 0).all()
        machines = (last.at["all", "highest_gbp"] - floor) / (3.589 * 0.75)
        assert machines >= 2 and machines == pytest.approx(round(machines)), "30 hours are two machines at first"
        assert last.at["all", "lowest_gbp"] == pytest.approx(floor) and last.at["p3", "median_gbp"] == 0
        assert (first["days"] == 30).all() and (last["days"] == 90).all()
        assert second.at["all", "covered_gbp"] == pytest.approx(0.1 / 0.7) and second.at["m5", "covered_gbp"] == 0
        assert first.at["all", "delegated_gbp"] == world.budget.delegated_gbp
        assert second.at["all", "delegated_gbp"] == pytest.approx(world.budget.delegated_gbp - 0.1 * 24 * (365 - 31))
        assert second.at["all", "lowest_gbp"] == pytest.approx(floor), "what is covered counts as well"

    def test_it_is_bought_for_the_month_that_begins(self, world):
        run = sim.simulate(world, sim.Playbook(commit=once(0.5)), seed=2, instant=True)
        bought = run.billing[run.billing["ChargeCategory"] == "Purchase"]
        assert bought["x_Day"].tolist() == [30, 61, 91, 122, 153, 183, 214, 244]
        assert bought["BilledCost"].iloc[:2].tolist() == [0.5 * 24 * 31, 0.5 * 24 * 30]
        assert (bought["EffectiveCost"] == 0).all()
        used = run.billing[run.billing["CommitmentDiscountStatus"] == "Used"]
        assert (used["BilledCost"] == 0).all() and used["x_Day"].min() == 30
        assert run.journal.loc[run.journal["kind"] == "committed", "detail"].tolist() == [
            "GBP 0.5000 an hour for 365 days"
        ]

    def test_beyond_the_delegated_budget_it_is_cut_and_then_refused(self, world):
        poor = world.replace(budget={"delegated_gbp": 2000.0})
        book = sim.Playbook(commit=lambda usage: [sim.commitment(0.5, 1), sim.commitment(0.5, 1)])
        run = sim.simulate(poor.replace(quarters=1), book, seed=2, instant=True)
        kinds = run.journal["kind"]
        cut = run.journal.loc[kinds == "committed", "detail"].tolist()
        assert (
            cut[0] == "GBP 0.2283 an hour for 365 days, cut to the delegated budget from GBP 0.5000 an hour for 1 year"
        )
        assert (kinds == "commitment refused").sum() == len(cut) == 2, "what is paid makes room again"
        assert 0.2283 * 24 * 365 <= 2000 < 0.2284 * 24 * 365

    def test_a_machine_made_smaller_after_committing_wastes_the_commitment(self, world):
        smaller = sim.Playbook(size=lambda usage: {"notebook": "m5.large"})
        bound = sim.Playbook(commit=once(0.7 * 0.75 * (0.222 + 0.888)))

        def spent(first, then):
            programme = sim.Programme(world, seed=2, instant=True)
            for book in (first, then, then):
                programme.step(book)
            run = programme.run()
            return run.billing["EffectiveCost"].sum(), run.scorecard().set_index("measure")["value"]

        cost, card = spent(bound, bound)
        assert card["commitment_utilisation"] == pytest.approx(1, abs=1e-3)
        shrunk, shrunk_card = spent(bound, bound.replace(size=smaller.size))
        bare, _ = spent(sim.Playbook(), smaller)
        whole, _ = spent(sim.Playbook(), sim.Playbook())
        assert cost < whole, "in a steady world it pays"
        assert shrunk > bare and shrunk_card["commitment_utilisation"] < 0.6

    def test_it_covers_what_it_covers(self, run, world):
        card = run.scorecard().set_index("measure")["value"]
        bill = run.billing[run.billing["ServiceCategory"] == "Compute"]
        used = bill.loc[bill["CommitmentDiscountStatus"] == "Used"]
        bare = bill.loc[(bill["PricingCategory"] == "Standard") & (bill["ChargeCategory"] == "Usage")]
        wanted = used["ListCost"].sum() / (used["ListCost"].sum() + bare["ListCost"].sum())
        assert card["commitment_coverage"] == pytest.approx(wanted) and 0.3 < wanted < 0.9
        assert card["commitment_utilisation"] == pytest.approx(1)


class TestPlacing:
    def test_a_spot_job_goes_as_its_own_stream_has_it(self, world, run):
        """240 vCPU hours are 30 hours of eight vCPUs; lucks are recomputed, and the bill must have their hours."""
        jobs = run.journal[run.journal["kind"] == "spot job done"]
        streams, market = Streams(2), world.market
        guard = spot.Checkpoints(market.checkpoint_every_hours, market.checkpoint_hours, market.resume_hours)
        rate = spot.hourly_rate(market.interrupted_share)
        hours = []
        for n in range(len(jobs)):
            until = spot.gaps(streams.generator(f"claims-triage/spot job/{n}"), 1)
            ran = spot.run(np.array([30.0]), rate, guard, until)
            hours.append(ran.spot_hours[0])
            said = f"{ran.elapsed_hours[0]:.1f} hours, interrupted {ran.interruptions[0]} times"
            assert jobs["detail"].iloc[n] == said
        assert len(hours) > 4 and any("interrupted 0" not in d for d in jobs["detail"])
        billed = run.billing[run.billing["PricingCategory"] == "Dynamic"]
        assert billed["ConsumedQuantity"].sum() == pytest.approx(sum(hours), abs=0.01)
        share = billed["ContractedUnitPrice"] / billed["ListUnitPrice"]
        saving = spot.savings(streams, run.days)[billed["x_Day"]]
        assert share.to_numpy() == pytest.approx(1 - saving, abs=1e-5)
        assert (billed["BilledCost"] == billed["EffectiveCost"]).all()

    def test_the_release_waits_for_the_job(self, world):
        def lead(place) -> float:
            run = sim.simulate(world, OFTEN.replace(place=place), seed=2, instant=True)
            return run.scorecard().set_index("measure").at["lead_time_days", "value"]

        now = lead(lambda job: ("on demand", "now"))
        assert lead(lambda job: ("on demand", int(job.carbon.index[10]))) > now + 8 / 24
        assert lead(lambda job: ("spot", "now")) > now

    def test_a_job_is_told_of_its_machine_and_the_hours_to_come(self, world):
        told = []

        def place(job):
            told.append(job)
            return "spot", "now"

        sim.simulate(world, OFTEN.replace(place=place), seed=2, instant=True)
        for job in told:
            assert (job.service, job.resource, job.size, job.machine_hours) == (
                "claims-triage", "trainer", "p3.2xlarge", 30.0,
            )  # fmt: skip
            assert not job.paid_anyway and 0.25 < job.spot_gbp / job.on_demand_gbp < 0.5
            assert job.carbon.index.tolist() == [(job.hour + k) % 24 for k in range(24)]
            assert job.carbon.between(19, 700).all()

    def test_a_job_that_is_interrupted_for_ever_is_finished_on_demand(self, world):
        market = {"interrupted_share": 0.99, "checkpoint_every_hours": 1000.0}
        hopeless = world.replace(market=market)
        hopeless = hopeless.replace(services=[hopeless.services[0].model_dump() | {
            "training": hopeless.services[0].training.model_dump() | {"machine_hours": 20_000.0}}])  # fmt: skip
        run = sim.simulate(hopeless, OFTEN.replace(place=lambda job: ("spot", "now")), seed=2, instant=True)
        reconcile(run.billing, run.ledger)
        mine = run.billing[run.billing["ResourceName"] == "trainer"]
        assert set(mine["PricingCategory"]) == {"Dynamic", "Standard"}

    def test_a_job_goes_on_as_it_was_hired_when_its_machine_is_resized_meanwhile(self, world):
        def smaller(usage):
            return {"trainer": "m5.large"} if "m5.large" in usage.at["trainer", "sizes"] else {}

        sized = [TRAINER | {"sizes": ["m5.large", "p3.2xlarge"]}, SERVER]
        book = OFTEN.replace(place=lambda job: ("spot", int(job.carbon.index[-1])), size=smaller)
        run = sim.simulate(world.replace(estate=sized), book, seed=2, instant=True)
        reconcile(run.billing, run.ledger)
        hired = run.billing[run.billing["PricingCategory"] == "Dynamic"]
        assert (hired["ListUnitPrice"] > 0).all() and hired["SkuId"].nunique() >= 1

    def test_cost_per_training_counts_the_machines_that_train(self, world, run):
        later = run.models[run.models["reason"] != "pilot"]
        cost = run.billing.loc[run.billing["ResourceName"] == "trainer", "EffectiveCost"].sum()
        value = run.scorecard().set_index("measure").at["cost_per_training_run_gbp", "value"]
        assert value == pytest.approx(cost / len(later))


def grid_of(world, seed: int, days: int) -> np.ndarray:
    shape = carbon.seasonal(world.start, days)
    return carbon.intensity(shape, carbon.wind(Streams(seed), days), world.market.grid_g_per_kwh)


class TestCarbon:
    def test_a_day_by_hand(self, quiet):
        """One notebook of 16 vCPUs (75 W) is on all day, and works 4 vCPU hours of it between nine and five."""
        world = quiet(1, 60, {"estate": [NOTEBOOK]})
        run = sim.simulate(world, seed=2)
        grid = grid_of(world, 2, run.days)
        idle, busy = 0.3 * 0.075 * grid.sum(axis=1), 0.7 * 0.075 * (4 / 16) * grid[:, 9:17].mean(axis=1)
        assert run.daily["carbon_kg"].to_numpy() == pytest.approx(1.15 * (idle + busy) / 1000)
        card = run.scorecard().set_index("measure")["value"]
        assert card["carbon_kg"] == pytest.approx(run.daily["carbon_kg"].sum())
        worth = (run.daily["carbon_kg"] * run.daily["discount"]).sum() / 1000 * 277
        assert card["carbon_gbp"] == pytest.approx(worth)

    def test_a_spot_job_by_hand(self, quiet):
        """A job of eight vCPUs and a V100 draws 337.5 W from its start, in the hours in which it runs."""
        world = quiet(
            1, 60, {"estate": [TRAINER], "market": {"interrupted_share": 0.0}}, training={"machine_hours": 24}
        )
        book = OFTEN.replace(place=lambda job: ("spot", int(job.carbon.idxmin())))
        run = sim.simulate(world, book, seed=2, instant=True)
        placed = run.journal[run.journal["kind"] == "job placed"]
        ends = run.journal[run.journal["kind"] == "spot job done"]["day"].to_numpy()
        grid = grid_of(world, 2, run.days)
        total = 0.0
        for end in ends:
            start = end - 0.05 / 24
            day, hour, hours = carbon.spread(start, 3.05, 3.05)
            total += (grid[day, hour] * hours).sum() * 0.3375 * 1.15 / 1000
        assert len(placed) == len(ends) >= 2
        assert run.daily["carbon_kg"].sum() == pytest.approx(total)

    def test_a_cleaner_hour_lowers_it(self, world):
        def kg(place) -> float:
            run = sim.simulate(world, OFTEN.replace(place=place), seed=2, instant=True)
            return run.daily["carbon_kg"].sum()

        cleanest, dirtiest = (kg(lambda job, pick=pick: ("on demand", int(pick(job.carbon)))) for pick in (
            pd.Series.idxmin, pd.Series.idxmax))  # fmt: skip
        assert cleanest < kg(lambda job: ("on demand", "now")) < dirtiest

    def test_what_is_shared_is_split_evenly(self, pair):
        run = sim.simulate(pair.replace(quarters=1), seed=2)
        by_service = run.daily.groupby("service")["carbon_kg"].sum()
        assert (by_service > 0).all() and run.daily["carbon_kg"].ge(0).all()
