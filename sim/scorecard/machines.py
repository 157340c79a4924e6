"""The machines on the bill, as arrays: how they were bought, and what those that train cost."""

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

    Attributes
    ----------
    committed : bool
        Whether anything was bought under a commitment.
    """

    def __init__(self, bill: pd.DataFrame) -> None:
        hours = bill["SkuMeter"].isin(("Instance hours", "Committed hours")).to_numpy()
        lines = bill.loc[hours, ["x_Day", "EffectiveCost", "ListCost", "PricingCategory", "ResourceType"]]
        status = bill.loc[hours, "CommitmentDiscountStatus"]
        self._day = lines["x_Day"].to_numpy()
        self._cost, self._listed = lines["EffectiveCost"].to_numpy(), lines["ListCost"].to_numpy()
        usage = bill.loc[hours, "ChargeCategory"].eq("Usage").to_numpy()
        self._on_demand = usage & lines["PricingCategory"].eq("Standard").to_numpy()
        self._used, self._unused = status.eq("Used").to_numpy(), status.eq("Unused").to_numpy()
        self._trains = lines["ResourceType"].eq(TRAINING).to_numpy()
        self.committed = bool((self._used | self._unused).any())

    def _sum(self, values: np.ndarray, which: np.ndarray, first: int, last: int) -> float:
        return float(values[which & (self._day >= first) & (self._day < last)].sum())

    def coverage(self, first: int, last: int) -> float:
        """Return the share of machine hours on the days [first, last) that commitments met, by list price."""
        met, bare = (self._sum(self._listed, which, first, last) for which in (self._used, self._on_demand))
        return met / (met + bare) if met + bare else float("nan")

    def commitment_utilisation(self, first: int, last: int) -> float:
        """Return the share of the commitments' cost on the days [first, last) that was used."""
        used, rest = (self._sum(self._cost, which, first, last) for which in (self._used, self._unused))
        return used / (used + rest) if used + rest else float("nan")

    def training_gbp(self, first: int, last: int) -> float:
        """Return what the machines that train cost on the days [first, last), GBP."""
        return self._sum(self._cost, self._trains, first, last)
