"""The colours of every figure, each with its counterpart on a dark ground.

Chosen so that each of the five that tell things apart has a contrast of at least 4.5 to 1 with its ground, so that it
serves for text as well (WCAG 2.2, success criterion 1.4.3), and so that any two of them stay more than 20 apart in
CIELAB for readers without red, green or blue cones (as Machado, Oliveira and Fernandes, 2009, simulate them).
Figures are drawn in the light colours; `sim.plots.theme` puts the dark ones in their place.
"""

from __future__ import annotations

PAPER = "#ffffff"
INK = "#1f2933"
GREY = "#66717d"
BLUE = "#0b70d4"
ORANGE = "#c8410b"
GREEN = "#04573a"
PURPLE = "#861f8c"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, GREY)
"""What tells things apart, in the order in which to use it."""

PALE = "#cbd2d9"
GRID = "#e4e7eb"
BAND = "#f1f5f9"
"""Ornament: nothing that must be seen is drawn in these three."""

RAMP = ("#f3f6f9", "#fbe3d6", "#f6c1a3", "#e8895a", "#c8410b")
"""From nothing amiss to much amiss, for areas with figures written on them."""

TINTS = {"blue": "#dbe7f3", "orange": "#f7e3c8", "grey": "#dcdfe3"}
"""Grounds behind a mark that is drawn in ink."""

DARK = {
    PAPER: "#161b22",
    INK: "#e6edf3",
    GREY: "#949daa",
    BLUE: "#4f9df7",
    ORANGE: "#ee7a35",
    GREEN: "#45e3a4",
    PURPLE: "#f3bdf2",
    PALE: "#3d4854",
    GRID: "#2a323b",
    BAND: "#1c232c",
    RAMP[0]: "#202830",
    RAMP[1]: "#432a1e",
    RAMP[2]: "#67371d",
    RAMP[3]: "#94481c",
    TINTS["blue"]: "#1f3a57",
    TINTS["orange"]: "#553613",
    TINTS["grey"]: "#343c46",
}
"""By light colour: the one that takes its place on a dark ground."""

NAMES = {
    PAPER: "paper", INK: "ink", GREY: "grey", BLUE: "blue", ORANGE: "orange", GREEN: "green", PURPLE: "purple",
    PALE: "pale", GRID: "grid", BAND: "band",
    **{colour: f"ramp-{k}" for k, colour in enumerate(RAMP[:-1])},
    **{colour: f"tint-{name}" for name, colour in TINTS.items()},
}  # fmt: skip
"""By light colour: what a style sheet calls it."""


def on(share: float) -> tuple[str, str]:
    """Return a step of the ramp and the colour for figures written on it.

    Parameters
    ----------
    share : float
        From 0, nothing amiss, to 1 or more, much amiss.

    Returns
    -------
    tuple of str
        Ground and text.
    """
    step = min(max(int(share * len(RAMP)), 0), len(RAMP) - 1)
    return RAMP[step], PAPER if step == len(RAMP) - 1 else INK
