"""Whether the cloud's cost can be told apart: how much of it names its owner, and how much is put to the wrong one."""

from __future__ import annotations

import json

import numpy as np

from sim.decisions.tag import OWNER
from sim.scorecard.evidence import Evidence


def names_owner(tags: str) -> bool:
    """Say whether a charge's tags, a JSON object, name an owner."""
    return bool(json.loads(tags).get(OWNER))


def tag_coverage(e: Evidence) -> float:
    """Return the share of cloud cost whose charges name their owner."""
    here = e.during(e.billed_day)
    named = np.array([names_owner(text) for text in e.tags], dtype=bool)[e.tagged]
    whole = float(e.billed_gbp[here].sum())
    return float(e.billed_gbp[here & named].sum()) / whole if whole else float("nan")


def allocation_error(e: Evidence) -> float:
    """Return the share of cloud cost that was shown to another service than the one that caused it, month by month."""
    cell = e.column("month") * (e.daily["place"].max(initial=0) + 1) + e.column("place")
    off = np.bincount(cell, weights=e.column("allocated_gbp") - e.column("cloud_gbp"))
    whole = e.total("cloud_gbp")
    return 0.5 * float(np.abs(off).sum()) / whole if whole else float("nan")
