"""The headline: net public value, which counts only where the floors are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sim.scenario.targets import FLOORS
from sim.scorecard.measures import MEASURES

BROKEN = {
    "equity_gap": "{who} serves its groups {value} apart, at most {floor} is allowed",
    "people_served": "{who} awards {value} of those eligible in its worst-served group, at least {floor} is needed",
    "availability": "{who} reaches {value} of its cases on the night they come, at least {floor} is needed",
    "kept_too_long": "{who} keeps {value} of its records too long, at most {floor} is allowed",
    "budget_overrun": "spend is {value} beyond the budget, at most {floor} is allowed",
}
"""What is said of a floor that is missed, measure by measure."""


def _broken(measure: str, service: str, value: float, floor: float) -> str:
    who = "the service" if service == "all" else service.replace("-", " ")
    if not math.isfinite(value):
        return f"{who}: {measure.replace('_', ' ')} could not be measured"
    return BROKEN[measure].format(who=who, value=f"{value:.1%}", floor=f"{100 * floor:.3g}%")


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
        missed = self.floors[~self.floors["met"]].itertuples(index=False)
        said = "; ".join(_broken(row.measure, row.service, row.value, row.floor) for row in missed)
        return f"Net public value does not count yet: {said}."


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
