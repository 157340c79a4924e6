"""Small worlds, by name, and how long an example may take: as long as it takes, since no test measures time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

import sim
from tests import worlds

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def scenario() -> sim.Scenario:
    """Household support's claims triage, alone on its estate."""
    return worlds.claims()


@pytest.fixture(scope="session")
def small() -> Callable[..., sim.Scenario]:
    """Return how a small world is made."""
    return worlds.small


@pytest.fixture(scope="session")
def quiet() -> Callable[..., sim.Scenario]:
    """Return how a small world is made in which nothing moves and nothing goes wrong."""
    return worlds.quiet
