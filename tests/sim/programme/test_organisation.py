"""The organisation around the services: order, boards, audits, toil, turnover, and the public that comes or not."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim.practices import govern_by_controls, most_needed_first, retrain_on_schedule
from sim.programme.books import Books
from tests.accounting import accounted

OFTEN = sim.Playbook(retrain=retrain_on_schedule(days=30))


@pytest.fixture(scope="module")
def office(quiet, scenario):
    """Return a small quiet world with parts of its organisation changed; with no other changes, nothing befalls it."""

    def make(quarters: int = 2, cases: float = 40, world=quiet, fields=None, **parts) -> sim.Scenario:
        given = scenario.organisation.model_dump()
        given["turnover"]["leave_per_year"] = 0.0
        given["oversight"]["audits_per_year"] = 0.0
        for name, value in parts.items():
            given[name] = {**given[name], **value} if isinstance(value, dict) else value
        return world(quarters, cases, {"organisation": given} | (fields or {}))

    return make


@pytest.fixture(scope="module")
def shunned(office, small):
    """A world in which people lose trust quickly and stay away."""
    hard = {"errors": 1.0, "put_up_with": 0.0, "good": 0.85, "stay_away": 0.9, "manual_gbp": 7.0}
    return office(3, 60, world=small, trust=hard)


def events(run: sim.Run, kind: str) -> pd.DataFrame:
    return run.journal[run.journal["kind"] == kind]


def played(world, book, seed=1, instant=True) -> tuple[sim.Programme, sim.Run]:
    programme = sim.Programme(world, seed=seed, instant=instant)
    while not programme.done:
        programme.advance(book)
    return programme, programme.run()


class TestTakingUp:
    def days(self, world, **decisions) -> pd.Series:
        book = sim.practices.reference().replace(organise="silo", govern=sim.governance(), **decisions)
        run = sim.simulate(world, book, seed=1)
        own = run.people[run.people["kind"] == "change projects"]
        return events(run, "in force").set_index("subject")["day"].drop("adopt", errors="ignore"), own["hours"].sum()

    def test_all_at_once_comes_later_than_a_good_order(self, office):
        world = office(3)
        together, lost = self.days(world, adopt="all at once")
        ordered, spared = self.days(world, adopt=most_needed_first())
        assert set(together.index) == set(ordered.index) and len(ordered) > 20
        assert together.max() > ordered.max() + 5 and together.mean() > ordered.mean() + 5
        assert lost > 50 and spared == 0
        first = [p for p in most_needed_first().first if p in ordered.index]
        assert ordered["validate"] < ordered["protect"] and ordered[first[:4]].mean() < together[first[:4]].mean()

    def test_without_an_overhead_the_order_saves_no_time(self, office):
        world = office(3, switch_hours=0.0)
        together, lost = self.days(world, adopt="all at once")
        ordered, _ = self.days(world, adopt=most_needed_first())
        assert lost == 0 and together.max() <= ordered.max()

    def test_a_team_has_as_many_open_as_the_plan_says_and_in_that_order(self, office):
        book = sim.practices.reference().replace(organise="silo", govern=sim.governance())
        run = sim.simulate(office(3), book.replace(adopt=sim.sequence("protect", "contracts", at_once=1)), seed=1)
        work = run.people[run.people["kind"].str.startswith("take up ") & (run.people["team"] == "data")]
        spans = work.groupby("kind")[["queued_day", "finished_day"]].agg({"queued_day": "min", "finished_day": "max"})
        spans = spans.drop("take up adopt").sort_values("queued_day")
        assert spans.index[:2].tolist() == ["take up protect", "take up contracts"]
        assert (spans["queued_day"].to_numpy()[1:] >= spans["finished_day"].to_numpy()[:-1] - 1e-9).all()

    def test_the_plan_comes_first(self, office):
        run = sim.simulate(office(1), sim.practices.reference(), seed=1)
        planned = events(run, "in force").iloc[0]
        assert planned["subject"] == "adopt"
        others = run.people["kind"].str.startswith("take up ") & (run.people["kind"] != "take up adopt")
        assert (run.people.loc[others, "queued_day"] >= planned["day"]).all()


class TestTeams:
    def test_cross_functional_teams_hand_nothing_over_and_cost_more(self, office):
        world = office(toil={"load_hours": 10.0, "access_hours": 16.0})
        silo, cross = (
            sim.simulate(world, OFTEN.replace(organise=o), 1, instant=True) for o in ("silo", "cross-functional")
        )
        for run, there in ((silo, True), (cross, False)):
            assert (run.people["kind"] == "hand over").any() == there
        card = [r.scorecard().set_index("measure")["value"] for r in (silo, cross)]
        assert card[0]["handoffs"] > 0 == card[1]["handoffs"]
        assert card[0]["lead_time_days"] > card[1]["lead_time_days"]
        pay = [r.ledger.loc[r.ledger["debit"] == "salaries", "pence"].sum() for r in (silo, cross)]
        assert pay[1] > pay[0]

    def test_it_comes_into_force_when_its_work_is_done(self, office):
        run = sim.simulate(office(), OFTEN.replace(organise="cross-functional"), 1)
        day = events(run, "in force").set_index("subject").loc["organise", "day"]
        later = run.people[run.people["queued_day"] > day]
        assert set(later["team"]) == {"claims-triage"}
        assert "claims-triage" not in set(run.people.loc[run.people["finished_day"] < day, "team"])


class TestPeople:
    def test_they_leave_and_come_alike_whatever_is_decided_and_are_not_paid_while_away(self, office):
        world = office(4, turnover={"leave_per_year": 0.9, "vacant_weeks": 8, "bearable": 1000.0})
        naive, often = (sim.simulate(world, book, 2, instant=True) for book in (sim.Playbook(), OFTEN))
        for kind in ("somebody left", "somebody joined"):
            assert len(events(naive, kind)) > 0
            assert events(naive, kind)[["day", "subject"]].to_numpy().tolist() == (
                events(often, kind)[["day", "subject"]].to_numpy().tolist()
            )
        full = sim.simulate(office(4), sim.Playbook(), 2, instant=True)
        paid = [r.ledger.loc[r.ledger["debit"] == "salaries", "pence"].sum() for r in (naive, full)]
        assert paid[0] < paid[1]

    def test_nobody_comes_while_hiring_is_frozen(self, office, monkeypatch):
        world = office(4, turnover={"leave_per_year": 0.9, "vacant_weeks": 4})

        monkeypatch.setattr(Books, "hiring_frozen", True)
        run = sim.simulate(world, sim.Playbook(), seed=2)
        assert len(events(run, "somebody left")) > 0 and not len(events(run, "somebody joined"))

    def test_more_leave_where_more_waits(self, office):
        toil = {"load_hours": 30.0, "report_hours": 30.0}
        turnover = {"leave_per_year": 0.3, "bearable": 0.0, "overload": 1.0}
        left = [
            sum(
                len(events(sim.simulate(office(4, toil=t, turnover=turnover), seed=s), "somebody left")) for s in (1, 2)
            )
            for t in ({}, toil)
        ]
        assert left[1] > left[0]

    def test_toil_falls_with_what_does_it_by_itself(self, office):
        world, book = office(1), sim.practices.reference()
        before, after = (sim.simulate(world, b, 1, instant=True) for b in (sim.Playbook(), book))
        kinds = {"manual loads", "manual reports", "access requests"}
        weeks = before.people[before.people["kind"].isin(kinds)]
        given = world.organisation.toil
        a_week = 3 * given.load_hours + given.report_hours + given.access_hours
        assert weeks["hours"].sum() == pytest.approx(a_week * 13)
        assert not after.people["kind"].isin(kinds).any()
        shares = [r.scorecard().set_index("measure").loc["toil_share", "value"] for r in (before, after)]
        assert shares[0] > shares[1] == 0


class TestGoverning:
    def released(self, world, **governed) -> pd.DataFrame:
        run = sim.simulate(world, OFTEN.replace(govern=sim.governance(**governed)), 1, instant=True)
        later = run.models.iloc[1:]
        return run, (later["released_day"] - later["trained_day"]).dropna()

    def test_a_release_waits_for_the_board_unless_controls_let_it_through(self, office):
        world = office()
        free, board, controls = (
            self.released(world, **g)
            for g in ({}, {"approve_releases": True}, {"approve_releases": True, "automated_controls": True})
        )
        assert (free[1] == free[1].iloc[0]).all()
        assert board[1].max() > free[1].max() + 10
        approved = events(board[0], "approved by the board")["day"]
        assert len(approved) and set(np.round(approved, 6)) <= {0.0, 91.0, 183.0}
        passed = events(controls[0], "controls passed")
        assert len(passed) and controls[1].min() == pytest.approx(free[1].min())

    def test_the_scenario_may_require_it(self, office):
        run, _ = self.released(office(oversight={"releases_need_board": True}), board_days=28)
        approved = events(run, "approved by the board")["day"]
        assert len(approved) and set(np.round(approved, 6)) <= {91.0 * q + 28.0 * k for q in (0, 1) for k in range(3)}

    def test_a_share_of_refusals_is_seen_by_people(self, office):
        none, some = (
            sim.simulate(office(1, 100), sim.Playbook(govern=sim.governance(human_oversight=s)), 1, instant=True)
            for s in (0.0, 0.3)
        )
        card = [r.scorecard().set_index("measure")["value"] for r in (none, some)]
        assert card[0]["refusals_seen_by_person"] == 0 < card[1]["refusals_seen_by_person"] < 0.35
        assert card[1]["spend_gbp"] > card[0]["spend_gbp"] and card[1]["accuracy"] > card[0]["accuracy"]
        seen = some.daily["referred"].sum() / none.daily["refused"].sum()
        assert seen == pytest.approx(0.3, abs=0.04)

    def test_the_council_finds_what_runs_for_nobody_and_takes_its_hours(self, office, small):
        leaks = [k.model_dump() | {"per_year": 4.0} for k in small().spend_incidents]
        world = office(2, world=small, fields={"spend_incidents": leaks})
        without, council = (
            sim.simulate(world, sim.Playbook(govern=sim.governance(cost_council=c)), 1, instant=True)
            for c in (False, True)
        )
        assert (council.incidents["found_by"] == "cost council").any()
        assert council.billing["BilledCost"].sum() < without.billing["BilledCost"].sum()
        hours = council.people.loc[council.people["kind"] == "cost council", "hours"]
        assert len(hours) == 3 * 6 and (hours == world.organisation.oversight.council_hours).all()

    def test_audits_find_what_the_records_show_and_nothing_else(self, office):
        world = office(4, oversight={"audits_per_year": 4.0})
        careful = sim.practices.reference().replace(retrain=retrain_on_schedule(days=60))
        naive, kept = (sim.simulate(world, book, 3, instant=True) for book in (OFTEN, careful))
        days = [events(run, "audit")["day"].tolist() for run in (naive, kept)]
        assert days[0] == days[1] and len(days[0]) > 1
        wanting = set(events(naive, "finding")["subject"])
        assert {"impact assessment", "approval of each release", "lineage of what is decided upon"} <= wanting
        assert "records held no longer than the law allows" not in wanting
        card = [r.scorecard().set_index("measure")["value"] for r in (naive, kept)]
        assert card[0]["audit_findings"] == len(events(naive, "finding")) > card[1]["audit_findings"]
        assert card[0]["evidence_share"] < 0.5 < card[1]["evidence_share"]
        paid = naive.ledger[naive.ledger["debit"] == "compliance"]
        assert len(paid) == len(events(naive, "finding")) and (paid["category"] == "compliance").all()
        assert (naive.people["kind"] == "answer a finding").sum() == len(paid)

    def test_the_board_judges_each_year_by_results_and_trust(self, office):
        good, _ = played(office(4), sim.Playbook())
        bad, run = played(office(4, fields={"targets": {"accuracy": 1.0}}), sim.Playbook())
        assert 1.1 >= good.books.verdict > bad.books.verdict >= 0.9
        assert len(events(run, "board's verdict")) == 1


class TestPublic:
    def test_who_stays_away_is_counted_and_costs(self, shunned):
        programme, run = played(shunned, sim.Playbook())
        daily = run.daily
        assert daily["stayed_away"].sum() > 500 and (daily["uptake"] <= 1).all()
        accounted(programme, run)
        card = run.scorecard().set_index("measure")["value"]
        assert card["uptake"] == pytest.approx(
            1 - daily["stayed_away"].sum() / (daily["cases"] + daily["stayed_away"]).sum()
        )
        assert card["trust"] == daily["trust"].iloc[-1] < 0.8
        by_hand = run.ledger[run.ledger["debit"] == "casework"]["pence"].sum()
        assert by_hand == 700 * daily["stayed_away"].sum()

    def test_whoever_comes_is_the_same_person_in_every_playbook(self, shunned):
        worse, better = (
            sim.simulate(shunned.replace(record_share=1.0), book, 1, instant=True)
            for book in (sim.Playbook(), sim.Playbook(decide=sim.practices.refer_uncertain()))
        )
        uptake = pd.DataFrame({"worse": worse.daily["uptake"], "better": better.daily["uptake"]})
        lower = uptake["worse"] < uptake["better"]
        assert lower.sum() > 30
        came = [set(r.decisions["case_id"][r.decisions["day"].astype(int) < 200]) for r in (worse, better)]
        of_day = [{c for c in cases if c // 1_000_000 in set(np.nonzero(lower.to_numpy())[0])} for cases in came]
        late = len(of_day[0] - of_day[1])
        assert late <= 0.02 * len(of_day[0]) and len(of_day[1]) > len(of_day[0])

    def test_a_world_without_an_organisation_asks_for_no_trust(self, quiet):
        run = sim.simulate(quiet(1, 40), seed=1)
        assert run.daily["trust"].isna().all() and (run.daily["uptake"] == 1).all()
        assert not {"trust", "uptake"} & set(run.scorecard()["measure"])
        assert not len(run.people)

    def test_with_all_in_use_steps_and_a_branch_give_the_same_bytes(self, shunned, same_frames):
        book, world = sim.practices.reference().replace(govern=govern_by_controls()), shunned.replace(quarters=2)
        whole = sim.simulate(world, book, seed=4)
        programme = sim.Programme(world, seed=4)
        programme.step(book)
        twin = programme.branch(2)
        programme.step(book)
        twin.step(book)
        same_frames(whole, programme.run())
        same_frames(whole, twin.run())
