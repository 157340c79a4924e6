"""The gap between groups in who is awarded what is theirs."""

import numpy as np
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    equalized_odds_difference,
    false_positive_rate_difference,
    true_positive_rate_difference,
)

from sim.errors import DecisionError
from sim.models.fairness import award_rates, by_group, disparities, equity_gap, share_within


def test_the_gap_is_that_of_the_true_positive_rates():
    eligible, granted = np.array([[200, 50], [10, 40]]), np.array([[150, 30], [10, 20]])
    assert award_rates(eligible, granted).tolist() == [[0.75, 0.6], [1.0, 0.5]]
    assert equity_gap(eligible, granted) == pytest.approx([0.15, 0.5])
    assert equity_gap(np.array([4, 4, 4]), np.array([4, 1, 2])) == 0.75


def test_a_group_without_anybody_has_no_gap():
    assert np.isnan(equity_gap(np.array([10, 0]), np.array([5, 0])))


def people(seed: int = 0, n: int = 3000):
    rng = np.random.default_rng(seed)
    group = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
    eligible = rng.random(n) < np.where(group == "a", 0.7, 0.5)
    granted = rng.random(n) < np.where(eligible, np.where(group == "c", 0.6, 0.85), 0.15)
    return eligible, granted, group


class TestFairlearn:
    def test_our_gap_is_the_difference_of_its_true_positive_rates(self):
        eligible, granted, group = people()
        counts = [[np.sum(eligible[group == g]), np.sum((eligible & granted)[group == g])] for g in "abc"]
        ours = equity_gap(*np.array(counts).T)
        assert ours == pytest.approx(true_positive_rate_difference(eligible, granted, sensitive_features=group))
        assert disparities(eligible, granted, group)["true_positive_rate_difference"] == pytest.approx(ours)
        assert award_rates(*np.array(counts).T) == pytest.approx(by_group(eligible, granted, group).iloc[:, 2])

    def test_the_other_differences_are_its_own(self):
        y, d, g = people(1)
        ours = disparities(y, d, g)
        for name, measure in (
            ("demographic_parity_difference", demographic_parity_difference),
            ("equalized_odds_difference", equalized_odds_difference),
            ("false_positive_rate_difference", false_positive_rate_difference),
        ):
            assert ours[name] == pytest.approx(measure(y, d, sensitive_features=g)), name

    def test_a_table_by_hand(self):
        outcome, granted = np.array([1, 1, 0, 0, 1, 1, 1, 0]), np.array([1, 0, 1, 0, 1, 1, 1, 0])
        table = by_group(outcome, granted, np.array(list("xxxxyyyy")))
        assert table.index.name == "group" and table.index.tolist() == ["x", "y"]
        assert table.loc["x"].tolist() == [4, 0.5, 0.5, 0.5, 0.5]
        assert table.loc["y"].tolist() == [4, 0.75, 1.0, 0.0, 1.0]
        assert table["people"].dtype.kind == "i"
        gaps = disparities(outcome, granted, np.array(list("xxxxyyyy")))
        assert list(gaps.values()) == [0.25, 0.5, 0.5, 0.5, 0.5]

    def test_a_rate_among_nobody_is_unknown(self):
        outcome, granted, group = np.array([1, 1, 0, 1]), np.array([1, 0, 0, 1]), np.array(list("xxyx"))
        table = by_group(outcome, granted, group)
        assert np.isnan(table.loc["y", "true_positive_rate"]) and table.loc["y", "false_positive_rate"] == 0
        assert np.isnan(table.loc["x", "false_positive_rate"])
        gaps = disparities(outcome, granted, group)
        assert np.isnan(gaps["equalized_odds_difference"]) and gaps["demographic_parity_difference"] > 0

    def test_share_within_a_tolerance(self):
        near = share_within(np.array([10, 20, 30, 40]), np.array([11, 25, 30, 39.0]), np.array(list("abab")), 1)
        assert near.to_dict() == {"a": 1.0, "b": 0.5} and near.index.name == "group"

    def test_refuses_what_does_not_match(self, refused):
        y, d, g = people()
        assert "2999" in refused(DecisionError, lambda: by_group(y[1:], d, g))
        assert "granted holds more" in refused(DecisionError, lambda: by_group(y, d + 0.5, g))
        assert "0, 0, 0" in refused(DecisionError, lambda: disparities(y[:0], d[:0], g[:0]))
        assert "tolerance is -1" in refused(DecisionError, lambda: share_within(y, d, g, -1))
