"""A quarter's money: bid for, handed out, held to, split, and given back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calendar import HOURS_PER_WORKING_DAY
from sim.ledger import ACCOUNTS, COSTS
from sim.organisation.budget import envelope
from tests.accounting import accounted

NAIVE = sim.Playbook()
REFER = NAIVE.replace(decide=sim.practices.refer_uncertain())
SETTLED, LAST_YEAR = 205_000, 75_000
RETRAIN = NAIVE.replace(retrain=sim.practices.retrain_on_schedule(days=30))


def bids(low: float, median: float, upper: float):
    return lambda spend: {0.1: low, 0.5: median, 0.9: upper}


def shares(**parts: float):
    return lambda report: {name.replace("_", "-"): report.available_gbp * part for name, part in parts.items()}


def lines(run: sim.Run) -> pd.DataFrame:
    """Return the programme's lines of the budget, one row per quarter."""
    whole = run.budget[run.budget["service"] == "all"]
    return whole.pivot(index="quarter", columns="line", values="gbp")


def funded(run: sim.Run) -> pd.Series:
    """Return what was received by quarter, GBP."""
    received = run.ledger[run.ledger["credit"] == "funding"]
    return received.groupby("quarter")["pence"].sum() / 100


def days_of(run: sim.Run, kind: str) -> list[int]:
    return run.journal.loc[run.journal["kind"] == kind, "day"].astype(int).tolist()


class TestTheBoard:
    def test_grants_a_bid_within_what_was_settled(self):
        assert envelope(90.0, 100.0, 120.0, 0.2).gbp == 90.0
        assert envelope(90.0, 100.0, 120.0, 0.2).contingency_gbp == 10.0
        assert envelope(90.0, 100.0, 120.0, 0.05).contingency_gbp == 4.5
        assert envelope(150.0, 170.0, 120.0, 0.5).gbp == 120.0

    def test_raises_or_cuts_what_it_allows_by_its_verdict(self):
        assert envelope(150.0, 170.0, 120.0, 0.5, verdict=0.5).gbp == 60.0
        assert envelope(150.0, 170.0, 120.0, 0.5, verdict=1.5).gbp == 150.0
        assert envelope(90.0, 90.0, 120.0, 0.5, verdict=2.0).most_gbp == 90.0

    def test_hears_of_results_once_a_year(self, quiet):
        programme = sim.Programme(quiet(6, 10), instant=True)
        for quarter in range(6):
            programme.step(NAIVE.replace(forecast=bids(2e5, 2e5, 2e5)))
            if quarter == 1:
                programme.books.verdict = 0.5
        assert lines(programme.run())["envelope"].tolist() == [SETTLED, 2e5, 2e5, 2e5, SETTLED / 2, SETTLED / 2]


class TestTheBid:
    def test_the_first_quarter_is_settled_and_the_others_are_bid_for(self, quiet):
        run = sim.simulate(quiet(3, 10), NAIVE.replace(forecast=bids(1e5, 2e5, 2.1e5)), instant=True)
        money = lines(run)
        assert money["envelope"].tolist() == [SETTLED, 2e5, 2e5]
        assert money["contingency"].tolist() == [0.2 * SETTLED, 1e4, 1e4]
        assert money["bid"].isna().tolist() == [True, False, False]
        assert funded(run).tolist() == [SETTLED, 2e5, 2e5]

    def test_naive_is_last_year_and_a_tenth(self, quiet):
        programme = sim.Programme(quiet(6, 10))
        while not programme.done:
            programme.step(NAIVE)
        run = programme.run()
        spent = run.daily.groupby("quarter")["spend_gbp"].sum()
        assert lines(run)["bid"].loc[2:4].tolist() == pytest.approx([1.1 * LAST_YEAR] * 3)
        assert lines(run)["bid"].loc[5:6].tolist() == pytest.approx((1.1 * spent.loc[1:2]).tolist())

    def test_it_is_told_what_each_month_cost_each_service(self, pair):
        heard = []

        def listen(spend):
            heard.append(spend)
            return {0.1: 0, 0.5: 4e5, 0.9: 4e5}

        run = sim.simulate(pair.replace(quarters=2), NAIVE.replace(forecast=listen), instant=True)
        month = run.daily.groupby(["month", "service"])["spend_gbp"].sum().unstack()
        for spend, months in zip(heard, (3, 6), strict=True):
            assert list(spend.index) == list(range(-12, months)) and list(spend) == ["claims-triage", "appeals"]
            assert (spend.loc[:-1] == LAST_YEAR / 3 / 2).all(axis=None)
            assert np.allclose(spend.loc[0:], month[list(spend)].iloc[:months], rtol=0, atol=1e-6)

    def test_it_takes_a_person_hours_and_the_naive_one_none(self, quiet):
        naive, own = (
            sim.simulate(quiet(2, 10), b, instant=True).people
            for b in (NAIVE, NAIVE.replace(forecast=bids(0, 4e5, 4e5)))
        )
        assert not naive["kind"].eq("forecast").any()
        assert own.loc[own["kind"] == "forecast", "hours"].tolist() == [HOURS_PER_WORKING_DAY] * 2


@pytest.fixture(scope="module")
def overspent(quiet):
    """A programme that bids next to nothing for its second quarter, and overspends from that one's first month."""
    programme = sim.Programme(quiet(4, 60), seed=3)
    poor, rich = (RETRAIN.replace(forecast=bids(g, g, g)) for g in (1.0, 4e5))
    books = [poor, rich, rich, rich.replace(validate=sim.practices.validation_gate())]
    frozen = []
    for book in books:
        programme.step(book)
        frozen.append(programme.books.hiring_frozen)
    assert frozen == [False, True, False, False]
    return programme


class TestOverspend:
    def test_controls_begin_at_a_months_end_and_are_lifted_by_a_quarter_within_its_money(self, overspent):
        run = overspent.run()
        assert days_of(run, "spending controls") == [run.daily.loc[run.daily["month"] == 4, "day"].max()]
        assert days_of(run, "spending controls lifted") == [run.daily.loc[run.daily["quarter"] == 3, "day"].max()]

    def test_no_model_is_retrained_under_them(self, overspent):
        run = overspent.run()
        began, ended = days_of(run, "spending controls")[0], days_of(run, "spending controls lifted")[0]
        started = run.journal.loc[run.journal["kind"] == "retraining", "day"]
        assert not started.between(began + 1, ended - 1).any()
        assert (started < began).any() and (started > ended).any()
        assert (run.journal["kind"] == "retraining waits for money").any()

    def test_the_books_balance(self, overspent):
        accounted(overspent, overspent.run())

    def test_no_practice_is_taken_up_under_them(self, quiet):
        programme = sim.Programme(quiet(4, 10), seed=3)
        poor = NAIVE.replace(forecast=bids(1, 1, 1))
        for book in (poor, NAIVE, NAIVE.replace(validate=sim.practices.validation_gate()), NAIVE):
            programme.step(book)
        run = programme.run()
        wanted = run.journal[(run.journal["subject"] == "validate") & (run.journal["kind"] == "taking up")][
            "day"
        ].item()
        lifted = days_of(run, "spending controls lifted")[0]
        paid = run.ledger[(run.ledger["debit"] == "adoption") & (run.ledger["discipline"] == "dataops")]["day"].item()
        assert wanted < lifted and int(paid) == lifted + 1
        assert (run.journal["kind"] == "waits for money").sum() == 1

    def test_contingency_is_drawn_for_what_it_covers_and_no_more(self, quiet):
        world = quiet(3, 10)
        cost = sim.simulate(world).daily.groupby("quarter")["spend_gbp"].sum()
        for upper, covered in ((1.15, True), (1.05, False)):
            bid = bids(0, cost[2] * 0.9, cost[2] * 0.9 * upper)
            run = sim.simulate(world, NAIVE.replace(forecast=bid), instant=True)
            money = lines(run).loc[2]
            short = round(cost[2] - money["envelope"], 2)
            drawn = funded(run)[2] - money["envelope"]
            assert drawn == pytest.approx(min(short, money["contingency"]))
            assert (len(days_of(run, "spending controls")) == 0) == covered


def test_what_is_left_is_surrendered_at_the_years_end(quiet):
    """The first quarter's money was settled; for the other three the board granted the naive bid in full."""
    run = sim.simulate(quiet(5, 10))
    back = run.ledger[run.ledger["debit"] == "surrendered"]
    assert back["quarter"].tolist() == [4] and back["credit"].tolist() == ["cash"]
    spent = run.daily.groupby("quarter")["spend_gbp"].sum().loc[1:4]
    assert (spent < lines(run)["envelope"].loc[1:4]).all()
    received = SETTLED + 3 * 1.1 * LAST_YEAR
    assert back["pence"].item() / 100 == pytest.approx(received - spent.sum(), abs=0.005)


class TestPurses:
    def test_a_service_without_money_buys_no_review_and_its_neighbour_is_left_alone(self, pair):
        pooled = sim.simulate(pair, REFER, seed=3, instant=True).daily
        split = sim.simulate(pair, REFER.replace(fund=shares(appeals=0.0)), seed=3, instant=True).daily
        for service, later in (("claims-triage", 1.0), ("appeals", 0.0)):
            one, two = (d[(d["service"] == service) & (d["quarter"] == 2)]["referred"].sum() for d in (pooled, split))
            assert one > 50 and two == later * one
        first = pooled["quarter"] == 1
        assert (pooled.loc[first, "referred"] == split.loc[first, "referred"]).all()

    def test_money_buys_as_many_reviews_as_it_is_worth(self, pair):
        world = pair.replace(quarters=2)
        run = sim.simulate(world, REFER.replace(fund=lambda report: {"appeals": 100.0}), seed=3, instant=True)
        mine = run.daily[(run.daily["service"] == "appeals") & (run.daily["quarter"] == 2)]
        staff, review = world.staff, world.services[1].review
        price = review.minutes / 60 * staff.caseworker_pay_gbp * staff.on_cost / (220 * HOURS_PER_WORKING_DAY)
        assert mine["referred"].sum() == int(100.0 / price)
        assert mine.loc[mine["referred"] > 0, "day"].max() < mine["day"].max() - 20
        assert (run.journal["kind"] == "reviews not bought").sum() == 1

    def test_the_model_answers_where_no_review_is_bought(self, pair):
        run = sim.simulate(pair, REFER.replace(fund=shares(appeals=0.0)), seed=3, instant=True)
        naive = sim.simulate(pair, NAIVE, seed=3, instant=True)
        one, two = (
            r.decisions[(r.decisions["service"] == "appeals") & (r.decisions["day"] > 95)] for r in (run, naive)
        )
        assert len(one) > 50 and (one["decision"].to_numpy() == two["decision"].to_numpy()).all()

    def test_an_empty_purse_lets_no_retraining_begin_until_the_next_quarter(self, quiet):
        fund = lambda report: {"claims-triage": 0.0 if report.quarter == 2 else 100.0}  # noqa: E731
        run = sim.simulate(quiet(3, 60), RETRAIN.replace(fund=fund), seed=3, instant=True)
        retrainings = run.journal[run.journal["kind"] == "retraining"]["day"]
        quarter = pd.cut(retrainings, [-1, 91, 183, 276], labels=[1, 2, 3])
        assert (quarter == 1).any() and not (quarter == 2).any() and (quarter == 3).any()

    def test_an_empty_purse_adds_no_machine(self, quiet):
        book = NAIVE.replace(scale=lambda load: load.peak + 3, fund=lambda report: {"claims-triage": 0.0})
        run = sim.simulate(quiet(2, 10), book, seed=3, instant=True)
        serving = (
            run.billing[run.billing["ResourceName"] == "triage-serving"].groupby("x_Day")["ConsumedQuantity"].sum()
        )
        assert serving.loc[1:90].unique().tolist() == [7 * 24] and serving.loc[92:].unique().tolist() == [4 * 24]

    def test_a_split_that_leaves_everybody_out_is_as_before(self, pair, same_frames):
        one = sim.simulate(pair, REFER, seed=3, instant=True)
        two = sim.simulate(pair, REFER.replace(fund=lambda report: {}), seed=3, instant=True)
        for name in ("daily", "decisions", "models", "billing"):
            assert one.frames[name].equals(two.frames[name]), name

    def test_it_is_told_what_reviews_cost_and_changed(self, pair):
        heard = []

        def listen(report):
            heard.append(report)
            return {}

        run = sim.simulate(pair, REFER.replace(fund=listen), seed=3, instant=True)
        assert [r.quarter for r in heard] == [2, 3]
        paid = run.ledger[run.ledger["debit"] == "casework"].groupby(["quarter", "service"])["pence"].sum() / 100
        for quarter, report in enumerate(heard, start=1):
            use = report.services
            assert np.allclose(use["reviews"] * use["review_gbp"], paid[quarter].reindex(use.index), atol=0.05)
            assert (use["changed"] <= use["reviews"]).all() and (use["changed"] > 0).all()
            assert (use["bought_gbp"] >= use["reviews"] * use["review_gbp"] - 200).all()
            assert report.available_gbp > 0 and np.isinf(use["purse_gbp"]).all()

    def test_more_than_there_is_is_refused(self, pair, refused):
        book = REFER.replace(fund=lambda report: {"appeals": report.available_gbp + 1})
        assert "to hand out" in refused(sim.errors.DecisionError, lambda: sim.simulate(pair, book, instant=True))


def test_telling_people_of_a_breach_is_a_cost_of_compliance(small):
    breach = {"accounts": 200, "per_account_year": 0.05, "found_days": 10.0, "letter_gbp": 2.0}
    run = sim.simulate(small(2, 60, breach=breach), seed=1)
    found = run.incidents[(run.incidents["kind"] == "breach") & run.incidents["fixed_day"].notna()]
    paid = run.ledger[run.ledger["debit"] == "compliance"]
    assert len(found) > 0 and set(paid["category"]) == {"compliance"}
    assert paid["pence"].sum() == pytest.approx(200 * found["cases_harmed"].sum())


def test_every_cost_has_one_of_six_categories_and_value_has_none(small):
    breach = {"accounts": 200, "per_account_year": 0.05, "found_days": 10.0}
    run = sim.simulate(small(2, 60, breach=breach), sim.practices.reference(), seed=1)
    costs = run.ledger[run.ledger["debit"].isin(COSTS)]
    six = {"infrastructure", "data", "people", "software", "operations", "compliance"}
    assert set(costs["category"]) == six
    assert run.daily["benefit_gbp"].sum() > 0 and run.daily["harm_gbp"].sum() > 0
    assert not any("benefit" in a or "harm" in a for a in ACCOUNTS)
