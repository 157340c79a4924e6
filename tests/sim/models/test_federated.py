"""Federated training gives the model of the pooled rows, and loses by noise as the privacy budget shrinks."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LinearRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from sim.data.privacy_budget import PrivacyBudget
from sim.errors import DecisionError
from sim.models import federated, learning
from sim.models.federated import Holder, train

K = 5


def records(seed: int, n: int = 3000, missing: float = 0.1):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, K)) @ np.linalg.cholesky(0.7 * np.eye(K) + 0.3).T
    x = np.exp(0.5 * z) * np.geomspace(1, 1000, K)
    x[:, 1], x[:, 2] = z[:, 1] > -1, np.rint(3 * z[:, 2])
    lean = 0.5 + z @ np.linspace(-1, 1, K)
    x[rng.random(x.shape) < missing] = np.nan
    return x, rng.random(n) < expit(lean), lean + rng.normal(size=n)


def share_out(x: np.ndarray, y: np.ndarray, holders: int = 4) -> list[Holder]:
    """Deal rows out unequally, by the size of the first column, so that no two holders are alike."""
    order = np.argsort(np.nan_to_num(x[:, 0]))
    cuts = np.cumsum(len(x) * np.arange(1, holders) // (holders * (holders + 1) // 2))
    return [Holder(f"bank {i}", x[rows], y[rows]) for i, rows in enumerate(np.split(order, cuts))]


def pooled(x: np.ndarray, y: np.ndarray, task: str):
    pipeline = learning.logistic_regression()
    if task == "regression":
        pipeline = make_pipeline(*pipeline[:-1], LinearRegression())
    else:
        pipeline[-1].set_params(tol=1e-12, max_iter=5000)
    return pipeline.fit(x, y)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("holders", [1, 4, 9])
def test_equals_pooled_training(task, holders):
    """To a millionth of a standard error of each coefficient, and so to a millionth in each score."""
    x, known, amount = records(1)
    y = known if task == "classification" else amount
    shared, whole = train(share_out(x, y, holders), task, np.random.default_rng(0)).estimator, pooled(x, y, task)
    z = np.column_stack([np.ones(len(x)), whole[:-1].transform(x)])
    p = whole.predict_proba(x)[:, 1] if task == "classification" else None
    information = (z.T * (p * (1 - p))) @ z if p is not None else z.T @ z / np.var(y - whole.predict(x))
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    away = [np.r_[np.ravel(e[-1].intercept_), np.ravel(e[-1].coef_)] for e in (shared, whole)]
    assert (np.abs(away[0] - away[1]) / errors).max() < 1e-6
    assert np.abs(shared[0].statistics_ - whole[0].statistics_).max() < 1e-8
    assert np.abs(shared[1].scale_ / whole[1].scale_ - 1).max() < 1e-8
    if p is not None:
        assert np.abs(shared.predict_proba(x)[:, 1] - p).max() < 1e-7


def test_beats_what_each_holder_has_alone():
    x, known, _ = records(2, 800)
    fresh, truth, _ = records(3, 20_000)
    holders = share_out(x, known, 6)
    alone = [log_loss(truth, pooled(h.features, h.outcome, "classification").predict_proba(fresh)) for h in holders]
    together = train(holders, "classification", np.random.default_rng(0)).estimator
    assert log_loss(truth, together.predict_proba(fresh)) < min(alone)


def test_the_pipeline_is_one_that_scikit_learn_made():
    x, known, _ = records(4)
    names = [f"feature {i}" for i in range(K)]
    estimator = train(share_out(x, known), "classification", np.random.default_rng(0), names=names).estimator
    assert estimator.feature_names_in_.tolist() == names and estimator.classes_.tolist() == [0, 1]
    plain = train(share_out(x, known), "classification", np.random.default_rng(0)).estimator
    assert not hasattr(plain, "feature_names_in_")
    folded = learning._fold(plain)
    assert np.abs(learning.score(None, x, folded) - plain.predict_proba(x)[:, 1]).max() < 1e-12


def test_gaps_constants_and_holders_with_one_outcome_are_no_obstacle():
    x, known, _ = records(5, 600)
    x[:, 0], x[:, 3] = np.nan, 7.0
    holders = [Holder("yes", x[known], known[known]), Holder("no", x[~known], known[~known])]
    estimator = train(holders, "classification", np.random.default_rng(0)).estimator
    whole = pooled(x, known, "classification")
    assert np.abs(estimator.predict_proba(x) - whole.predict_proba(x)).max() < 1e-6


def test_tells_what_it_took():
    x, known, _ = records(6)
    federation = train(share_out(x, known), "classification", np.random.default_rng(0))
    again = train(share_out(x, known), "classification", np.random.default_rng(9))
    assert federation.holders == ("bank 0", "bank 1", "bank 2", "bank 3") and federation.budget is None
    assert 12 < federation.rounds < 25
    counting = 4 * (8 * 2 * K * (16 * 255 + 8))
    assert counting < federation.bytes_exchanged < 1.05 * counting
    assert (again.estimator[-1].coef_ == federation.estimator[-1].coef_).all()


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_budget_is_spent_and_no_more(task):
    x, known, amount = records(7)
    y = known if task == "classification" else amount
    federation = train(share_out(x, y), task, np.random.default_rng(0), PrivacyBudget(2.0, 1e-6))
    assert federation.budget.spent == pytest.approx(2.0)
    answers = [entry.what for entry in federation.budget.ledger]
    assert answers[0] == "histograms" and len(answers) == (8 if task == "classification" else 2) == federation.rounds


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_noise_costs_more_the_smaller_the_budget(task, repeats=40):
    """The same records and the same draws under each budget, so that each difference is the budget's alone."""
    budgets = (None, 8.0, 3.0, 1.2, 0.5)
    fresh, truth, sizes = records(10_000, 4000)
    losses = np.empty((repeats, len(budgets)))
    with threadpool_limits(1):
        for i in range(repeats):
            x, known, amount = records(20 + i, 2000)
            holders = share_out(x, known if task == "classification" else amount)
            for j, epsilon in enumerate(budgets):
                budget = None if epsilon is None else PrivacyBudget(epsilon)
                estimator = train(holders, task, np.random.default_rng(i), budget).estimator
                p = estimator.predict_proba(fresh)[:, 1] if task == "classification" else estimator.predict(fresh)
                losses[i, j] = log_loss(truth, p) if task == "classification" else np.mean((sizes - p) ** 2)
    steps = np.diff(losses, axis=1)
    low = steps.mean(axis=0) - 1.96 * steps.std(axis=0, ddof=1) / np.sqrt(repeats)
    assert (low > 0).all(), steps.mean(axis=0)


def test_no_row_can_add_more_than_is_paid_for():
    """One absurd row moves what holders answer by no more than the sensitivity that the noise was made for."""
    rows = np.vstack([np.ones(K + 1), np.full(K + 1, 1e9), -np.full(K + 1, 1e9)])
    cut = federated._cut(rows, 1.5 * np.sqrt(K + 1))
    assert np.linalg.norm(cut, axis=1) == pytest.approx([np.sqrt(K + 1), *[1.5 * np.sqrt(K + 1)] * 2])
    for row in cut:
        assert np.linalg.norm(federated._pairs(row[None, :])) <= 1.5**2 * (K + 1) + 1e-9
    x = np.array([[1.0, np.nan, 1e9, -1e9, 0.0]])
    assert np.linalg.norm(Holder("one", x, np.ones(1)).histogram(federated._GRID, True)) <= np.sqrt(K + 1)


def test_refuses_what_cannot_be_trained(refused):
    x, known, _ = records(8, 100)
    rng = np.random.default_rng(0)
    assert "'regression'" in refused(DecisionError, lambda: train(share_out(x, known), "ranking", rng))
    uneven = [Holder("a", x, known), Holder("b", x[:, :2], known)]
    assert "a 5, b 2" in refused(DecisionError, lambda: train(uneven, "classification", rng))
    assert "columns are none" in refused(DecisionError, lambda: train([], "classification", rng))
    ones = share_out(x, np.ones(100))
    assert "All 100 outcomes are 1" in refused(DecisionError, lambda: train(ones, "classification", rng))
    pure = PrivacyBudget(1.0, 0.0)
    assert "delta is 0" in refused(
        DecisionError, lambda: train(share_out(x, known), "classification", rng, budget=pure)
    )
