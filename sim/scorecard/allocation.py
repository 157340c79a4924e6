"""Whether the cloud's cost can be told apart: how much of it names its owner, and how much is put to the wrong one."""

from __future__ import annotations

import json

import numpy as np

from sim.decisions.tag import OWNER
from sim.scenario.targets import TARGETS
from sim.scorecard.evidence import Evidence
from sim.scorecard.measure import COST, Measure, ratio


def names_owner(tags: str) -> bool:
    """Say whether a charge's tags, a JSON object, name an owner."""
    return bool(json.loads(tags).get(OWNER))


def tag_coverage(e: Evidence) -> float:
    """Return the share of cloud cost whose charges name their owner; what is given back is no cost."""
    here = e.during(e.billed_day) & (e.billed_gbp > 0)
    named = np.array([names_owner(text) for text in e.tags], dtype=bool)[e.tagged]
    return ratio(float(e.billed_gbp[here & named].sum()), float(e.billed_gbp[here].sum()))


def allocation_error(e: Evidence) -> float:
    """Return the share of cloud cost that was shown to another service than the one that caused it, month by month.

    A month of credits is less than nothing, so that months are added up by their size.
    """
    cell = e.column("month") * (e.daily["place"].max(initial=0) + 1) + e.column("place")
    shown, caused = (np.bincount(cell, weights=e.column(name)) for name in ("allocated_gbp", "cloud_gbp"))
    size = max(float(np.abs(cost).sum()) for cost in (shown, caused))
    return ratio(0.5 * float(np.abs(shown - caused).sum()), size)


ALLOCATION: dict[str, Measure] = {
    "tag_coverage": Measure(
        COST,
        "share",
        "higher",
        TARGETS["tag_coverage"],
        "Cloud cost whose charges name their owner.",
        tag_coverage,
    ),
    "allocation_error": Measure(
        COST,
        "share",
        "lower",
        TARGETS["allocation_error"],
        "Cloud cost shown to another service than the one that caused it.",
        allocation_error,
        applies=lambda e: e.services > 1,
    ),
    "idle_share": Measure(
        COST,
        "share",
        "lower",
        TARGETS["idle_share"],
        "Share of what the cloud cost that went to capacity on which nothing was done.",
        lambda e: ratio(e.total("idle_gbp"), e.total("cloud_gbp")),
    ),
}
"""Measures of whose the cloud's cost is, and of what it buys, by name."""
