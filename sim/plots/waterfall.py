"""Where the money goes: from what one playbook costs to what another costs, category by category."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sim.errors import TrinityError
from sim.plots.costs import by_category
from sim.plots.style import BLUE, GREY, INK, ORANGE, PAPER, axes, describe, title
from sim.plots.units import scaled
from sim.run import Run
from sim.summary import money


def figure(naive_run: Run, learner_run: Run, names: tuple[str, str] = ("naive", "yours")) -> Figure:
    """Draw the way from one playbook's cost to another's.

    Parameters
    ----------
    naive_run, learner_run : Run
        Two runs of the same length, as a rule of one scenario and seed.
    names : tuple of str
        What to call them.

    Returns
    -------
    Figure
        A bar for each whole, and between them one for each cost category that differs, GBP; with ``alt_text``.

    Raises
    ------
    TrinityError
        If the runs differ in length, so that their costs cannot be compared.
    """
    if naive_run.days != learner_run.days:
        raise TrinityError(
            f"{names[0]} lasted {naive_run.days} days and {names[1]} {learner_run.days}; costs can be compared only "
            "over "
            "the same time. Run both to the same day."
        )
    before, after = by_category(naive_run.ledger), by_category(learner_run.ledger)
    change = (after - before).round(2)
    change = change[change != 0].sort_values(key=abs, ascending=False)
    picture, axis = axes(9.0, 4.4)
    levels = [float(before.sum())]
    axis.bar(0, levels[0], width=0.6, color=GREY)
    for place, gbp in enumerate(change, start=1):
        dearer = gbp > 0
        axis.bar(
            place, abs(gbp), bottom=min(levels[-1], levels[-1] + gbp), width=0.6,
            facecolor=ORANGE if dearer else BLUE, edgecolor=PAPER, hatch="///" if dearer else "",
        )  # fmt: skip
        levels.append(levels[-1] + float(gbp))
    last = len(change) + 1
    axis.bar(last, levels[-1], width=0.6, color=GREY)
    for place, level in enumerate(levels):
        axis.plot([place + 0.3, place + 0.7], [level, level], color=GREY, linewidth=1, zorder=1)
    tops = [levels[0], *(max(levels[k], levels[k + 1]) for k in range(len(change))), levels[-1]]
    said = [money(levels[0]), *(_signed(gbp) for gbp in change), money(levels[-1])]
    for place, (top, text) in enumerate(zip(tops, said, strict=True)):
        axis.annotate(text, (place, top), (0, 4), textcoords="offset points", ha="center", color=INK, fontsize=9)
    axis.set_xticks(range(last + 1), [names[0], *change.index, names[1]])
    axis.tick_params(axis="x", length=0, labelcolor=INK)
    axis.set(xlabel="Cost category; hatched where dearer", ylabel="Cost of the whole run (£)", xlim=(-0.5, last + 0.5))
    axis.margins(y=0.12)
    scaled(axis.yaxis, "GBP")
    title(axis, f"From {names[0]} to {names[1]}: what costs more, and what less")
    return describe(picture, _words(levels, change, names))


def _signed(gbp: float) -> str:
    return f"{'+' if gbp > 0 else ''}{money(gbp)}"


def _words(levels: list[float], change: pd.Series, names: tuple[str, str]) -> str:
    parts = ", ".join(f"{name} {_signed(gbp)}" for name, gbp in change.items()) or "no category differs"
    ends = f"{names[0]} costs {money(levels[0])} and {names[1]} {money(levels[-1])}"
    return f"Waterfall of cost: {ends}. On the way: {parts}."
