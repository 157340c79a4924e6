"""Worlds in which gates and menders are tried: another unit, another source that fails and another day in each.

The records are drawn as the simulator draws them, so that for each it is known what is true, what an ordinary defect
has touched and what an incident has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

import sim
from autograder.outcome import Outcome, nothing
from autograder.variants.variant import OPEN, Variant
from sim.scenario import Service
from sim.scenario.records import IncidentKind
from sim.streams import Streams
from sim.world.population import Population, populate

SERVICE = "claims-triage"
QUARTERS = 2
EVERY_DAYS = 91
"""How often the model is retrained in these worlds, as a department does by habit."""

ORDINARY_NIGHTS = (21, 37, 52, 112, 129)
"""Nights on which no incident is going on in any of the worlds."""

MOST_MISSING = 1
"""Fields that may be empty in a record that is fit to go on; the model has a stand-in for one."""


@dataclass(frozen=True, eq=False)
class World:
    """One world.

    Attributes
    ----------
    seed : int
        Not one of the notebook's.
    unit : str
        In which amounts of money are recorded, in words.
    scale : float
        That unit, as a multiple of pounds a month.
    incidents : tuple of (str, tuple of str, dict, int)
        Kind, fields, parameters and the day on which it begins.
    """

    seed: int
    unit: str
    scale: float
    incidents: tuple[tuple[str, tuple[str, ...], dict[str, float], int], ...]


WORLDS = (
    World(
        301,
        "pounds a month",
        1.0,
        (
            ("unit_change", ("earnings_gbp",), {"factor": 100}, 60),
            ("silent_nulls", ("savings_gbp", "rent_gbp", "arrears_gbp"), {"share": 0.6}, 150),
        ),
    ),
    World(
        302,
        "pence a month",
        100.0,
        (
            ("silent_nulls", ("earnings_gbp", "hours_per_week"), {"share": 0.7}, 75),
            ("unit_change", ("rent_gbp", "arrears_gbp"), {"factor": 100}, 140),
        ),
    ),
    World(
        303,
        "pounds a year",
        12.0,
        (
            ("unit_change", ("benefits_gbp",), {"factor": 100}, 65),
            ("silent_nulls", ("household_size", "rent_gbp"), {"share": 0.8}, 145),
        ),
    ),
)


UNITS = (
    ("pounds a week", 12 / 52),
    ("pounds a month", 1.0),
    ("pounds a quarter", 3.0),
    ("pounds a year", 12.0),
    ("pence a month", 100.0),
    ("euros a month", 1.15),
    ("kroner a month", 8.6),
    ("yen a month", 190.0),
)
"""In which amounts may come in a learner's own worlds; the last three at a rate that is theirs."""

FOREIGN = 5
EARLIEST, LATEST = (60, 138), (78, 151)
"""Days between which a world's first and second incident begin: clear of the ordinary nights."""


@lru_cache(maxsize=8)
def worlds_of(variant: Variant = OPEN) -> tuple[World, ...]:
    """Return a variant's worlds: the same six incidents dealt out anew, on other days and in other units."""
    if variant.open:
        return WORLDS
    chance = variant.generator("m03")
    dealt = [incident for world in WORLDS for incident in world.incidents]
    while True:
        order = [dealt[k] for k in chance.permutation(len(dealt))]
        pairs = list(zip(order[::2], order[1::2], strict=True))
        if all(a[0] != b[0] and not set(a[1]) & set(b[1]) for a, b in pairs):
            break
    units = chance.choice(len(UNITS), size=len(pairs), replace=False)
    made = []
    for seed, unit, pair in zip(variant.seeds("m03", len(pairs)), units, pairs, strict=True):
        name, scale = UNITS[unit]
        rate = float(chance.uniform(0.8, 1.2)) if unit >= FOREIGN else 1.0
        days = [int(chance.integers(low, high)) for low, high in zip(EARLIEST, LATEST, strict=True)]
        incidents = tuple(
            (kind, fields, {"share": round(float(chance.uniform(0.6, 0.8)), 2)} if "share" in given else given, day)
            for (kind, fields, given, _), day in zip(pair, days, strict=True)
        )
        made.append(World(seed, name, scale * rate, incidents))
    return tuple(made)


@lru_cache(maxsize=8)
def scenario_of(world: World) -> sim.Scenario:
    """Return a world's scenario: household support, claims triage alone, in its own unit and with its own incidents."""
    scenario = (
        sim.load_scenario("household-support").only(SERVICE).replace(quarters=QUARTERS, organisation=None, invoicing={})
    )
    service = scenario.service(SERVICE)
    features = tuple(
        f.model_copy(update={end: getattr(f, end) * world.scale for end in ("centre", "low", "high")})
        if f.kind == "money"
        else f
        for f in service.features
    )
    sources = {f.name: f.source for f in features}
    incidents = tuple(
        IncidentKind(
            name=kind.replace("_", "-"),
            kind=kind,
            source=sources[fields[0]],
            features=fields,
            per_year=0,
            on_days=(day + 0.3,),
            **given,
        )
        for kind, fields, given, day in world.incidents
    )
    changed = service.model_copy(update={"features": features, "incidents": incidents})
    return scenario.replace(services=(changed,))


def terms_of(service: Service) -> pd.DataFrame:
    """Return the valid range of each field, as the sources' owners state it: index field, columns low and high."""
    features = service.features
    return pd.DataFrame(
        {"low": [f.low for f in features], "high": [f.high for f in features]},
        index=pd.Index([f.name for f in features], name="field"),
    )


@dataclass(frozen=True)
class Night:
    """One night's batch, and what only the marking knows of it.

    Attributes
    ----------
    day : int
        The night.
    batch : DataFrame
        As a gate is given it: case_id, arrived_day and the fields; a second delivery of a record comes at the end.
    truth : DataFrame
        The fields' true values, row by row.
    group : ndarray of int, shape (n,)
        The person's group.
    spoilt : ndarray of bool, shape (n,)
        Rows that an incident has touched.
    again : ndarray of bool, shape (n,)
        Rows that are a second delivery.
    fit : ndarray of bool, shape (n,)
        Rows that may go on: no incident, no value out of range, at most one missing, and not a second delivery.
    """

    day: int
    batch: pd.DataFrame
    truth: pd.DataFrame
    group: np.ndarray
    spoilt: np.ndarray
    again: np.ndarray
    fit: np.ndarray


@lru_cache(maxsize=8)
def _people(world: World) -> Population:
    return populate(scenario_of(world).service(SERVICE), Streams(world.seed), 0, 160)


def ordinary(world: World) -> list[Night]:
    """Return nights without an incident."""
    return [_night(world, day, None) for day in ORDINARY_NIGHTS]


def broken(world: World) -> Iterator[tuple[str, list[Night]]]:
    """Return, for each incident of a world, what it is called and two nights during it."""
    for incident in scenario_of(world).service(SERVICE).incidents:
        begun = int(incident.on_days[0])
        what = " and ".join(incident.features)
        words = f"a change of unit in {what}" if incident.kind == "unit_change" else f"empty fields in {what}"
        yield words, [_night(world, begun + 1 + k, incident) for k in range(2)]


def _night(world: World, day: int, incident: IncidentKind | None) -> Night:
    service, people = scenario_of(world).service(SERVICE), _people(world)
    today = people.of_day(day)
    rows = np.arange(today.start, today.stop)
    values = people.record[rows].astype(float)
    spoilt = np.zeros(len(rows), dtype=bool)
    if incident is not None:
        spoilt = people.u["incident"][rows] < incident.share
        where = np.ix_(spoilt, [service.feature_names.index(name) for name in incident.features])
        values[where] = np.nan if incident.kind == "silent_nulls" else values[where] * incident.factor
    copies = np.nonzero(people.twice[rows])[0]
    order = np.concatenate([np.arange(len(rows)), copies])
    again = np.arange(len(order)) >= len(rows)
    values, rows, spoilt = values[order], rows[order], spoilt[order]
    terms = terms_of(service)
    batch = pd.DataFrame(values, columns=list(service.feature_names))
    batch.insert(0, "arrived_day", people.arrived_of(rows))
    batch.insert(0, "case_id", people.case_id_of(rows).astype(float))
    valid = ~((values < terms["low"].to_numpy()) | (values > terms["high"].to_numpy())).any(axis=1)
    fit = valid & ~spoilt & ~again & (np.isnan(values).sum(axis=1) <= MOST_MISSING)
    truth = pd.DataFrame(people.clean[rows].astype(float), columns=list(service.feature_names))
    return Night(day, batch, truth, people.group[rows], spoilt, again, fit)


def no_answer(points: float, name: str) -> Outcome:
    """Return the outcome of a function that gave nothing back, as one does that has not been finished."""
    return nothing(
        points,
        "An answer",
        f"the function {name} returned None: it is not written yet, or does not end with a return",
        "a function that returns its answer",
        "Write what is missing in the cell above, run that cell, then run this one again.",
    )


def cut(earned: float, alone: float, why: str) -> str:
    """Return a clause that says why a criterion earns less than it would alone; empty if it does not."""
    return "" if earned > alone - 0.005 else f"; the credit is cut from {alone:.0%} to {earned:.0%}, because {why}"


def share(value: float, nothing: float, everything: float) -> float:
    """Return how far a value is on the way from nothing to everything, 0 to 1."""
    return float(np.clip((value - nothing) / (everything - nothing), 0.0, 1.0))
