"""The time axis that figures share: weeks to smooth over, months and quarters to read by, marks to point at."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter

from sim.errors import TrinityError


def weekly(daily: pd.DataFrame, column: str) -> pd.Series:
    """Return a daily share averaged by week, each day and service weighted by its cases.

    Parameters
    ----------
    daily : DataFrame
        A run's `daily` frame.
    column : str
        A column of shares, for instance ``"accuracy"``; days without a value are left out.

    Returns
    -------
    Series
        Index: the middle of the week, in days from the start. A last week of fewer than four days is left out.
    """
    known = daily[daily[column].notna() & (daily["cases"] > 0)]
    parts = pd.DataFrame({"value": known[column] * known["cases"], "cases": known["cases"], "week": known["day"] // 7})
    sums = parts.groupby("week").sum()
    whole = sums[sums.index * 7 + 3.5 < float(daily["day"].max()) + 1.0] if len(daily) else sums
    return pd.Series((whole["value"] / whole["cases"]).to_numpy(), index=whole.index.to_numpy() * 7 + 3.5, name=column)


def right_by_week(daily: pd.DataFrame) -> pd.Series:
    """Return the share of decisions that were right, by week and over all services; a forecast is right in tolerance.

    Parameters
    ----------
    daily : DataFrame
        A run's `daily` frame.

    Returns
    -------
    Series
        As of `weekly`.
    """
    return weekly(daily.assign(accuracy=daily["right"] / daily["decided"], cases=daily["decided"]), "accuracy")


def quarter_bounds(daily: pd.DataFrame) -> np.ndarray:
    """Return the first day of each quarter, and the day after the last.

    Parameters
    ----------
    daily : DataFrame
        A run's `daily` frame.

    Returns
    -------
    ndarray of float64, shape (quarters + 1,)
        Days from the start.

    Raises
    ------
    TrinityError
        The frame holds less than a week, so that there is nothing to draw.
    """
    days = daily["day"].nunique()
    if days < 7:
        raise TrinityError(f"The run has lasted {days} days, but a figure needs at least 7. Step the programme first.")
    return np.append(daily.groupby("quarter")["day"].min().to_numpy(), daily["day"].max() + 1).astype(float)


def month_bounds(daily: pd.DataFrame) -> np.ndarray:
    """Return the first day of each month, and the day after the last.

    Parameters
    ----------
    daily : DataFrame
        A run's `daily` frame.

    Returns
    -------
    ndarray of float64, shape (months + 1,)
        Days from the start.
    """
    return np.append(daily.groupby("month")["day"].min().to_numpy(), daily["day"].max() + 1).astype(float)


def mark_quarters(axis: Axes, bounds: np.ndarray, named: bool = True) -> None:
    """Divide the horizontal axis into quarters, named Q1, Q2 and so on in their middles.

    Parameters
    ----------
    axis : Axes
        Its horizontal axis is in days from the start.
    bounds : ndarray
        As from `quarter_bounds`.
    named : bool
        Whether the quarters are named; only the lowest of several panels should.
    """
    axis.set_xlim(bounds[0], bounds[-1])
    axis.xaxis.set_major_locator(FixedLocator(bounds))
    axis.xaxis.set_major_formatter(NullFormatter())
    axis.xaxis.set_minor_locator(FixedLocator((bounds[:-1] + bounds[1:]) / 2))
    axis.tick_params(axis="x", which="minor", length=0)
    axis.xaxis.grid(True, which="major")
    if named:
        names = [f"Q{n}" for n in range(1, len(bounds))]
        axis.set_xticks((bounds[:-1] + bounds[1:]) / 2, names, minor=True)
        axis.set_xlabel("Quarter of the programme")
    else:
        axis.tick_params(axis="x", which="both", length=0, labelbottom=False)


def retrainings(models: pd.DataFrame) -> np.ndarray:
    """Return the days on which models were trained again: every training but each service's first.

    Parameters
    ----------
    models : DataFrame
        A run's `models` frame.

    Returns
    -------
    ndarray of float64
        Days from the start, in order.
    """
    trained = models["trained_day"].astype(float)
    first = trained.groupby(models["service"]).transform("min")
    return np.sort(trained[trained > first].to_numpy())
