"""Stylised facts: an ordinary department, world by world, beside what is published of ordinary departments."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import sim
from tests.verification.check import Check, Row, in_band
from tests.verification.facts import degrading, measure

PAGE = Path(__file__).with_name("bands.yml")
WIDER = {"read": 1.5, "second-hand": 1.5, "general": 2.0}
"""By how much a band reaches beyond a single published figure, by its confidence."""

WORLDS = 200
DEGRADE = "models_that_degrade"


@lru_cache(maxsize=1)
def bands() -> dict[str, dict[str, Any]]:
    """Return what is published, by name, in the order in which it was written down."""
    return {line["name"]: line for line in yaml.safe_load(PAGE.read_text(encoding="utf-8"))}


def band(about: dict[str, Any]) -> tuple[float, float]:
    """Return a fact's band: a published range as it stands, or what lies about a published figure."""
    if "range" in about:
        low, high = about["range"]
        return float(low), float(high)
    factor, share = WIDER[about["confidence"]], about["unit"] == "share"
    low, high = min(about["figures"]), max(about["figures"])
    if not share:
        return low / factor, high * factor
    odds = [x / (1 - x) for x in (low, high)]
    return tuple(x / (1 + x) for x in (odds[0] / factor, odds[1] * factor))


def ordinary(seed: int) -> list[float]:
    """Return one world's figures, in the order of the bands."""
    scenario = sim.load_scenario("household-support")
    found = measure(sim.simulate(scenario, sim.practices.typical(), seed=seed), scenario)
    return [found[name] for name in bands() if name != DEGRADE]


def left_alone(seed: int) -> list[float]:
    """Return the share of models that are worse after a year in which nobody retrained them."""
    book = sim.practices.typical().replace(retrain=sim.Playbook().retrain)
    run = sim.simulate(sim.load_scenario("household-support").replace(quarters=4), book, seed=seed)
    return [degrading(run)]


def conclude(parts: np.ndarray) -> list[Row]:
    """Hold each figure's mean to its band."""
    wanted = [band(about) for name, about in bands().items() if name != DEGRADE]
    return [in_band(values, *limits) for values, limits in zip(parts.T, wanted, strict=True)]


def facts(rows: dict[str, Row]) -> dict[str, bool]:
    """Return which facts hold: those all of whose figures lie in their bands."""
    held: dict[str, bool] = {}
    for name, row in rows.items():
        fact = bands()[name]["fact"]
        held[fact] = held.get(fact, True) and bool(row.passed)
    return held


CHECKS = [
    Check(
        "stylised facts",
        tuple(name for name in bands() if name != DEGRADE),
        "see the band",
        WORLDS,
        ordinary,
        conclude,
        slow=True,
    ),
    Check(
        "stylised facts",
        (DEGRADE,),
        "share",
        WORLDS,
        left_alone,
        lambda parts: [in_band(parts[:, 0], *band(bands()[DEGRADE]))],
        slow=True,
    ),
]
