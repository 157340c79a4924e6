"""How far each feature has moved from where it began, and when the monitor said so."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import TrinityError, unknown
from sim.plots.style import BLUE, GREY, INK, ORANGE, PAPER, axes, describe, title
from sim.plots.timeline import mark_quarters, month_bounds, quarter_bounds
from sim.practices.mlops import psi
from sim.run import Run

KEYS = ("case_id", "day", "service", "group", "weight")
LARGE = 0.25
"""A population stability index that is often called large, by convention."""

HIGHEST = 1.0
"""Ridges are cut off here, so that one feature does not flatten the others."""


def figure(run: Run, service: str | None = None, features: int = 8) -> Figure:
    """Draw a ridge for each feature, and the days on which the monitor gave an alarm.

    Parameters
    ----------
    run : Run
        Of two months or more.
    service : str, optional
        Whose features; the first service's when left out.
    features : int
        How many at most: those that moved furthest.

    Returns
    -------
    Figure
        For each feature its population stability index by month against the first month, among the sampled cases as
        delivered; the furthest at the top. With ``alt_text``.

    Raises
    ------
    TrinityError
        If there is no such service, or nothing to compare.
    """
    names = list(dict.fromkeys(run.daily["service"]))
    chosen = names[0] if service is None else service
    if chosen not in names:
        raise TrinityError(unknown("service", chosen, names))
    moved = drift_by_month(run, chosen)
    order = moved.max().sort_values(ascending=False).index[:features]
    alarms = run.journal[(run.journal["kind"] == "alarm") & (run.journal["service"] == chosen)]["day"].to_numpy()
    picture, axis = axes(9.0, 1.7 + 0.55 * len(order))
    mark_quarters(axis, quarter_bounds(run.daily))
    scale = 1.35 / min(max(float(moved[order].max().max()), LARGE), HIGHEST)
    for place, name in enumerate(reversed(order)):
        _ridge(axis, moved[name], place, scale)
    top = len(order) + 0.5
    axis.plot(alarms, np.full(len(alarms), top), "|", color=ORANGE, markersize=11, markeredgewidth=1.6)
    axis.set_ylim(-0.15, top + 0.6)
    axis.set_yticks([*range(len(order)), top], [*reversed(order), "alarms"])
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.grid(False, axis="y")
    axis.spines["left"].set_visible(False)
    axis.set_ylabel("Feature (height: stability index,\nits highest at the right)")
    title(axis, f"{chosen}: how far each feature has moved from its first month")
    return describe(picture, _words(moved[order], alarms, chosen))


def drift_by_month(run: Run, service: str) -> pd.DataFrame:
    """Return how far a service's features have moved: a row for each month after the first, a column for each feature.

    Parameters
    ----------
    run : Run
        Its ``cases`` are what is compared.
    service : str
        Whose.

    Returns
    -------
    DataFrame
        Population stability index against the first month; the index holds the middle of each month, in days.

    Raises
    ------
    TrinityError
        If fewer than two months have sampled cases.
    """
    cases = run.cases[run.cases["service"] == service].drop(columns=list(KEYS), errors="ignore")
    cases = cases.dropna(axis="columns", how="all")
    days = run.cases.loc[cases.index, "day"].to_numpy()
    bounds = month_bounds(run.daily)
    month = np.searchsorted(bounds, days, side="right") - 1
    first = cases[month == 0]
    later = [m for m in range(1, len(bounds) - 1) if (month == m).any()]
    if not len(first) or not later:
        raise TrinityError(
            f"{service} has sampled cases in fewer than two months, so that no feature can have moved. Run it for "
            "longer."
        )
    rows = {
        (bounds[m] + bounds[m + 1]) / 2: [
            psi(first[name].to_numpy(dtype=float), cases.loc[month == m, name].to_numpy(dtype=float)) for name in cases
        ]
        for m in later
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(cases.columns))


def _ridge(axis: Axes, line: pd.Series, place: int, scale: float) -> None:
    height = place + line.clip(upper=HIGHEST).to_numpy() * scale
    order = 2 * (20 - place)
    axis.fill_between(line.index, place, height, facecolor=PAPER, linewidth=0, zorder=order)
    axis.fill_between(line.index, place, height, facecolor=BLUE, alpha=0.25, linewidth=0, zorder=order)
    axis.plot(line.index, height, color=BLUE, linewidth=1.5, zorder=order + 1)
    axis.plot(line.index, np.full(len(line), place), color=GREY, linewidth=0.8, zorder=order + 1)
    axis.annotate(
        f"{line.max():.2f}", (axis.get_xlim()[1], place), (6, 2), textcoords="offset points", color=BLUE, fontsize=9,
        annotation_clip=False,
    )  # fmt: skip


def _words(moved: pd.DataFrame, alarms: np.ndarray, service: str) -> str:
    said = "; ".join(
        f"{name} at most {moved[name].max():.2f}, around day {moved[name].idxmax():.0f}" for name in moved.columns[:4]
    )
    still = moved.columns[-1]
    when = f"The monitor gave {len(alarms)} alarm{'' if len(alarms) == 1 else 's'}" + (
        f", first on day {alarms.min():.0f} and last on day {alarms.max():.0f}" if len(alarms) else ""
    )
    return (
        f"Shift of the features of {service} by month against the first, as population stability index: {said}. "
        f"Least of those shown moved {still}, by {moved[still].max():.2f}. {when}."
    )
