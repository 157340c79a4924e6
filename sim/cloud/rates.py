"""Rates: the prices in force, as the provider changes them during a run."""

from __future__ import annotations

from collections.abc import Sequence

from sim.cloud.prices import PRICES, price
from sim.errors import ScenarioError, unknown
from sim.scenario import PriceChange


class Rates:
    """The price list as it stands.

    Parameters
    ----------
    changes : sequence of PriceChange
        Those that will come.

    Raises
    ------
    ScenarioError
        If a change is of no line and no family of the price list.
    """

    def __init__(self, changes: Sequence[PriceChange] = ()) -> None:
        families = dict.fromkeys(line.family for line in PRICES.values())
        for change in changes:
            if change.line not in PRICES and change.line not in families:
                what = unknown("line or family of the price list", change.line, [*families, *PRICES])
                raise ScenarioError(f"price change {change.name}: {what}")
        self._changes = changes
        self._published: dict[str, float] = {}

    def gbp(self, sku: str) -> float:
        """Return the price of what is metered by the day: an hour, a GB-day, a GB, a call; GBP, list price."""
        line = price(sku)
        return self._published.get(sku, line.gbp) / line.offer.per

    def change(self, day: int) -> list[PriceChange]:
        """Let the changes of a day come into force, and return them. A price is to a ten-thousandth of a penny."""
        today = [change for change in self._changes if change.day == day]
        for change in today:
            for sku, line in PRICES.items():
                if change.line in (sku, line.family):
                    self._published[sku] = round(self._published.get(sku, line.gbp) * change.factor, 6)
        return today
