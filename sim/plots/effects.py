"""What each factor or practice does, with its interval: the answer of a factorial or of Shapley values."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sim.errors import TrinityError, unknown
from sim.plots.style import BLUE, GREY, INK, ORANGE, PAPER, axes, describe, title
from sim.plots.units import heading, scaled, worded
from sim.summary import quantity


def figure(table: pd.DataFrame, measure: str = "net_public_value", service: str = "all", most: int = 20) -> Figure:
    """Draw effects in order of size.

    Parameters
    ----------
    table : DataFrame
        As from `sim.experiments.factorial` or `sim.experiments.shapley`, or any with the columns effect (or player),
        measure, service, unit, value, low and high.
    measure, service : str
        Which of its lines.
    most : int
        How many are drawn: those of the largest size.

    Returns
    -------
    Figure
        A point and a 95 % interval for each; hollow where the interval holds zero. With ``alt_text``.

    Raises
    ------
    TrinityError
        If a column is missing, or there is no such line.
    """
    name, rows = _checked(table, measure, service)
    rows = rows.sort_values("value", key=abs, ascending=False, ignore_index=True).head(most)
    unit = str(rows["unit"].iloc[0])
    picture, axis = axes(9.0, 1.5 + 0.36 * len(rows))
    for place, row in enumerate(rows.itertuples(index=False)):
        sure = row.low > 0 or row.high < 0
        colour = GREY if not sure else BLUE if row.value > 0 else ORANGE
        axis.plot([row.low, row.high], [place] * 2, color=colour, linewidth=2.4)
        axis.plot(row.value, place, "o", markersize=8, markerfacecolor=colour if sure else PAPER,
                  markeredgecolor=colour, markeredgewidth=1.6, zorder=3)  # fmt: skip
        axis.annotate(quantity(row.value, unit), (1.0, place), (6, 0), xycoords=axis.get_yaxis_transform(),
                      textcoords="offset points", va="center", color=INK, fontsize=9)  # fmt: skip
    axis.axvline(0, color=GREY, linewidth=1.2)
    axis.set_yticks(range(len(rows)), rows[name])
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    axis.spines["left"].set_visible(False)
    scaled(axis.xaxis, unit)
    axis.set(xlabel=f"Effect on {heading(measure, unit)[0].lower()}{heading(measure, unit)[1:]}",
             ylabel="Factor" if name == "effect" else "Practice")  # fmt: skip
    title(axis, "What each does, with 95 % interval; hollow: may be nothing")
    return describe(picture, _words(rows, name, measure, unit))


def _checked(table: pd.DataFrame, measure: str, service: str) -> tuple[str, pd.DataFrame]:
    name = "player" if "player" in table else "effect"
    wanted = (name, "measure", "service", "unit", "value", "low", "high")
    missing = [column for column in wanted if column not in table]
    if missing:
        raise TrinityError(
            f"The table has no column {', '.join(missing)}. Wanted: {', '.join(wanted)}. Given: "
            f"{', '.join(map(str, table.columns))}."
        )
    if measure not in set(table["measure"]):
        raise TrinityError(unknown("measure", measure, table["measure"].unique()))
    rows = table[(table["measure"] == measure) & (table["service"] == service)].dropna(subset=["value"])
    if not len(rows):
        raise TrinityError(unknown(f"service with {measure}", service, table["service"].unique()))
    return name, rows


def _words(rows: pd.DataFrame, name: str, measure: str, unit: str) -> str:
    said = "; ".join(
        f"{row[name]} {quantity(row['value'], unit)}, 95 % interval {quantity(row['low'], unit)} to "
        f"{quantity(row['high'], unit)}"
        for _, row in rows.head(8).iterrows()
    )
    unsure = int(((rows["low"] <= 0) & (rows["high"] >= 0)).sum())
    return (
        f"Effects on {worded(measure)}, the largest first: {said}. Of {len(rows)} drawn, {unsure} "
        f"{'has' if unsure == 1 else 'have'} an interval that holds zero."
    )
