"""The machines on the bill, as arrays: how they were bought, and what they cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

TRAINING = "Training machine"
"""Type of resource, on the bill, that trains."""


class Machines:
    """The lines of a bill that are machines, or commitments to them.

    Parameters
    ----------
    bill : DataFrame
        The run's ``billing``.
    """

    def __init__(self, bill: pd.DataFrame) -> None:
        hours = bill["SkuMeter"].isin(("Instance hours", "Committed hours")).to_numpy()
        self._day, self._cost, self._listed = (
            bill[name].to_numpy()[hours] for name in ("x_Day", "EffectiveCost", "ListCost")
        )

        def has(name: str, word: str) -> np.ndarray:
            return bill[name].eq(word).to_numpy(dtype=bool)[hours]

        self._which = {
            "on demand": has("ChargeCategory", "Usage") & has("PricingCategory", "Standard"),
            "used": has("CommitmentDiscountStatus", "Used"),
            "unused": has("CommitmentDiscountStatus", "Unused"),
            "training": has("ResourceType", TRAINING),
        }

    def _sum(self, values: np.ndarray, which: str, first: int, last: int) -> float:
        return float(values[self._which[which] & (self._day >= first) & (self._day < last)].sum())

    def cost_gbp(self, which: str, first: int, last: int) -> float:
        """Return what some lines cost in the end on the days [first, last), GBP.

        Parameters
        ----------
        which : str
            ``"on demand"``; ``"used"`` or ``"unused"``, of commitments; or ``"training"``, however bought.
        first, last : int
            Half-open range of days.
        """
        return self._sum(self._cost, which, first, last)

    def listed_gbp(self, which: str, first: int, last: int) -> float:
        """Return the same at the price on demand, GBP."""
        return self._sum(self._listed, which, first, last)
