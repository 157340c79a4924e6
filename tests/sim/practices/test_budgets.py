"""Forecasting and funding by hand: what the reference practices answer to figures that a person can add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.decisions import Purses
from sim.decisions.fund import USE
from sim.practices import fund_by_marginal_value, rolling_forecast


def months(*spent: float) -> pd.DataFrame:
    """Return two services' spend: a year of settled funding, then what was spent, a quarter of it on the second."""
    total = np.array([100.0] * 12 + list(spent))
    index = pd.RangeIndex(-12, len(spent), name="month")
    return pd.DataFrame({"one": 0.75 * total, "two": 0.25 * total}, index=index)


class TestForecast:
    def test_the_median_month_is_carried_on_and_one_dear_one_let_pass(self):
        assert rolling_forecast()(months(40, 10, 12))[0.5] == 36
        assert rolling_forecast()(months(9, 9, 9, 10, 900, 12))[0.5] == 36

    def test_what_was_settled_is_used_only_where_nothing_was_spent(self):
        assert rolling_forecast()(months())[0.5] == 300

    def test_quantiles_lie_a_margin_off_where_nothing_has_been_missed(self):
        assert rolling_forecast()(months(*[10] * 9)) == pytest.approx({0.1: 27, 0.5: 30, 0.9: 33})

    def test_quantiles_lie_as_far_off_as_it_has_missed_before(self):
        told = rolling_forecast()(months(10, 10, 10, 20, 20, 20, 20, 20, 20))
        # One month known, it would have said 30 for 40, then 30 for 50, for 60, then 30 and 60 for 60, and 60.
        missed = np.quantile([10, 20, 30, 30, 0, 0], 0.8)
        assert told == pytest.approx({0.1: 60 - missed, 0.5: 60, 0.9: 60 + missed})

    def test_nothing_is_less_than_nothing(self):
        told = rolling_forecast()(months(900, 900, 900, 1, 1, 1))
        assert told[0.1] == 0 and told[0.5] == 3

    @pytest.mark.parametrize("n", range(1, 30))
    def test_quantiles_never_cross(self, n):
        told = rolling_forecast()(months(*np.random.default_rng(n).lognormal(3, 1, n)))
        assert 0 <= told[0.1] <= told[0.5] <= told[0.9] < np.inf


def purses(available: float, cut: float, **services: dict[str, float]) -> Purses:
    frame = pd.DataFrame.from_dict(services, orient="index").reindex(columns=list(USE)).fillna(0.0)
    return Purses(2, available, cut, frame)


GOOD = {"drawn_gbp": 110.0, "bought_gbp": 100.0, "reviews": 10, "review_gbp": 10.0, "worth_gbp": 300.0}
POOR = {
    "drawn_gbp": 80.0,
    "bought_gbp": 80.0,
    "reviews": 8,
    "review_gbp": 10.0,
    "worth_gbp": 40.0,
    "retraining_gbp": 5.0,
}
NONE = {"drawn_gbp": 7.0, "retraining_gbp": 5.0}


class TestFund:
    def test_reviews_that_are_not_worth_their_price_are_cut_to_a_tenth(self):
        told = fund_by_marginal_value()(purses(1000, 0, good=GOOD, poor=POOR, none=NONE))
        assert told == {"poor": pytest.approx(0.1 * 80 + 5)}

    def test_what_was_refused_was_asked_for_too(self):
        told = fund_by_marginal_value()(
            purses(1000, 0, poor=POOR | {"bought_gbp": 30.0, "drawn_gbp": 30.0, "refused_gbp": 50.0})
        )
        assert told == {"poor": pytest.approx(0.1 * 80 + 5)}

    def test_a_service_near_the_line_is_left_alone(self):
        assert fund_by_marginal_value()(purses(1000, 0, near=POOR | {"worth_gbp": 70.0})) == {}

    def test_where_the_board_has_cut_the_bid_the_best_are_served_first(self):
        told = fund_by_marginal_value()(purses(60, 10, poor=POOR, good=GOOD, none=NONE))
        assert told == {"none": 12.0, "good": 48.0, "poor": 0.0}

    def test_a_cut_that_leaves_enough_for_all_splits_nothing(self):
        assert fund_by_marginal_value()(purses(1000, 10, good=GOOD, none=NONE)) == {}
