"""One look for every figure: one sheet, and words for readers who cannot see the figure.

The colours are those of `sim.plots.palette`. Lines are labelled directly, and a difference that matters is never shown
by colour alone.
"""

from __future__ import annotations

import base64
import html
import io
from functools import partial

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.palette import BLUE, COLOURS, GREEN, GREY, GRID, INK, ORANGE, PALE, PAPER, PURPLE

__all__ = [
    "BLUE", "COLOURS", "GREEN", "GREY", "INK", "ORANGE", "PALE", "PAPER", "PURPLE", "SHEET",
    "axes", "describe", "image", "label", "legend", "png", "title",
]  # fmt: skip

SHEET = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS),
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "trinity",
}


def axes(width: float = 9.0, height: float = 4.6, rows: int = 1, columns: int = 1, **shared: object) -> tuple:
    """Start a figure in the house style, without touching pyplot or any global setting.

    Parameters
    ----------
    width, height : float
        Size in inches.
    rows, columns : int
        How many panels.
    **shared : object
        Passed to `matplotlib.figure.Figure.subplots`, for instance ``sharex=True``.

    Returns
    -------
    tuple of (Figure, Axes or ndarray of Axes)
        As from ``subplots``.
    """
    with matplotlib.rc_context(SHEET):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, **shared)


def title(axis: Axes, text: str) -> None:
    """Write what a panel shows above it, at the left; say the finding, not the names of the axes.

    Parameters
    ----------
    axis : Axes
        The panel.
    text : str
        One short line.
    """
    with matplotlib.rc_context(SHEET):
        axis.set_title(text)


def label(axis: Axes, x: float, y: float, text: str, colour: str = INK) -> None:
    """Write a line's name beside its end, in its own colour, in place of a legend.

    Parameters
    ----------
    axis : Axes
        Where to write.
    x, y : float
        The end of the line, in data units.
    text : str
        The name.
    colour : str
        One of this module's colours.
    """
    axis.annotate(
        text, (x, y), (6, 0), textcoords="offset points", color=colour, va="center", fontsize=10, annotation_clip=False
    )


def legend(axis: Axes, **where: object) -> None:
    """Say what colours and hatches mean, where nothing can be labelled directly.

    Parameters
    ----------
    axis : Axes
        With labelled artists.
    **where : object
        Passed to `matplotlib.axes.Axes.legend`, such as ``loc="lower right"``.
    """
    with matplotlib.rc_context(SHEET):
        axis.legend(**where)


def png(figure: Figure, dpi: int = 144) -> bytes:
    """Return the figure as a PNG picture.

    Parameters
    ----------
    figure : Figure
        The figure.
    dpi : int
        Dots to an inch; 144 is sharp on a double-density screen.

    Returns
    -------
    bytes
        The picture; the same figure gives the same bytes.
    """
    buffer = io.BytesIO()
    with matplotlib.rc_context(SHEET):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def image(figure: Figure, dpi: int = 144) -> str:
    """Return the figure as an HTML image that carries its own bytes and its text alternative.

    Parameters
    ----------
    figure : Figure
        A figure that `describe` has been given words for.
    dpi : int
        Dots to an inch.

    Returns
    -------
    str
        One ``<img>`` element; it loads nothing from anywhere.
    """
    words = html.escape(getattr(figure, "alt_text", ""), quote=True)
    width = round(figure.get_figwidth() * 96)
    data = base64.b64encode(png(figure, dpi)).decode("ascii")
    return f'<img alt="{words}" width="{width}" style="max-width: 100%" src="data:image/png;base64,{data}">'


def describe(figure: Figure, text: str) -> Figure:
    """Give a figure its text alternative, and make notebooks show the figure with it.

    Parameters
    ----------
    figure : Figure
        The finished figure.
    text : str
        What a reader who cannot see the figure needs to know: what is drawn, and what it shows.

    Returns
    -------
    Figure
        The same figure, with ``alt_text``; as the last line of a cell it is displayed with its alternative, in
        JupyterLab and in the pages made from the notebook alike.

    Raises
    ------
    ValueError
        If the text is empty.
    """
    if not text.strip():
        raise ValueError("A figure needs a text alternative: say in words what is drawn and what it shows.")
    figure.alt_text = " ".join(text.split())
    figure._repr_html_ = partial(image, figure)
    return figure
