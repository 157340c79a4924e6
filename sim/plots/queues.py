"""Work and those who do it: how much of it waits, and how long it takes from being asked for to being done."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.style import BLUE, COLOURS, ORANGE, axes, describe, title
from sim.plots.timeline import mark_quarters, month_bounds, quarter_bounds
from sim.plots.units import label_ends
from sim.run import Run

MOST_LINES = 4
"""Teams that are drawn alone, by how much waits with them; the others are added up."""

STYLES = ("solid", (0, (4, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))


def figure(run: Run) -> Figure:
    """Draw the queue of each team and the lead time of its work.

    Parameters
    ----------
    run : Run
        Of a week or more.

    Returns
    -------
    Figure
        Pieces of work that wait, by team and week; and days from being asked for to being done, by the month in which
        they were done: the median, and what nine in ten keep to. With ``alt_text``.
    """
    bounds = quarter_bounds(run.daily)
    picture, (above, below) = axes(9.0, 6.4, rows=2, sharex=True, gridspec_kw={"height_ratios": [1.3, 1.0]})
    picture.get_layout_engine().set(h_pad=0.09)
    waits = _busiest(waiting(run.people, run.days))
    for axis in (above, below):
        mark_quarters(axis, bounds, named=axis is below)
    _queue(above, waits)
    lead = lead_times(run.people, month_bounds(run.daily))
    _lead(below, lead)
    picture.align_ylabels()
    return describe(picture, _words(waits, lead))


def waiting(people: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return how much work waits in the middle of each week: a column for each team, the index in days."""
    middle = np.arange(3.5, days, 7.0)
    asked = people["queued_day"].to_numpy()
    begun = people["started_day"].fillna(np.inf).to_numpy()
    teams = people["team"].to_numpy()
    counts = {}
    for team in dict.fromkeys(teams):
        mine = teams == team
        came = np.searchsorted(np.sort(asked[mine]), middle, side="right")
        counts[team] = came - np.searchsorted(np.sort(begun[mine]), middle, side="right")
    return pd.DataFrame(counts, index=middle)


def _busiest(waits: pd.DataFrame) -> pd.DataFrame:
    order = waits.sum().sort_values(ascending=False, kind="stable").index
    kept = waits[order[:MOST_LINES]]
    rest = order[MOST_LINES:]
    return kept.assign(**{"other teams": waits[rest].sum(axis="columns")}) if len(rest) else kept


def lead_times(people: pd.DataFrame, bounds: np.ndarray) -> pd.DataFrame:
    """Return by month the median and the ninth decile of days from being asked for to being done."""
    done = people.dropna(subset=["finished_day"])
    took = (done["finished_day"] - done["queued_day"]).to_numpy()
    month = np.searchsorted(bounds, done["finished_day"].to_numpy(), side="right") - 1
    by_month = pd.Series(took).groupby(month)
    table = pd.DataFrame({"median": by_month.median(), "ninth": by_month.quantile(0.9), "pieces": by_month.size()})
    table = table[table.index < len(bounds) - 1]
    return table.set_axis((bounds[table.index] + bounds[table.index + 1]) / 2)


def _queue(axis: Axes, waits: pd.DataFrame) -> None:
    ends = []
    for team, colour, style in zip(waits, cycle(COLOURS), cycle(STYLES), strict=False):
        line = waits[team]
        axis.plot(line.index, line.to_numpy(), color=colour, linestyle=style)
        ends.append({"x": axis.get_xlim()[1], "y": float(line.iloc[-1]), "text": team, "colour": colour})
    axis.set_ylim(bottom=0)
    axis.set_ylabel("Work that waits (pieces)")
    title(axis, "The queue of each team, by week")
    label_ends(axis, ends)


def _lead(axis: Axes, lead: pd.DataFrame) -> None:
    axis.fill_between(lead.index, lead["median"], lead["ninth"], color=BLUE, alpha=0.15, linewidth=0)
    axis.plot(lead.index, lead["median"], color=BLUE)
    axis.plot(lead.index, lead["ninth"], color=ORANGE, linestyle=(0, (4, 1.5)))
    axis.set_ylim(bottom=0)
    axis.set_ylabel("Lead time (days)")
    title(axis, "From being asked for to being done, by month")
    if len(lead):
        x, last = axis.get_xlim()[1], lead.iloc[-1]
        label_ends(
            axis,
            [
                {"x": x, "y": last["median"], "text": "median", "colour": BLUE},
                {"x": x, "y": last["ninth"], "text": "nine in ten", "colour": ORANGE},
            ],
        )


def _words(waits: pd.DataFrame, lead: pd.DataFrame) -> str:
    parts = []
    for team in waits:
        top = int(waits[team].max())
        parts.append(
            f"the queue of {team} is longest, {top} piece{'' if top == 1 else 's'}, around day "
            f"{waits[team].idxmax():.0f}"
        )
    words = f"Work that waits, by team and week: {'; '.join(parts) or 'nobody was asked for anything'}. "
    if not len(lead):
        return f"{words}Nothing was done."
    first, last, worst = lead.iloc[0], lead.iloc[-1], lead["ninth"]
    return (
        f"{words}Lead time goes from a median of {first['median']:.1f} days in the first month to "
        f"{last['median']:.1f} in "
        f"the last; nine in ten are done within {last['ninth']:.1f} days in the last month, and within "
        f"{worst.max():.1f} "
        f"at worst, around day {worst.idxmax():.0f}."
    )
