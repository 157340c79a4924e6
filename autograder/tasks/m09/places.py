"""The places on which a learner is marked: those drawn in which retraining is worth its while."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sim
from autograder.baselines import baseline
from autograder.tasks.m09.worlds import OPEN_PLACES, Place, drawn, world
from autograder.variants.variant import OPEN, Variant

LEAST_GAIN_GBP = 530_000.0
"""What the reference gains over never retraining in a world that is marked on."""


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    value: float
    accuracy: float
    equity: float
    retrainings: int


def tried(playbook: sim.Playbook, place: Place, moves: bool = True) -> Ran:
    """Return what eight quarters under a playbook come to in one place, or in its twin."""
    run = sim.simulate(world(8, moves, place.scale), playbook, seed=place.seed, instant=True)
    card = run.scorecard()
    card = card[card["service"] == "all"].set_index("measure")["value"]
    return Ran(
        *(float(card[m]) for m in ("net_public_value", "accuracy_last_quarter", "equity_gap")), len(run.models) - 1
    )


@baseline
def ends(place: Place) -> tuple[Ran, Ran]:
    """Return what never retraining comes to in one place, and what the reference does."""
    naive = sim.Playbook()
    practices = sim.practices
    return tried(naive, place), tried(
        naive.replace(watch_model=practices.drift_monitor(), retrain=practices.retrain_on_drift()), place
    )


@lru_cache(maxsize=8)
def places(variant: Variant = OPEN) -> tuple[Place, ...]:
    """Return a variant's pairs of worlds, one for each rule: the first drawn in which retraining is worth its while.

    Where the reference gains little, what is left is luck, and no mark should hang on that.
    """
    if variant.open:
        return OPEN_PLACES
    found = []
    for candidates in drawn(variant):
        worth = (place for place in candidates if ends(place)[1].value - ends(place)[0].value >= LEAST_GAIN_GBP)
        found.append(next(worth, candidates[0]))
    return tuple(found)
