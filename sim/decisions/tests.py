"""Decision point ``tests``: which test suites gate a release."""

from __future__ import annotations

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError, unknown

SUITES = ("data", "model", "code", "fairness")

ALL = "all"


def accept(answer: object) -> tuple[str, ...]:
    """Return the suites in the order in which they are run, or raise `DecisionError`."""
    if isinstance(answer, str) and answer == ALL:
        return SUITES
    if not isinstance(answer, tuple):
        raise DecisionError(
            f"{kind_of(answer)} was given, but a tuple of suites was expected, such as ('data', 'code'), or 'all'."
        )
    for suite in answer:
        if suite not in SUITES:
            raise DecisionError(unknown("test suite", suite, SUITES))
    return tuple(suite for suite in SUITES if suite in answer)


POINT = DecisionPoint(
    name="tests",
    discipline="mlops",
    scope="service",
    signature="a tuple of 'data', 'model', 'code' and 'fairness', or 'all'",
    about="Suites are run on each candidate before it is released; each takes a person's time and computing. The data "
    "suite looks at the training rows, the model suite compares the candidate with the version in use on the newest "
    "known outcomes, the code suite scores rows as serving does and as training did, and the fairness suite compares "
    "gaps between groups. A failure is looked into; code is mended, any other candidate is dropped.",
    given={
        "data": "missing and far-out values of the training rows, and their mean outcome against that of the version "
        "in use, where its data were kept",
        "model": "Brier score or MAPE against the version in use, on the newest known outcomes",
        "code": "whether serving scores rows as training did",
        "fairness": "gap between groups against the version in use",
    },
    naive=(),
    accept=accept,
    effort_days=8,
    effort_gbp=2000,
    chosen=True,
)
