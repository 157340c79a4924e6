"""Small worlds, in which one mechanism at a time can be seen."""

from __future__ import annotations

import copy
from functools import lru_cache

import sim


@lru_cache(maxsize=1)
def claims() -> sim.Scenario:
    """Return household support's claims triage, alone on its estate."""
    return sim.load_scenario("household-support").only("claims-triage")


def small(quarters: int = 2, cases: float = 60, fields: dict | None = None, **service) -> sim.Scenario:
    """Return household support over a few quarters, with few cases and with parts of its service changed.

    It has no organisation around it, so that each mechanism can be seen alone: no toil, nobody who stays away.
    """
    given = copy.deepcopy(claims().services[0].model_dump())
    given["cases_per_day"] = cases
    for name, value in service.items():
        given[name] = {**given[name], **value} if isinstance(value, dict) else value
    plain = {"invoicing": {}, "organisation": None}
    return claims().replace(quarters=quarters, services=[given], **(plain | (fields or {})))


def quiet(quarters: int = 2, cases: float = 60, fields: dict | None = None, **service) -> sim.Scenario:
    """Return a small world in which nothing moves and nothing goes wrong."""
    calm = {"drifts": [], "incidents": [], "breach": None, "winter_peak": 0.0, "ingestion": {"fail_share": 0.0}}
    return small(quarters, cases, {"spend_incidents": []} | (fields or {}), **(calm | service))
