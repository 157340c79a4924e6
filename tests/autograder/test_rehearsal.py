"""Runs done ahead: only what rests on nothing unknown, equal to new ones, and nothing of a learner's in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from autograder.jail import rehearsal
from autograder.jail.familiar import grounds

SCENARIO = sim.load_scenario("household-support").only("claims-triage").replace(quarters=1, organisation=None)
STUDY = import_module(rehearsal.STUDY)

BY_THIRDS = """
def by_thirds(billing):
    return pd.DataFrame({"service": NAMES, "cost_gbp": billing["EffectiveCost"].sum() / SHARE})
"""


@pytest.fixture
def ahead() -> Iterator[rehearsal.Remembered]:
    before = {place: vars(import_module(place))["simulate"] for place in rehearsal.PLACES}
    one = STUDY._one
    yield rehearsal._installed()[0]
    for place, simulate in before.items():
        vars(import_module(place))["simulate"] = simulate
    STUDY._one = one


def made(source: str, **names: Any) -> Any:
    """Return the function that a cell makes, where some names are known."""
    known = {"__name__": "__main__", "pd": pd, "np": np, "json": json, **names}
    before = set(known)
    exec(source, known)
    return next(value for name, value in known.items() if name not in before and callable(value))


def test_a_remembered_run_is_equal_to_a_new_one_and_its_frames_are_its_own(ahead: rehearsal.Remembered) -> None:
    book = sim.Playbook(retrain=sim.practices.retrain_on_schedule(30))
    first = sim.simulate(SCENARIO, book, seed=4, instant=True)
    new = ahead._simulate(SCENARIO, book, 4, True)
    assert first.equals(new)
    first.daily["cases"] = -2
    again = sim.simulate(SCENARIO, book, seed=4, instant=True)
    again.daily["cases"] = -1
    assert sim.simulate(SCENARIO, book, seed=4, instant=True).equals(new)
    assert len(ahead.runs) == 1


def test_a_remembered_comparison_is_equal_to_a_new_one_and_takes_no_runs(ahead: rehearsal.Remembered) -> None:
    books = {"naive": sim.Playbook(), "monthly": sim.Playbook(retrain=sim.practices.retrain_on_schedule(30))}
    first = sim.compare(SCENARIO, books, seeds=(4, 5), instant=True)
    assert ahead.runs == {}
    assert len(STUDY._one.cards) == 4
    ahead._simulate = None
    again = sim.compare(SCENARIO, {"other": books["naive"], "name": books["monthly"]}, seeds=(5, 4), instant=True)
    assert again.drop(columns=["playbook", "against"]).equals(first.drop(columns=["playbook", "against"]))


@pytest.mark.parametrize("name", ["naive", "reference", "typical"])
def test_the_simulators_own_practices_are_known(name: str) -> None:
    book = sim.Playbook() if name == "naive" else getattr(sim.practices, name)()
    assert grounds(book)


def test_a_plain_function_is_known_by_what_it_says_and_what_it_names() -> None:
    first = grounds(made(BY_THIRDS, NAMES=["a", "b"], SHARE=3))
    assert first
    assert first == grounds(made(BY_THIRDS, NAMES=["a", "b"], SHARE=3))
    assert first != grounds(made(BY_THIRDS, NAMES=["a", "c"], SHARE=3))
    assert first != grounds(made(BY_THIRDS.replace("/", "*"), NAMES=["a", "b"], SHARE=3))
    calling = "def by(billing):\n    return [other(one) for one in billing]"
    assert grounds(made(calling, other=made("def other(x):\n    return x + 1"))) != grounds(
        made(calling, other=made("def other(x):\n    return x + 2"))
    )


@pytest.mark.parametrize(
    "source",
    [
        "def strange(x):\n    return seen.sum()",
        "def strange(x):\n    return pd(x)",
        "def strange(x):\n    return np.random.rand()",
        "def strange(x):\n    return [time.time() for _ in x]",
        "def strange(x):\n    return learners(x)",
    ],
    ids=["a frame", "another module", "chance", "the clock", "an object"],
)
def test_what_rests_on_something_else_is_not_known(source: str) -> None:
    import time

    names = {"seen": pd.Series([1.0]), "time": time, "learners": type("T", (), {"__call__": lambda self, x: x})()}
    shadow = {"pd": type(json)("pandas")} if "pd(" in source else {}
    assert not grounds(made(source, **names, **shadow))


@pytest.mark.parametrize(
    "source",
    [
        "def noting(billing):\n    seen.append(1)\n    return None",
        "def noting(billing):\n    print('!')\n    return None",
    ],
    ids=["remembers", "prints"],
)
def test_a_run_is_not_kept_whose_function_leaves_a_trace(ahead: rehearsal.Remembered, source: str) -> None:
    rule = source.replace("noting(billing)", "noting(signals)").replace("None", "False")
    cells = [f"seen = []\n{rule}", "import sim\nbook = sim.Playbook(retrain=noting)"]
    cells += [f"sim.simulate(sim.Scenario.model_validate_json({SCENARIO.model_dump_json()!r}), book, seed=4)"]
    assert rehearsal.rehearse(cells) == 0
    plain = cells[0].replace("seen.append(1)", "pass").replace("print('!')", "pass")
    assert rehearsal.rehearse([plain, *cells[1:]]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"watch_model": sim.monitor(made("def mine(a, b):\n    return seen", seen=object()), 1.0)},
        {"train": type("T", (), {"__call__": lambda self, x, y: None})()},
    ],
    ids=["monitor", "object"],
)
def test_what_is_not_known_is_simulated_anew(ahead: rehearsal.Remembered, change: dict) -> None:
    assert not grounds(sim.Playbook().replace(**change))


def test_in_a_submission_nothing_new_is_remembered(ahead: rehearsal.Remembered) -> None:
    ahead.learning = False
    sim.simulate(SCENARIO, seed=5, instant=True)
    sim.compare(SCENARIO, {"a": sim.Playbook(), "b": sim.Playbook()}, seeds=(4, 5), instant=True)
    assert ahead.runs == {}
    assert STUDY._one.cards == {}
