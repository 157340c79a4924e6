"""The check of a choice: how long records are kept, tried in three programmes with laws and models of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import sim
from autograder.baselines import baseline
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Outcome, attempt, register
from autograder.variants.variant import OPEN, Variant
from sim.decisions import Retention
from sim.decisions.retain import accept

SERVICE, STORE = "claims-triage", "claims-store"
QUARTERS = 3
RETRAIN_DAYS = 45
REACHED = ("standard", "infrequent")
"""Classes of storage that can be read: hot and cool."""

AS_MANY = 0.995
"""Share of the reference's examples that counts as all of them."""

ROUND = 1e-6
"""Share by which sums of a bill may differ for nothing."""


@dataclass(frozen=True)
class World:
    """One programme, and the terms on which it keeps records.

    Attributes
    ----------
    seed : int
        Not the notebook's.
    lawful_days : int
        A record that is older must be gone.
    appeal_days : int
        A record that is younger must be there, if only in the archive.
    window_days : int
        The model learns from records of this many days, as far as they can be read.
    """

    seed: int
    lawful_days: int
    appeal_days: int
    window_days: int

    @property
    def terms(self) -> tuple[int, int, int]:
        """What the learner's rule is told, in its order."""
        return self.lawful_days, self.appeal_days, self.window_days


WORLDS = (World(511, 180, 130, 70), World(512, 110, 80, 160), World(513, 200, 60, 120))
"""A model that wants less than an appeal may, one that wants more than the law allows, and one in between."""

SPREAD_DAYS = 14
"""By how much each term of a learner's own worlds may differ from those of the public ones."""


def worlds_of(variant: Variant = OPEN) -> tuple[World, ...]:
    """Return a variant's programmes: the same three cases, in an order and with terms of its own."""
    if variant.open:
        return WORLDS
    chance = variant.generator("p01.keep")
    order = [WORLDS[k] for k in chance.permutation(len(WORLDS))]
    moved = [[int(days + chance.integers(-SPREAD_DAYS, SPREAD_DAYS + 1)) for days in world.terms] for world in order]
    seeds = variant.seeds("p01.keep", len(order))
    return tuple(World(seed, *terms) for seed, terms in zip(seeds, moved, strict=True))


def reference(lawful_days: int, appeal_days: int, window_days: int) -> Retention:
    """Return the least that law, appeals and model leave room for."""
    reach = min(window_days, lawful_days)
    return sim.retention(hot_days=1, cool_days=reach - 1, archive_days=max(min(appeal_days, lawful_days) - reach, 0))


@dataclass(frozen=True)
class Kept:
    """What a choice came to in one programme.

    Attributes
    ----------
    too_long, within_appeal : int
        People whose records are held longer than is lawful, and people held whose records an appeal may still need.
    rows : int
        Examples of the last version of the model.
    reached : float
        Gigabytes times hours in storage that can be read.
    storage_gbp : float
        What the store cost.
    """

    too_long: int
    within_appeal: int
    rows: int
    reached: float
    storage_gbp: float


def tried(choice: Retention, world: World) -> Kept:
    """Run a programme under a choice."""
    scenario = sim.load_scenario("household-support").only(SERVICE)
    service = scenario.service(SERVICE)
    training = service.training.model_copy(update={"window_days": world.window_days, "bug_share": 0.0})
    calm = service.model_copy(
        update={"incidents": (), "breach": None, "keep_days": world.lawful_days, "training": training}
    )
    scenario = scenario.replace(
        services=(calm,), quarters=QUARTERS, organisation=None, invoicing={}, spend_incidents=()
    )
    playbook = sim.Playbook(retain=choice, retrain=sim.practices.retrain_on_schedule(RETRAIN_DAYS))
    run = sim.simulate(scenario, playbook, seed=world.seed, instant=True)
    store = run.billing[run.billing["ResourceId"] == STORE]
    can_be_read = store["SkuId"].str.startswith(REACHED)
    held, last = run.daily["held"].to_numpy(), run.daily.iloc[-1]
    return Kept(
        int(last["held_too_long"]),
        int(held[-1]),
        int(run.models["rows"].iloc[-1]),
        float(store.loc[can_be_read, "ConsumedQuantity"].sum()),
        float(store["EffectiveCost"].sum()),
    )


@dataclass(frozen=True)
class Ends:
    """What a programme's marks are held against: everything hot until the last lawful day, and the reference.

    Attributes
    ----------
    hot, reference : Kept
        What they came to.
    appealing : int
        People of the last `World.appeal_days` days: those who must be held.
    """

    hot: Kept
    reference: Kept
    appealing: int


@baseline
def ends(world: World) -> Ends:
    """Return what a programme comes to under both, and how many must be held."""
    hot, least = tried(sim.retention(world.lawful_days), world), tried(reference(*world.terms), world)
    due = tried(sim.retention(hot_days=1, archive_days=min(world.appeal_days, world.lawful_days) - 1), world)
    return Ends(hot, least, due.within_appeal)


def _choice(function: Callable[..., Any], world: World) -> Retention | str:
    """Return what the learner's rule chooses on a world's terms, or what is wrong with it."""
    done = attempt(function, *world.terms)
    if not done.ok:
        return done.problem
    try:
        return accept(done.value)
    except sim.errors.DecisionError as error:
        return str(error)


def _share(value: float, nothing: float, everything: float) -> float:
    """Return how far a value is on the way down from nothing to everything; all of it where there is no way to go."""
    if nothing - everything < ROUND * nothing:
        return float(value <= nothing * (1 + ROUND))
    return float(np.clip((value - nothing) / (everything - nothing), 0.0, 1.0))


@register("p01.keep")
def keep(function: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Let the learner's rule choose for three programmes, and run each for nine months."""
    worlds = worlds_of(bench.variant)
    choices = [_choice(function, world) for world in worlds]
    problem = next((choice for choice in choices if isinstance(choice, str)), "")
    against = [] if problem else [ends(world) for world in worlds]
    made = [] if problem else [tried(choice, world) for choice, world in zip(choices, worlds, strict=True)]
    lawful = [one.too_long == 0 for one in made]
    there = [one.within_appeal >= end.appealing for one, end in zip(made, against, strict=True)]
    learns = [one.rows >= AS_MANY * end.reference.rows for one, end in zip(made, against, strict=True)]
    near = [
        _share(one.reached, end.hot.reached, end.reference.reached) * fits
        for one, end, fits in zip(made, against, learns, strict=True)
    ]
    cheap = [
        _share(one.storage_gbp, end.hot.storage_gbp, end.reference.storage_gbp) * fits
        for one, end, fits in zip(made, against, there, strict=True)
    ]
    law = _mean(lawful)
    terms = "; ".join(f"law {w.lawful_days} days, appeal {w.appeal_days}, model {w.window_days}" for w in worlds)
    told = problem or "; ".join(
        f"hot {c.hot_days:g}, cool {c.cool_days:g}, archive {c.archive_days:g}"
        for c in choices
        if isinstance(c, Retention)
    )
    spared = sum(end.hot.storage_gbp - one.storage_gbp for one, end in zip(made, against, strict=True))
    least = sum(end.hot.storage_gbp - end.reference.storage_gbp for end in against)
    return Outcome(
        [
            Criterion(
                "The law is kept",
                2,
                law,
                f"three programmes of nine months ({terms}); the rule chose: {told}",
                problem or f"records too old at the end: {_listed(one.too_long for one in made)} people",
                "nobody's record held longer than the law allows, in any of them",
                "Add up what you chose: hot, cool and archived days together are how long a record is held.",
            ),
            Criterion(
                "An appeal finds its record",
                1,
                _mean(there) * law,
                "the same programmes: who came within the days of appeal and is still held",
                _short(
                    problem, there, (end.appealing - one.within_appeal for one, end in zip(made, against, strict=True))
                )
                + _cut(law, problem),
                "everybody of those days, if only in the archive",
                "What is cheap and offline is still there: the archive may take what nobody reads from day to day.",
            ),
            Criterion(
                "The model learns from as much",
                1,
                _mean(learns) * law,
                f"the same programmes, retrained every {RETRAIN_DAYS} days: the examples of the last version",
                _short(problem, learns, (end.reference.rows - one.rows for one, end in zip(made, against, strict=True)))
                + _cut(law, problem),
                "as many examples as the law leaves",
                "A model reads what is hot or cool. How far back does it want to look, and how far may it?",
            ),
            Criterion(
                "No more than that within reach",
                1,
                _mean(near),
                "the same programmes: gigabytes that can be read, hour by hour; what a thief would find",
                problem
                or f"of what there was to put out of reach, {_mean(near):.0%} (only where the model learns as much)",
                "nothing hot or cool that the model does not learn from",
                "What is within reach and serves no purpose is there for a thief alone. Move it to the archive sooner.",
            ),
            Criterion(
                "What it costs",
                1,
                _mean(cheap),
                "the same programmes: the bill of the store",
                problem
                or f"£{spared:,.0f} less than keeping everything hot to the last lawful day (counted only where an "
                "appeal finds its record)",
                f"£{least:,.0f} less, as the reference",
                "Compare the prices of hot and cool storage, and ask who needs a record on the day after it came.",
            ),
        ]
    )


def _mean(of: list) -> float:
    return float(np.mean(of)) if of else 0.0


def _listed(numbers: Any) -> str:
    return ", ".join(f"{number:,}" for number in numbers)


def _short(problem: str, right: list[bool], missing: Any) -> str:
    if problem:
        return "it could not be tried, as above"
    return "nothing was missing" if all(right) else f"missing: {_listed(max(int(number), 0) for number in missing)}"


def _cut(law: float, problem: str) -> str:
    return (
        ""
        if law == 1 or problem
        else f"; the credit is cut to {law:.0%}, since records kept against the law are no merit"
    )
