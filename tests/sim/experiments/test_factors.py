"""Factorials and Shapley values: each against what is reckoned by hand from the same runs."""

from itertools import combinations, permutations

import numpy as np
import pytest

import sim
from sim.errors import StudyError
from sim.experiments.factors import taken
from sim.experiments.interval import interval

REFERENCE = sim.practices.reference()
FACTORS = {
    "gate": {"validate": REFERENCE.validate, "repair": REFERENCE.repair},
    "people": {"decide": REFERENCE.decide},
    "size": {"size": REFERENCE.size},
}
SEEDS = [3, 8]


@pytest.fixture(scope="module")
def tiny(small):
    return small(1, 12)


@pytest.fixture(scope="module")
def outcomes(tiny):
    """Net public value of every combination, by seed."""
    found = {}
    for k in range(4):
        for subset in combinations(FACTORS, k):
            book = taken(sim.Playbook(), FACTORS, subset)
            cards = [sim.simulate(tiny, book, seed=s, instant=True).scorecard() for s in SEEDS]
            found[frozenset(subset)] = np.array([c.set_index("measure")["value"]["net_public_value"] for c in cards])
    return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder in which both questions keep their runs, as they ask for the same ones."""
    return tmp_path_factory.mktemp("kept")


def of(table, name, column):
    rows = table[(table["measure"] == "net_public_value") & (table[column] == name)]
    return rows[["value", "low", "high"]].iloc[0].tolist()


def test_effects_are_the_contrasts_of_the_textbook(tiny, outcomes, kept):
    table = sim.experiments.factorial(tiny, FACTORS, seeds=SEEDS, instant=True, folder=kept)
    assert table["effect"].unique().tolist() == [
        "gate", "people", "size", "gate × people", "gate × size", "people × size", "gate × people × size",
    ]  # fmt: skip
    assert table.groupby("effect")["order"].first()["gate × people × size"] == 3
    others = [frozenset(), frozenset({"size"})]
    main = np.mean(
        [outcomes[s | {"people"} | g] - outcomes[s | g] for s in others for g in (frozenset(), frozenset({"gate"}))],
        axis=0,
    )
    assert of(table, "people", "effect") == pytest.approx(interval(main)[:3])
    both = np.mean(
        [
            (outcomes[s | {"gate", "people"}] - outcomes[s | {"people"}] - outcomes[s | {"gate"}] + outcomes[s]) / 2
            for s in others
        ],
        axis=0,
    )
    assert of(table, "gate × people", "effect") == pytest.approx(interval(both)[:3])


def test_values_are_the_mean_over_all_orders_and_add_up(tiny, outcomes, kept):
    table = sim.experiments.shapley(tiny, REFERENCE, players=FACTORS, seeds=SEEDS, instant=True, folder=kept)
    for name in FACTORS:
        added = []
        for order in permutations(FACTORS):
            inside = frozenset(order[: order.index(name)])
            added.append(outcomes[inside | {name}] - outcomes[inside])
        assert of(table, name, "player") == pytest.approx(interval(np.mean(added, axis=0))[:3])
    whole = (outcomes[frozenset(FACTORS)] - outcomes[frozenset()]).mean()
    assert sum(of(table, name, "player")[0] for name in FACTORS) == pytest.approx(whole)


def test_random_orders_add_up_in_every_world_too(tiny, outcomes, kept):
    table = sim.experiments.shapley(tiny, REFERENCE, players=FACTORS, seeds=SEEDS, orders=1, instant=True, folder=kept)
    whole = (outcomes[frozenset(FACTORS)] - outcomes[frozenset()]).mean()
    assert sum(of(table, name, "player")[0] for name in FACTORS) == pytest.approx(whole)
    again = sim.experiments.shapley(tiny, REFERENCE, players=FACTORS, seeds=SEEDS, orders=1, instant=True, folder=kept)
    assert again.equals(table)


def test_disciplines_and_practices_share_out_a_playbook():
    by_discipline = sim.experiments.disciplines(REFERENCE)
    one_by_one = sim.experiments.practices(REFERENCE)
    assert set(by_discipline) >= {"dataops", "mlops", "finops"}
    assert {p for decisions in by_discipline.values() for p in decisions} == set(one_by_one)
    whole = taken(sim.Playbook(), one_by_one, one_by_one)
    assert whole == REFERENCE and sim.experiments.practices(sim.Playbook()) == {}


@pytest.mark.parametrize(
    ("factors", "hint"),
    [
        ({}, "Give 1 or more factors"),
        ({"a": {}}, "decides nothing"),
        ({"a": {"validat": None}}, "Did you mean 'validate'"),
        ({"a": {"size": REFERENCE.size}, "b": {"size": REFERENCE.size}}, "both decide size"),
        ({str(i): {"size": REFERENCE.size} for i in range(9)}, "both decide"),
    ],
)
def test_factors_that_make_no_sense_are_refused(tiny, factors, hint, refused):
    assert hint in refused(StudyError, lambda: sim.experiments.factorial(tiny, factors))


def test_too_many_factors_are_refused(tiny, refused):
    many = dict(list(sim.experiments.practices(REFERENCE).items())[:9])
    assert "512 runs a world" in refused(StudyError, lambda: sim.experiments.factorial(tiny, many))
