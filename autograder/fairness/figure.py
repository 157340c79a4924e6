"""A figure of the same submissions' marks on many learners' worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from autograder.fairness.spread import with_whole
from sim.plots.style import BLUE, GREY, INK, axes, describe, title
from sim.plots.units import scaled

SEEN = 1.05
"""How far an axis of shares goes, so that a dot at 100 per cent is whole."""


def figure(module: str, marks: pd.DataFrame) -> Figure:
    """Draw each submission's marks, task by task: a dot for each learner's worlds, a line at their mean.

    Parameters
    ----------
    module : str
        For the words.
    marks : DataFrame
        As from `autograder.fairness.trial.trial`.

    Returns
    -------
    Figure
        With ``alt_text``.
    """
    marks = with_whole(marks)
    tasks, names = list(marks["task"].unique()), list(marks["submission"].unique())
    columns = min(len(tasks), 3)
    rows = -(-len(tasks) // columns)
    picture, panels = axes(
        9.6, rows * (1.0 + 0.34 * len(names)), rows, columns, sharex=True, sharey=True, squeeze=False
    )
    for panel, task in zip(panels.flat, tasks, strict=False):
        of = marks[marks["task"] == task].pivot(index="learner", columns="submission", values="share")[names]
        for place, name in enumerate(names):
            known = of[name].dropna().to_numpy()
            lift = 0.26 * (np.arange(len(known)) - (len(known) - 1) / 2) / max(len(known) - 1, 1)
            panel.plot(known, place + lift, "o", markersize=4, color=BLUE, alpha=0.6, clip_on=False, zorder=3)
            panel.plot([known.mean()] * 2, [place - 0.3, place + 0.3], color=INK, linewidth=1.6, zorder=4)
        title(panel, task)
        panel.title.set_fontsize(10.5)
        panel.set_xlim(-0.03, SEEN)
        panel.grid(True, axis="x")
        panel.grid(False, axis="y")
        panel.tick_params(axis="y", length=0, labelcolor=INK)
        panel.spines["left"].set_color(GREY)
        scaled(panel.xaxis, "share")
    for panel in panels.flat[len(tasks) :]:
        panel.set_visible(False)
    panels[0][0].set_yticks(range(len(names)), names)
    panels[0][0].set_ylim(len(names) - 0.5, -0.5)
    picture.supxlabel(
        "Share of the points; a dot for each learner's worlds, a line at their mean", fontsize=9, color=INK
    )
    return describe(picture, _words(module, marks))


def _words(module: str, marks: pd.DataFrame) -> str:
    table = marks.groupby(["task", "submission"], sort=False)["share"].agg(["mean", "min", "max"])
    said = "; ".join(
        f"{task}, {name}: {row['mean']:.0%} on average, {row['min']:.0%} to {row['max']:.0%}"
        for (task, name), row in table.iterrows()
    )
    return f"Marks of the same submissions of {module} on {marks['learner'].nunique()} learners' worlds. {said}."
