"""Figures draw what the records hold: to the penny, to the day, to the piece of work."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.errors import TrinityError
from sim.plots import claims, effects, fan, incidents, quality, queues, regret, ridge, waterfall
from sim.plots.costs import COST_CATEGORIES, by_category, costs
from sim.plots.units import heading, pounds, worded
from sim.scorecard.measures import MEASURES
from sim.summary import money


@pytest.fixture(scope="module")
def one(run_of):
    return run_of("naive")


@pytest.fixture(scope="module")
def two(run_of):
    return run_of("reference")


class TestCost:
    def test_costs_add_up_to_the_spend(self, one, two):
        for run in (one, two):
            assert costs(run.ledger)["gbp"].sum() == pytest.approx(run.daily["spend_gbp"].sum(), abs=0.01)
            assert by_category(run.ledger).sum() == pytest.approx(run.daily["spend_gbp"].sum(), abs=0.01)

    def test_every_category_is_there(self, one):
        assert tuple(by_category(one.ledger).index) == COST_CATEGORIES
        assert by_category(one.ledger.iloc[:0]).tolist() == [0.0] * 6

    def test_the_waterfall_goes_from_one_spend_to_the_other(self, one, two):
        bars = waterfall.figure(one, two).axes[0].patches
        ends = [bars[0].get_height(), bars[-1].get_height()]
        assert ends == pytest.approx([run.daily["spend_gbp"].sum() for run in (one, two)], abs=0.01)
        moves = sum(bar.get_height() * (1 if bar.get_hatch() else -1) for bar in bars[1:-1])
        assert ends[0] + moves == pytest.approx(ends[1], abs=0.01)

    def test_the_waterfalls_words_have_both_ends_and_every_step(self, one, two):
        words = waterfall.figure(one, two).alt_text
        ends = [float(by_category(run.ledger).sum()) for run in (one, two)]
        assert f"naive costs {money(ends[0])} and yours {money(ends[1])}." in words
        for name, gbp in (by_category(two.ledger) - by_category(one.ledger)).round(2).items():
            assert gbp == 0 or f"{name} {'+' if gbp > 0 else ''}{money(gbp)}" in words

    def test_runs_of_two_lengths_are_refused(self, one, two, refused):
        assert "730" in refused(TrinityError, lambda: waterfall.figure(replace(one, days=730), replace(two, days=91)))


class TestRegret:
    def test_ends_at_the_difference(self, one, two):
        line = regret.figure({"naive": one}, two).axes[0].lines[0]
        flow = [r.daily["benefit_gbp"] - r.daily["harm_gbp"] - r.daily["spend_gbp"] for r in (one, two)]
        assert line.get_ydata()[-1] == pytest.approx(flow[1].sum() - flow[0].sum())

    def test_the_words_say_who_is_behind(self, one, two):
        final = float(regret.net(two).iloc[-1] - regret.net(one).iloc[-1])
        for behind, runs, reference in ((final >= 0, {"it": one}, two), (final < 0, {"it": two}, one)):
            words = regret.figure(runs, reference).alt_text
            assert f"it ends {money(abs(final))} {'behind' if behind else 'ahead of'} the reference" in words

    def test_another_world_is_refused(self, one, two, refused):
        assert "same world" in refused(TrinityError, lambda: regret.figure({"x": replace(one, seed=9)}, two))
        assert "empty" in refused(TrinityError, lambda: regret.figure({}, two))


class TestQueues:
    def test_work_waits_from_being_asked_for_to_being_begun(self):
        people = pd.DataFrame(
            {"team": ["a", "a", "b"], "queued_day": [0.0, 1.0, 9.0], "started_day": [5.0, 2.0, np.nan]}
        )
        waits = queues.waiting(people, 21)
        assert waits.index.tolist() == [3.5, 10.5, 17.5]
        assert waits["a"].tolist() == [1, 0, 0] and waits["b"].tolist() == [0, 1, 1]

    def test_lead_time_is_of_the_month_in_which_work_was_done(self):
        people = pd.DataFrame({"queued_day": [0.0, 10.0, 20.0, 50.0], "finished_day": [10.0, 30.0, 41.0, np.nan]})
        lead = queues.lead_times(people, np.array([0.0, 30.0, 60.0]))
        assert lead["median"].tolist() == [10.0, 20.5] and lead["pieces"].tolist() == [1, 2]


class TestRidge:
    def test_what_stays_the_same_has_moved_nowhere(self, one):
        first = one.cases[one.cases["day"] < 30]
        later = [first.assign(day=first["day"] + shift) for shift in (0.0, 30.0, 61.0)]
        moved = ridge.drift_by_month(replace(one, cases=pd.concat(later, ignore_index=True)), "claims-triage")
        assert np.abs(moved.to_numpy()).max() == pytest.approx(0.0, abs=1e-12)

    def test_every_alarm_is_marked(self, two):
        marks = ridge.figure(two).axes[0].lines[-1]
        assert len(marks.get_xdata()) == (two.journal["kind"] == "alarm").sum() > 0

    def test_an_unknown_service_is_refused(self, one, refused):
        assert "claims-triage" in refused(TrinityError, lambda: ridge.figure(one, "claims-triag"))


class TestIncidents:
    def test_each_has_a_bar_until_it_is_found_and_one_until_it_is_mended(self, one):
        bars = incidents.figure(one).axes[0].patches
        rows = one.incidents.sort_values("began_day")
        assert len(bars) == 2 * len(rows)
        unknown = sum(bar.get_width() for bar in bars if bar.get_hatch())
        over = rows["detected_day"].fillna(rows["fixed_day"]).fillna(float(one.days))
        assert unknown == pytest.approx((over - rows["began_day"]).sum())

    def test_a_run_without_any_can_be_drawn(self, one):
        assert incidents.figure(replace(one, incidents=one.incidents.iloc[:0])).alt_text.endswith("there was none.")


class TestQuality:
    def test_cells_are_shares_of_checks(self, one):
        table = quality.by_month(one)
        first = one.quality[(one.quality["day"] < 30) & (one.quality["dimension"] == "completeness")]
        assert table.loc["completeness", 1] == pytest.approx(1 - first["failed"].sum() / first["rows"].sum())
        assert len(table) == 6

    def test_an_unknown_source_is_refused(self, one, refused):
        assert "claim-form" in refused(TrinityError, lambda: quality.figure(one, "claimform"))


class TestEffects:
    TABLE = pd.DataFrame(
        {"player": ["a", "b", "c"], "measure": "m", "service": "all", "unit": "GBP",
         "value": [1.0, -5.0, 3.0], "low": [-1.0, -6.0, 2.0], "high": [3.0, -4.0, 4.0]}
    )  # fmt: skip

    def test_the_largest_comes_first_and_what_may_be_nothing_is_hollow(self):
        figure = effects.figure(self.TABLE, "m")
        assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["b", "c", "a"]
        faces = [line.get_markerfacecolor() for line in figure.axes[0].lines if line.get_marker() == "o"]
        assert [face == "#ffffff" for face in faces] == [False, False, True]
        assert "Of 3 drawn, 1 has an interval that holds zero" in figure.alt_text

    def test_a_table_of_another_kind_is_refused(self, refused):
        assert "player" in refused(TrinityError, lambda: effects.figure(self.TABLE.drop(columns="low"), "m"))
        assert "net" in refused(TrinityError, lambda: effects.figure(self.TABLE, "net"))


class TestClaims:
    @pytest.mark.parametrize(
        ("low", "high", "claimed", "claimed_high", "held"),
        [
            (1, 3, 2, None, True),
            (1, 3, 4, None, False),
            (1, 3, 2.5, 9, True),
            (1, 3, 0, 0.5, False),
            (1, 3, 0, 1, True),
        ],
    )
    def test_a_claim_holds_where_its_interval_reaches_it(self, low, high, claimed, claimed_high, held):
        row = {"claim": ["K"], "unit": ["days"], "value": [2.0], "low": [low], "high": [high], "claimed": [claimed]}
        frame = pd.DataFrame(row | ({"claimed_high": [claimed_high]} if claimed_high else {}))
        assert claims.held(frame).tolist() == [held]
        assert ("does not hold" not in claims.figure(frame).alt_text) == held

    def test_an_empty_table_is_refused(self, refused):
        assert "claim" in refused(TrinityError, lambda: claims.figure(pd.DataFrame({"claim": []})))


class TestFan:
    def test_the_difference_is_paired(self, one, two):
        drift = range(3)
        before = [
            replace(one, quarterly=one.quarterly.assign(value=one.quarterly["value"] + 1e6 * k), seed=k) for k in drift
        ]
        after = [
            replace(two, quarterly=two.quarterly.assign(value=two.quarterly["value"] + 1e6 * k), seed=k) for k in drift
        ]
        words = fan.paired(before, after).alt_text
        values = [r.quarterly.query("measure == 'net_public_value' and service == 'all'")["value"] for r in (one, two)]
        gap = money(float(values[1].iloc[-1] - values[0].iloc[-1]))
        assert f"is {gap} on average, 95 % interval {gap} to {gap}" in words

    def test_runs_that_are_no_pairs_are_refused(self, one, two, refused):
        assert "pairs" in refused(TrinityError, lambda: fan.paired([one, one], [two, replace(two, seed=99)]))
        assert "accuracy" in refused(TrinityError, lambda: fan.paired([one, one], [two, two], "acuracy"))


def test_every_measure_has_a_name_for_its_axis():
    for name, measure in MEASURES.items():
        said = heading(name, measure.unit)
        assert said[0].isupper() and said.endswith(")") and "gbp" not in said.lower() and "_" not in said
    assert worded("harm_gbp") == "harm" and heading("lead_time_days", "days") == "Lead time (days)"


@pytest.mark.parametrize(("value", "said"), [(0, "£0"), (-1234, "-£1.234k"), (2.5e6, "£2.5m"), (999, "£999")])
def test_pounds_are_short(value, said):
    assert pounds(value) == said
