"""Small worlds and shared runs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache

import pytest

import sim
from sim.errors import TrinityError


@pytest.fixture(scope="session")
def scenario() -> sim.Scenario:
    """Household support's claims triage, alone on its estate."""
    return sim.load_scenario("household-support").only("claims-triage")


@pytest.fixture(scope="session")
def small(scenario) -> Callable[..., sim.Scenario]:
    """Return household support over a few quarters, with few cases and with parts of its service changed."""

    def make(quarters: int = 2, cases: float = 60, fields: dict | None = None, **service) -> sim.Scenario:
        given = copy.deepcopy(scenario.services[0].model_dump())
        given["cases_per_day"] = cases
        for name, value in service.items():
            given[name] = {**given[name], **value} if isinstance(value, dict) else value
        return scenario.replace(quarters=quarters, services=[given], **(fields or {}))

    return make


@pytest.fixture(scope="session")
def quiet(small) -> Callable[..., sim.Scenario]:
    """Return a small world in which nothing moves and nothing goes wrong."""

    def make(quarters: int = 2, cases: float = 60, fields: dict | None = None, **service) -> sim.Scenario:
        calm = {"drifts": [], "incidents": [], "breach": None, "winter_peak": 0.0, "ingestion": {"fail_share": 0.0}}
        return small(quarters, cases, {"spend_incidents": []} | (fields or {}), **(calm | service))

    return make


@pytest.fixture(scope="session")
def pair(small) -> sim.Scenario:
    """A department with two services on one estate."""
    one = small()
    first = one.services[0].model_dump()
    return one.replace(services=[first, {**first, "name": "appeals", "title": "Appeals", "cases_per_day": 30.0}])


@pytest.fixture(scope="session")
def run_of(scenario) -> Callable[..., sim.Run]:
    """Return the eight quarters of a playbook by name, each run once."""

    @lru_cache(maxsize=8)
    def run(name: str, seed: int = 1) -> sim.Run:
        playbook = sim.Playbook() if name == "naive" else getattr(sim.practices, name)()
        return sim.simulate(scenario, playbook, seed=seed)

    return run


@pytest.fixture(scope="session")
def refused() -> Callable[..., str]:
    """Return the message of a refusal: one paragraph that a person can read."""

    def said(error: type[TrinityError], call: Callable[[], object]) -> str:
        with pytest.raises(TrinityError) as caught:
            call()
        assert type(caught.value) is error
        message = str(caught.value)
        assert "\n" not in message and "Traceback" not in message
        assert 20 < len(message) < 700
        assert message[-1] in ".?"
        assert len(caught.value.args) == 1
        return message

    return said


@pytest.fixture(scope="session")
def same_frames() -> Callable[[sim.Run, sim.Run], None]:
    """Assert that two runs hold the same bytes."""

    def same(one: sim.Run, two: sim.Run) -> None:
        for name, frame in one.frames.items():
            assert frame.equals(two.frames[name]), name
            assert frame.dtypes.equals(two.frames[name].dtypes), name
            assert frame.to_parquet() == two.frames[name].to_parquet(), name

    return same
