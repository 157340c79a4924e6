"""Learning is real, pure and remembered."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score
from threadpoolctl import threadpool_info

import sim
from sim.models import learning


def records(seed: int = 0, n: int = 1000, k: int = 5, missing: float = 0.1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, k)) * np.geomspace(1, 1000, k) + np.arange(k)
    y = rng.random(n) < 1 / (1 + np.exp(-(x[:, 0] - x[:, 1] / 5)))
    x[rng.random(x.shape) < missing] = np.nan
    return x, y


@given(st.integers(0, 10**6), st.integers(30, 400), st.integers(1, 12), st.floats(0, 0.4))
def test_the_folded_score_is_the_pipelines_own(seed, n, k, missing):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, k)) * rng.uniform(0.1, 2000, k) + rng.normal(size=k) * 50
    x[rng.random(x.shape) < missing] = np.nan
    y = rng.random(n) < 0.5
    y[:2] = [True, False]
    fitted = learning.fit(x, y)
    fresh = rng.normal(size=(50, k)) * 1000
    fresh[rng.random(fresh.shape) < missing] = np.nan
    wanted = fitted.estimator.predict_proba(fresh)[:, 1]
    assert np.abs(learning.score(fitted.estimator, fresh, fitted.folded) - wanted).max() < 1e-9
    assert (learning.score(fitted.estimator, fresh) == wanted).all()


def test_fit_is_remembered_by_what_its_data_hold():
    x, y = records(1)
    first = learning.fit(x, y)
    assert learning.fit(x.copy(), y.astype(int)) is first
    assert learning.fit(np.asfortranarray(x), y) is first
    other = x.copy()
    other[3, 2] = 5.0
    assert learning.fit(other, y) is not first
    assert learning.fit(x, ~y) is not first


def test_fit_is_pure():
    x, y = records(2)
    kept = x.copy(), y.copy()
    first = learning.fit(x, y)
    assert np.array_equal(x, kept[0], equal_nan=True) and (y == kept[1]).all()
    learning.forget()
    again = learning.fit(x, y)
    assert again is not first and again.snapshot == first.snapshot
    assert (again.accuracy, again.auc, again.brier) == (first.accuracy, first.auc, first.brier)
    for one, two in zip(again.folded, first.folded, strict=True):
        assert np.array_equal(one, two)


def test_it_is_tested_on_rows_kept_apart():
    x, y = records(3)
    fitted = learning.fit(x, y)
    test = np.arange(len(y)) % 5 == 4
    p = fitted.estimator.predict_proba(x[test])[:, 1]
    assert fitted.rows == 1000
    assert fitted.accuracy == np.mean((p >= 0.5) == y[test])
    assert fitted.auc == pytest.approx(roc_auc_score(y[test], p))
    assert fitted.brier == pytest.approx(brier_score_loss(y[test], p))
    by_hand = learning.logistic_regression().fit(x[~test], y[~test])
    assert np.abs(by_hand.predict_proba(x)[:, 1] - learning.score(None, x, fitted.folded)).max() < 1e-9


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_outcome_only_is_always_predicted(outcome):
    x, _ = records(4, 60)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = learning.fit(x, np.full(60, outcome))
        assert fitted.folded is None and np.isnan(fitted.auc)
        assert (learning.score(fitted.estimator, x, fitted.folded) == outcome).all()
    assert fitted.accuracy == 1.0


def test_a_column_that_is_never_there_is_no_obstacle():
    x, y = records(5)
    x[:, 2] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = learning.fit(x, y)
    assert np.isfinite(learning.score(fitted.estimator, x, fitted.folded)).all()


def test_nobody_to_score_is_no_score():
    assert learning.score(None, np.empty((0, 5))).shape == (0,)


def test_it_forgets_the_oldest_first():
    learning.forget()
    kept = [learning.fit(*records(seed, 20, 2)) for seed in range(70)]
    assert len(learning._MEMORY) == 64
    assert learning.fit(*records(69, 20, 2)) is kept[69]
    assert learning.fit(*records(0, 20, 2)) is not kept[0]


def test_a_run_learns_on_one_thread(quiet):
    seen = []

    def keep_and_look(batch: pd.DataFrame) -> pd.Series:
        seen.append({pool["num_threads"] for pool in threadpool_info()})
        return pd.Series(True, index=batch.index)

    before = [pool["num_threads"] for pool in threadpool_info()]
    sim.simulate(quiet(1), sim.Playbook().replace(validate=keep_and_look), instant=True)
    assert len(seen) == 91 and all(pools == {1} for pools in seen)
    assert [pool["num_threads"] for pool in threadpool_info()] == before
