"""Practices of training, as ``train`` decisions: pure, of known tasks, and each with what it costs."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from sim.errors import DecisionError
from sim.models import learning
from sim.models.tuning import row_fits
from sim.practices import train_federated, train_on_synthetic, tuned

NAMES = ["savings_gbp", "rent_gbp", "age_years", "region"]


def examples(seed: int = 0, n: int = 1500) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 3))
    frame = pd.DataFrame(np.exp(z * [0.8, 0.35, 0.3]) * [900, 720, 44], columns=NAMES[:3])
    frame["region"] = rng.integers(0, 5, n).astype(float)
    outcome = pd.Series(rng.random(n) < 1 / (1 + np.exp(1.4 * z[:, 0] - z[:, 1])), name="outcome")
    frame = frame.mask(rng.random(frame.shape) < 0.05)
    frame.index = outcome.index = np.arange(n) * 3 + 7
    return frame, outcome


PRACTICES = [
    train_federated("region"),
    train_federated(holders=3),
    train_federated("region", epsilon=3.0),
    train_on_synthetic(),
    train_on_synthetic(rows=900),
    tuned(budget=4000),
]


@pytest.mark.parametrize("practice", PRACTICES, ids=str)
def test_is_a_pure_train_decision(practice):
    frame, outcome = examples()
    kept = frame.copy(), outcome.copy()
    np.random.seed(1)
    one = practice(frame, outcome)
    np.random.seed(2)
    two = practice(frame.copy(), outcome.copy())
    assert frame.equals(kept[0]) and outcome.equals(kept[1])
    fresh, truth = examples(1, 3000)
    p = one.predict_proba(fresh)
    assert (p == two.predict_proba(fresh)).all()
    assert list(one.classes_) == [0, 1] and roc_auc_score(truth, p[:, 1]) > 0.78
    assert practice == type(practice)(**{k: getattr(practice, k) for k in practice.__dataclass_fields__})


@pytest.mark.parametrize("practice", PRACTICES, ids=str)
def test_takes_an_amount_as_well(practice):
    frame, outcome = examples()
    amount = frame["rent_gbp"].fillna(720) * 2 + np.where(outcome, 50.0, 0.0)
    estimator = practice(frame, amount)
    assert not hasattr(estimator, "predict_proba")
    assert estimator.score(frame, amount) > 0.8


@pytest.mark.parametrize("practice", [p for p in PRACTICES if getattr(p, "epsilon", None) is None], ids=str)
def test_one_outcome_only_is_always_predicted(practice):
    frame, _ = examples(n=100)
    estimator = practice(frame, pd.Series(True, index=frame.index))
    assert (learning.score(estimator, frame) == 1).all()


def test_other_records_draw_other_numbers():
    frame, outcome = examples()
    other = frame.copy()
    other.iloc[0, 0] += 1.0
    coefficients = [train_on_synthetic()(f, outcome)[-1].coef_ for f in (frame, other)]
    assert np.abs(coefficients[0] - coefficients[1]).max() > 1e-3
    renamed = train_on_synthetic(seed_name="other")(frame, outcome)[-1].coef_
    assert np.abs(coefficients[0] - renamed).max() > 1e-3


class TestFederated:
    def test_is_the_pooled_model_whoever_holds_the_rows(self):
        frame, outcome = examples()
        whole = learning.logistic_regression()
        whole[-1].set_params(tol=1e-12, max_iter=5000)
        whole.fit(frame, outcome)
        for practice in (train_federated("region"), train_federated(holders=7)):
            estimator = practice(frame, outcome)
            assert np.abs(estimator.predict_proba(frame) - whole.predict_proba(frame)).max() < 1e-7
            assert estimator.feature_names_in_.tolist() == NAMES

    def test_tells_who_took_part_and_what_it_took(self):
        frame, outcome = examples()
        federation = train_federated("region", epsilon=2.0)(frame, outcome).federation_
        assert len(federation.holders) == 6  # five regions, and the rows without one
        assert federation.budget.spent == pytest.approx(2.0) and federation.bytes_exchanged > 0
        assert row_fits(train_federated("region")(frame, outcome), len(frame)) == len(frame)

    def test_a_column_of_words_divides_and_is_no_feature(self):
        frame, outcome = examples()
        named = frame.assign(bank=frame["region"].map({0.0: "a", 1.0: "b"}))
        estimator = train_federated("bank")(named, outcome)
        plain = train_federated("region")(frame, outcome)
        assert len(estimator.federation_.holders) == 3
        assert np.abs(estimator.predict_proba(named) - plain.predict_proba(frame)).max() < 1e-7
        assert (estimator.predict_proba(frame) == estimator.predict_proba(named)).all()

    def test_refuses_a_column_that_cannot_divide(self, refused):
        frame, outcome = examples(n=200)
        said = refused(DecisionError, lambda: train_federated("regoin")(frame, outcome))
        assert "Did you mean 'region'" in said
        assert "values, but" in refused(DecisionError, lambda: train_federated("rent_gbp")(frame, outcome))
        assert "holders is 0" in refused(DecisionError, lambda: train_federated(holders=0)(frame, outcome))


def test_synthetic_records_cost_a_little():
    """Nearly as good as the real records, and never better: paired over many sets of records."""
    fresh, truth = examples(1, 5000)
    losses = []
    for seed in range(30, 60):
        frame, outcome = examples(seed, 1000)
        models = train_federated(holders=1)(frame, outcome), train_on_synthetic()(frame, outcome)
        losses.append([log_loss(truth, model.predict_proba(fresh)) for model in models])
    cost = np.diff(losses, axis=1)
    assert cost.mean() - 1.96 * cost.std(ddof=1) / np.sqrt(len(cost)) > 0
    assert cost.mean() < 0.02


def test_a_tuned_model_carries_what_it_took():
    frame, outcome = examples()
    estimator = tuned(budget=6000)(frame, outcome)
    assert 1500 < row_fits(estimator, len(frame)) == estimator.row_fits_ <= 6000
