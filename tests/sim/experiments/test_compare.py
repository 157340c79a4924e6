"""Playbooks are compared in pairs, under the same worlds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import sim
from sim.errors import PlaybookError, SeedError
from sim.experiments.interval import interval

COLUMNS = ["playbook", "against", "measure", "family", "service", "unit", "effect", "low", "high", "seeds"]
HEADLINES = {"net_public_value": 1, "accuracy_last_quarter": 1, "equity_gap": -1}
"""Measures that reference practice improves, and which way is better."""


def improves(effects: pd.DataFrame) -> None:
    rows = effects.set_index("measure")
    for name, sign in HEADLINES.items():
        low, high = sorted((sign * rows.loc[name, "low"], sign * rows.loc[name, "high"]))
        assert low > 0, (name, low, high)


@pytest.fixture(scope="module")
def effects(small):
    books = {"naive": sim.Playbook(), "typical": sim.practices.typical(), "again": sim.Playbook()}
    return sim.compare(small(1), books, seeds=range(3))


def test_the_first_is_the_baseline_and_has_no_row(effects):
    assert list(effects.columns) == COLUMNS
    assert set(effects["playbook"]) == {"typical", "again"} and set(effects["against"]) == {"naive"}
    assert not effects.duplicated(["playbook", "measure", "service"]).any()
    assert effects["seeds"].max() == 3


def test_the_same_playbook_twice_differs_by_exactly_nothing(effects):
    same = effects[effects["playbook"] == "again"]
    measured = same[same["seeds"] > 0]
    assert len(measured) > 12
    assert (measured["effect"] == 0).all()
    twice = measured[measured["seeds"] > 1]
    assert (twice[["low", "high"]] == 0).all(axis=None)


def test_an_effect_is_the_mean_of_the_paired_differences(small, effects):
    world = small(1)
    spend = []
    for seed in range(3):
        cards = [sim.simulate(world, book, seed=seed).scorecard() for book in (sim.Playbook(), sim.practices.typical())]
        spend.append(np.subtract(*(c.set_index("measure").loc["spend_gbp", "value"] for c in reversed(cards))))
    row = effects[(effects["playbook"] == "typical") & (effects["measure"] == "spend_gbp")].iloc[0]
    half = stats.t.ppf(0.975, 2) * np.std(spend, ddof=1) / np.sqrt(3)
    assert row[["effect", "low", "high"]].tolist() == pytest.approx(
        [np.mean(spend), np.mean(spend) - half, np.mean(spend) + half]
    )
    assert row["effect"] > 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_interval_is_students(differences):
    mean, low, high, n = interval(np.array(differences))
    assert n == len(differences)
    spread = np.std(differences, ddof=1)
    if spread > 1e-6:
        wanted = stats.t.interval(0.95, n - 1, np.mean(differences), spread / np.sqrt(n))
        assert (low, high) == pytest.approx(wanted, abs=1e-6)
    assert low <= mean <= high


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([], (np.nan, np.nan, np.nan, 0)), ([2.0], (2.0, np.nan, np.nan, 1)), ([np.nan, 2.0], (2.0, np.nan, np.nan, 1))],
)
def test_too_few_pairs_have_no_interval(values, wanted):
    assert interval(np.array(values)) == pytest.approx(wanted, nan_ok=True)


def test_services_are_compared_apart(pair):
    book = sim.Playbook().on("appeals", decide=sim.practices.refer_uncertain())
    got = sim.compare(pair.replace(quarters=1), {"naive": sim.Playbook(), "b": book}, seeds=[1, 2], instant=True)
    accuracy = got[got["measure"] == "accuracy"].set_index("service")["effect"]
    assert set(accuracy.index) == {"all", "claims-triage", "appeals"}
    assert accuracy["claims-triage"] == 0 and accuracy["appeals"] != 0


def test_progress_is_told_after_each_run(small):
    told = []
    books = {"a": sim.Playbook(), "b": sim.Playbook()}
    sim.compare(small(1, 20), books, seeds=[4, 9], progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("error", "books", "seeds", "hint"),
    [
        (PlaybookError, {}, [1, 2], "playbooks holds 0"),
        (PlaybookError, {"a": sim.Playbook()}, [1, 2], "playbooks holds 1"),
        (PlaybookError, {"a": sim.Playbook(), "b": "naive"}, [1, 2], "playbook is str"),
        (SeedError, {"a": sim.Playbook(), "b": sim.Playbook()}, [1], "two or more different ones"),
        (SeedError, {"a": sim.Playbook(), "b": sim.Playbook()}, [], "two or more different ones"),
        (SeedError, {"a": sim.Playbook(), "b": sim.Playbook()}, [1, 1], "two or more different ones"),
        (SeedError, {"a": sim.Playbook(), "b": sim.Playbook()}, [-1, 1], "seed is -1"),
    ],
)
def test_what_cannot_be_compared_is_refused(error, books, seeds, hint, small, refused):
    assert hint in refused(error, lambda: sim.compare(small(1, 20), books, seeds=seeds))


@pytest.mark.parametrize(
    ("books", "seeds"),
    [({"a": sim.Playbook(), "b": sim.Playbook()}, 20), ([sim.Playbook(), sim.Playbook()], [1, 2])],
)
def test_what_is_no_mapping_or_no_list_is_refused(books, seeds, small):
    with pytest.raises((PlaybookError, SeedError)):
        sim.compare(small(1, 20), books, seeds=seeds)


def test_reference_practice_improves_the_headlines_on_a_few_seeds(scenario):
    world = scenario.replace(quarters=6)
    improves(sim.compare(world, {"naive": sim.Playbook(), "reference": sim.practices.reference()}, seeds=range(8)))


@pytest.mark.slow
def test_reference_practice_improves_the_headlines(scenario):
    improves(sim.compare(scenario, {"naive": sim.Playbook(), "reference": sim.practices.reference()}, seeds=range(20)))
