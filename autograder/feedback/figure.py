"""A small figure of what an answer was worth: world by world, beside naive practice and the reference."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograder.effect import DECISIONS, POUNDS, Effect, Measure
from autograder.feedback.words import short
from sim.plots.style import BLUE, GREY, INK, ORANGE, PAPER, axes, describe, legend, title
from sim.plots.units import scaled

LABELS = {POUNDS: "Gained (£)", DECISIONS: "Wrong decisions avoided"}


def figure(effect: Effect) -> Figure | None:
    """Draw what an answer gained in each world, in pounds and in wrong decisions avoided.

    Parameters
    ----------
    effect : Effect
        As a check returns it.

    Returns
    -------
    Figure or None
        One panel for each of the two, with ``alt_text``; None where neither was measured under naive practice and
        under the reference as well.
    """
    shown = [measure for unit in (POUNDS, DECISIONS) if (measure := effect.worth(unit)) is not None]
    if not shown:
        return None
    worlds = effect.worlds or tuple(f"World {k + 1}" for k in range(len(shown[0].mine)))
    picture, panels = axes(9.0, 1.55 + 0.36 * len(worlds), columns=len(shown), sharey=True, squeeze=False)
    for axis, measure in zip(panels[0], shown, strict=True):
        _panel(axis, measure, worlds, effect)
    panels[0][0].set_yticks(range(len(worlds)), worlds)
    panels[0][0].set_ylim(len(worlds) - 0.4, -0.6)
    legend(panels[0][-1], loc="upper right", bbox_to_anchor=(1.0, -0.28), ncols=3, fontsize=9, handletextpad=0.4)
    return describe(picture, " ".join(_words(measure, worlds, effect) for measure in shown))


def _panel(axis: Axes, measure: Measure, worlds: tuple[str, ...], effect: Effect) -> None:
    """Draw one measure: a line from naive practice to the learner's, and the reference beside it."""
    mine, best = (_gains(measure, of) for of in ("mine", "best"))
    rows = np.arange(len(worlds))
    axis.axvline(0, color=GREY, linewidth=1.2, label=effect.naive)
    axis.hlines(rows, 0, np.nan_to_num(mine), color=BLUE, linewidth=2.2)
    point = {"linestyle": "none", "zorder": 3, "clip_on": False}
    axis.plot(best, rows, marker="D", markersize=7.5, markerfacecolor=PAPER, markeredgecolor=ORANGE,
              markeredgewidth=1.8, label="reference", **point)  # fmt: skip
    axis.plot(mine, rows, marker="o", markersize=6.5, color=BLUE, label="yours", **{**point, "zorder": 4})
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.locator_params(axis="x", nbins=5)
    scaled(axis.xaxis, measure.unit)
    if measure.unit != POUNDS:
        axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.set_xlabel(LABELS[measure.unit])
    title(axis, measure.name)
    axis.title.set_fontsize(11)


def _gains(measure: Measure, of: str) -> np.ndarray:
    """Return gains with a place for each world, NaN where the learner's could not be tried."""
    gains = np.full(len(measure.mine), np.nan)
    gains[~np.isnan(np.array(measure.mine))] = measure.gain(of)
    return gains


def _words(measure: Measure, worlds: tuple[str, ...], effect: Effect) -> str:
    """Say a panel in words."""

    def amount(gain: float) -> str:
        if np.isnan(gain):
            return "not tried"
        return short(gain) if measure.unit == POUNDS else f"{gain:,.0f}"

    each = zip(worlds, _gains(measure, "mine"), _gains(measure, "best"), strict=True)
    said = "; ".join(f"{world}: {amount(mine)}, reference {amount(best)}" for world, mine, best in each)
    what = "Gain in " + measure.name.lower() if measure.unit == POUNDS else "Wrong decisions avoided"
    return f"{what}, against {effect.naive}. {said}."
