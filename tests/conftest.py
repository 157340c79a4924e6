"""Small worlds, by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sim
from tests import worlds


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
