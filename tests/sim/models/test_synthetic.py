"""Synthetic records have the columns' distributions and correlations, and are nobody's."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial import cKDTree

from sim.errors import DecisionError
from sim.models import synthetic

MIX = np.array([[1, 0.6, -0.3, 0.2], [0.6, 1, 0.0, 0.4], [-0.3, 0.0, 1, 0.1], [0.2, 0.4, 0.1, 1]])


def records(seed: int = 0, n: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    z = rng.multivariate_normal(np.zeros(4), MIX, n)
    frame = pd.DataFrame({"rent_gbp": 720 * np.exp(0.35 * z[:, 0])})
    frame["household_size"] = np.clip(np.rint(2.9 + 1.4 * z[:, 1]), 1, 12)
    frame["savings_gbp"] = np.where(z[:, 3] < -0.5, 0, np.rint(900 * np.exp(0.8 * z[:, 3])))
    frame["online"] = (z[:, 2] < 0.5).astype(int)
    frame["outcome"] = rng.random(n) < 1 / (1 + np.exp(z[:, 3] - z[:, 0]))
    frame["town"] = np.array(["ashby", "barrow", "corby"])[np.digitize(z[:, 1], [-0.5, 0.5])]
    frame.loc[(z[:, 0] > 0.5) & (rng.random(n) < 0.6), "savings_gbp"] = np.nan
    return frame


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    towns = frame["town"].map({"ashby": 0, "barrow": 1, "corby": 2})
    return frame.assign(town=towns, gap=frame["savings_gbp"].isna()).astype(float)


@pytest.fixture(scope="module")
def pair() -> tuple[pd.DataFrame, pd.DataFrame]:
    real = records()
    return real, synthetic.fit(real).sample(4000, np.random.default_rng(1))


def test_columns_keep_their_names_and_types(pair):
    real, made = pair
    assert made.dtypes.equals(real.dtypes) and list(made) == list(real) and len(made) == 4000
    assert set(made["town"]) == set(real["town"]) and set(made["household_size"]) <= set(real["household_size"])
    assert (made["savings_gbp"].dropna() % 1 == 0).all()
    assert (made["rent_gbp"] % 1 != 0).mean() > 0.9


def test_each_column_keeps_its_distribution(pair):
    """Kolmogorov and Smirnov's distance from the records learnt from is below its critical value at 1 in 1,000."""
    real, made = (numbers(frame) for frame in pair)
    critical = stats.kstwobign.ppf(0.999) / np.sqrt(4000)
    for name in real:
        a, b = real[name].dropna(), made[name].dropna()
        assert stats.ks_2samp(a, b).statistic < critical * np.sqrt(4000 / len(b)), name
        if name == "rent_gbp":
            assert stats.ks_2samp(a, 1.08 * b).statistic > critical


def test_each_two_columns_keep_their_correlation(pair):
    """The correlations of ranks, words and gaps among them, agree within 3.5 standard errors of a sample's."""
    real, made = (numbers(frame).corr("spearman").to_numpy() for frame in pair)
    upper = np.triu_indices(len(real), 1)
    a, b = real[upper], made[upper]
    both = ~np.isnan(a)
    errors = 1.1 * np.sqrt(1 - a[both] ** 2) / np.sqrt(4000)
    assert both.sum() == 20
    assert (np.abs(a - b)[both] < 3.5 * errors).all()
    assert np.abs(a[both]).max() > 0.5


def test_no_correlation_is_lost_on_the_way_to_few_values():
    """Two coins of very different bias keep their correlation, to a third of a per cent, and large samples show it."""
    rng = np.random.default_rng(2)
    z = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], 20_000)
    real = pd.DataFrame({"a": (z[:, 0] > 1.0).astype(float), "b": z[:, 1]})
    made = synthetic.fit(real).sample(400_000, rng)
    assert made.corr().loc["a", "b"] == pytest.approx(real.corr().loc["a", "b"], abs=0.005)


def test_no_row_is_copied_more_often_than_chance(pair):
    """Whole rows: none. Of the columns of few values: as often as fresh real rows repeat real ones."""
    real, made = pair
    assert made["rent_gbp"].isin(real["rent_gbp"]).mean() < 0.002
    few = ["household_size", "online", "outcome", "town"]
    known = set(map(tuple, real[few][:300].to_numpy()))
    repeats = [np.mean([tuple(row) in known for row in frame[few].to_numpy()]) for frame in (made, records(9))]
    assert abs(repeats[0] - repeats[1]) < 3.5 * np.sqrt(2 * 0.25 / 4000)


def test_synthetic_rows_lie_no_nearer_to_those_learnt_from_than_to_strangers():
    learnt, strangers = (numbers(records(seed, 1500)).fillna(0).to_numpy() for seed in (3, 4))
    made = numbers(synthetic.fit(records(3, 1500)).sample(1500, np.random.default_rng(0))).fillna(0).to_numpy()
    scale = learnt.std(axis=0)
    near, far = (cKDTree(rows / scale).query(made / scale)[0] for rows in (learnt, strangers))
    assert abs((near < far).mean() - (near > far).mean()) < 3.5 / np.sqrt(1500)


def test_the_generator_alone_decides_and_more_rows_leave_the_first(pair):
    copula = synthetic.fit(pair[0])
    again = copula.sample(4000, np.random.default_rng(1))
    assert again.equals(pair[1])
    assert copula.sample(100, np.random.default_rng(1)).equals(again[:100])
    assert len(copula.sample(0, np.random.default_rng(1))) == 0


def test_empty_constant_and_equal_columns_are_no_obstacle():
    real = pd.DataFrame({"none": np.nan, "same": 3.0, "x": np.arange(50.0)}).assign(twin=lambda f: f["x"])
    made = synthetic.fit(real).sample(500, np.random.default_rng(0))
    assert made["none"].isna().all() and (made["same"] == 3).all()
    assert made["x"].corr(made["twin"]) > 0.999


def test_refuses_frames_without_rows_or_with_a_name_twice(refused):
    assert "has 1 rows" in refused(DecisionError, lambda: synthetic.fit(records()[:1]))
    twice = pd.DataFrame(np.ones((3, 2)), columns=["a", "a"])
    assert "a, a" in refused(DecisionError, lambda: synthetic.fit(twice))
    copula = synthetic.fit(records(0, 50))
    assert "n is -1" in refused(DecisionError, lambda: copula.sample(-1, np.random.default_rng(0)))
