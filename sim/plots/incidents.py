"""Every incident on one time axis: how long nobody knew, and how long the repair took."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sim.plots.style import BLUE, GREY, INK, ORANGE, PAPER, axes, describe, title
from sim.plots.timeline import mark_quarters, quarter_bounds
from sim.plots.units import worded
from sim.run import Run
from sim.summary import money


def figure(run: Run) -> Figure:
    """Draw a bar for each incident, from its beginning to its end.

    Parameters
    ----------
    run : Run
        Of a week or more.

    Returns
    -------
    Figure
        Hatched while nobody knew, plain from its finding to its repair; what it cost stands beside it. Those that were
        found at once are a dot and a plain bar. With ``alt_text``.
    """
    rows = run.incidents.sort_values("began_day", ignore_index=True)
    picture, axis = axes(9.0, 1.7 + 0.27 * max(len(rows), 2))
    mark_quarters(axis, quarter_bounds(run.daily))
    end = axis.get_xlim()[1]
    for place, row in enumerate(rows.itertuples(index=False)):
        over = min(row.fixed_day, end) if row.fixed_day == row.fixed_day else end
        known = row.detected_day if row.detected_day == row.detected_day else over
        axis.barh(place, known - row.began_day, left=row.began_day, height=0.62, facecolor=f"{ORANGE}55",
                  edgecolor=ORANGE, hatch="////", linewidth=1)  # fmt: skip
        axis.barh(place, over - known, left=known, height=0.62, facecolor=BLUE, edgecolor=BLUE, linewidth=1)
        if row.detected_day == row.detected_day:
            axis.plot(known, place, "o", color=PAPER, markeredgecolor=INK, markersize=6, zorder=4)
        axis.annotate(money(row.cost_gbp) if row.cost_gbp >= 0.5 else "£0", (end, place), (6, 0), color=INK, fontsize=9,
                      textcoords="offset points", va="center", annotation_clip=False)  # fmt: skip
    axis.set_yticks(range(len(rows)), [_named(row) for row in rows.itertuples(index=False)])
    axis.tick_params(axis="y", length=0, labelcolor=INK, labelsize=9)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.grid(False, axis="y")
    axis.spines["left"].set_visible(False)
    axis.set_ylabel("Incident; what it cost (£) at the right")
    if not len(rows):
        axis.text(0.5, 0.5, "No incident", transform=axis.transAxes, ha="center", color=GREY)
    title(axis, "Incidents: hatched until found, plain until mended")
    return describe(picture, _words(rows))


def _named(row: object) -> str:
    return f"{worded(str(row.kind))}, {row.subject}" if row.subject else worded(str(row.kind))


def _words(rows: pd.DataFrame) -> str:
    if not len(rows):
        return "Timeline of incidents: there was none."
    found = rows["detected_day"].notna()
    waited = (rows["detected_day"] - rows["began_day"])[found]
    mended = (rows["fixed_day"] - rows["detected_day"])[found]
    worst = rows.loc[rows["cost_gbp"].idxmax()]
    words = (
        f"Timeline of {len(rows)} incident{'' if len(rows) == 1 else 's'} that cost {money(rows['cost_gbp'].sum())} in "
        f"all. {int(found.sum())} were found"
    )
    if found.any():
        words += f", after {waited.mean():.0f} days on average and {waited.max():.0f} at most"
        if mended.notna().any():
            words += f", and mended {mended.mean():.0f} days later on average"
    return (
        f"{words}; {int((~found).sum())} were not. The costliest, {_named(worst)} from day {worst['began_day']:.0f}, "
        "cost "
        f"{money(worst['cost_gbp'])}."
    )
