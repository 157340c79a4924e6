"""What two ways of running one programme come to: accuracy, incidents, public value and spend, side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from sim.plots.regret import net
from sim.plots.style import BLUE, GREY, INK, ORANGE, PAPER, axes, describe, label
from sim.plots.timeline import mark_quarters, month_bounds, quarter_bounds, retrainings, right_by_week
from sim.run import Run
from sim.summary import money

NAMES = ("naive", "reference")
COLOURS = (ORANGE, BLUE)
STYLES = ((0, (4, 1.5)), "solid")
"""The first run is dashed, so that the two are told apart without colour."""

Runs, Names, Places = tuple[Run, ...], tuple[str, ...], tuple[int, ...]
"""Runs, their names, and their places among `COLOURS` and `STYLES`."""

LABEL_HEIGHT = 0.026
"""Room for one line of a label, as a share of the figure's height."""


def figure(naive_run: Run, reference_run: Run, names: tuple[str, str] = NAMES) -> Figure:
    """Draw the outcome of two playbooks in the same world.

    Parameters
    ----------
    naive_run, reference_run : Run
        Two runs of one scenario and seed, of at least a week.
    names : tuple of str
        What to call them.

    Returns
    -------
    Figure
        Four panels on one time axis: accuracy by week (in hindsight), incidents under way and retrainings, cumulative
        net public value (benefit less harm less spend, undiscounted), and spend by month; with ``alt_text`` made from
        the runs.
    """
    return _drawn((naive_run, reference_run), names, (0, 1))


def alone(run: Run, name: str = "this run") -> Figure:
    """Draw the outcome of one run, in the same panels.

    Parameters
    ----------
    run : Run
        Of at least a week.
    name : str
        What to call it.

    Returns
    -------
    Figure
        As from `figure`.
    """
    return _drawn((run,), (name,), (1,))


def _drawn(runs: Runs, names: Names, places: Places) -> Figure:
    picture, (accuracy, events, value, spend) = axes(
        9.0, 8.4, rows=4, sharex=True, gridspec_kw={"height_ratios": [3.0, 0.45 * len(runs), 2.6, 1.7]}
    )
    picture.get_layout_engine().set(h_pad=0.09)
    bounds = quarter_bounds(max(runs, key=lambda run: run.days).daily)
    for axis in (accuracy, events, value, spend):
        mark_quarters(axis, bounds, named=axis is spend)
    _accuracy(accuracy, runs, names, places)
    _events(events, runs, names, places)
    _value(value, runs, names, places)
    _spend(spend, runs, names, places)
    picture.align_ylabels()
    return describe(picture, _words(runs, names))


def _line(axis: Axes, series: pd.Series, place: int, **options: object) -> None:
    axis.plot(series.index, series.to_numpy(), color=COLOURS[place], linestyle=STYLES[place], **options)


def _label_ends(axis: Axes, ends: list[tuple[float, float]], texts: Names, places: Places) -> None:
    """Label the ends of one line or two, moved apart when they would overlap."""
    heights = [y for _, y in ends]
    low, high = axis.get_ylim()
    room = (high - low) * LABEL_HEIGHT / axis.get_position().height
    if len(heights) > 1 and abs(heights[0] - heights[1]) < room:
        middle, up = sum(heights) / 2, 1 if heights[0] >= heights[1] else -1
        heights = [middle + up * room / 2, middle - up * room / 2]
    for (x, _), y, text, place in zip(ends, heights, texts, places, strict=True):
        label(axis, x, y, text, COLOURS[place])


def _title(axis: Axes, text: str) -> None:
    axis.set_title(text, loc="left", fontsize=11, fontweight="bold", color=INK, pad=6)


def _accuracy(axis: Axes, runs: Runs, names: Names, places: Places) -> None:
    lines = [right_by_week(run.daily) for run in runs]
    for place, line in zip(places, lines, strict=True):
        _line(axis, line, place)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.set_ylabel("Right decisions")
    _title(axis, "Accuracy of decisions by week, in hindsight")
    _label_ends(axis, [(line.index[-1], line.iloc[-1]) for line in lines], names, places)


def _spans(run: Run) -> list[tuple[float, float]]:
    """Return when each incident began and how long it lasted, in days."""
    ended = run.incidents["fixed_day"].fillna(float(run.days))
    return [(began, end - began) for began, end in zip(run.incidents["began_day"], ended, strict=True)]


def _events(axis: Axes, runs: Runs, names: Names, places: Places) -> None:
    for place, name, run in zip(places, names, runs, strict=True):
        axis.broken_barh(_spans(run), (0.72 - place, 0.56), facecolor=f"{COLOURS[place]}55", edgecolor=COLOURS[place])
        days = retrainings(run.models)
        axis.plot(
            days,
            np.full(len(days), 1.0 - place),
            "^",
            color=COLOURS[place],
            markersize=8,
            markeredgecolor=PAPER,
            zorder=4,
        )
        label(axis, axis.get_xlim()[1], 1.0 - place, name, COLOURS[place])
    axis.set_ylim(-0.6, len(runs) - 0.4)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.grid(False, axis="y")
    _title(axis, "Bars: incidents, from beginning to repair. Triangles: retraining")


def _value(axis: Axes, runs: Runs, names: Names, places: Places) -> None:
    lines = [net(run) / 1e6 for run in runs]
    axis.axhline(0, color=GREY, linewidth=1)
    for place, line in zip(places, lines, strict=True):
        _line(axis, line, place)
    axis.yaxis.set_major_formatter(FuncFormatter(_millions))
    axis.set_ylabel("Net value (£ million)")
    _title(axis, "Cumulative net public value: benefit less harm less spend")
    ends = [(line.index[-1], line.iloc[-1]) for line in lines]
    said = [f"{name} {'-' if y < 0 else ''}£{abs(y):.2f}m" for name, (_, y) in zip(names, ends, strict=True)]
    _label_ends(axis, ends, tuple(said), places)


def _millions(value: float, _: int) -> str:
    return f"{'-' if value < 0 else ''}£{abs(value):.3g}m"


def _spend(axis: Axes, runs: Runs, names: Names, places: Places) -> None:
    top = 0.0
    last = []
    for place, run in zip(places, runs, strict=True):
        bounds, totals = _monthly(run)
        axis.stairs(totals / 1e3, bounds, baseline=None, color=COLOURS[place], linestyle=STYLES[place], linewidth=1.8)
        top = max(top, float(totals.max()) / 1e3)
        last.append((bounds[-1], float(totals[-1]) / 1e3))
    axis.set_ylim(0, top * 1.15)
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"£{value:,.4g}k"))
    axis.set_ylabel("Spend (£ thousand)")
    _title(axis, "Spend by month")
    _label_ends(axis, last, names, places)


def _monthly(run: Run) -> tuple[np.ndarray, np.ndarray]:
    bounds = month_bounds(run.daily)
    totals, _ = np.histogram(run.daily["day"], bins=bounds, weights=run.daily["spend_gbp"])
    return bounds, totals


def _words(runs: Runs, names: Names) -> str:
    quarters = len(quarter_bounds(runs[0].daily)) - 1
    shown = "A programme" if len(runs) == 1 else "Two programmes in the same world"
    styles = "." if len(runs) == 1 else f": {names[0]} dashed, {names[1]} solid."
    parts = [f"{shown} over {quarters} quarters, as lines on one time axis{styles}"]
    for run, name in zip(runs, names, strict=True):
        line = right_by_week(run.daily)
        spans = _spans(run)
        again = len(retrainings(run.models))
        parts.append(
            f"{name.capitalize()}: weekly accuracy goes from {line.iloc[0]:.1%} to {line.iloc[-1]:.1%}, at its lowest "
            f"{line.min():.1%}; {len(spans)} incident{'' if len(spans) == 1 else 's'} "
            f"last{'s' if len(spans) == 1 else ''} {sum(length for _, length in spans):.0f} days in all; "
            f"the model is retrained {again} time{'' if again == 1 else 's'}; spend is "
            f"{money(float(run.daily['spend_gbp'].sum()))} and net public value {money(float(net(run).iloc[-1]))}."
        )
    if len(runs) == 1:
        return " ".join(parts)
    gain = float(net(runs[1]).iloc[-1] - net(runs[0]).iloc[-1])
    parts.append(f"{names[1].capitalize()} comes out {money(abs(gain))} {'ahead' if gain >= 0 else 'behind'}.")
    return " ".join(parts)
