"""Decision point ``versioning``: what is kept of each version."""

from __future__ import annotations

from sim.decisions.point import DecisionPoint
from sim.errors import DecisionError, unknown

CHOICES = ("none", "models", "models and data")


def accept(answer: object) -> str:
    """Return the choice, or raise `DecisionError`."""
    if isinstance(answer, str) and answer in CHOICES:
        return answer
    raise DecisionError(unknown("way of versioning", answer, CHOICES))


POINT = DecisionPoint(
    name="versioning",
    discipline="mlops",
    scope="service",
    signature="'none', 'models' or 'models and data'",
    about="Where models are kept, an old version comes back in hours; else people rebuild it, and what they rebuild is "
    "trained on what the training store holds by then. Where data are kept as well, each version's training rows are "
    "stored beside it, at a price, and a test of data can compare a candidate's with them.",
    given={
        "none": "nothing is kept: to go back, people rebuild",
        "models": "each version that was in use is kept, and comes back in hours",
        "models and data": "and the rows that made it, which take room in the service's store",
    },
    naive="none",
    accept=accept,
    effort_days=5,
    effort_gbp=2000,
    chosen=True,
)
