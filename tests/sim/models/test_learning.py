"""Learning is real, pure and remembered."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    brier_score_loss,
    mean_absolute_error,
    mean_absolute_percentage_error,
    roc_auc_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_info

import sim
from sim.errors import DecisionError
from sim.models import learning


def records(seed: int = 0, n: int = 1000, k: int = 5, missing: float = 0.1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, k)) * np.geomspace(1, 1000, k) + np.arange(k)
    y = rng.random(n) < 1 / (1 + np.exp(-(x[:, 0] - x[:, 1] / 5)))
    x[rng.random(x.shape) < missing] = np.nan
    return x, y


@settings(deadline=None)
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


def test_answers_are_measured_as_scikit_learn_does_to_the_last_bit():
    rng = np.random.default_rng(5)
    for n in (2, 3, 10, 400):
        for places in (1, 2, 17):
            p = np.round(rng.random(n), places)
            y = (rng.random(n) < p).astype(int)
            y[:2] = 0, 1
            found = learning.metrics(y, p, learning.CLASSIFICATION)
            assert found["auc"] == roc_auc_score(y, p) and found["brier"] == brier_score_loss(y, p)
            amount = np.round(20 * rng.random(n))
            amount[0] = 3
            found, some = learning.metrics(amount, 20 * p, learning.REGRESSION), amount != 0
            assert found["mae"] == mean_absolute_error(amount, 20 * p)
            assert found["mape"] == mean_absolute_percentage_error(amount[some], 20 * p[some])


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


class TestRegression:
    def amounts(self, seed: int = 0, n: int = 1000):
        x, _ = records(seed, n)
        return x, 50 + np.nan_to_num(x[:, 0]) * 3 + np.random.default_rng(seed).normal(size=n)

    def test_is_a_folded_ridge_tested_on_rows_kept_apart(self):
        x, y = self.amounts()
        fitted = learning.fit(x, y, learning.REGRESSION)
        test = np.arange(len(y)) % 5 == 4
        wanted = learning.ridge().fit(x[~test], y[~test]).predict(x)
        assert np.abs(fitted.score(x) - wanted).max() < 1e-9
        assert fitted.mae == pytest.approx(np.mean(np.abs(wanted - y)[test]))
        assert fitted.mape == pytest.approx(np.mean(np.abs(wanted - y)[test] / y[test]))
        assert np.isnan([fitted.accuracy, fitted.auc, fitted.brier]).all()
        assert fitted.mae < 1.2

    def test_is_another_thing_than_classification_of_the_same_rows(self):
        x, y = records(1)
        forecast, probability = (learning.fit(x, y, task) for task in (learning.REGRESSION, learning.CLASSIFICATION))
        assert forecast is not probability and np.isnan(probability.mape)
        assert learning.fit(x, y, learning.REGRESSION) is forecast

    def test_a_share_of_nothing_is_left_out(self):
        x, y = self.amounts()
        some = learning.metrics(np.array([0.0, 2.0]), np.array([1.0, 1.0]), learning.REGRESSION)
        assert some["mape"] == 0.5 and some["mae"] == 1.0
        assert np.isnan(learning.metrics(np.zeros(2), np.ones(2), learning.REGRESSION)["mape"])

    def test_any_regressor_will_do(self):
        x, y = self.amounts()
        made = learning.fit(
            x, y, learning.REGRESSION, lambda e, o: HistGradientBoostingRegressor(max_iter=20).fit(e, o)
        )
        assert made.folded is None and made.mae < 2 and made.fits == pytest.approx(2.0)


class TestATrainOfOnesOwn:
    def test_is_given_named_examples_without_those_kept_apart(self):
        x, y = records(1, 100)
        seen = []

        def train(examples, outcome):
            seen.append((examples, outcome))
            return learning.logistic_regression().fit(examples, outcome)

        mine = learning.fit(x, y, train=train, names=list("abcde"))
        examples, outcome = seen[0]
        test = np.arange(100) % 5 == 4
        assert list(examples) == list("abcde") and np.array_equal(examples, x[~test], equal_nan=True)
        assert (outcome == y[~test]).all() and outcome.dtype == int
        usual = learning.fit(x, y)
        assert mine.folded is not None and mine.snapshot == usual.snapshot
        assert np.abs(mine.score(x) - usual.score(x)).max() < 1e-12 and mine.accuracy == usual.accuracy
        learning.fit(x, y, train=train)
        assert len(seen) == 2 and list(seen[1][0])[0] == "x0"

    @pytest.mark.parametrize(
        "make",
        [
            lambda: HistGradientBoostingClassifier(max_iter=10),
            lambda: make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), LogisticRegression()),
            lambda: make_pipeline(SimpleImputer(), RandomForestClassifier(20, random_state=0)),
            lambda: make_pipeline(SimpleImputer(), StandardScaler(), CalibratedClassifierCV(GaussianNB())),
            lambda: DummyClassifier(),
        ],
    )
    def test_may_be_any_classifier_and_is_asked_itself(self, make):
        x, y = records(2)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = learning.fit(x, y, train=lambda e, o: make().fit(e, o))
            assert made.folded is None
            wanted = made.estimator.predict_proba(pd.DataFrame(x, columns=[f"x{j}" for j in range(5)]))[:, 1]
            assert (made.score(x) == wanted).all()

    def test_may_forget_the_names(self):
        x, y = records(2)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = learning.fit(
                x, y, train=lambda e, o: HistGradientBoostingClassifier(max_iter=5).fit(e.to_numpy(), o)
            )
            assert made.score(x).shape == (1000,)

    def test_says_what_it_took(self):
        x, y = records(2)

        def searched(examples, outcome):
            made = learning.logistic_regression().fit(examples, outcome)
            made.row_fits_ = 10 * 3 * len(examples) * 2 / 3
            return made

        assert learning.fit(x, y, train=searched).fits == pytest.approx(20)
        assert learning.fit(x, y).fits == 1.0
        made = learning.fit(x, y, train=lambda e, o: RandomForestClassifier(30).fit(e.fillna(0), o))
        assert made.fits == pytest.approx(3.0)

    @pytest.mark.parametrize(
        ("train", "wanted"),
        [
            (lambda e, o: None, "None (is a return missing?)"),
            (lambda e, o: LogisticRegression, "the class LogisticRegression itself"),
            (lambda e, o: 0.9, "a float, which has no predict_proba"),
            (lambda e, o: SVC().fit(e.fillna(0), o), "probability=True"),
            (lambda e, o: HistGradientBoostingClassifier(), "not fitted"),
            (lambda e, o: learning.logistic_regression(), "not fitted"),
            (lambda e, o: learning.ridge().fit(e[["x1", "x3"]], o), "has no predict_proba"),
            (lambda e, o: GaussianNB().fit(e[["x1"]].fillna(0), o), "expects 1 features, but it was given 5"),
            (lambda e, o: Odd(np.full((1, 2), 0.5)), "gave shape (1, 2)"),
            (lambda e, o: Odd(np.full((1, 2), 0.5), many=True, width=3), "gave shape (20, 3), but (20, 2)"),
            (lambda e, o: Odd(np.full((1, 2), np.nan), many=True), "not finite numbers"),
            (lambda e, o: Odd(np.full((1, 2), 1.5), many=True), "0 to 1 was expected"),
            (lambda e, o: Odd(None), "failed on 20 rows of 5 features: ZeroDivisionError"),
        ],
    )  # fmt: skip
    def test_is_refused_in_a_sentence(self, refused, train, wanted):
        x, y = records(3)
        assert wanted in refused(DecisionError, lambda: learning.fit(x, y, train=train))

    def test_a_regressor_is_asked_for_a_forecast(self, refused):
        x, y = records(3)
        message = refused(DecisionError, lambda: learning.fit(x, y, learning.REGRESSION, lambda e, o: Odd(None)))
        assert "has no predict, but an estimator with one was expected for regression" in message


class Odd:
    """A classifier that answers oddly."""

    def __init__(self, answer, many: bool = False, width: int = 2) -> None:
        self.answer, self.many, self.width = answer, many, width

    def predict_proba(self, frame):
        if self.answer is None:
            return 1 / 0
        return np.full((len(frame), self.width), self.answer[0, 0]) if self.many else self.answer


def test_a_run_learns_on_one_thread(quiet):
    seen = []

    def keep_and_look(batch: pd.DataFrame) -> pd.Series:
        seen.append({pool["num_threads"] for pool in threadpool_info()})
        return pd.Series(True, index=batch.index)

    before = [pool["num_threads"] for pool in threadpool_info()]
    sim.simulate(quiet(1), sim.Playbook().replace(validate=keep_and_look), instant=True)
    assert len(seen) == 91 and all(pools == {1} for pools in seen)
    assert [pool["num_threads"] for pool in threadpool_info()] == before
