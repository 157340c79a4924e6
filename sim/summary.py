"""What a run says in a few plain sentences, and figures as people say them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd


def money(gbp: float) -> str:
    """Return pounds as people say them, with three figures or so.

    Parameters
    ----------
    gbp : float
        Pounds.

    Returns
    -------
    str
        For instance ``"£1.23m"``, ``"-£45.6k"`` or ``"£7.20"``.
    """
    sign, size = ("-" if gbp < 0 else ""), abs(gbp)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.2f}m"
    if size >= 1_000:
        return f"{sign}£{size / 1e3:,.1f}k"
    return f"{sign}£{size:,.2f}"


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit, as the scorecard shows it.

    Parameters
    ----------
    value : float
        The value; not a number when there was nothing to measure.
    unit : str
        ``"GBP"`` is shown as money and ``"share"`` as a percentage; any other unit follows the figure.

    Returns
    -------
    str
    """
    if not math.isfinite(value):
        return "none"
    if unit.startswith("GBP"):
        return f"{money(value)}{unit[3:]}"
    if unit == "share":
        return f"{value:.1%}"
    figure = f"{value:,.0f}" if value == int(value) or abs(value) >= 1_000 else f"{value:.3g}"
    return f"{figure} {unit}".strip()


def sentences(frames: Mapping[str, pd.DataFrame], card: pd.DataFrame, scenario: str, seed: int, days: int) -> list[str]:
    """Return what happened in a run, a sentence each.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.
    card : DataFrame
        Its scorecard.
    scenario : str
        Name of the scenario.
    seed, days : int
        The public seed, and how long the run lasted.

    Returns
    -------
    list of str
    """
    daily, incidents, models = frames["daily"], frames["incidents"], frames["models"]
    targeted = card[card["target"].notna()]
    quarters = int(daily["quarter"].max()) if len(daily) else 0
    lines = [f"Scenario {scenario}, seed {seed}: {days} days, {_count(quarters, 'quarter')}."]
    if not len(daily):
        return [*lines, "No day has passed yet."]
    cases = daily["cases"].sum()
    lines.append(
        f"{cases:,.0f} cases came in; {daily['delivered'].sum() / max(cases, 1):.1%} of their records were delivered, "
        f"{daily['quarantined'].sum():,.0f} were quarantined, and {daily['referred'].sum():,.0f} went to a person."
    )
    first, last = (_accuracy(daily[daily["quarter"] == q]) for q in (1, quarters))
    if quarters > 1:
        lines.append(
            f"{quantity(first, 'share')} of decisions were right in the first quarter and {quantity(last, 'share')} in "
            "the last."
        )
    else:
        lines.append(f"{quantity(first, 'share')} of decisions were right.")
    lines += _sampling(daily)
    if len(models):
        latest = models["trained_day"].max()
        lines.append(f"{_count(len(models), 'model version')} trained, the last on day {latest:.0f}.")
    if len(incidents):
        found = int(incidents["detected_day"].notna().sum())
        harmed = _count(int(incidents["cases_harmed"].sum()), "decision")
        lines.append(f"{_count(len(incidents), 'incident')}, {found} found; {harmed} went wrong because of them.")
    benefit, harm, spend = (float(daily[f"{name}_gbp"].sum()) for name in ("benefit", "harm", "spend"))
    lines.append(
        f"Benefit {money(benefit)}, less harm {money(harm)} and spend {money(spend)}, leaves "
        f"{money(benefit - harm - spend)} before discounting."
    )
    if len(targeted):
        missed = targeted.loc[~targeted["met"].astype(bool), "measure"].drop_duplicates()
        named = f" Missed: {', '.join(missed)}." if len(missed) else ""
        lines.append(f"{int(targeted['met'].astype(bool).sum())} of {len(targeted)} targets were met.{named}")
    return lines


def _sampling(daily: pd.DataFrame) -> list[str]:
    """Say how far sampling moves a quarter's accuracy, service by service, where a case stands for several people."""
    lines = []
    for service, days in daily.groupby("service", sort=False):
        cases, sampled = days["cases"].sum(), days["sampled"].sum()
        if cases > sampled > 0:
            right = days["right"].sum() / max(days["decided"].sum(), 1)
            error = 1.96 * math.sqrt(right * (1 - right) / (sampled / days["quarter"].nunique()))
            lines.append(
                f"In {service}, a simulated case stands for {cases / sampled:,.0f} people; sampling alone moves a "
                f"quarter's share of right decisions by up to {error:.1%} either way, 19 times in 20."
            )
    return lines


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _accuracy(daily: pd.DataFrame) -> float:
    """Share of decisions that were right, in hindsight."""
    decided = daily["decided"].sum()
    return float(daily["right"].sum() / decided) if decided else math.nan
