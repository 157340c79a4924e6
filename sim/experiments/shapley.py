"""What each practice is worth among all the others: Shapley values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import factorial as permutations

import numpy as np
import pandas as pd

from sim.errors import StudyError
from sim.experiments.factors import Factors, checked, practices, taken
from sim.experiments.interval import interval
from sim.experiments.study import Cell, Progress, chosen_seeds, study
from sim.playbook import Playbook
from sim.scenario import Scenario
from sim.streams import Streams

MOST_EXACT = 6
"""Players up to which every combination is run: 64 runs a world."""


def shapley(
    scenario: Scenario,
    playbook: Playbook,
    *,
    players: Factors | None = None,
    baseline: Playbook | None = None,
    seeds: Iterable[int] = range(10),
    orders: int | None = None,
    instant: bool = False,
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Share the effect of a playbook out among its practices.

    A practice's value is what it adds, averaged over all orders in which the practices could be taken up. The values
    of all add up, world by world, to the effect of the whole playbook.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    playbook : Playbook
        Its practices are the players; left out of account where `players` are given.
    players : mapping of str to mapping, optional
        Sets of decisions by name, such as `sim.experiments.disciplines` gives.
    baseline : Playbook, optional
        What is decided where no player is in; naive when left out.
    seeds : iterable of int
        Two or more worlds.
    orders : int, optional
        Random orders in each world, each taken forwards and backwards. When left out, every combination is run for up
        to `MOST_EXACT` players, and two orders in each world for more.
    instant, jobs, folder, progress
        As for `sim.experiments.study.study`.

    Returns
    -------
    DataFrame
        Columns player, measure, family, service, unit, value, low, high (95 % by Student's t over worlds, so that what
        random orders add to the spread is in it), seeds.

    Raises
    ------
    StudyError
        If nobody plays, or two decide the same.
    """
    named = checked(players if players is not None else practices(playbook))
    if orders is not None and orders < 1:
        raise StudyError(f"orders is {orders}, but at least 1 is needed.")
    chosen = chosen_seeds(seeds)
    names = list(named)
    before = baseline if baseline is not None else Playbook()
    exact = orders is None and len(names) <= MOST_EXACT
    weights = [_all(names) if exact else _drawn(names, seed, orders or 2) for seed in chosen]
    shares = _shares(scenario, before, named, weights, chosen, instant, jobs, folder, progress, exact)
    rows = []
    labels, values = shares
    for i, name in enumerate(names):
        for j, about in enumerate(labels):
            rows.append((name, *about, *interval(values[i, :, j])))
    columns = ["player", "measure", "family", "service", "unit", "value", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)


Weights = dict[frozenset[str], dict[str, float]]
"""By combination of players: how much its outcome counts for the value of each player."""


def _all(names: list[str]) -> Weights:
    """Return the weight of each combination's outcome in each player's value."""
    n = len(names)
    weights: Weights = {}
    for k in range(n + 1):
        inside = permutations(k - 1) * permutations(n - k) / permutations(n) if k else 0.0
        outside = permutations(k) * permutations(n - k - 1) / permutations(n) if k < n else 0.0
        for subset in combinations(names, k):
            weights[frozenset(subset)] = {name: inside if name in subset else -outside for name in names}
    return weights


def _drawn(names: list[str], seed: int, orders: int) -> Weights:
    """Return the weights that some random orders give, each forwards and backwards."""
    generator = Streams(seed).generator("experiments/shapley")
    weights: Weights = {}
    for _ in range(orders):
        order = [names[i] for i in generator.permutation(len(names))]
        for way in (order, order[::-1]):
            inside: frozenset[str] = frozenset()
            weights.setdefault(inside, dict.fromkeys(names, 0.0))
            for name in way:
                weights[inside][name] -= 0.5 / orders
                inside = inside | {name}
                weights.setdefault(inside, dict.fromkeys(names, 0.0))[name] += 0.5 / orders
    return weights


def _shares(
    scenario: Scenario,
    before: Playbook,
    named: Mapping[str, Mapping[str, object]],
    weights: list[Weights],
    seeds: list[int],
    instant: bool,
    jobs: int | None,
    folder: str | os.PathLike[str] | None,
    progress: Progress | None,
    exact: bool,
) -> tuple[list[tuple[object, ...]], np.ndarray]:
    """Run what the weights ask for, and return the labels of figures, and values of shape (players, seeds, figures)."""
    names = list(named)

    def cells(of: Weights) -> dict[str, Cell]:
        subsets = [[name for name in names if name in subset] for subset in of]
        return {" + ".join(s) or "baseline": Cell(scenario, taken(before, named, s)) for s in subsets}

    total = sum(len(one) for one in weights)
    done = 0
    values, labels = [], pd.DataFrame()
    worlds = [(weights[0], seeds)] if exact else [(one, [seed]) for one, seed in zip(weights, seeds, strict=True)]
    for of, here in worlds:
        begun = done

        def told(now: int, _: int, begun: int = begun) -> None:
            if progress is not None:
                progress(begun + now, total)

        found = study(cells(of), here, instant=instant, jobs=jobs, folder=folder, progress=told)
        done += len(of) * len(here)
        counted = np.array([[of[subset][name] for subset in of] for name in names])
        values.append(np.tensordot(counted, found.values, axes=1))
        labels = found.labels
    about = list(labels[["measure", "family", "service", "unit"]].itertuples(index=False, name=None))
    return about, np.concatenate(values, axis=1)
