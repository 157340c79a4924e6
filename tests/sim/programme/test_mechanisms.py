"""Effects come from mechanisms: each lever moves what it should, by the way it should."""

import warnings

import numpy as np
import pandas as pd
import pytest

import sim

SEEDS = (1, 2)


def measure(run: sim.Run, name: str) -> float:
    card = run.scorecard()
    return card.loc[(card["measure"] == name) & (card["service"] == "all"), "value"].item()


def against_naive(world, seeds=SEEDS, **decisions) -> list[tuple[sim.Run, sim.Run]]:
    """Return naive and decided runs in pairs, with nothing to take up."""
    book = sim.Playbook().replace(**decisions)
    return [(sim.simulate(world, seed=s), sim.simulate(world, book, seed=s, instant=True)) for s in seeds]


def failed(run: sim.Run, dimension: str) -> float:
    mine = run.quality[run.quality["dimension"] == dimension]
    return mine["failed"].sum() / mine["rows"].sum()


def only(kinds, name: str, **fields) -> list[dict]:
    """Return one kind of incident alone, with fields changed."""
    return [k.model_dump() | fields for k in kinds if k.name == name]


class TestAGate:
    def whole(self, batch):
        return batch.notna().all(axis=1)

    def test_removes_rows_that_fail_and_makes_them_late(self, quiet):
        for naive, gated in against_naive(quiet(2, 200), validate=self.whole):
            assert failed(naive, "completeness") > 0.02 and failed(gated, "completeness") == 0
            assert failed(gated, "timeliness") > failed(naive, "timeliness")
            assert gated.daily["on_time"].sum() < 0.95 * naive.daily["on_time"].sum()
            assert gated.daily["delivered"].sum() < naive.daily["delivered"].sum()
            held = gated.daily[["quarantined", "in_flight"]].sum().sum()
            assert held > naive.daily[["quarantined", "in_flight"]].sum().sum()

    def test_raises_the_quality_of_what_is_delivered(self, small):
        for naive, gated in against_naive(small(4, 150), validate=sim.practices.validation_gate()):
            assert measure(gated, "data_quality") > measure(naive, "data_quality")
            for dimension in ("accuracy", "completeness", "uniqueness", "validity"):
                assert failed(gated, dimension) < failed(naive, dimension)

    def test_holds_back_what_is_sent_back_when_nobody_looks(self, quiet, scenario):
        staff = scenario.staff.model_dump()
        for team in staff["teams"]:
            team["people"], team["share"] = 1, 0.01
        world = quiet(2, 60, {"staff": staff}, reject_after_days=10.0)
        naive, gated = against_naive(world, (1,), validate=self.whole)[0]
        assert naive.daily["rejected"].sum() == 0 < gated.daily["rejected"].sum()
        assert gated.daily["harm_gbp"].sum() > naive.daily["harm_gbp"].sum()

    def test_a_copy_is_awarded_twice_unless_held_back(self, quiet):
        world = quiet(1, 400, defects={"uniqueness": 0.2})
        naive, gated = against_naive(world, (1,), validate=lambda b: ~b["case_id"].duplicated())[0]
        assert failed(naive, "uniqueness") > 0.1 and failed(gated, "uniqueness") == 0
        assert gated.daily["delivered"].sum() == naive.daily["delivered"].sum()
        assert gated.daily["harm_gbp"].sum() < naive.daily["harm_gbp"].sum() - 60 * 100

    def test_a_mender_whose_values_are_too_large_for_the_file_has_the_largest_held(self, quiet):
        mend = lambda batch: batch.assign(earnings_gbp=1e60)  # noqa: E731
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run = sim.simulate(quiet(1, 10, {"record_share": 1.0}), sim.Playbook(repair=mend), instant=True)
        delivered = run.cases["earnings_gbp"].dropna()
        assert len(delivered) and np.isfinite(delivered).all() and (delivered > 1e38).all()

    def test_a_mender_changes_what_is_delivered(self, quiet):
        for naive, mended in against_naive(quiet(1, 200), (1,), repair=lambda b: b.fillna(0.0)):
            assert failed(mended, "completeness") == 0 < failed(naive, "completeness")
            assert (mended.cases.isna().sum() == 0).all() and naive.cases.isna().any().any()


@pytest.fixture(scope="module")
def pence_for_pounds(quiet, scenario):
    """A world to which one thing happens: on day 30 a feed begins to send pence."""
    kinds = scenario.services[0].incidents
    return quiet(2, 400, incidents=only(kinds, "pence-for-pounds", per_year=0.0, on_days=[30.0]))


class TestAUnitChange:
    def test_harms_until_somebody_finds_it_and_the_gate_finds_it_first(self, pence_for_pounds):
        pairs = against_naive(pence_for_pounds, validate=sim.practices.validation_gate())
        for naive, gated in ((n.incidents.iloc[0], g.incidents.iloc[0]) for n, g in pairs):
            assert naive["began_day"] == gated["began_day"] == 30
            assert naive["cases_harmed"] > 500 and naive["cost_gbp"] > 0
            assert naive["found_by"] == "complaints" and naive["detected_day"] > 31
            assert gated["found_by"] == "gate" and gated["detected_day"] < 31
            assert gated["fixed_day"] < naive["fixed_day"]
            assert gated["cases_harmed"] < 0.1 * naive["cases_harmed"]

    def test_shows_in_the_accuracy_of_its_days(self, pence_for_pounds):
        run = sim.simulate(pence_for_pounds, seed=1)
        days, fixed = run.daily.set_index("day"), run.incidents["fixed_day"].item()
        assert days.loc[30 : int(fixed) - 1, "accuracy"].mean() < days.loc[:29, "accuracy"].mean() - 0.1
        assert days.loc[int(fixed) + 1 :, "accuracy"].mean() > days.loc[:29, "accuracy"].mean() - 0.03

    def test_costs_what_the_wrong_decisions_cost(self, pence_for_pounds, scenario):
        run, value = sim.simulate(pence_for_pounds, seed=1), scenario.services[0].value
        cost, harmed = run.incidents["cost_gbp"].item(), run.incidents["cases_harmed"].item()
        least, most = sorted((value.wrong_award_gbp, value.wrong_refusal_gbp))
        assert least * harmed <= cost <= most * harmed

    def test_does_nothing_when_nobody_complains_but_end_by_itself(self, quiet, scenario):
        kinds = scenario.services[0].incidents
        mine = only(kinds, "pence-for-pounds", per_year=0.0, on_days=[30.0], ends_after_days=40.0)
        run = sim.simulate(quiet(2, 60, incidents=mine, outcomes={"complaint_share": 0.0}))
        row = run.incidents.iloc[0]
        assert row["found_by"] == "nobody" and np.isnan(row["detected_day"]) and row["fixed_day"] == 70


def test_silent_nulls_empty_the_fields_of_their_share(quiet, scenario):
    kinds = scenario.services[0].incidents
    mine = only(kinds, "empty-fields", per_year=0.0, on_days=[30.0], ends_after_days=30.0)
    world = quiet(2, 200, {"record_share": 1.0}, incidents=mine, outcomes={"complaint_share": 0.0})
    cases = sim.simulate(world).cases
    during, before = cases[cases["day"].between(31, 59)], cases[cases["day"] < 30]
    assert abs(during["savings_gbp"].isna().mean() - 0.6) < 4.5 * np.sqrt(0.24 / len(during)) + 0.01
    assert before["savings_gbp"].isna().mean() < 0.02
    assert during["earnings_gbp"].isna().mean() < 0.02


def test_an_outage_delays_and_loses_nothing(quiet, scenario):
    kinds = scenario.services[0].incidents
    mine = only(kinds, "feed-outage", per_year=0.0, on_days=[30.5], repair_hours=12.0)
    run = sim.simulate(quiet(1, 100, incidents=mine))
    row, days = run.incidents.iloc[0], run.daily.set_index("day")
    assert row["found_by"] == "pipeline" and row["detected_day"] == 30.5 < row["fixed_day"]
    out = range(30, int(row["fixed_day"]))
    assert (days.loc[list(out), "on_time"] == 0).all() and (days.loc[list(out), "decided"] == 0).all()
    assert (days.loc[list(out), "delivered"] > 0).all()
    assert days.loc[out[-1], "waiting"] > days.loc[29, "waiting"] + 90


class TestDrift:
    def test_lowers_accuracy_until_it_is_switched_off(self, small):
        kept, still = small(6, 150, incidents=[]), small(6, 150, incidents=[], drifts=[])
        for seed in SEEDS:
            moving, resting = (measure(sim.simulate(w, seed=seed), "accuracy_last_quarter") for w in (kept, still))
            assert resting > moving + 0.03

    def test_retraining_makes_up_for_it(self, small):
        world = small(6, 150, {"last_year_gbp": 200_000}, incidents=[])
        for naive, retrained in against_naive(world, retrain=sim.practices.retrain_on_schedule(days=60)):
            assert len(retrained.models) > 3 and len(naive.models) == 1
            last = "accuracy_last_quarter"
            assert measure(retrained, last) > measure(naive, last) + 0.015

    def test_a_retraining_takes_work_and_days_and_learns_from_known_outcomes(self, small):
        world = small(2, 150)
        _, run = against_naive(world, (1,), retrain=sim.practices.retrain_on_schedule(days=60))[0]
        models, training = run.models, world.services[0].training
        later = models.iloc[1:]
        assert len(later) >= 2
        assert (later["trained_day"] > later["started_day"]).all()
        released = later[later["released_day"].notna()]
        took = training.release_days + training.machine_hours / sim.cloud.prices.price("p3.2xlarge").vcpus / 24
        assert (released["released_day"] - released["trained_day"]).to_numpy() == pytest.approx(took)
        assert (models["retired_day"].iloc[:-1].dropna() == models["released_day"].iloc[1:].dropna().to_numpy()).all()
        work = run.people[run.people["kind"] == "retraining"]
        assert (work["hours"] == training.staff_hours).all() and len(work) >= len(later)
        assert later["rows"].max() <= training.max_rows and later["snapshot"].is_unique

    def test_an_alarm_is_answered_by_a_person_who_tells_a_fault_from_a_drift(self, quiet, scenario):
        monitor = sim.monitor(lambda reference, recent: float(recent["earnings_gbp"].mean() > 3000), 0.5, every_days=7)
        kinds = scenario.services[0].incidents
        mine = only(kinds, "pence-for-pounds", per_year=0.0, on_days=[30.0])
        run = sim.simulate(
            quiet(1, 100, incidents=mine, outcomes={"complaint_share": 0.0}), sim.Playbook(watch_model=monitor),
            instant=True,
        )  # fmt: skip
        assert run.incidents["found_by"].item() == "monitor"
        answered = run.journal[run.journal["kind"] == "alarm answered"]
        assert answered["detail"].iloc[0] == "a fault in the data"
        alarm = run.journal.set_index("event_id").loc[int(answered["cause"].iloc[0])]
        assert alarm["kind"] == "alarm" and alarm["day"] < answered["day"].iloc[0]


class TestReferral:
    def test_costs_caseworkers_and_raises_accuracy(self, quiet):
        for naive, referred in against_naive(quiet(1, 200), decide=sim.practices.refer_uncertain()):
            assert naive.daily["referred"].sum() == 0 < referred.daily["referred"].sum()
            paid = [run.ledger.loc[run.ledger["debit"] == "casework", "pence"].sum() for run in (naive, referred)]
            assert paid[0] == 0 < paid[1]
            assert measure(referred, "accuracy") > measure(naive, "accuracy")
            assert measure(referred, "refusals_seen_by_person") > 0
            hours = referred.people.loc[referred.people["kind"] == "review", "hours"].sum()
            reviewed = hours * 60 / 25
            assert reviewed == pytest.approx(round(reviewed))
            pay = 32000 * 1.35 / (220 * 7.4)
            assert paid[1] == pytest.approx(hours * pay * 100, abs=3)

    def test_caseworkers_are_right_as_often_as_the_scenario_says(self, quiet):
        def refer_all(scores, cases):
            return np.full(len(cases), "refer")

        world = quiet(2, 100, {"record_share": 1.0}, review={"caseworkers": 50}, outcomes={"median_days": 1.0})
        run = sim.simulate(world, sim.Playbook(decide=refer_all), instant=True)
        seen = run.decisions.dropna(subset=["granted", "outcome"])
        n, p = len(seen), world.services[0].review.right_share
        assert abs((seen["granted"] == seen["outcome"]).mean() - p) < 4.5 * np.sqrt(p * (1 - p) / n)


class TestMoney:
    def test_scaling_and_sizing_reduce_the_bill(self, quiet):
        naive, sized = against_naive(quiet(1), (1,), size=sim.practices.right_size())[0]
        _, scaled = against_naive(quiet(1), (1,), scale=sim.practices.scale_to_load())[0]
        bills = [run.billing["BilledCost"].sum() for run in (naive, sized, scaled)]
        assert bills[1] < 0.8 * bills[0] and bills[2] < 0.9 * bills[0]
        assert measure(sized, "utilisation") > measure(naive, "utilisation")

    def test_too_few_replicas_leave_records_waiting(self, quiet):
        world = quiet(1, 400)
        naive, starved = against_naive(world, (1,), scale=lambda load: 1)[0]
        assert starved.daily["on_time"].sum() < 0.8 * naive.daily["on_time"].sum()
        assert starved.daily["harm_gbp"].sum() > naive.daily["harm_gbp"].sum()
        nights = starved.quality[(starved.quality["dimension"] == "accuracy") & (starved.quality["day"] >= 1)]["rows"]
        assert nights.max() <= 8 * 4 * 8

    def test_watching_the_bill_shortens_the_leaks(self, quiet, scenario):
        leaks = [i.model_dump() | {"per_year": 4.0} for i in scenario.spend_incidents]
        world = quiet(3, 60, {"spend_incidents": leaks})
        for naive, watched in against_naive(world, watch_spend=sim.practices.spend_alert()):
            assert naive.incidents["began_day"].equals(watched.incidents["began_day"])
            lasted = [(r.incidents["fixed_day"].fillna(r.days) - r.incidents["began_day"]) for r in (naive, watched)]
            assert (lasted[1] <= lasted[0] + 1e-9).all() and lasted[1].mean() < 0.6 * lasted[0].mean()
            assert (watched.incidents["found_by"] == "spend watch").any()
            assert watched.billing["BilledCost"].sum() < naive.billing["BilledCost"].sum()

    def test_a_leak_that_is_over_costs_what_it_cost(self, quiet, scenario):
        leak = scenario.spend_incidents[0].model_dump() | {"per_year": 6.0, "ends_after_days": 10.0}
        programme = sim.Programme(quiet(2, 60, {"spend_incidents": [leak]}), seed=1, instant=True)
        programme.step(sim.Playbook())
        then = programme.run().incidents.dropna(subset=["fixed_day"])
        programme.step(sim.Playbook(size=sim.practices.right_size()))
        now = programme.run().incidents.iloc[: len(then)]
        assert len(then) and now["cost_gbp"].tolist() == then["cost_gbp"].tolist()


@pytest.fixture(scope="module")
def recorded(quiet):
    """Two quarters and a bit under the naive playbook, each case on record."""
    return sim.simulate(quiet(4, 150, {"record_share": 1.0}), seed=3)


def test_refusals_reveal_no_outcome_but_for_the_audit(recorded):
    old = recorded.decisions[recorded.decisions["decided_day"] < recorded.days - 200]
    refused, approved = (old[old["decision"] == d] for d in ("refuse", "approve"))
    n = len(refused)
    assert approved["outcome"].notna().all() and n > 2000
    assert abs(refused["outcome"].notna().mean() - 0.02) < 4.5 * np.sqrt(0.02 * 0.98 / n)
    known = recorded.decisions["outcome"].notna()
    assert (recorded.decisions.loc[known, "known_day"] < recorded.days).all()
    assert recorded.decisions.loc[~known, "known_day"].isna().all()


def test_accuracy_known_counts_known_outcomes_only(recorded):
    seen = recorded.decisions.dropna(subset=["outcome"])
    right = seen["granted"] == seen["outcome"]
    for day in (40, 100, 200, 364):
        window = (seen["known_day"] > day - 28) & (seen["known_day"] <= day)
        assert window.sum() > 100
        wanted = right[window].mean()
        assert recorded.daily.set_index("day").loc[day, "accuracy_known"] == pytest.approx(wanted, abs=1e-12)
    assert recorded.daily["accuracy_known"].head(3).isna().all()


def test_accuracy_in_hindsight_counts_everybody(recorded, quiet):
    people = sim.Programme(quiet(4, 150, {"record_share": 1.0}), seed=3).services[0].people
    truth = pd.Series(people.truth, index=people.case_id)
    seen = recorded.decisions.assign(right=lambda d: d["granted"] == truth[d["case_id"]].to_numpy())
    by_day = seen.groupby(seen["decided_day"].astype(int))["right"].mean()
    daily = recorded.daily.set_index("day")["accuracy"]
    assert daily[by_day.index].to_numpy() == pytest.approx(by_day.to_numpy(), abs=1e-12)
