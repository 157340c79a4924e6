"""Small worlds."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

import sim


@pytest.fixture(scope="session")
def scenario() -> sim.Scenario:
    """Household support's claims triage, alone on its estate."""
    return sim.load_scenario("household-support").only("claims-triage")


@pytest.fixture(scope="session")
def small(scenario) -> Callable[..., sim.Scenario]:
    """Return household support over a few quarters, with few cases and with parts of its service changed.

    It has no organisation around it, so that each mechanism can be seen alone: no toil, nobody who stays away.
    """

    def make(quarters: int = 2, cases: float = 60, fields: dict | None = None, **service) -> sim.Scenario:
        given = copy.deepcopy(scenario.services[0].model_dump())
        given["cases_per_day"] = cases
        for name, value in service.items():
            given[name] = {**given[name], **value} if isinstance(value, dict) else value
        plain = {"invoicing": {}, "organisation": None}
        return scenario.replace(quarters=quarters, services=[given], **(plain | (fields or {})))

    return make


@pytest.fixture(scope="session")
def quiet(small) -> Callable[..., sim.Scenario]:
    """Return a small world in which nothing moves and nothing goes wrong."""

    def make(quarters: int = 2, cases: float = 60, fields: dict | None = None, **service) -> sim.Scenario:
        calm = {"drifts": [], "incidents": [], "breach": None, "winter_peak": 0.0, "ingestion": {"fail_share": 0.0}}
        return small(quarters, cases, {"spend_incidents": []} | (fields or {}), **(calm | service))

    return make
