"""What is spent: a cloud bill month by month, every cost service by service, and what services are told."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.costs import costs
from sim.plots.style import BLUE, COLOURS, GREEN, GREY, INK, ORANGE, PAPER, axes, describe, legend, title
from sim.plots.units import scaled
from sim.summary import money

ENVIRONMENTS = ("production", "test", "development")
"""From the foot of each bar to its head."""

LOOKS = {"production": (BLUE, ""), "test": (ORANGE, "///"), "development": (GREEN, "...")}
"""Colour and hatch of each, so that they are told apart without colour."""

MANY = 9
"""Bars beyond which only the first, the highest and the last have their figure."""

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
            facecolor=f"{colour}cc", edgecolor=PAPER, hatch=hatch,
        )  # fmt: skip
        foot += table[name]
    shown = range(len(foot)) if len(foot) <= MANY else sorted({0, int(foot.to_numpy().argmax()), len(foot) - 1})
    for place in shown:
        axis.annotate(
            f"£{foot.iloc[place]:,.0f}", (place, foot.iloc[place]), (0, 4), textcoords="offset points", ha="center",
            color=INK, fontsize=9,
        )  # fmt: skip
    axis.set_xticks(range(0, len(foot), 1 if len(foot) <= MANY else 3))
    axis.margins(y=0.12)
    scaled(axis.yaxis, "GBP")
    axis.set(xlabel="Month of the charge", ylabel=f"{cost} (£)")
    legend(axis, loc="lower right", ncols=len(table.columns), bbox_to_anchor=(1.0, 1.0))
    share = table.sum() / table.to_numpy().sum()
    title(axis, "The cloud bill by month and environment")
    parts = "; ".join(f"{name} {share[name]:.0%}" for name in table)
    return describe(
        figure,
        f"Stacked bars of {cost} by month, {table.index[0]} to {table.index[-1]}: from £{foot.iloc[0]:,.0f} in the "
        f"first to £{foot.iloc[-1]:,.0f} in the last, at most £{foot.max():,.0f}. Of the whole: {parts}.",
    )


def by_service(ledger: pd.DataFrame) -> Figure:
    """Draw what each service has cost, environment by environment.

    Parameters
    ----------
    ledger : DataFrame
        A run's ``ledger``: people, casework, licences and data as well as the cloud.

    Returns
    -------
    Figure
        A stacked horizontal bar for each service, and for what they share, GBP, the dearest at the top; with
        ``alt_text`` made from the ledger.
    """
    table = costs(ledger).groupby(["service", "environment"])["gbp"].sum().unstack(fill_value=0.0)
    table = table.reindex(columns=[name for name in ENVIRONMENTS if name in table])
    table = table.loc[table.sum(axis="columns").sort_values(ascending=False).index]
    figure, axis = axes(9.0, 1.7 + 0.5 * len(table))
    foot = pd.Series(0.0, index=table.index)
    for name in table:
        colour, hatch = LOOKS[name]
        axis.barh(
            range(len(table)), table[name], left=foot, height=0.62, label=name,
            facecolor=f"{colour}cc", edgecolor=PAPER, hatch=hatch,
        )  # fmt: skip
        foot += table[name]
    for at, gbp in enumerate(foot):
        _beside(axis, at, gbp)
    axis.set_yticks(range(len(table)), table.index)
    axis.tick_params(axis="y", labelcolor=INK, length=0)
    axis.invert_yaxis()
    axis.margins(x=0.14)
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    scaled(axis.xaxis, "GBP")
    axis.set(xlabel="Cost of the whole run (£)", ylabel="Service")
    legend(axis, loc="lower right")
    title(axis, "Cost by service and environment")
    total = float(foot.sum())
    said = "; ".join(
        f"{service} {money(foot[service])}, of it "
        + ", ".join(f"{money(gbp)} in {name}" for name, gbp in row.items() if round(gbp, 2))
        for service, row in table.iterrows()
    )
    return describe(figure, f"Stacked bars of cost by service and environment, {money(total)} in all. {said}.")


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
            facecolor=f"{colour}cc", edgecolor=PAPER, hatch=HATCHES[k % len(HATCHES)],
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
    scaled(axis.xaxis, "GBP")
    axis.set(xlabel=what, ylabel="Service")
    legend(axis, loc="lower right")
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
