"""The price of a threshold: how often a monitor cries wolf against how long it takes to see a real change."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import TrinityError
from sim.plots.style import COLOURS, GREY, INK, PURPLE, axes, describe, legend

COLUMNS = ("threshold", "false_alarms_per_year", "delay_days")
_STYLES = ("solid", (0, (4, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))


def figure(points: pd.DataFrame, chosen: float | None = None) -> Figure:
    """Draw false alarms against delay, one point for each threshold.

    Parameters
    ----------
    points : DataFrame
        Columns threshold, false_alarms_per_year and delay_days (days from a change to the first alarm; missing if it
        never came); low and high, if there, are the 95 % interval of delay_days; monitor, if there, names the monitor
        that a row belongs to, and each gets its own curve.
    chosen : float, optional
        The threshold to mark, on the first curve.

    Returns
    -------
    Figure
        With ``alt_text`` made from the points.

    Raises
    ------
    TrinityError
        A column is missing, no point has a delay, or no threshold is the chosen one.
    """
    drawn = _checked(points)
    parts = drawn.groupby("monitor", sort=False) if "monitor" in drawn else [("", drawn)]
    curves = [(str(name), part.sort_values("threshold")) for name, part in parts]
    _check_chosen(curves[0][1], chosen)
    picture, axis = axes(8.0, 5.0)
    for place, (name, curve) in enumerate(curves):
        _curve(axis, name, curve, place)
        _number(axis, curve, chosen if place == 0 else None, COLOURS[place % len(COLOURS)] if place else GREY)
    most = float(drawn["false_alarms_per_year"].max()) or 1.0
    axis.set_xlim(left=0)
    axis.set_ylim(-0.03 * most, 1.12 * most)
    axis.set_xlabel("Delay from the change to the first alarm (days)")
    axis.set_ylabel("False alarms per year")
    axis.set_title("False alarms against delay, by threshold", loc="left", fontsize=11, fontweight="bold", color=INK)
    key = "Number beside a point: its threshold" + (
        "\nBar: 95 % interval of the delay" if {"low", "high"} <= set(drawn) else ""
    )
    axis.text(0.99, 0.97, key, transform=axis.transAxes, ha="right", va="top", color=GREY, fontsize=9)
    if "monitor" in drawn:
        legend(axis, loc="upper right", bbox_to_anchor=(1.0, 0.9), handlelength=3.5)
    axis.grid(True, axis="both")
    return describe(picture, _words(curves, chosen, len(points) - len(drawn)))


def _checked(points: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in COLUMNS if column not in points]
    if missing:
        raise TrinityError(
            f"The points have no column {', '.join(missing)}. Wanted: {', '.join(COLUMNS)}; low, high and monitor if "
            f"you like. Given: {', '.join(map(str, points.columns))}."
        )
    drawn = points[points["delay_days"].notna() & points["false_alarms_per_year"].notna()]
    if not len(drawn):
        raise TrinityError("No point has a delay: the change was never found at any threshold. Try lower thresholds.")
    return drawn


def _check_chosen(curve: pd.DataFrame, chosen: float | None) -> None:
    if chosen is not None and chosen not in set(curve["threshold"]):
        nearest = min(curve["threshold"], key=lambda threshold: abs(threshold - chosen))
        raise TrinityError(f"chosen is {chosen:g}, but no point drawn has that threshold. The nearest is {nearest:g}.")


def _curve(axis: Axes, name: str, curve: pd.DataFrame, place: int) -> None:
    colour, style = COLOURS[place % len(COLOURS)], _STYLES[place % len(_STYLES)]
    delay, alarms = curve["delay_days"], curve["false_alarms_per_year"]
    axis.plot(delay, alarms, color=colour, linestyle=style, marker="o", markersize=5, zorder=3, label=name)
    if {"low", "high"} <= set(curve):
        spread = [(delay - curve["low"]).clip(lower=0), (curve["high"] - delay).clip(lower=0)]
        axis.errorbar(delay, alarms, xerr=spread, fmt="none", ecolor=f"{colour}66", elinewidth=5, zorder=2)


def _number(axis: Axes, curve: pd.DataFrame, chosen: float | None, colour: str) -> None:
    """Write thresholds beside a curve's points, and say in words what the chosen one brings."""
    for row in curve.itertuples():
        point = (row.delay_days, row.false_alarms_per_year)
        if row.threshold != chosen:
            axis.annotate(f"{row.threshold:.3g}", point, (6, 5), textcoords="offset points", fontsize=9, color=colour)
            continue
        ring = {"markerfacecolor": "none", "markeredgecolor": PURPLE, "markeredgewidth": 2}
        axis.plot(*point, "o", markersize=14, zorder=4, **ring)
        words = (
            f"Threshold {row.threshold:g}: {_rate(row.false_alarms_per_year)},\nfound after {row.delay_days:.0f} days"
        )
        line = {"arrowstyle": "-", "color": PURPLE, "shrinkB": 8}
        where = {"textcoords": "axes fraction", "ha": "left", "va": "center"}
        axis.annotate(words, point, (0.42, 0.55), color=PURPLE, fontweight="bold", arrowprops=line, zorder=5, **where)


def _rate(alarms: float) -> str:
    return f"{alarms:.2g} false alarm{'' if alarms == 1 else 's'} a year"


def _words(curves: list[tuple[str, pd.DataFrame]], chosen: float | None, unseen: int) -> str:
    parts = ["False alarms per year, drawn against the days from a change to the first alarm."]
    for name, curve in curves:
        low, high = curve.iloc[0], curve.iloc[-1]
        who = f"With {name}, from" if name else "From"
        parts.append(
            f"{who} threshold {low['threshold']:g} to {high['threshold']:g}, false alarms go from "
            f"{low['false_alarms_per_year']:.2g} to {high['false_alarms_per_year']:.2g} a year and the delay from "
            f"{low['delay_days']:.0f} to {high['delay_days']:.0f} days."
        )
    first = curves[0][1]
    for row in first[first["threshold"] == chosen].itertuples():
        parts.append(
            f"Marked: threshold {row.threshold:g}, with {_rate(row.false_alarms_per_year)} and a delay of "
            f"{row.delay_days:.0f} days."
        )
    if unseen:
        parts.append(f"{unseen} threshold{' is' if unseen == 1 else 's are'} left out, as the change was never found.")
    return " ".join(parts)
