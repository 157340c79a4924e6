"""The gap between groups in who is awarded what is theirs."""

import numpy as np
import pytest

from sim.models.fairness import award_rates, equity_gap


def test_the_gap_is_that_of_the_true_positive_rates():
    eligible, granted = np.array([[200, 50], [10, 40]]), np.array([[150, 30], [10, 20]])
    assert award_rates(eligible, granted).tolist() == [[0.75, 0.6], [1.0, 0.5]]
    assert equity_gap(eligible, granted) == pytest.approx([0.15, 0.5])
    assert equity_gap(np.array([4, 4, 4]), np.array([4, 1, 2])) == 0.75


def test_a_group_without_anybody_has_no_gap():
    assert np.isnan(equity_gap(np.array([10, 0]), np.array([5, 0])))
