"""What stands on an axis: names of measures in words, and figures in their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, PercentFormatter

from sim.plots.style import label


def worded(name: str) -> str:
    """Return a measure or kind as words: ``"net_public_value"`` is ``"net public value"``; GBP goes to the unit."""
    return name.removesuffix("_gbp").replace("_", " ").replace("-", " ")


def heading(name: str, unit: str) -> str:
    """Return what to write along an axis: ``"Net public value (£)"``, ``"Accuracy (%)"``."""
    words = worded(name).removesuffix(f" {unit}")
    return f"{words[0].upper()}{words[1:]} ({sign(unit)})"


def sign(unit: str) -> str:
    """Return a unit as it is written beside an axis."""
    if unit == "share":
        return "%"
    return unit.replace("GBP", "£") if unit.startswith("GBP") else unit


def scaled(axis: Axis, unit: str) -> None:
    """Let an axis write its figures as a unit wants them.

    Parameters
    ----------
    axis : Axis
        Of matplotlib, such as ``axes.xaxis``.
    unit : str
        As on the scorecard: GBP with pounds, thousands and millions, shares in per cent, others as they are.
    """
    if unit.startswith("GBP"):
        axis.set_major_formatter(FuncFormatter(lambda value, _: pounds(value)))
    elif unit == "share":
        axis.set_major_formatter(PercentFormatter(1.0, decimals=None))


def pounds(value: float) -> str:
    """Return an amount as an axis writes it: ``"£1.2m"``, ``"-£40k"``, ``"£7"``."""
    size, minus = abs(value), "-" if value < 0 else ""
    if size >= 1e6:
        return f"{minus}£{size / 1e6:,.4g}m"
    return f"{minus}£{size / 1e3:,.4g}k" if size >= 1e3 else f"{minus}£{size:,.4g}"


def label_ends(axis: Axes, ends: Sequence[Mapping[str, object]]) -> None:
    """Name lines beside their ends, moved apart where the names would overlap.

    Parameters
    ----------
    axis : Axes
        Its limits are final.
    ends : sequence of mapping
        For each line: x and y of its end, text and colour.
    """
    low, high = axis.get_ylim()
    inches = axis.get_position().height * axis.figure.get_figheight()
    room = 0.21 / inches * (high - low)
    if not ends:
        return
    order = sorted(ends, key=lambda end: end["y"])
    heights = [float(end["y"]) for end in order]
    for _ in range(50):
        for k in range(1, len(heights)):
            short = room * (1 + str(order[k]["text"]).count("\n")) - (heights[k] - heights[k - 1])
            if short > 1e-9:
                heights[k - 1] -= short / 2
                heights[k] += short / 2
    lift = max(low - heights[0], 0.0)
    for end, height in zip(order, heights, strict=True):
        label(axis, float(end["x"]), height + lift, str(end["text"]), str(end["colour"]))
