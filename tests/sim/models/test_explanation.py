"""Reasons that add up to the score, on models whose weights are known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from threadpoolctl import threadpool_limits

from sim.errors import DecisionError
from sim.models.explanation import contributions, permutation, reasons

NAMES = ["savings_gbp", "rent_gbp", "age_years", "household_size"]


def model(last=None, weights=(-2.0, 1.0, 0.0, 0.5), frame: bool = True):
    """Return a pipeline with means (1000, 700, 40, 3), standard deviations (500, 100, 10, 1) and known weights."""
    middle, spread = np.array([1000.0, 700, 40, 3]), np.array([500.0, 100, 10, 1])
    rows = pd.DataFrame(np.stack([middle - spread, middle + spread, middle]), columns=NAMES)
    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), last or LogisticRegression())
    pipeline.fit(rows if frame else rows.to_numpy(), [0, 1, 1])
    pipeline[1].mean_, pipeline[1].scale_ = middle, spread
    pipeline[-1].coef_ = np.array([weights]) if last is None else np.array(weights)
    pipeline[-1].intercept_ = np.array([0.25]) if last is None else 0.25
    return pipeline


CASES = pd.DataFrame(
    [[4200.0, 950, 61, 3], [1000, 700, 40, 3], [np.nan, 600, 30, 5]], columns=NAMES, index=["a", "b", "c"]
)


@pytest.mark.parametrize("frame", [True, False])
def test_contributions_are_weight_times_distance_from_the_average(frame):
    added, base = contributions(model(frame=frame), CASES)
    assert base == 0.25
    assert added.loc["a"].tolist() == pytest.approx([-12.8, 2.5, 0.0, 0.0])
    assert added.loc["b"].tolist() == [0, 0, 0, 0]
    assert added.loc["c"].tolist() == pytest.approx([0.0, -1.0, 0.0, 1.0])


@pytest.mark.parametrize("last", [None, LinearRegression()])
def test_they_sum_to_the_score(last):
    pipeline = model(last)
    added, base = contributions(pipeline, CASES)
    score = pipeline.predict(CASES) if last else pipeline.decision_function(CASES)
    assert np.abs(added.sum(axis=1) + base - score).max() < 1e-12


def test_reasons_name_what_moved_the_score_most():
    assert reasons(model(), CASES.loc["a"]) == "Savings of £4,200 lowered the score most; rent of £950 raised it."
    assert reasons(model(), CASES.loc["a"], most=1) == "Savings of £4,200 lowered the score most."
    assert reasons(model(), CASES.loc["b"]) == "Nothing in this case moved the score from the average."
    said = reasons(model(weights=(-2.0, 1.0, 0.3, 0.6)), CASES.loc["c"])
    assert said == "Household size of 5 raised the score most; rent of £600 lowered it; age of 30 years lowered it."


def test_a_missing_value_is_said_to_be_missing():
    pipeline = model()
    pipeline[0].statistics_ = np.array([2000.0, 700, 40, 3])
    said = reasons(pipeline, CASES.loc["c"])
    assert said.startswith("Missing savings lowered the score most; ")


def test_permutation_finds_what_any_model_leans_on():
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(3000, 3)), columns=["much", "little", "nothing"])
    y = np.abs(x["much"]) + 0.3 * x["little"] > 1
    with threadpool_limits(1):
        trees = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(x[:1500], y[:1500])
    table = permutation(trees, x[1500:], y[1500:], np.random.default_rng(1), repeats=4)
    assert table["feature"].tolist() == ["much", "little", "nothing"]
    assert table["importance"][0] > 2 * table["importance"][1] > 0 and abs(table["importance"][2]) < 0.02
    again = permutation(trees, x[1500:], y[1500:], np.random.default_rng(1), repeats=4)
    assert again.equals(table)


def test_permutation_agrees_with_the_known_fall_in_accuracy():
    """A model that reads one fair coin is always right, and right half the time once the coin is dealt out anew."""
    coin = np.arange(2000) % 2
    x = pd.DataFrame({"coin": coin.astype(float), "other": 0.0})
    estimator = make_pipeline(LogisticRegression()).fit(x.to_numpy(), coin)
    table = permutation(estimator, x, coin, np.random.default_rng(0), repeats=20).set_index("feature")
    assert table.loc["coin", "importance"] == pytest.approx(0.5, abs=3 * 0.5 / np.sqrt(2000 * 20))
    assert table.loc["other", "importance"] == 0


def test_refuses_what_has_no_weights(refused):
    y = [0, 1, 1]
    for estimator in (
        DummyClassifier().fit(CASES, y),
        make_pipeline(SimpleImputer(), HistGradientBoostingClassifier(max_iter=2)).fit(CASES, y),
    ):
        assert "permutation takes any" in refused(DecisionError, lambda e=estimator: contributions(e, CASES))
    squares = make_pipeline(SimpleImputer(), PolynomialFeatures(), LogisticRegression()).fit(CASES, y)
    assert "15 columns of 4" in refused(DecisionError, lambda: contributions(squares, CASES))
    assert "most is 0" in refused(DecisionError, lambda: reasons(model(), CASES.loc["a"], most=0))
