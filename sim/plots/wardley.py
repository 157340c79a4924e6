"""Wardley maps, drawn from a subset of the OnlineWardleyMaps language.

A map places the parts of a value chain by how visible they are to the people served (upwards) and by how evolved they
are (from genesis on the left to commodity on the right). Source of the notation: Simon Wardley, *Wardley Maps* (2018),
and https://onlinewardleymaps.com for the language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import matplotlib
import matplotlib.patheffects as effects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from sim.errors import TrinityError, nearest
from sim.plots.palette import BAND, BLUE, GREY, INK, ORANGE, PALE, PAPER, TINTS
from sim.plots.style import SHEET, describe

STAGES = (("Genesis", 0.0), ("Custom built", 0.175), ("Product (or rental)", 0.4), ("Commodity (or utility)", 0.7))
SOURCING = {"build": TINTS["blue"], "buy": TINTS["orange"], "outsource": TINTS["grey"]}

NUMBER = r"(-?\d*\.?\d+)"
PAIR = rf"\[\s*{NUMBER}\s*,\s*{NUMBER}\s*\]"
PLACE = re.compile(rf"(component|anchor)\s+(.+?)\s*{PAIR}\s*(.*)$")
EVOLVE = re.compile(rf"evolve\s+(.+?)\s+{NUMBER}$")
PIPELINE = re.compile(rf"pipeline\s+(.+?)\s*{PAIR}$")
NOTE = re.compile(rf"note\s+(.+?)\s*{PAIR}$")
ANNOTATION = re.compile(rf"annotation\s+(\d+)\s*{PAIR}\s*(.+)$")
LINK = re.compile(r"(.+?)\s*->\s*(.+)$")
LABEL = re.compile(r"label\s*\[\s*(-?\d+)\s*,\s*(-?\d+)\s*\]")
EXTRAS = re.compile(rf"\s*(?:{LABEL.pattern}|inertia|\((?:{'|'.join(SOURCING)})\))\s*")
KEYWORDS = ("title", "style", "component", "anchor", "evolve", "pipeline", "note", "annotation")


class MapError(TrinityError):
    """A Wardley map whose source cannot be read; the message names the line."""


@dataclass(frozen=True)
class Component:
    """One part of the value chain, or a person or body that it serves.

    Attributes
    ----------
    name : str
        As written.
    visibility, evolution : float
        Its place, each 0 to 1.
    anchor : bool
        True for a user's need rather than a component.
    inertia : bool
        True when something resists its evolution.
    sourcing : str
        ``"build"``, ``"buy"``, ``"outsource"`` or empty.
    label : tuple of int
        Where its name stands, in the language's own pixels from the point.
    line : int
        Where it stands in the source.
    """

    name: str
    visibility: float
    evolution: float
    anchor: bool = False
    inertia: bool = False
    sourcing: str = ""
    label: tuple[int, int] = (12, -14)
    line: int = 0


@dataclass
class WardleyMap:
    """A map as read, before it is drawn.

    Attributes
    ----------
    title : str
        The map's heading.
    components : dict of str to Component
        By name, in the order of the source.
    links : list of tuple
        (needs, is needed), by name.
    evolving : dict of str to float
        Component and the evolution that it is moving to.
    pipelines : dict of str to tuple
        Component and the span of evolution that its variants cover.
    notes, annotations : list of tuple
        (text, visibility, evolution) and (number, visibility, evolution, text).
    """

    title: str = ""
    components: dict[str, Component] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    evolving: dict[str, float] = field(default_factory=dict)
    pipelines: dict[str, tuple[float, float]] = field(default_factory=dict)
    notes: list[tuple[str, float, float]] = field(default_factory=list)
    annotations: list[tuple[str, float, float, str]] = field(default_factory=list)

    def words(self) -> str:
        """Return the whole map in plain sentences, as its text alternative."""
        anchors = [part.name for part in self.components.values() if part.anchor]
        parts = sorted(
            (part for part in self.components.values() if not part.anchor), key=lambda part: -part.visibility
        )
        sentences = [f"Wardley map: {self.title}."]
        if anchors:
            sentences.append(f"It serves: {', '.join(anchors)}.")
        placed = "; ".join(f"{part.name} ({stage(part.evolution)})" for part in parts)
        sentences.append(f"From most to least visible: {placed}.")
        if self.links:
            sentences.append(f"Needs: {'; '.join(f'{needs} needs {needed}' for needs, needed in self.links)}.")
        for name, target in self.evolving.items():
            held = ", against inertia" if self.components[name].inertia else ""
            sentences.append(f"{name} is moving towards {stage(target)}{held}.")
        for name, (begin, end) in self.pipelines.items():
            sentences.append(f"{name} comes in variants from {stage(begin)} to {stage(end)}.")
        sentences += [f"Note: {text}." for text, _, _ in self.notes]
        sentences += [f"Annotation {number}: {text}." for number, _, _, text in self.annotations]
        return " ".join(sentence.replace("..", ".").replace("?.", "?") for sentence in sentences)


def stage(evolution: float) -> str:
    """Return the stage that an evolution from 0 to 1 falls in, as in ``"custom built"``."""
    return [name for name, begin in STAGES if evolution >= begin][-1].lower().split(" (")[0]


def parse(source: str) -> WardleyMap:
    """Read a map.

    Parameters
    ----------
    source : str
        Lines of the language; ``//`` begins a comment.

    Returns
    -------
    WardleyMap
        What the lines say.

    Raises
    ------
    MapError
        If a line is not understood, a place lies outside 0 to 1, a name is used twice or was never placed, or the map
        has no title or no component. The message names the line.
    """
    chart = WardleyMap()
    mentioned: list[tuple[int, str]] = []
    for number, raw in enumerate(source.splitlines(), 1):
        line = raw.split("//")[0].strip()
        if line and not line.startswith("style "):
            mentioned += [(number, name) for name in _read(chart, number, line)]
    if not chart.title:
        raise MapError("The map has no title. Begin it with a line such as 'title Monitoring a claims service'.")
    if not any(not part.anchor for part in chart.components.values()):
        raise MapError("The map has no component. Add a line such as 'component Hosting [0.16, 0.66]'.")
    for number, name in mentioned:
        if name not in chart.components:
            raise MapError(
                f"Line {number} of the map speaks of {name!r}, which no component or anchor line places."
                f"{nearest(name, chart.components)}"
            )
    return chart


def _read(chart: WardleyMap, number: int, line: str) -> list[str]:
    """Add one line to the map; return the names that it takes for granted."""
    if line.startswith("title "):
        chart.title = line[6:].strip()
        return []
    if found := PLACE.match(line):
        _place(chart, number, line, found)
        return []
    if found := EVOLVE.match(line):
        chart.evolving[found[1]] = _share(found[2], number)
        return [found[1]]
    if found := PIPELINE.match(line):
        begin, end = _share(found[2], number), _share(found[3], number)
        if begin >= end:
            raise MapError(
                f"Line {number} of the map: a pipeline runs from less to more evolved, not {begin} to {end}."
            )
        chart.pipelines[found[1]] = (begin, end)
        return [found[1]]
    if found := NOTE.match(line):
        chart.notes.append((found[1], _share(found[2], number), _share(found[3], number)))
        return []
    if found := ANNOTATION.match(line):
        chart.annotations.append((found[1], _share(found[2], number), _share(found[3], number), found[4]))
        return []
    if found := LINK.match(line):
        chart.links.append((found[1], found[2]))
        return [found[1], found[2]]
    raise MapError(
        f"Line {number} of the map is not understood: {line!r}. A line is a link, 'Needs->Needed', or begins "
        f"with one of {', '.join(KEYWORDS)}.{nearest(line.split()[0], KEYWORDS)}"
    )


def _place(chart: WardleyMap, number: int, line: str, found: re.Match) -> None:
    """Add a component or an anchor."""
    kind, name, visibility, evolution, extras = found.groups()
    if name in chart.components:
        first = chart.components[name].line
        raise MapError(f"Line {number} of the map places {name!r} again; line {first} already does.")
    rest = EXTRAS.sub("", extras)
    if rest:
        raise MapError(
            f"Line {number} of the map ends with {rest!r}, which is not understood in {line!r}. Allowed after the "
            f"place: label [x, y], inertia, {', '.join(f'({word})' for word in SOURCING)}."
        )
    sourcing = re.search(r"\((\w+)\)", extras)
    offset = LABEL.search(extras)
    chart.components[name] = Component(
        name,
        _share(visibility, number),
        _share(evolution, number),
        anchor=kind == "anchor",
        inertia="inertia" in extras,
        sourcing=sourcing[1] if sourcing else "",
        label=(int(offset[1]), int(offset[2])) if offset else (12, -14),
        line=number,
    )


def _share(text: str, number: int) -> float:
    """Return a coordinate, which must lie between 0 and 1."""
    value = float(text)
    if not 0 <= value <= 1:
        raise MapError(f"Line {number} of the map holds {text}; a place on the map lies between 0 and 1.")
    return value


def draw(chart: WardleyMap, width: float = 11.0, height: float = 6.6) -> Figure:
    """Draw a map.

    Parameters
    ----------
    chart : WardleyMap
        From `parse`.
    width, height : float
        Size in inches.

    Returns
    -------
    Figure
        With the whole map in words as its ``alt_text``.
    """
    with matplotlib.rc_context({**SHEET, "axes.grid": False}):
        figure = Figure(figsize=(width, height))
        axis = figure.add_axes((0.045, 0.085, 0.94, 0.83))
        axis.set(xlim=(0, 1), ylim=(0, 1.02), xticks=[], yticks=[])
        for side in ("left", "bottom"):
            axis.spines[side].set_color(GREY)
        _background(axis)
        _moves(axis, chart)
        for part in chart.components.values():
            _component(axis, part, piped=part.name in chart.pipelines)
        _remarks(axis, chart)
        _sourcing_key(axis, chart)
        axis.set_title(chart.title, fontsize=14, color=INK)
    return describe(figure, chart.words())


def _halo() -> list:
    """A white edge that keeps words legible where lines run under them."""
    return [effects.withStroke(linewidth=3.2, foreground=PAPER)]


def _background(axis: Axes) -> None:
    """The four stages of evolution and the two axes."""
    edges = [begin for _, begin in STAGES] + [1.0]
    for index, (name, begin) in enumerate(STAGES):
        shade = (PAPER, BAND)[index % 2]
        width = edges[index + 1] - begin
        axis.add_patch(Rectangle((begin, 0), width, 1.02, facecolor=shade, edgecolor="none", zorder=0))
        axis.text(begin + 0.006, -0.032, name, color=GREY, fontsize=9.5, va="center")
        if index:
            axis.axvline(begin, color=PALE, linewidth=0.9, linestyle=(0, (4, 4)), zorder=1)
    axis.text(0.995, -0.066, "Evolution  →", fontsize=9.5, ha="right", va="center", fontweight="bold")
    words = {"rotation": 90, "fontsize": 9.5, "ha": "right"}
    axis.text(-0.013, 0.99, "Visible", color=GREY, va="top", **words)
    axis.text(-0.013, 0.01, "Invisible", color=GREY, va="bottom", **words)
    axis.text(-0.013, 0.5, "Value chain", va="center", fontweight="bold", **words)


def _moves(axis: Axes, chart: WardleyMap) -> None:
    """Links, pipelines and the arrows of evolution."""
    parts = chart.components
    for needs, needed in chart.links:
        one, other = parts[needs], parts[needed]
        line = ([one.evolution, other.evolution], [one.visibility, other.visibility])
        axis.plot(*line, color=GREY, linewidth=1.15, zorder=2)
    for name, (begin, end) in chart.pipelines.items():
        top = parts[name].visibility
        style = "round,pad=0,rounding_size=.008"
        axis.add_patch(
            FancyBboxPatch(
                (begin, top - 0.048), end - begin, 0.035, boxstyle=style, facecolor=PAPER, edgecolor=INK, zorder=3
            )
        )
        for place in (begin + 0.02, (begin + end) / 2, end - 0.02):
            axis.plot(place, top - 0.0305, "o", markersize=6, markerfacecolor=PAPER, markeredgecolor=INK, zorder=4)
    for name, target in chart.evolving.items():
        x, y = parts[name].evolution, parts[name].visibility
        arrow = {"arrowstyle": "-|>", "mutation_scale": 13, "linewidth": 1.5, "linestyle": (0, (4, 3))}
        axis.add_patch(FancyArrowPatch((x, y), (target, y), color=ORANGE, shrinkA=6, shrinkB=7, zorder=3, **arrow))
        axis.plot(target, y, "o", ms=10, markerfacecolor=PAPER, markeredgecolor=ORANGE, markeredgewidth=1.7, zorder=4)
        if parts[name].inertia:
            middle = x + (target - x) * 0.55
            axis.plot([middle] * 2, [y - 0.025, y + 0.025], color=INK, linewidth=5, solid_capstyle="butt", zorder=5)


def _component(axis: Axes, part: Component, piped: bool) -> None:
    """One point and its name."""
    place = (part.evolution, part.visibility)
    if part.anchor:
        style = {"fontsize": 10.5, "fontweight": "bold", "path_effects": _halo(), "zorder": 6}
        axis.text(*place, part.name, ha="center", va="center", **style)
        return
    if part.sourcing:
        axis.plot(*place, "o", markersize=23, markerfacecolor=SOURCING[part.sourcing], markeredgecolor="none", zorder=3)
    shape, size = ("s", 8) if piped else ("o", 10)
    axis.plot(*place, shape, ms=size, markerfacecolor=PAPER, markeredgecolor=INK, markeredgewidth=1.7, zorder=5)
    x, y = (0.72 * part.label[0], -0.72 * part.label[1])
    style = {"fontsize": 10, "va": "center", "path_effects": _halo(), "zorder": 6}
    axis.annotate(part.name, place, (x, y), textcoords="offset points", **style)


def _remarks(axis: Axes, chart: WardleyMap) -> None:
    """Notes in grey, numbered annotations in blue."""
    for text, y, x in chart.notes:
        axis.text(x, y, text, fontsize=9.5, fontstyle="italic", color=GREY, path_effects=_halo(), zorder=6)
    badge = {"boxstyle": "circle,pad=.25", "facecolor": BLUE, "edgecolor": "none"}
    for number, y, x, text in chart.annotations:
        style = {"fontsize": 9, "fontweight": "bold", "color": PAPER, "bbox": badge, "zorder": 7}
        axis.text(x, y, number, ha="center", va="center", **style)
        axis.text(x + 0.018, y, text, fontsize=9.5, color=BLUE, va="center", path_effects=_halo(), zorder=7)


def _sourcing_key(axis: Axes, chart: WardleyMap) -> None:
    """What the shaded discs mean, when there are any."""
    used = [word for word in SOURCING if any(part.sourcing == word for part in chart.components.values())]
    for index, word in enumerate(reversed(used)):
        x = 0.985 - 0.085 * index
        axis.plot(x - 0.058, 1.045, "o", ms=11, markerfacecolor=SOURCING[word], markeredgecolor="none", clip_on=False)
        axis.text(x - 0.048, 1.045, word, fontsize=9.5, color=GREY, va="center", ha="left")
