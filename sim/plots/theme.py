"""A figure on a dark ground, and a figure that follows the page that it stands on."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from sim.plots.palette import DARK, NAMES
from sim.plots.style import SHEET


def dark(figure: Figure) -> Figure:
    """Put a figure on a dark ground.

    Parameters
    ----------
    figure : Figure
        Drawn in the house's colours. It is changed; every other colour stays.

    Returns
    -------
    Figure
        The same, with the dark counterpart of each colour. A dark figure stays as it is.
    """
    if getattr(figure, "is_dark", False):
        return figure
    with matplotlib.rc_context(SHEET):
        figure.draw_without_rendering()
    for artist in figure.findobj():
        _repaint(artist)
    for axis in figure.axes:
        _tick_colours(axis)
    figure.is_dark = True
    return figure


def variables(theme: str = "light") -> str:
    """Return the palette as custom properties of a style sheet, which the pictures of `svg` are painted in.

    Parameters
    ----------
    theme : str
        ``"light"`` or ``"dark"``.

    Returns
    -------
    str
        ``--plot-ink: #1f2933; --plot-blue: ...``
    """
    chosen = DARK if theme == "dark" else {}
    return " ".join(f"--plot-{name}: {chosen.get(colour, colour)};" for colour, name in NAMES.items())


def svg(figure: Figure, name: str) -> str:
    """Return a figure as an inline SVG element with its text alternative.

    Parameters
    ----------
    figure : Figure
        A light one that `sim.plots.style.describe` has been given words for.
    name : str
        Different from those of the other pictures on the page: it keeps their parts apart.

    Returns
    -------
    str
        One ``<svg>`` element. Its colours are custom properties (see `variables`) that fall back on the light ones.
    """
    buffer = io.StringIO()
    with matplotlib.rc_context(SHEET):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|xlink:href="#|url\(#)', lambda found: f"{found[0]}{name}-", text)
    text = re.sub(r"(?<![&\w])#[0-9a-fA-F]{6}\b", _property, text)
    words = escape(getattr(figure, "alt_text", ""), quote=True)
    return re.sub(r"<svg ", f'<svg role="img" aria-label="{words}" ', text, count=1).strip()


def _property(found: re.Match) -> str:
    colour = found[0].lower()
    return f"var(--plot-{NAMES[colour]}, {colour})" if colour in NAMES else colour


@cache
def _counterparts() -> dict[tuple[int, ...], str]:
    return {tuple(round(255 * part) for part in to_rgba(light)[:3]): deep for light, deep in DARK.items()}


def _swapped(colour: Any) -> Any:
    """Return the dark counterpart of a colour, as transparent as it was; any other colour as it is."""
    if colour is None or (isinstance(colour, str) and colour in ("none", "auto", "inherit")):
        return colour
    rgba = to_rgba(colour)
    deep = _counterparts().get(tuple(round(255 * part) for part in rgba[:3]))
    return colour if deep is None else to_rgba(deep, rgba[3])


def _all_swapped(colours: np.ndarray) -> list:
    return [_swapped(tuple(colour)) for colour in colours]


def _repaint(artist: Artist) -> None:
    if isinstance(artist, Text):
        artist.set_color(_swapped(artist.get_color()))
        box = artist.get_bbox_patch()
        if box is not None:
            _repaint(box)
    elif isinstance(artist, Line2D):
        artist.set_color(_swapped(artist.get_color()))
        artist.set_markerfacecolor(_swapped(artist.get_markerfacecolor()))
        artist.set_markeredgecolor(_swapped(artist.get_markeredgecolor()))
    elif isinstance(artist, Patch):
        face, edge = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_facecolor(_swapped(face))
        artist.set_edgecolor(_swapped(edge))
    elif isinstance(artist, Collection):
        faces, edges = artist.get_facecolor(), artist.get_edgecolor()
        artist.set_facecolor(_all_swapped(faces))
        artist.set_edgecolor(_all_swapped(edges))
    _repaint_edges(artist.get_path_effects() or ())


def _repaint_edges(effects: Iterable[Any]) -> None:
    for effect in effects:
        stroke = getattr(effect, "_gc", {})
        if "foreground" in stroke:
            stroke["foreground"] = to_hex(_swapped(stroke["foreground"]))


def _tick_colours(axes: Axes) -> None:
    """Let ticks that are made later have the colours of those that are there."""
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        for which, ticks in (("major", axis.get_major_ticks()), ("minor", axis.get_minor_ticks())):
            if ticks:
                axes.tick_params(
                    axis=name,
                    which=which,
                    color=ticks[0].tick1line.get_color(),
                    labelcolor=ticks[0].label1.get_color(),
                    grid_color=ticks[0].gridline.get_color(),
                )
