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
        lines = bill[hours]
        self._day = lines["x_Day"].to_numpy()
        self._cost, self._listed = lines["EffectiveCost"].to_numpy(), lines["ListCost"].to_numpy()
        use = lines["ChargeCategory"].eq("Usage")
        self._which = {
            "on demand": (use & lines["PricingCategory"].eq("Standard")).to_numpy(dtype=bool),
            "used": lines["CommitmentDiscountStatus"].eq("Used").to_numpy(dtype=bool),
            "unused": lines["CommitmentDiscountStatus"].eq("Unused").to_numpy(dtype=bool),
            "training": lines["ResourceType"].eq(TRAINING).to_numpy(dtype=bool),
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
