"""Outcomes over many worlds: between what bounds each quarter ends, and what one playbook changes, world by world."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.errors import TrinityError, unknown
from sim.experiments.interval import interval
from sim.plots.style import BLUE, GREEN, GREY, ORANGE, axes, describe, title
from sim.plots.units import heading, label_ends, scaled, sign, worded
from sim.run import Run
from sim.summary import quantity

COLOURS = (ORANGE, BLUE)
STYLES = ((0, (4, 1.5)), "solid")


def paired(
    before: Sequence[Run],
    after: Sequence[Run],
    measure: str = "net_public_value",
    service: str = "all",
    names: tuple[str, str] = ("naive", "yours"),
) -> Figure:
    """Draw two playbooks over the same worlds, and their difference with its interval.

    Parameters
    ----------
    before, after : sequence of Run
        Two or more runs each; the two at one place are of the same scenario and seed.
    measure, service : str
        A line of the quarterly scorecard.
    names : tuple of str
        What to call the two.

    Returns
    -------
    Figure
        Above, each playbook's median by quarter and the band that holds four in five worlds; below, the paired
        difference in every world, and its mean with a 95 % interval by Student's t. With ``alt_text``.

    Raises
    ------
    TrinityError
        If the runs are not pairs, or there is no such measure.
    """
    unit = _checked(before, after, measure, service)
    one, two = _values(before, measure, service), _values(after, measure, service)
    picture, (above, below) = axes(9.0, 6.4, rows=2, sharex=True, gridspec_kw={"height_ratios": [1.4, 1.0]})
    picture.get_layout_engine().set(h_pad=0.09)
    ends = []
    for table, name, colour, style in zip((one, two), names, COLOURS, STYLES, strict=True):
        low, middle, high = (table.quantile(share) for share in (0.1, 0.5, 0.9))
        above.fill_between(middle.index, low, high, color=colour, alpha=0.15, linewidth=0)
        above.plot(middle.index, middle, color=colour, linestyle=style)
        ends.append({"x": middle.index[-1], "y": middle.iloc[-1], "text": name, "colour": colour})
    gap = two - one
    _differences(below, gap)
    for axis, what in ((above, heading(measure, unit)), (below, f"Difference\n({sign(unit)})")):
        scaled(axis.yaxis, unit)
        axis.set_ylabel(what)
    below.set_xlabel("Quarter of the programme")
    below.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_ends(above, ends)
    of = "" if service == "all" else f" of {service}"
    title(above, f"{worded(measure).capitalize()}{of} in {len(before)} worlds: median, and four in five worlds")
    title(below, f"{names[1]} less {names[0]}, world by world: mean with 95 % interval")
    picture.align_ylabels()
    return describe(picture, _words(one, two, gap, measure, unit, names))


def forecast(table: pd.DataFrame, measure: str = "net_public_value", service: str = "all") -> Figure:
    """Draw a forecast as a fan.

    Parameters
    ----------
    table : DataFrame
        As from `sim.experiments.forecast`.
    measure, service : str
        Which of its lines.

    Returns
    -------
    Figure
        The middle quantile as a line, the pairs around it as bands; the middle's own 95 % interval as bars. With
        ``alt_text``.

    Raises
    ------
    TrinityError
        If the forecast has no such line.
    """
    rows = _rows(table, measure, service)
    unit = str(rows["unit"].iloc[0])
    wide = rows.pivot(index="quarter", columns="quantile", values="value")
    shares = list(wide.columns)
    picture, axis = axes(9.0, 4.4)
    for low, high in zip(shares, reversed(shares), strict=True):
        if low < high:
            axis.fill_between(wide.index, wide[low], wide[high], color=BLUE, alpha=0.18, linewidth=0)
    middle = shares[len(shares) // 2]
    centre = rows[rows["quantile"] == middle].set_index("quarter")
    axis.plot(wide.index, wide[middle], color=BLUE, marker="o", markersize=4)
    known = centre.dropna(subset=["low", "high"])
    spread = [(known["value"] - known["low"]).clip(lower=0), (known["high"] - known["value"]).clip(lower=0)]
    axis.errorbar(known.index, known["value"], yerr=spread, fmt="none", ecolor=BLUE, elinewidth=1.5, capsize=3)
    last = wide.iloc[-1]
    ends = [
        {"x": wide.index[-1], "y": last[s], "text": f"{s:.0%}", "colour": BLUE if s == middle else GREY} for s in shares
    ]
    scaled(axis.yaxis, unit)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set(xlabel="Quarter of the programme", ylabel=heading(measure, unit))
    label_ends(axis, ends)
    worlds = int(rows["seeds"].max())
    title(axis, f"{worded(measure).capitalize()}: shares of {worlds} worlds that end below")
    said = ", ".join(f"{s:.0%} below {quantity(last[s], unit)}" for s in shares)
    first = quantity(wide[middle].iloc[0], unit)
    return describe(
        picture,
        f"Fan of {worded(measure)} by quarter over {worlds} worlds. The middle goes from {first} to "
        f"{quantity(last[middle], unit)}. In quarter {wide.index[-1]}: {said}.",
    )


def _checked(before: Sequence[Run], after: Sequence[Run], measure: str, service: str) -> str:
    """Return the measure's unit, once the runs are known to be pairs."""
    worlds = [[(run.scenario, run.seed, run.days) for run in runs] for runs in (before, after)]
    if worlds[0] != worlds[1] or len(before) < 2:
        raise TrinityError(
            f"before holds {len(before)} runs and after {len(after)}, but two or more pairs were expected: the runs "
            "at one "
            "place of the same scenario, seed and length."
        )
    return str(_rows(before[0].quarterly, measure, service)["unit"].iloc[0])


def _rows(table: pd.DataFrame, measure: str, service: str) -> pd.DataFrame:
    if measure not in set(table["measure"]):
        raise TrinityError(unknown("measure", measure, table["measure"].unique()))
    rows = table[(table["measure"] == measure) & (table["service"] == service)]
    if not len(rows):
        services = table.loc[table["measure"] == measure, "service"].unique()
        raise TrinityError(unknown(f"service with {measure}", service, services))
    return rows


def _values(runs: Sequence[Run], measure: str, service: str) -> pd.DataFrame:
    """Return a row for each world and a column for each quarter."""
    return pd.DataFrame(
        [_rows(run.quarterly, measure, service).set_index("quarter")["value"] for run in runs],
        index=[run.seed for run in runs],
    )


def _differences(axis: Axes, gap: pd.DataFrame) -> None:
    for world in gap.index:
        axis.plot(gap.columns, gap.loc[world], color=GREY, linewidth=0.7, alpha=0.45, zorder=1)
    mean, low, high = np.array([interval(gap[q].to_numpy())[:3] for q in gap]).T
    spread = [mean - low, high - mean]
    axis.errorbar(gap.columns, mean, yerr=spread, fmt="o", color=GREEN, markersize=6, elinewidth=2, capsize=4, zorder=3)
    axis.axhline(0, color=GREY, linewidth=1.2)


def _words(
    one: pd.DataFrame, two: pd.DataFrame, gap: pd.DataFrame, measure: str, unit: str, names: tuple[str, str]
) -> str:
    last = gap.columns[-1]
    mean, low, high, n = interval(gap[last].to_numpy())
    better = int((gap[last] > 0).sum())
    medians = "; ".join(
        f"{name} goes from a median of {quantity(table.iloc[:, 0].median(), unit)} to "
        f"{quantity(table.iloc[:, -1].median(), unit)}"
        for name, table in zip(names, (one, two), strict=True)
    )
    return (
        f"{worded(measure).capitalize()} by quarter over {len(gap)} worlds: {medians}. In quarter {last} {names[1]} "
        "less "
        f"{names[0]} is {_gap(mean, unit)} on average, 95 % interval {_gap(low, unit)} to "
        f"{_gap(high, unit)}; "
        f"it is above zero in {better} of {n} worlds."
    )


def _gap(value: float, unit: str) -> str:
    return f"{100 * value:.1f} percentage points" if unit == "share" else quantity(value, unit)
