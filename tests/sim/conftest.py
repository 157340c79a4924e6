"""Shared runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

import sim
from sim.errors import TrinityError


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
        assert 20 < len(message) < 1200
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
