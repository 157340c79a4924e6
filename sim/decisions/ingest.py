"""Decision point ``ingest``: how often the pipeline takes in what the sources have."""

from __future__ import annotations

from typing import Any

from sim.decisions.point import DecisionPoint, one_of

WAYS = ("nightly", "hourly", "streaming")


def accept(answer: Any) -> str:
    """Return the way of ingest, or raise `DecisionError`."""
    return one_of(answer, WAYS)


POINT = DecisionPoint(
    name="ingest",
    discipline="dataops",
    scope="service",
    signature='"nightly", "hourly" or "streaming"',
    about="How often records are taken in and decided upon. The sooner, the fresher is what the model reads, as far as "
    "the sources themselves deliver oftener; values that have changed since the last extract are read as they were. "
    "Oftener means more starts of the machines, or machines that are always on, and more care by people.",
    given={
        "nightly": "one run at the end of the day, on the sources' extracts of the night before",
        "hourly": "a run at each full hour: 24 starts, and a person's hour or so a week",
        "streaming": "each record a minute after it is there: consumers always on, and half a person's day a week",
    },
    naive="nightly",
    accept=accept,
    effort_days=10,
    effort_gbp=5000,
    chosen=True,
)
