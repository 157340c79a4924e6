"""Pairs of worlds in which a monitor or a rule is tried: the same people and the same seed, with and without a change.

An alarm in the steady world is false. An alarm in the moving one counts only if the steady one is quiet on the same
day, so that neither a calendar nor rents that climb in both can pass for insight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import sim
from autograder.variants.variant import Variant
from sim.scenario import Feature
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


@dataclass(frozen=True)
class Place:
    """One pair of worlds.

    Attributes
    ----------
    seed : int
        Of both.
    rule : int
        Of `OTHER_RULES`, by its key; nought for the scenario's own.
    scale : float
        Unit of amounts of money, as a multiple of pounds: a number copied from other records is of no use.
    """

    seed: int
    rule: int = 0
    scale: float = 1.0


OPEN_PLACES = tuple(Place(seed, seed if seed in OTHER_RULES else 0) for seed in SEEDS)
LEAST_SCALE, MOST_SCALE = 1.5, 20.0


MOST_DRAWN = 16
"""Worlds that are drawn for each rule, to be tried one after the other until one can be marked on."""


def drawn(variant: Variant) -> list[list[Place]]:
    """Return, for each rule, the places that a variant draws: in an order and a unit of the learner's own."""
    chance = variant.generator("m09")
    rules = [int(rule) for rule in chance.permutation([place.rule for place in OPEN_PLACES])]
    scales = np.exp(chance.uniform(np.log(LEAST_SCALE), np.log(MOST_SCALE), len(rules)))
    seeds = iter(variant.seeds("m09", len(rules) * MOST_DRAWN))
    return [
        [Place(next(seeds), rule, float(scale)) for _ in range(MOST_DRAWN)]
        for rule, scale in zip(rules, scales, strict=True)
    ]


def world(quarters: int, moves: bool = True, scale: float = 1.0) -> sim.Scenario:
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
    if scale != 1.0:
        calm["features"] = tuple(scaled(feature, scale) for feature in service.features)
    quiet = service.model_copy(update=calm)
    return scenario.replace(services=(quiet,), quarters=quarters, organisation=None, invoicing={})


def scaled(feature: Feature, scale: float) -> Feature:
    """Return a feature whose amounts of money are in another unit."""
    if feature.kind != "money":
        return feature
    return feature.model_copy(update={end: getattr(feature, end) * scale for end in ("centre", "low", "high")})


def one_rule(quarters: int, place: Place, moves: bool) -> sim.Scenario:
    """Return a world in which people move and one rule changes, another in each place; or its twin, where none does."""
    steady = world(quarters, moves=False, scale=place.scale)
    if not moves:
        return steady
    rule = next(d for d in sim.load_scenario("household-support").service(SERVICE).drifts if d.name == RULE)
    rule = rule.model_copy(update=OTHER_RULES.get(place.rule, {}))
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
