"""What a gate comes to in the programme: two quarters of a world, with it, without one, and with the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import sim
from autograder.baselines import baseline
from autograder.tasks.m03.worlds import EVERY_DAYS, SERVICE, World, scenario_of, terms_of


def _playbook() -> sim.Playbook:
    return sim.Playbook(retrain=sim.practices.retrain_on_schedule(EVERY_DAYS))


@dataclass(frozen=True)
class Ran:
    """What a run came to.

    Net public value in pounds, hours spent on quarantine, the share left behind the gate, and wrong decisions.
    """

    value: float
    hours: float
    left: float
    wrong: int


def tried_for_two_quarters(world: World, validate: Callable | None) -> Ran:
    """Return what a world comes to under a gate; under none if it is None."""
    playbook = _playbook() if validate is None else _playbook().replace(validate=validate)
    run = sim.simulate(scenario_of(world), playbook, seed=world.seed, instant=True)
    card = run.scorecard()
    value = card.loc[(card["service"] == "all") & (card["measure"] == "net_public_value"), "value"]
    hours = run.people.loc[run.people["kind"] == "quarantine", "hours"].sum()
    left = (run.daily["rejected"].sum() + run.daily["quarantined"].sum()) / run.daily["cases"].sum()
    wrong = int((run.daily["decided"] - run.daily["right"]).sum())
    return Ran(float(value.iloc[0]), float(hours), float(left), wrong)


def reference(batch: pd.DataFrame, terms: pd.DataFrame) -> np.ndarray:
    """Keep records within the stated ranges, with at most one field empty, and the first of several copies."""
    values = batch[list(terms.index)].to_numpy(dtype=float)
    low, high = terms["low"].to_numpy(), terms["high"].to_numpy()
    valid = ~((values < low) | (values > high)).any(axis=1)
    return valid & (np.isnan(values).sum(axis=1) <= 1) & ~batch["case_id"].duplicated().to_numpy()


@baseline
def ends(world: World) -> tuple[Ran, Ran]:
    """Return what a world comes to without a gate, and with the reference gate."""
    terms = terms_of(scenario_of(world).service(SERVICE))
    return tried_for_two_quarters(world, None), tried_for_two_quarters(world, lambda batch: reference(batch, terms))
