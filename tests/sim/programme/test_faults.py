"""Incidents of the data, what contracts and a catalogue make of them, and runs that fail."""

import numpy as np
import pytest

import sim
from sim.decisions.contracts import fits
from sim.errors import PlaybookError, ScenarioError
from sim.practices import retrain_on_schedule

SEEDS = (1, 2)


def only(scenario, kind: str, **fields) -> list[dict]:
    """Return one kind of incident alone, certain on day 30."""
    usual = {"per_year": 0.0, "on_days": [30.5], "ends_after_days": 20.0}
    return [k.model_dump() | usual | fields for k in scenario.services[0].incidents if k.kind == kind]


@pytest.fixture(scope="module")
def befall(quiet, scenario):
    """Run a quiet world to which one thing happens on day 30."""

    def run(kind: str, seed: int = 1, book: dict | None = None, cases: float = 200, quarters: int = 1, **service):
        fields = {k: service.pop(k) for k in list(service) if k in ("share", "late_days", "on_days", "source")}
        world = quiet(quarters, cases, {"record_share": 1.0}, incidents=only(scenario, kind, **fields), **service)
        return sim.simulate(world, sim.Playbook(**(book or {})), seed=seed, instant=True)

    return run


def failed(run: sim.Run, dimension: str, first: int, last: int, source: str = "earnings-feed") -> float:
    q = run.quality
    mine = q[(q["dimension"] == dimension) & (q["source"] == source) & q["day"].between(first, last)]
    return mine["failed"].sum() / mine["rows"].sum()


class TestKinds:
    def test_renamed_columns_are_read_as_missing(self, befall):
        run = befall("schema_change", outcomes={"complaint_share": 0.0})
        assert failed(run, "completeness", 30, 49, "benefits-register") == 1
        assert failed(run, "completeness", 0, 29, "benefits-register") < 0.1
        assert run.incidents["cases_harmed"].item() > 100 and run.incidents["found_by"].item() == "nobody"

    def test_a_format_with_a_schema_stops_the_run_instead(self, befall, scenario):
        sources = [s.model_dump() for s in scenario.services[0].sources]
        sources[2]["format"] = "xml"
        run = befall("schema_change", sources=sources)
        assert failed(run, "completeness", 30, 49, "benefits-register") < 0.1
        assert run.incidents["found_by"].item() == "pipeline" and run.incidents["cases_harmed"].item() == 0
        out = range(30, int(run.incidents["fixed_day"].item()))
        assert len(out) and (run.daily.set_index("day").loc[list(out), "decided"] == 0).all()

    def test_a_file_loaded_again_pays_twice_more(self, befall):
        run, naive = (befall("duplicate_load", share=share) for share in (0.3, 0.001))
        assert abs(failed(run, "uniqueness", 30, 49) - 0.3) < 0.05 and failed(naive, "uniqueness", 0, 29) < 0.05
        more = run.daily["harm_gbp"].sum() - naive.daily["harm_gbp"].sum()
        incident = run.incidents.iloc[0]
        assert more == pytest.approx(incident["cost_gbp"], rel=0.02) and incident["cost_gbp"] == (
            2 * 60 * incident["cases_harmed"]
        )
        kept = befall("duplicate_load", book={"validate": lambda b: ~b["case_id"].duplicated()})
        assert kept.incidents["cases_harmed"].item() == 0

    def test_a_late_feed_carries_old_values_of_as_many_as_have_changed(self, befall):
        run = befall("late_feed", cases=400, late_days=20)
        late, usual = (failed(run, "accuracy", *days) for days in ((30, 49), (0, 29)))
        expected = np.exp(-1 / 45) - np.exp(-21 / 45)
        assert abs(late - usual - expected) < 0.04
        assert run.incidents["cases_harmed"].item() > 100
        age = run.daily.set_index("day")["feature_age_hours"]
        assert age[30:49].mean() - age[:29].mean() == pytest.approx(20 * 24 / 3, rel=0.02)

    def test_poisoned_labels_harm_by_what_is_learnt_from_them(self, befall):
        book = {"retrain": retrain_on_schedule(days=40)}
        quick = {"outcomes": {"median_days": 5.0}, "training": {"release_days": 1.0, "window_days": 30}}
        run = befall("poisoned_labels", book=book, quarters=2, cases=300, share=0.45, **quick)
        never = befall("poisoned_labels", quarters=2, cases=300, share=0.45, **quick)
        assert run.incidents["cases_harmed"].item() > 100 and never.incidents["cases_harmed"].item() == 0
        known = never.daily.set_index("day")
        assert known.loc[45:50, "accuracy_known"].mean() < known.loc[20:29, "accuracy_known"].mean() - 0.1
        assert known.loc[31:49, "accuracy"].mean() > known.loc[:29, "accuracy"].mean() - 0.03
        assert known["accuracy_known"].dropna().between(0, 1).all()

    def test_outcomes_recorded_wrongly_are_put_right_when_it_is_found(self, quiet, scenario):
        monitor = sim.monitor(lambda reference, recent: 1.0, 0.5, every_days=7)
        world = quiet(1, 200, incidents=only(scenario, "poisoned_labels"), outcomes={"median_days": 5.0})
        found, unfound = (sim.Programme(world, seed=1, instant=True) for _ in range(2))
        found.step(sim.Playbook(watch_model=monitor))
        unfound.step(sim.Playbook())
        right = [(p.services[0].labels.recorded == p.services[0].people.truth).all() for p in (found, unfound)]
        assert right == [True, False]
        assert found.run().incidents["found_by"].item() == "monitor"


CAUGHT = ("unit_change", "schema_change", "silent_nulls", "duplicate_load")


class TestContracts:
    @pytest.mark.parametrize("kind", [*CAUGHT, "late_feed"])
    def test_find_at_once_what_they_check(self, befall, kind):
        for seed in SEEDS:
            naive, agreed = befall(kind, seed), befall(kind, seed, {"contracts": "all"})
            assert agreed.incidents["found_by"].item() == "contract"
            assert agreed.incidents["detected_day"].item() < 31
            assert agreed.incidents["cases_harmed"].item() < 0.4 * naive.incidents["cases_harmed"].item()
            if kind in CAUGHT:
                assert agreed.incidents["cases_harmed"].item() == 0

    @pytest.mark.parametrize("kind", ["unit_change", "schema_change"])
    def test_an_announced_change_that_is_prepared_for_does_no_harm(self, befall, kind):
        run = befall(kind, book={"contracts": "all"}, on_days=[40.5])
        row = run.incidents.iloc[0]
        assert row["began_day"] == row["detected_day"] == row["fixed_day"] == 40.5 and row["cost_gbp"] == 0
        announced = run.journal[run.journal["kind"] == "change announced"]
        assert announced["day"].item() == 10.5
        assert (run.people["kind"] == "prepare for change").sum() == 1
        assert (run.daily["decided"] > 0).all()

    def test_a_change_that_is_not_prepared_for_is_held(self, befall, scenario):
        sources = [s.model_dump() | {"notice_days": 0.0} for s in scenario.services[0].sources]
        run = befall("unit_change", book={"contracts": ("earnings-feed",)}, sources=sources)
        row, days = run.incidents.iloc[0], run.daily.set_index("day")
        assert row["found_by"] == "contract" and row["cases_harmed"] == 0 < row["cost_gbp"]
        held = list(range(30, int(row["fixed_day"])))
        assert held and (days.loc[held, "decided"] == 0).all() and (days["delivered"] > 0).all()

    def test_hold_with_no_other_source(self, befall):
        run = befall("unit_change", book={"contracts": ("claim-form", "benefits-register")})
        assert run.incidents["found_by"].item() == "complaints"
        assert not (run.journal["kind"] == "change announced").any()

    def test_cost_hours_a_month_for_each(self, quiet):
        def hours(contracts):
            run = sim.simulate(quiet(1), sim.Playbook(contracts=contracts), instant=True)
            return run.people.loc[run.people["kind"] == "keep contracts", "hours"].sum()

        assert [hours(c) for c in ("none", ("claim-form",), "all")] == [0, 3 * 2.0, 3 * 6.0]

    def test_with_a_source_that_is_not_there_are_refused(self, quiet, refused):
        book = sim.Playbook(contracts=("earnings-fed",))
        message = refused(PlaybookError, lambda: sim.simulate(quiet(1), book))
        assert "claims-triage" in message and "Did you mean 'earnings-feed'?" in message
        assert fits("all", quiet(1).services[0]) is fits(("claim-form",), quiet(1).services[0]) is None


class TestCatalogue:
    def test_shortens_the_search_and_changes_nothing_else(self, befall):
        searched = []
        for seed in range(1, 5):
            ways = ("none", "catalogue", "catalogue with lineage")
            people = [befall("unit_change", seed, {"catalogue": way}).people for way in ways]
            looked, mended = (
                [p.loc[p["kind"] == kind, "hours"].item() for p in people] for kind in ("diagnosis", "data incident")
            )
            assert looked == sorted(looked, reverse=True) and len(set(mended)) == 1
            searched.append(looked)
        mean = np.mean(searched, axis=0)
        assert mean[0] > mean[1] + 2 > mean[2] + 2.5

    def test_takes_stewardship(self, quiet):
        def hours(way):
            run = sim.simulate(quiet(1), sim.Playbook(catalogue=way), instant=True)
            return run.people.loc[run.people["kind"] == "keep catalogue", "hours"].sum()

        assert [hours(w) for w in ("none", "catalogue", "catalogue with lineage")] == [0, 12, 21]


class TestIngest:
    def test_fresher_ages_less_and_costs_more(self, quiet):
        runs = [sim.simulate(quiet(2, 400), sim.Playbook(ingest=w), seed=1, instant=True)
                for w in ("nightly", "hourly", "streaming")]  # fmt: skip
        age = [run.daily["feature_age_hours"].mean() for run in runs]
        assert age[0] > 18 > age[1] > age[2]
        wrong = [failed(run, "accuracy", 0, 182) for run in runs]
        assert wrong[0] > wrong[1] + 0.015 and wrong[1] >= wrong[2]
        toil = [run.people.loc[run.people["kind"] == "keep ingest", "hours"].sum() for run in runs]
        assert toil[0] == 0 < toil[1] < toil[2]
        bill = [run.billing.loc[run.billing["ResourceName"] == "nightly-pipeline", "BilledCost"].sum() for run in runs]
        assert bill[0] == bill[1] and bill[2] == pytest.approx(2 * bill[0], rel=1e-3)
        used = [run.daily["utilisation"].mean() for run in runs]
        assert used[1] > used[0]

    def test_going_back_to_nightly_stops_the_stream(self, quiet):
        programme = sim.Programme(quiet(2), seed=1, instant=True)
        programme.step(sim.Playbook(ingest="streaming"))
        programme.step(sim.Playbook())
        bill = programme.run().billing
        mine = bill[bill["ResourceName"] == "nightly-pipeline"].groupby("x_Day")["ConsumedQuantity"].sum()
        assert mine[5] == 2 * mine[120] == 96


class TestRuns:
    def world(self, quiet, **ingestion):
        return quiet(2, 60, ingestion=ingestion)

    def test_fail_as_often_as_the_scenario_says_and_wait_for_a_repair(self, quiet):
        world = self.world(quiet, fail_share=0.2, retries=0)
        run = sim.simulate(world, seed=1)
        repairs = run.people[run.people["kind"] == "repair run"]
        n, p = run.days, 0.2
        assert 0 < len(repairs) < p * n + 4.5 * np.sqrt(n * p * (1 - p))
        failures = run.journal[run.journal["kind"] == "run failed"]
        days = run.daily.set_index("day")
        for day, done in zip(failures["day"].astype(int), repairs["finished_day"], strict=True):
            assert (days.loc[day : min(int(done), run.days) - 1, "decided"] == 0).all()
        assert (run.journal["kind"] == "run repaired").sum() >= len(repairs) - 1
        assert days["delivered"].sum() + days[["in_flight", "quarantined"]].sum().sum() == days["cases"].sum()

    def test_retries_save_most_and_cost_machine_time(self, quiet):
        runs = [
            sim.simulate(self.world(quiet, fail_share=0.5, retries=r, retry_fail_share=0.2), seed=1) for r in (0, 1, 3)
        ]
        failures = [(run.journal["kind"] == "run failed").sum() for run in runs]
        assert failures[0] > failures[1] > failures[2]
        usual = sim.simulate(self.world(quiet, fail_share=0.0), seed=1)
        assert runs[2].daily["feature_age_hours"].mean() > usual.daily["feature_age_hours"].mean()

    def test_fail_on_the_same_nights_whatever_is_decided(self, quiet):
        world = self.world(quiet, fail_share=0.1, retries=0, repair_hours=0.0)
        books = (sim.Playbook(), sim.Playbook(validate=lambda b: b["rent_gbp"] > 300, ingest="hourly"))
        days = [
            list(run.journal.loc[run.journal["kind"] == "run failed", "day"])
            for run in (sim.simulate(world, book, seed=2, instant=True) for book in books)
        ]
        assert days[0] == days[1] and len(days[0]) > 5


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"source": "claim-fom"}, "Did you mean 'claim-form'?"),
        ({"features": ["rent"]}, "rent"),
        ({"kind": "late_feed", "features": []}, "nothing in claim-form ever changes"),
        ({"kind": "poisoned_labels"}, "poisoned labels befall outcomes"),
    ],
)
def test_an_incident_that_makes_no_sense_is_refused(quiet, scenario, fields, hint, refused):
    kind = scenario.services[0].incidents[1].model_dump() | fields
    assert hint in refused(ScenarioError, lambda: quiet(1, incidents=[kind]))


@pytest.mark.parametrize(("hours", "nearest"), [(1.5, "2"), (30, "24"), (50, "48")])
def test_a_cadence_that_is_not_regular_is_refused(quiet, scenario, hours, nearest, refused):
    sources = [s.model_dump() for s in scenario.services[0].sources]
    sources[1]["cadence_hours"] = hours
    message = refused(ScenarioError, lambda: quiet(1, sources=sources))
    assert f"nearest that is allowed is {nearest}" in message
