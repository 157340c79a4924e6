"""The headline: net public value, which counts only where the floors are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sim.scenario.targets import FLOORS
from sim.scorecard.measures import MEASURES


@dataclass(frozen=True, eq=False)
class Headline:
    """Net public value, and whether it counts.

    Attributes
    ----------
    net_public_value : float
        GBP, as on the scorecard.
    floors : DataFrame
        Columns measure, service, value, floor, met: one row for each floor and service; where there is one service,
        or a measure is the whole programme's, the service is ``"all"``.
    """

    net_public_value: float
    floors: pd.DataFrame

    @property
    def counts(self) -> bool:
        """Whether every floor is kept."""
        return bool(self.floors["met"].all())

    @property
    def value(self) -> float:
        """Net public value where it counts, GBP; minus infinity elsewhere, which loses to anything that counts."""
        return self.net_public_value if self.counts else -math.inf

    def __str__(self) -> str:
        """Say in a sentence whether it counts, and if not, why."""
        if self.counts:
            return "Every floor is kept, so that net public value counts."
        missed = self.floors[~self.floors["met"]]
        named = [m if s == "all" else f"{m} of {s}" for m, s in zip(missed["measure"], missed["service"], strict=True)]
        said = ", ".join(named).replace("_", " ").replace("-", " ")
        return f"Net public value does not count while a floor (the least that is allowed) is missed: {said}."


def headline(card: pd.DataFrame, floors: Mapping[str, float]) -> Headline:
    """Hold a scorecard against the floors.

    Parameters
    ----------
    card : DataFrame
        As `scorecard` returns it.
    floors : mapping of str to float
        Floors by measure, where they differ from the usual ones.

    Returns
    -------
    Headline
        Each service has to keep each floor; what could not be measured does not keep it.
    """
    whole = card["service"] == "all"
    net = float(card.loc[whole & (card["measure"] == "net_public_value"), "value"].iloc[0])
    rows = []
    for measure, usual in FLOORS.items():
        mine = card[card["measure"] == measure]
        apart = mine[mine["service"] != "all"]
        floor, higher = float(floors.get(measure, usual)), MEASURES[measure].better == "higher"
        for row in (apart if len(apart) else mine).itertuples(index=False):
            met = row.value >= floor if higher else row.value <= floor
            rows.append((measure, row.service, row.value, floor, bool(met)))
    return Headline(net, pd.DataFrame(rows, columns=["measure", "service", "value", "floor", "met"]))
