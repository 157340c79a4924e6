"""A model growing old: how right its decisions were, how right they were thought to be, and when it was retrained."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.plots.style import BLUE, GREEN, GREY, INK, ORANGE, PAPER, PURPLE, axes, describe, label
from sim.plots.timeline import mark_quarters, quarter_bounds, retrainings, weekly
from sim.run import Run


def figure(run: Run, scores: pd.DataFrame | None = None) -> Figure:
    """Draw accuracy over time, as it was and as it was known at the time.

    Parameters
    ----------
    run : Run
        A run of at least a week.
    scores : DataFrame, optional
        A monitor's score: columns day (days from the start) and score, and threshold if there is one. It gets a panel
        of its own, in which days above the threshold are marked.

    Returns
    -------
    Figure
        With ``alt_text`` made from the run.
    """
    rows = 1 if scores is None else 2
    ratios = [2.6, 1.4][:rows]
    picture, panels = axes(
        9.0,
        4.4 if scores is None else 6.4,
        rows=rows,
        sharex=True,
        squeeze=False,
        gridspec_kw={"height_ratios": ratios},
    )
    picture.get_layout_engine().set(h_pad=0.09)
    panels = panels[:, 0]
    bounds = quarter_bounds(run.daily)
    for axis in panels:
        mark_quarters(axis, bounds, named=axis is panels[-1])
    days = retrainings(run.models)
    _accuracy(panels[0], run, days)
    words = _words(run, days)
    if scores is not None:
        _scores(panels[1], scores)
        words = f"{words} {_score_words(scores)}"
    return describe(picture, words)


def _accuracy(axis: Axes, run: Run, days: np.ndarray) -> None:
    truth, known = weekly(run.daily, "accuracy"), weekly(run.daily, "accuracy_known")
    axis.plot(truth.index, truth.to_numpy(), color=BLUE)
    axis.plot(known.index, known.to_numpy(), color=ORANGE, linestyle=(0, (4, 1.5)))
    low, high = axis.get_ylim()
    axis.set_ylim(low - 0.1 * (high - low), high)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.set_ylabel("Right decisions")
    axis.set_title("Accuracy by week", loc="left", fontsize=11, fontweight="bold", color=INK, pad=16)
    for day in days:
        axis.axvline(day, color=GREEN, linewidth=1.2, linestyle=":", zorder=1)
        axis.plot([day], [0.035], "^", transform=axis.get_xaxis_transform(), color=GREEN, markersize=8, zorder=4)
    if len(days):
        axis.annotate(
            "retrained", (days[0], 1.0), (0, 2), xycoords=axis.get_xaxis_transform(), textcoords="offset points",
            color=GREEN, ha="center",
        )  # fmt: skip
    ends = [(line.index[-1], line.iloc[-1], text, colour) for line, text, colour in (
        (truth, "as it was\n(hindsight)", BLUE), (known, "as known\nat the time", ORANGE)) if len(line)]  # fmt: skip
    _label_apart(axis, ends)


def _label_apart(axis: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """Label line ends in two lines of text each, moved apart when they would overlap."""
    low, high = axis.get_ylim()
    heights = [y for _, y, _, _ in ends]
    room = 0.13 * (high - low)
    if len(ends) == 2 and abs(heights[0] - heights[1]) < room:
        middle, up = sum(heights) / 2, 1 if heights[0] >= heights[1] else -1
        heights = [middle + up * room / 2, middle - up * room / 2]
    for (x, _, text, colour), y in zip(ends, heights, strict=True):
        label(axis, x, y, text, colour)


def _alarms(scores: pd.DataFrame) -> pd.DataFrame:
    """Rows whose score is above the threshold; none when there is no threshold."""
    return scores[scores["score"] > scores["threshold"]] if "threshold" in scores else scores.iloc[:0]


def _scores(axis: Axes, scores: pd.DataFrame) -> None:
    axis.plot(scores["day"], scores["score"], color=PURPLE)
    if "threshold" in scores:
        axis.plot(scores["day"], scores["threshold"], color=GREY, linewidth=1.2, linestyle="--")
        label(axis, scores["day"].iloc[-1], scores["threshold"].iloc[-1], "threshold", GREY)
    alarms = _alarms(scores)
    axis.plot(alarms["day"], alarms["score"], "o", color=PURPLE, markersize=5, markeredgecolor=PAPER)
    axis.set_ylim(bottom=min(0.0, float(scores["score"].min())))
    axis.set_ylabel("Score (no unit)")
    title = "The monitor's score" + ("; a dot is a score above the threshold" if "threshold" in scores else "")
    axis.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK, pad=6)


def _words(run: Run, days: np.ndarray) -> str:
    truth, known = weekly(run.daily, "accuracy"), weekly(run.daily, "accuracy_known")
    lowest = int(truth.index[int(np.argmin(truth.to_numpy()))])
    words = (
        f"Accuracy by week over {len(quarter_bounds(run.daily)) - 1} quarters. In hindsight it goes from "
        f"{truth.iloc[0]:.1%} to {truth.iloc[-1]:.1%}, and is lowest, {truth.min():.1%}, around day {lowest}. "
    )
    both = pd.concat([truth, known], axis=1).dropna()
    if len(both):
        gap = (both["accuracy_known"] - both["accuracy"]).abs()
        words += (
            f"What was known at the time begins on day {known.index[0]:.0f} and comes late: it is off by up to "
            f"{gap.max() * 100:.1f} percentage points, on day {gap.idxmax():.0f}. "
        )
    else:
        words += "Nothing of it was known at the time. "
    if not len(days):
        return words + "The model is never retrained."
    when = ", ".join(f"{day:.0f}" for day in days)
    times = "once, on day" if len(days) == 1 else f"{len(days)} times, on days"
    return f"{words}The model is retrained {times} {when}."


def _score_words(scores: pd.DataFrame) -> str:
    alarms = _alarms(scores)
    highest = scores.loc[scores["score"].idxmax()]
    words = f"Below, the monitor's score is highest, {highest['score']:.3g}, on day {highest['day']:.0f}"
    if "threshold" not in scores:
        return f"{words}."
    if not len(alarms):
        return f"{words}, and never above the threshold."
    first = alarms["day"].iloc[0]
    return f"{words}, and above the threshold on {len(alarms)} of {len(scores)} occasions, first on day {first:.0f}."
