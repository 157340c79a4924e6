"""Reference practices of integration: teams for services, the most needed practice first, and automated controls."""

from __future__ import annotations

from sim.decisions import Governance, Sequence, governance, sequence
from sim.organisation.topology import CROSS_FUNCTIONAL

ORGANISE = CROSS_FUNCTIONAL

FIRST = (
    "govern",
    "validate",
    "repair",
    "size",
    "forecast",
    "decide",
    "watch_model",
    "retrain",
    "watch_spend",
    "scale",
    "versioning",
    "promote",
    "tests",
    "contracts",
    "organise",
)
"""What stops the harm and the waste of every day, then what keeps a model good, then what makes both quicker.

A forecast comes before what it asks the money for: whoever takes up reviews and bids by last year's cost, which had
none, overspends in the next quarter, and under spending controls no further practice is taken up."""


def most_needed_first() -> Sequence:
    """Return the order in which the reference playbook is taken up."""
    return sequence(*FIRST, at_once=2)


def govern_by_controls() -> Governance:
    """Return how the reference playbook is governed: a board each month, and what is routine past it by controls."""
    return governance(
        board_days=28,
        approve_releases=True,
        automated_controls=True,
        human_oversight=0.1,
        impact_assessment=True,
        cost_council=True,
    )
