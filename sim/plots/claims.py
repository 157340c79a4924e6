"""Claims against what was found: a forest plot."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import TrinityError
from sim.plots.style import BLUE, GREY, INK, ORANGE, axes, describe, title
from sim.plots.units import scaled, sign
from sim.summary import quantity

COLUMNS = ("claim", "unit", "value", "low", "high", "claimed")


def figure(claims: pd.DataFrame, heading: str = "Claimed, and found") -> Figure:
    """Draw what was claimed beside what was found.

    Parameters
    ----------
    claims : DataFrame
        A row for each claim: claim (in words), unit (as on the scorecard: GBP, share, days), value, low and high (what
        was found, with its interval), claimed; and, where a range was claimed, claimed_high.
    heading : str
        What stands above.

    Returns
    -------
    Figure
        One panel for each unit. A diamond is what was claimed, filled where the interval holds it; a point with a bar
        is what was found. With ``alt_text``.

    Raises
    ------
    TrinityError
        If a column is missing or there is no claim.
    """
    missing = [column for column in COLUMNS if column not in claims]
    if missing or not len(claims):
        raise TrinityError(
            f"The claims have {len(claims)} rows and lack {', '.join(missing) or 'nothing'}. Wanted: one row or more "
            "with "
            f"{', '.join(COLUMNS)}; claimed_high if you like."
        )
    parts = [(str(unit), part.reset_index(drop=True)) for unit, part in claims.groupby("unit", sort=False)]
    heights = [len(part) + 1.2 for _, part in parts]
    picture, panels = axes(
        9.0, 1.1 + 0.42 * sum(heights), rows=len(parts), squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    picture.get_layout_engine().set(h_pad=0.08)
    for axis, (unit, part) in zip(panels[:, 0], parts, strict=True):
        _panel(axis, unit, part)
    title(panels[0, 0], f"{heading}; diamond: claimed, point: found")
    return describe(picture, _words(claims))


def held(claims: pd.DataFrame) -> pd.Series:
    """Say of each claim whether the interval found reaches into what was claimed."""
    top = _top(claims)
    return (claims["low"] <= top) & (claims["high"] >= claims["claimed"])


def _top(claims: pd.DataFrame) -> pd.Series:
    return claims["claimed_high"].fillna(claims["claimed"]) if "claimed_high" in claims else claims["claimed"]


def _panel(axis: Axes, unit: str, part: pd.DataFrame) -> None:
    for place, (row, top, true) in enumerate(zip(part.itertuples(index=False), _top(part), held(part), strict=True)):
        axis.plot([row.low, row.high], [place + 0.14] * 2, color=BLUE, linewidth=2.4)
        axis.plot(row.value, place + 0.14, "o", color=BLUE, markersize=7, zorder=3)
        axis.plot([row.claimed, top], [place - 0.14] * 2, color=ORANGE, linewidth=2.4, linestyle=(0, (2, 1)))
        axis.plot((row.claimed + top) / 2, place - 0.14, "D", color=ORANGE, markersize=7, zorder=3,
                  fillstyle="full" if true else "none", markeredgewidth=1.6)  # fmt: skip
        axis.annotate("holds" if true else "does not hold", (1.0, place), (6, 0), textcoords="offset points",
                      va="center", xycoords=axis.get_yaxis_transform(), color=INK, fontsize=9)  # fmt: skip
    low, high = axis.get_xlim()
    if low < 0 < high:
        axis.axvline(0, color=GREY, linewidth=1.2)
    axis.set_yticks(range(len(part)), part["claim"])
    axis.tick_params(axis="y", length=0, labelcolor=INK)
    axis.set_ylim(len(part) - 0.4, -0.6)
    axis.grid(True, axis="x")
    axis.grid(False, axis="y")
    axis.spines["left"].set_visible(False)
    scaled(axis.xaxis, unit)
    axis.set(xlabel=f"Size ({sign(unit)})", ylabel="Claim")


def _words(claims: pd.DataFrame) -> str:
    true, top = held(claims), _top(claims)
    said = []
    for row, high, holds in zip(claims.itertuples(index=False), top, true, strict=True):
        claimed = quantity(row.claimed, row.unit)
        if high != row.claimed:
            claimed = f"{claimed} to {quantity(high, row.unit)}"
        said.append(
            f"{row.claim}: claimed {claimed}, found {quantity(row.value, row.unit)} ({quantity(row.low, row.unit)} to "
            f"{quantity(row.high, row.unit)}), which {'holds' if holds else 'does not hold'}"
        )
    return f"Forest plot of {len(claims)} claims, of which {int(true.sum())} hold. {'; '.join(said)}."
