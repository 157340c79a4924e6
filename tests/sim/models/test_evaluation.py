"""Versions are measured on the same rows, and sets of scores are told apart."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from sim.models.evaluation import ScoreShift, figures, score_shift


def test_the_shift_is_the_kolmogorov_smirnov_distance():
    rng = np.random.default_rng(0)
    for n, m, by in ((500, 700, 0.0), (50, 2000, 0.3), (1, 9, 1.0)):
        usual, recent = np.round(rng.normal(size=n), 1), np.round(rng.normal(size=m) + by, 1)
        assert score_shift(usual, recent) == pytest.approx(ks_2samp(usual, recent).statistic)
    assert score_shift(usual, usual) == 0 and score_shift(np.zeros(3), np.ones(5)) == 1
    assert np.isnan(score_shift(np.empty(0), usual)) and np.isnan(score_shift(usual, np.empty(0)))


def test_scores_that_come_a_few_at_a_time_lie_as_far_apart_as_all_together():
    rng = np.random.default_rng(2)
    usual, recent = np.round(rng.random(300), 2), np.round(rng.random(400) ** 1.2, 2)
    shift = ScoreShift(usual)
    assert np.isnan(shift.distance)
    for first in range(0, 400, 50):
        shift.see(recent[first : first + 50])
        seen = recent[: first + 50]
        every = np.concatenate([usual, seen])
        apart = (usual <= every[:, None]).mean(axis=1) - (seen <= every[:, None]).mean(axis=1)
        assert shift.distance == pytest.approx(np.abs(apart).max(), abs=1e-12)


def test_it_is_as_large_by_chance_as_theory_says():
    """With 1,500 of each, 5 % of distances are above 1.358 times the root of 2 / 1,500, which is 0.0496."""
    rng = np.random.default_rng(1)
    above = np.mean([score_shift(rng.random(1500), rng.random(1500)) > 1.358 * np.sqrt(2 / 1500) for _ in range(400)])
    assert abs(above - 0.05) < 4.5 * np.sqrt(0.05 * 0.95 / 400)


def test_a_classification_is_measured_by_hand():
    answers, outcome = np.array([0.9, 0.4, 0.6, 0.1]), np.array([1, 1, 1, 0])
    found = figures(answers, outcome, np.array([0, 0, 1, 1]), 2, "classification", 0.1)
    assert found.accuracy == 0.75 and found.auc == 1.0 and np.isnan(found.mape)
    assert found.brier == pytest.approx(np.mean((answers - outcome) ** 2))
    assert found.gap == pytest.approx(0.5)


def test_a_regression_counts_forecasts_that_are_near_enough():
    answers, outcome = np.array([105.0, 120.0, 95.0, 3.0]), np.array([100.0, 100.0, 100.0, 2.0])
    found = figures(answers, outcome, np.array([0, 0, 1, 1]), 2, "regression", 0.1)
    assert found.mape == pytest.approx(np.mean([0.05, 0.2, 0.05, 0.5])) and np.isnan(found.accuracy)
    assert found.gap == pytest.approx(0.5)


def test_a_group_with_nobody_has_no_gap():
    found = figures(np.ones(2), np.ones(2), np.zeros(2, dtype=int), 2, "classification", 0.1)
    assert np.isnan(found.gap)
