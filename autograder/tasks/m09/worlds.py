"""Pairs of worlds in which a monitor or a rule is tried: the same people and the same seed, with and without a change.

An alarm in the steady world is false. An alarm in the moving one counts only if the steady one is quiet on the same
day, so that neither a calendar nor rents that climb in both can pass for insight.
"""

from __future__ import annotations

import numpy as np

import sim
from sim.streams import Streams
from sim.world.drift import begins

SEEDS = (101, 102, 103)
"""Not those of the notebook."""

SERVICE, RULE = "claims-triage", "savings-rule"

OTHER_RULES: dict[int, dict[str, object]] = {
    102: {"effects": {"hours_per_week": -1.5, "earnings_gbp": 0.45}, "intercept": 0.0},
    103: {"effects": {"household_size": -1.3, "arrears_gbp": 0.85}, "intercept": 0.2},
}
"""What the new rule is about in a seed's pair of worlds for monitors, where it is not the scenario's own rule.

One weight rises and another falls, in such a proportion that the mean error and the score as given hardly hang together
with the change: otherwise every feature would, through the choice of whom to approve, and any one of them would do for
a monitor.
"""


def world(quarters: int, moves: bool = True) -> sim.Scenario:
    """Return household support with nothing amiss but drift: records fresh, code right, nobody steals or shuns it.

    Without any change of concept unless it `moves`.
    """
    scenario = sim.load_scenario("household-support").only(SERVICE)
    service = scenario.service(SERVICE)
    drifts = tuple(drift for drift in service.drifts if moves or drift.target == "covariate")
    calm = {
        "incidents": (),
        "breach": None,
        "drifts": drifts,
        "sources": tuple(source.model_copy(update={"change_days": 0.0}) for source in service.sources),
        "ingestion": service.ingestion.model_copy(update={"fail_share": 0.0}),
        "training": service.training.model_copy(update={"bug_share": 0.0}),
    }
    quiet = service.model_copy(update=calm)
    return scenario.replace(services=(quiet,), quarters=quarters, organisation=None, invoicing={})


def one_rule(quarters: int, seed: int, moves: bool) -> sim.Scenario:
    """Return a world in which people move and one rule changes, another on each seed; or its twin, where none does."""
    steady = world(quarters, moves=False)
    if not moves:
        return steady
    rule = next(d for d in sim.load_scenario("household-support").service(SERVICE).drifts if d.name == RULE)
    rule = rule.model_copy(update=OTHER_RULES.get(seed, {}))
    service = steady.service(SERVICE)
    return steady.replace(services=(service.model_copy(update={"drifts": (*service.drifts, rule)}),))


def rule_day(seed: int) -> float:
    """Return the day on which the rule changes in a seed's world."""
    service = sim.load_scenario("household-support").service(SERVICE)
    rule = next(drift for drift in service.drifts if drift.name == RULE)
    return begins(rule, service, Streams(seed))


def joined(days: list[float]) -> str:
    """Return whole numbers as people list them: ``"3, 4 and 5"``."""
    return ", ".join(f"{day:.0f}" for day in days[:-1]) + f" and {days[-1]:.0f}"


def share(value: float, nothing: float, everything: float) -> float:
    """Return how far a value is on the way from nothing to everything, 0 to 1."""
    return float(np.clip((value - nothing) / (everything - nothing), 0.0, 1.0))
