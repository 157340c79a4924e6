"""What a playbook has foregone: how far public value lies behind the reference's in the same world."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from sim.errors import TrinityError
from sim.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, axes, describe, title
from sim.plots.timeline import mark_quarters, quarter_bounds
from sim.plots.units import label_ends, scaled
from sim.run import Run
from sim.summary import money

COLOURS = (ORANGE, PURPLE, GREEN, BLUE)
STYLES = ((0, (4, 1.5)), "solid", (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))


def figure(runs: Mapping[str, Run], reference: Run) -> Figure:
    """Draw regret over time.

    Parameters
    ----------
    runs : mapping of str to Run
        By name: one or more playbooks.
    reference : Run
        The reference in the same world.

    Returns
    -------
    Figure
        For each run the reference's cumulative net public value less its own, GBP, undiscounted; below zero where it
        is ahead. With ``alt_text``.

    Raises
    ------
    TrinityError
        If there is no run, or one is of another world.
    """
    if not runs:
        raise TrinityError("runs is empty; give one or more runs by name, such as {'naive': run}.")
    picture, axis = axes(9.0, 4.4)
    bounds = quarter_bounds(reference.daily)
    best, ends, said = net(reference), [], []
    for (name, run), colour, style in zip(runs.items(), cycle(COLOURS), cycle(STYLES), strict=False):
        _check(name, run, reference)
        behind = (best - net(run)).dropna()
        axis.plot(behind.index, behind.to_numpy(), color=colour, linestyle=style)
        final = float(behind.iloc[-1])
        text = f"{name}\n{money(final)}"
        ends.append({"x": behind.index[-1], "y": final, "text": text, "colour": colour})
        worst = behind.diff().rolling(28).sum().idxmax() if len(behind) > 28 else behind.index[-1]
        said.append(
            f"{name} ends {money(abs(final))} {'behind' if final >= 0 else 'ahead of'} the reference"
            f"{f', and loses ground fastest in the four weeks to day {worst:.0f}' if final >= 0 else ''}"
        )
    axis.axhline(0, color=GREY, linewidth=1.2)
    mark_quarters(axis, bounds)
    axis.margins(y=0.1)
    scaled(axis.yaxis, "GBP")
    axis.set_ylabel("Regret: net public value foregone (£)")
    ends.append({"x": bounds[-1], "y": 0.0, "text": "reference", "colour": GREY})
    label_ends(axis, ends)
    title(axis, "Regret: how far behind the reference, in the same world")
    return describe(picture, f"Cumulative regret over {len(bounds) - 1} quarters. {'; '.join(said)}.")


def net(run: Run) -> pd.Series:
    """Return a run's cumulative net public value at the end of each day, GBP, undiscounted."""
    daily = run.daily.groupby("day")[["benefit_gbp", "harm_gbp", "spend_gbp"]].sum()
    total = (daily["benefit_gbp"] - daily["harm_gbp"] - daily["spend_gbp"]).cumsum()
    return total.set_axis(total.index.to_numpy() + 1.0)


def _check(name: str, run: Run, reference: Run) -> None:
    ours, theirs = ((r.scenario, r.seed, r.days) for r in (run, reference))
    if ours != theirs:
        raise TrinityError(
            f"{name!r} is of {ours[0]}, seed {ours[1]}, {ours[2]} days, and the reference of {theirs[0]}, seed "
            f"{theirs[1]}, {theirs[2]} days; regret needs the same world."
        )
