"""Measures of the people who do the work, of those who look on, and of those for whom it is done."""

from __future__ import annotations

import numpy as np

from sim.scenario.targets import TARGETS
from sim.scorecard.evidence import Evidence
from sim.scorecard.measure import GOVERNANCE, OPERATIONS, VALUE, Measure, mean, ratio


def _queue_days(e: Evidence) -> float:
    """Return the mean wait of a piece of work; being told of it is no wait of its own."""
    here = e.during(e.asked) & ~e.told
    begun = np.minimum(np.where(np.isnan(e.begun), e.last, e.begun), e.last)
    return mean(begun[here] - e.asked[here])


def _evidence(e: Evidence) -> float:
    found, missing = e.during(e.evidence).sum(), e.during(e.finding).sum()
    return ratio(float(found), float(found + missing))


def _followed(e: Evidence) -> bool:
    return not bool(np.isnan(e.daily["trust"]).all())


PEOPLE: dict[str, Measure] = {
    "staff_queue_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["staff_queue_days"],
        "Waiting of a piece of staff work until somebody begins it; until now, if nobody has.",
        _queue_days,
    ),
    "handoffs": Measure(
        OPERATIONS,
        "hand-offs",
        "lower",
        TARGETS["handoffs"],
        "Times that a piece of work passed from one team to another.",
        lambda e: float(e.during(e.asked[e.told]).sum()),
    ),
    "toil_share": Measure(
        OPERATIONS,
        "share",
        "lower",
        TARGETS["toil_share"],
        "Hours of staff work that come back every week, of all that was asked for.",
        lambda e: ratio(float(e.hours[e.during(e.asked) & e.toil].sum()), float(e.hours[e.during(e.asked)].sum())),
    ),
    "audit_findings": Measure(
        GOVERNANCE,
        "findings",
        "lower",
        TARGETS["audit_findings"],
        "Things that an audit asked for and that no record shows.",
        lambda e: float(e.during(e.finding).sum()),
    ),
    "evidence_share": Measure(
        GOVERNANCE,
        "share",
        "higher",
        TARGETS["evidence_share"],
        "Things that an audit asked for and that the records show, of all that it asked for.",
        _evidence,
    ),
    "trust": Measure(
        VALUE,
        "share",
        "higher",
        TARGETS["trust"],
        "People's trust at the end, service by service.",
        lambda e: mean(e.column("trust")[e.column("day") == e.last - 1]),
        applies=_followed,
    ),
    "uptake": Measure(
        VALUE,
        "share",
        "higher",
        TARGETS["uptake"],
        "Those who come, of all who would if they trusted the service.",
        lambda e: ratio(e.total("cases"), e.total("cases") + e.total("stayed_away")),
        applies=_followed,
    ),
}
"""By name; the first three are of the staff, whom all services share."""
