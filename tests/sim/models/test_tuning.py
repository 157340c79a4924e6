"""A search that keeps to its budget, finds what is better, and is the same each time."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from sim.errors import DecisionError
from sim.models import tuning


def records(seed: int = 0, n: int = 1500):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    y = (rng.random(n) < 1 / (1 + np.exp(2 - 2 * x["a"] ** 2 + x["b"]))).astype(int)
    return x.mask(rng.random(x.shape) < 0.05), y


def search(budget: int, seed: int = 0, task: str = "classification") -> tuning.Tuned:
    x, y = records()
    return tuning.search(*tuning.families(task), x, y, budget, np.random.default_rng(seed))


def by_hand(tuned: tuning.Tuned, rows: int) -> int:
    """Count row-fits from the table of what was tried: two rows of three, three times, and the winner on all."""
    return int(sum(3 * row * 2 / 3 for row in tuned.tried["rows"])) + rows


@pytest.mark.parametrize("budget", [2800, 5200, 12_000])
def test_the_budget_is_kept_and_used(budget):
    tuned = search(budget)
    assert tuned.row_fits <= budget
    assert tuned.row_fits > 0.5 * budget
    assert tuned.row_fits == by_hand(tuned, 1500) == tuning.row_fits(tuned.estimator, 1500)


@pytest.mark.parametrize("rows", [150, 300, 899, 900, 2700, 30_000])
def test_the_largest_affordable_search_is_planned(rows):
    for budget in np.geomspace(rows, 400 * rows, 40).astype(int):
        many = tuning._affordable(rows, int(budget))
        costs = [tuning._cost(tuning._schedule(n, rows), rows) for n in (many, many + 1)]
        assert many == 0 or costs[0] <= budget
        assert costs[1] > budget or many == 0


def test_the_fits_that_are_made_are_those_that_are_charged(monkeypatch):
    fitted = []

    class Counting(LogisticRegression):
        def fit(self, x, y):
            fitted.append(len(y))
            return super().fit(x, y)

    x, y = records()
    x = x.fillna(0)
    tuned = tuning.search(Counting(), {"C": [0.1, 1.0, 10.0, 100.0]}, x, y, 5200, np.random.default_rng(0))
    assert tuned.candidates > 2
    assert sum(fitted) == tuned.row_fits <= 5200


def test_one_fit_is_made_whatever_the_budget():
    tuned = search(10)
    assert tuned.candidates == 0 and tuned.row_fits == 1500 and len(tuned.tried) == 0
    assert type(tuned.estimator[-1]).__name__ == "LogisticRegression"
    assert tuning.row_fits(LogisticRegression(), 70) == 70


def test_a_larger_budget_finds_a_better_model():
    fresh, truth = records(1, 20_000)
    losses = [log_loss(truth, search(budget).estimator.predict_proba(fresh)) for budget in (10, 15_000)]
    assert losses[1] < 0.85 * losses[0]


def test_is_the_same_each_time():
    one, two, other = search(6000), search(6000), search(6000, seed=1)
    fresh, _ = records(1, 300)
    assert (one.estimator.predict_proba(fresh) == two.estimator.predict_proba(fresh)).all()
    assert one.tried.equals(two.tried) and not one.tried.equals(other.tried)


def test_regression_is_searched_too():
    x, _ = records()
    amount = x["a"].fillna(0) ** 2 + np.random.default_rng(0).normal(size=len(x)) / 4
    tuned = tuning.search(*tuning.families("regression"), x, amount, 8000, np.random.default_rng(0))
    assert tuned.estimator.score(x, amount) > 0.5 and tuned.row_fits <= 8000


def test_says_nothing_on_the_side():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search(4000)


def test_refuses_a_budget_of_nothing_and_an_unknown_task(refused):
    assert "budget is 0" in refused(DecisionError, lambda: search(0))
    assert "'regression'" in refused(DecisionError, lambda: search(5000, task="ranking"))
