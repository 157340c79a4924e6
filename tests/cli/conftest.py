"""A stand-in for the simulator, so that the command is tested for what is its own: words, tables, files, exit codes."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from cli.main import app
from sim.errors import ScenarioError, StorageError


@dataclass(frozen=True)
class FakePlaybook:
    name: str = "naive"


@dataclass(frozen=True)
class FakeScenario:
    name: str = "household-support"
    title: str = "Household support"
    quarters: int = 8
    services: tuple[Any, ...] = (SimpleNamespace(name="claims-triage"),)

    def replace(self, **fields: Any) -> FakeScenario:
        return replace(self, **fields)


@dataclass
class FakeRun:
    playbook: FakePlaybook
    calls: list[tuple[str, Any]]

    def scorecard(self) -> pd.DataFrame:
        better = self.playbook.name != "naive"
        return pd.DataFrame(
            [
                ("net_public_value", "public value", "all", 1_234_567.0 if better else -50.25, "GBP", 0.0, better),
                ("accuracy_last_quarter", "model performance", "claims-triage", 0.912, "share", 0.9, True),
                ("cost_per_decision_gbp", "cost", "all", 1.51, "GBP per decision", 8.0, True),
                ("restore_time", "operational efficiency", "all", np.nan, "days", np.nan, None),
            ],
            columns=["measure", "family", "service", "value", "unit", "target", "met"],
        )

    def summary(self) -> str:
        return f"The {self.playbook.name} department reached its last day."

    def save(self, path: Path) -> None:
        self.calls.append(("save", path))
        if path.name == "full":
            raise StorageError("The run could not be saved: the disk is full. Make room and save it again.")


@dataclass
class Flight:
    """What the command asked of the simulator."""

    calls: list[tuple[str, Any]] = field(default_factory=list)

    def load_scenario(self, name: str) -> FakeScenario:
        self.calls.append(("load_scenario", name))
        if name != "household-support":
            raise ScenarioError(f"There is no scenario named {name!r}. Did you mean 'household-support'?")
        return FakeScenario()

    def simulate(self, scenario: FakeScenario, playbook: FakePlaybook, seed: int = 0, instant: bool = False) -> FakeRun:
        self.calls.append(("simulate", (scenario.quarters, playbook.name, seed, instant)))
        return FakeRun(playbook, self.calls)

    def compare(self, scenario, playbooks, seeds, instant=False, progress=None, **many) -> pd.DataFrame:
        self.calls.append(("compare", (list(playbooks), list(seeds), instant)))
        self.calls.append(("many", many))
        progress(1, 2)
        base, *others = playbooks
        rows = [
            (name, base, measure, "a family", "all", unit, effect, low, high, len(seeds))
            for name in others
            for measure, unit, effect, low, high in (
                ("net_public_value", "GBP", 5000.0, 1000.0, 9000.0),
                ("equity_gap", "share", -0.01, -0.03, 0.01),
                ("referred", "cases", 0.0, 0.0, 0.0),
            )
        ]
        columns = "playbook against measure family service unit effect low high seeds".split()
        return pd.DataFrame(rows, columns=columns)

    def named(self, name: str) -> list[Any]:
        return [value for call, value in self.calls if call == name]


@pytest.fixture
def flight(monkeypatch) -> Flight:
    stand_in = Flight()
    monkeypatch.setattr(sim, "Playbook", FakePlaybook, raising=False)
    practices = SimpleNamespace(reference=lambda: FakePlaybook("reference"), typical=lambda: FakePlaybook("typical"))
    monkeypatch.setattr(sim, "practices", practices, raising=False)
    for name in ("load_scenario", "simulate", "compare"):
        monkeypatch.setattr(sim, name, getattr(stand_in, name), raising=False)
    return stand_in


@pytest.fixture
def trinity(tmp_path, monkeypatch):
    """Call the command in an empty folder; whatever it raises but refusals fails the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str):
        result = CliRunner().invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def listening():
    """A port of this machine on which something listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]
