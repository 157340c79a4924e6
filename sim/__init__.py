"""A flight simulator for public-sector AI programmes.

Everything that a notebook needs is here; the rooms below hold the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Playbook": "sim.playbook",
    "Programme": "sim.programme",
    "Run": "sim.run",
    "Scenario": "sim.scenario",
    "blue_green": "sim.decisions",
    "canary": "sim.decisions",
    "check_decision": "sim.contract",
    "commitment": "sim.decisions",
    "compare": "sim.experiments",
    "governance": "sim.decisions",
    "load_scenario": "sim.scenario",
    "monitor": "sim.decisions",
    "retention": "sim.decisions",
    "scenario_names": "sim.scenario",
    "sequence": "sim.decisions",
    "shadow": "sim.decisions",
    "simulate": "sim.programme",
}
_ROOMS = ("cloud", "cockpit", "data", "decisions", "errors", "experiments", "exports", "models", "plots", "practices")

__all__ = [*_HOMES, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"sim.{name}")
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
