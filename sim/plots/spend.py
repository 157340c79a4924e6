"""What a cloud bill comes to: month by month and environment by environment, and service by service."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.plots.style import BLUE, COLOURS, GREEN, GREY, INK, ORANGE, axes, describe, title

ENVIRONMENTS = ("production", "test", "development")
"""From the foot of each bar to its head."""

LOOKS = {"production": (BLUE, ""), "test": (ORANGE, "///"), "development": (GREEN, "...")}
"""Colour and hatch of each, so that they are told apart without colour."""

HATCHES = ("", "///", "...", "xxx", "\\\\\\")


def by_month(billing: pd.DataFrame, cost: str = "EffectiveCost") -> Figure:
    """Draw a bill by month and environment.

    Parameters
    ----------
    billing : DataFrame
        A run's ``billing``, of a month or more.
    cost : str
        Which of the bill's costs to draw.

    Returns
    -------
    Figure
        A stacked bar for each month in which charges fall, GBP, with ``alt_text`` made from the bill.
    """
    month = billing["ChargePeriodStart"].str[:7].rename("month")
    table = billing.groupby([month, "x_Environment"])[cost].sum().unstack(fill_value=0.0)
    table = table.reindex(columns=[name for name in ENVIRONMENTS if name in table])
    figure, axis = axes(9.0, 3.8)
    foot = pd.Series(0.0, index=table.index)
    for name in table:
        colour, hatch = LOOKS[name]
        axis.bar(
            table.index, table[name], bottom=foot, width=0.6, label=name,
            facecolor=f"{colour}cc", edgecolor="white", hatch=hatch,
        )  # fmt: skip
        foot += table[name]
    for place, total in enumerate(foot):
        axis.annotate(
            f"£{total:,.0f}", (place, total), (0, 4), textcoords="offset points", ha="center", color=INK, fontsize=9
        )
    axis.margins(y=0.12)
    _pounds(axis.yaxis)
    axis.set(xlabel="Month of the charge", ylabel=f"{cost} (£)")
    axis.legend(loc="upper left", ncols=len(table.columns), bbox_to_anchor=(0, 1.0), frameon=False)
    share = table.sum() / table.to_numpy().sum()
    title(axis, "The cloud bill by month and environment")
    parts = "; ".join(f"{name} {share[name]:.0%}" for name in table)
    return describe(
        figure,
        f"Stacked bars of {cost} by month, {table.index[0]} to {table.index[-1]}: from £{foot.iloc[0]:,.0f} in the "
        f"first to £{foot.iloc[-1]:,.0f} in the last, at most £{foot.max():,.0f}. Of the whole: {parts}.",
    )


def showback(told: pd.DataFrame, what: str = "Cost (£)", heading: str = "What each service is told") -> Figure:
    """Draw what services are told that they cost, by each of several ways of allocating one bill.

    Parameters
    ----------
    told : DataFrame, shape (services, ways)
        GBP; the index names services and the columns ways of allocating.
    what : str
        Name and unit of the numbers, for the axis.
    heading : str
        What stands above.

    Returns
    -------
    Figure
        A group of horizontal bars for each service, with ``alt_text`` made from the table.
    """
    services, ways = len(told), len(told.columns)
    figure, axis = axes(9.0, 1.4 + 0.32 * services * (ways + 0.8))
    height = 0.8 / ways
    for k, way in enumerate(told):
        y = [place + (k - (ways - 1) / 2) * height for place in range(services)]
        colour = COLOURS[k % len(COLOURS)]
        axis.barh(
            y, told[way], height=height * 0.92, label=way,
            facecolor=f"{colour}cc", edgecolor="white", hatch=HATCHES[k % len(HATCHES)],
        )  # fmt: skip
        for at, gbp in zip(y, told[way], strict=True):
            _beside(axis, at, gbp)
    axis.set_yticks(range(services), told.index)
    axis.tick_params(axis="y", labelcolor=INK, length=0)
    axis.invert_yaxis()
    axis.margins(x=0.14)
    axis.axvline(0, color=GREY, linewidth=1)
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    _pounds(axis.xaxis)
    axis.set(xlabel=what)
    axis.legend(loc="lower right", frameon=False)
    title(axis, heading)
    said = "; ".join(
        f"{service}: " + ", ".join(f"{_gbp(row[way])} ({way})" for way in told) for service, row in told.iterrows()
    )
    return describe(figure, f"Horizontal bars, {what}, by service and way of allocating. {said}.")


def _gbp(value: float) -> str:
    return f"£{value:,.0f}" if abs(value) >= 100 else f"£{value:,.2f}"


def _beside(axis: Axes, at: float, gbp: float) -> None:
    axis.annotate(
        _gbp(gbp), (max(gbp, 0.0), at), (4, 0), textcoords="offset points", va="center", color=INK, fontsize=9
    )


def _pounds(axis: object) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: _axis_gbp(value)))


def _axis_gbp(value: float) -> str:
    return f"£{value / 1000:,.4g}k" if abs(value) >= 1000 else f"£{value:,.4g}"
