"""Hours of a bill: a day's charges, split so that they add up to the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.errors import MoneyError

HOURS = 24

_EXACT = {
    "BilledCost": 100,
    "EffectiveCost": 100,
    "CommitmentDiscountQuantity": 100,
    "ConsumedQuantity": 10_000,
    "PricingQuantity": 10_000,
}
"""What is shared out, and how many of its smallest parts, a penny or a ten-thousandth of a unit, make one."""


def hourly(bill: pd.DataFrame, load: Mapping[str, Sequence[float]] | None = None) -> pd.DataFrame:
    """Split each charge for a day into its hours.

    Parameters
    ----------
    bill : DataFrame
        A run's ``billing``, or some rows of it.
    load : mapping of str to sequence of float, optional
        By `ResourceId`: how much of the day's use falls in each of the 24 hours, in any unit. Even when left out.

    Returns
    -------
    DataFrame
        The same columns; 24 rows for each charge for a day, in order, and charges for a month as they were. Pence and
        quantities are the rounded running total less the one before, so that the hours add up to the day exactly;
        list and contracted costs are again unit price times quantity.

    Raises
    ------
    MoneyError
        A load has not 24 numbers of zero or more, or none above zero.
    """
    begin, end = (pd.to_datetime(bill[name]) for name in ("ChargePeriodStart", "ChargePeriodEnd"))
    daily = (end - begin).eq(pd.Timedelta(days=1)).to_numpy()
    place = np.repeat(np.arange(len(bill)), np.where(daily, HOURS, 1))
    hour = np.arange(len(place)) - np.searchsorted(place, place)
    until = _shares(bill["ResourceId"], load or {})
    split = daily[place]
    result = bill.iloc[place].reset_index(drop=True)
    for name, parts in _EXACT.items():
        whole = np.rint(bill[name].to_numpy(dtype=float) * parts)[place]
        share = (np.floor(whole * until[place, hour + k] + 0.5) for k in (1, 0))
        result[name] = np.where(split, next(share) - next(share), whole) / parts
    for cost, price in (("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")):
        exact = np.round(result[price] * result["PricingQuantity"], 10)
        result[cost] = exact.where(exact.notna() & split, np.where(split, result["BilledCost"], result[cost]))
    start = bill["ChargePeriodStart"].str[:19].to_numpy(dtype="datetime64[s]")[place] + hour.astype("timedelta64[h]")
    for name, moment in (("ChargePeriodStart", start), ("ChargePeriodEnd", start + np.timedelta64(1, "h"))):
        text = pd.Series(np.strings.add(np.datetime_as_string(moment, unit="s"), "Z"), dtype="str")
        result[name] = text.where(split, result[name])
    return result


def _shares(resources: pd.Series, load: Mapping[str, Sequence[float]]) -> np.ndarray:
    """Return the share of the day gone by each hour's beginning, and at its end, shape (rows, 25)."""
    even = np.arange(HOURS + 1) / HOURS
    result = np.tile(even, (len(resources), 1))
    for name, weights in load.items():
        given = np.asarray(weights, dtype=float)
        if given.shape != (HOURS,) or not np.isfinite(given).all() or (given < 0).any() or given.sum() <= 0:
            raise MoneyError(
                f"The load of {name} must be 24 numbers of zero or more, not all zero, but it is {list(weights)!r}."
            )
        result[(resources == name).to_numpy()] = np.concatenate([[0.0], np.cumsum(given) / given.sum()])
    result[:, -1] = 1.0
    return result
