"""The quality of what is delivered, in six dimensions, month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.errors import TrinityError, unknown
from sim.plots.palette import on
from sim.plots.style import GREY, INK, axes, describe, title
from sim.plots.timeline import month_bounds
from sim.run import Run

WORST = 0.25
"""Share of checks failed at which the ground is darkest."""


def figure(run: Run, source: str | None = None) -> Figure:
    """Draw a heat map of quality.

    Parameters
    ----------
    run : Run
        Of a month or more.
    source : str, optional
        One source; all together when left out.

    Returns
    -------
    Figure
        A row for each dimension and a column for each month; each cell holds the share of checks passed, in per cent,
        on a darker ground the more failed. With ``alt_text``.

    Raises
    ------
    TrinityError
        If there is no such source, or nothing was checked.
    """
    table = by_month(run, source)
    whole = table.to_numpy()
    picture, axis = axes(9.5, 1.5 + 0.42 * len(table))
    for row in range(len(table)):
        for column in range(table.shape[1]):
            score = whole[row, column]
            if np.isnan(score):
                axis.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color=GREY, fontsize=8)
                continue
            ground, text = on((1 - score) / WORST)
            axis.add_patch(Rectangle((column + 0.03, row + 0.04), 0.94, 0.92, facecolor=ground, edgecolor="none"))
            said = f"{score * 100:.0f}" if score < 0.995 else "100" if score >= 0.9995 else f"{score * 100:.1f}"
            axis.text(column + 0.5, row + 0.5, said, ha="center", va="center", color=text, fontsize=7.5)
    axis.set(xlim=(0, table.shape[1]), ylim=(len(table), 0))
    axis.set_yticks(np.arange(len(table)) + 0.5, [str(name).replace("_", " ") for name in table.index])
    axis.set_xticks(np.arange(table.shape[1]) + 0.5, [str(month) for month in table.columns])
    axis.tick_params(length=0, labelcolor=INK)
    axis.grid(False)
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.set(xlabel="Month of the programme", ylabel="Dimension of quality")
    of = f" from {source}" if source else ""
    title(axis, f"Checks passed{of} (%), by dimension and month")
    return describe(picture, _words(table, source))


def by_month(run: Run, source: str | None = None) -> pd.DataFrame:
    """Return the share of checks passed: a row for each dimension, a column for each month; NaN where none was made."""
    quality = run.quality
    if source is not None:
        if source not in set(quality["source"]):
            raise TrinityError(unknown("source", source, quality["source"].unique()))
        quality = quality[quality["source"] == source]
    if not len(quality):
        raise TrinityError(
            "Nothing was checked in this run, so that there is no quality to draw. Run it for a day or more."
        )
    bounds = month_bounds(run.daily)
    months = np.searchsorted(bounds, quality["day"].to_numpy(), side="right")
    sums = quality.groupby([quality["dimension"], pd.Series(months, index=quality.index, name="month")])[
        ["rows", "failed"]
    ]
    counted = sums.sum()
    passed = 1 - counted["failed"] / counted["rows"].where(counted["rows"] > 0)
    return passed.unstack()


def _words(table: pd.DataFrame, source: str | None) -> str:
    lowest = table.stack().idxmin()
    ends = "; ".join(
        f"{name.replace('_', ' ')} from {row.dropna().iloc[0]:.1%} to {row.dropna().iloc[-1]:.1%}"
        for name, row in table.iterrows()
        if row.notna().any()
    )
    return (
        f"Heat map of the share of checks passed{f' from {source}' if source else ''}, month {table.columns[0]} to "
        f"{table.columns[-1]}: {ends}. Lowest is {str(lowest[0]).replace('_', ' ')} in month {lowest[1]}, "
        f"{table.loc[lowest]:.1%}."
    )
