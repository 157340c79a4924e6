"""Decision point ``catalogue``: what is written down about the data."""

from __future__ import annotations

from typing import Any

from sim.decisions.point import DecisionPoint, one_of

WAYS = ("none", "catalogue", "catalogue with lineage")


def accept(answer: Any) -> str:
    """Return the choice, or raise `DecisionError`."""
    return one_of(answer, WAYS)


POINT = DecisionPoint(
    name="catalogue",
    discipline="dataops",
    scope="service",
    signature='"none", "catalogue" or "catalogue with lineage"',
    about="What is written down about the data. When an incident has been found, somebody searches for its cause among "
    "all sources and all stages of the pipeline. A catalogue says whose the wrong values are, so that only the sources "
    "of that owner are searched; lineage says which source and which stages they have passed. Both take stewardship, "
    "hours of work each month.",
    given={
        "none": "nobody knows: every source at every stage is a suspect",
        "catalogue": "each column has an owner",
        "catalogue with lineage": "and each batch a way that it came",
    },
    naive="none",
    accept=accept,
    effort_days=8,
    effort_gbp=4000,
    chosen=True,
    category="data",
)
