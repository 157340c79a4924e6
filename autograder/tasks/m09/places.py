"""The places on which a learner is marked: those drawn in which luck decides little."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sim
from autograder.baselines import baseline
from autograder.tasks.m09 import second
from autograder.tasks.m09.worlds import OPEN_PLACES, Place, drawn, world
from autograder.variants.variant import OPEN, Variant

LEAST_GAIN_GBP = 530_000.0
"""What the reference gains over never retraining in a world that is marked on."""

MOST_IDLE = 1
"""How often the second good answer may retrain in the twin, where no rule changes, of a world that is marked on."""


@dataclass(frozen=True)
class Ran:
    """What a run came to: net public value in pounds, shares, retrainings, and decisions that were wrong."""

    value: float
    accuracy: float
    equity: float
    retrainings: int
    wrong: int


def tried(playbook: sim.Playbook, place: Place, moves: bool = True) -> Ran:
    """Return what eight quarters under a playbook come to in one place, or in its twin."""
    run = sim.simulate(world(8, moves, place.scale), playbook, seed=place.seed, instant=True)
    card = run.scorecard()
    card = card[card["service"] == "all"].set_index("measure")["value"]
    shares = (float(card[m]) for m in ("net_public_value", "accuracy_last_quarter", "equity_gap"))
    return Ran(*shares, len(run.models) - 1, int((run.daily["decided"] - run.daily["right"]).sum()))


@baseline
def ends(place: Place) -> tuple[Ran, Ran]:
    """Return what never retraining comes to in one place, and what the reference does."""
    naive = sim.Playbook()
    practices = sim.practices
    return tried(naive, place), tried(
        naive.replace(watch_model=practices.drift_monitor(), retrain=practices.retrain_on_drift()), place
    )


@baseline
def other(place: Place) -> Ran:
    """Return what the second good answer comes to in one place."""
    return tried(second.playbook(), place)


@baseline
def idle(place: Place) -> int:
    """Return how often the second good answer retrains in a place's twin, where no rule changes."""
    return tried(second.playbook(), place, moves=False).retrainings


@dataclass(frozen=True)
class Yardstick:
    """What is asked for in one place.

    Attributes
    ----------
    naive : Ran
        Never retraining.
    best : Ran
        The reference.
    value, accuracy : float
        What two good answers gain over never retraining, whichever gains less: what lies between them is luck.
    """

    naive: Ran
    best: Ran
    value: float
    accuracy: float


def yardstick(place: Place) -> Yardstick:
    """Return what a learner's rule is held against in one place."""
    naive, best = ends(place)
    good = (best, other(place))
    return Yardstick(
        naive, best, *(min(getattr(run, m) for run in good) - getattr(naive, m) for m in ("value", "accuracy"))
    )


def fair(place: Place) -> bool:
    """Say whether a place can be marked on.

    Where the reference gains little, what is left is luck; and where a good answer keeps to no rest though no rule
    changes, the model that it watches was unlucky from its first day.
    """
    naive, best = ends(place)
    if best.value - naive.value < LEAST_GAIN_GBP:
        return False
    mine = other(place)
    return bool(mine.retrainings) and mine.equity <= naive.equity and idle(place) <= MOST_IDLE


@lru_cache(maxsize=8)
def places(variant: Variant = OPEN) -> tuple[Place, ...]:
    """Return a variant's pairs of worlds, one for each rule: the first drawn that can be marked on."""
    if variant.open:
        return OPEN_PLACES
    return tuple(next(filter(fair, candidates), candidates[0]) for candidates in drawn(variant))
