"""Runs done ahead: only the simulator's own, equal to new ones, and never with a learner's function in them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

import sim
from autograder.jail import rehearsal

SCENARIO = sim.load_scenario("household-support").only("claims-triage").replace(quarters=1, organisation=None)


@pytest.fixture
def ahead() -> Iterator[rehearsal.Remembered]:
    before = {place: vars(import_module(place))["simulate"] for place in rehearsal.PLACES}
    yield rehearsal._installed()
    for place, simulate in before.items():
        vars(import_module(place))["simulate"] = simulate


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


@pytest.mark.parametrize("name", ["naive", "reference", "typical"])
def test_the_simulators_own_practices_are_its_own(name: str) -> None:
    book = sim.Playbook() if name == "naive" else getattr(sim.practices, name)()
    assert rehearsal.ours(book)


@pytest.mark.parametrize(
    "change",
    [
        {"retrain": lambda signals: False},
        {"watch_model": sim.monitor(lambda a, b: 0.0, 1.0)},
        {"train": type("T", (), {"__call__": lambda self, x, y: None})()},
    ],
    ids=["function", "monitor", "object"],
)
def test_nothing_of_a_learners_is_remembered(ahead: rehearsal.Remembered, change: dict) -> None:
    assert not rehearsal.ours(sim.Playbook().replace(**change))


def test_in_a_submission_nothing_new_is_remembered(ahead: rehearsal.Remembered) -> None:
    ahead.learning = False
    sim.simulate(SCENARIO, seed=5, instant=True)
    assert ahead.runs == {}
