"""Decision point ``fund``: what each service may spend on its own discretionary work."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError, unknown

USE = {
    "purse_gbp": "its purse in the quarter just closed, GBP; infinite where it had none",
    "drawn_gbp": "GBP drawn in all: for reviews, retrainings and machines beyond those bought",
    "bought_gbp": "GBP drawn for reviews",
    "refused_gbp": "GBP of reviews that its purse had no money for",
    "reviews": "cases that people decided",
    "review_gbp": "GBP that one review costs",
    "changed": "reviews that ended otherwise than the model would have decided",
    "worth_gbp": "GBP that the reviews were worth at the department's own prices, if the people were right",
    "retrainings": "retrainings begun",
    "retraining_gbp": "GBP of computing that one retraining costs",
}
"""Columns of `Purses.services`: what each service did with its money in the quarter just closed."""


@dataclass(frozen=True)
class Purses:
    """What is told before the next quarter's money is split.

    Attributes
    ----------
    quarter : int
        The quarter to be funded, counted from 1.
    available_gbp : float
        Envelope and contingency, less what salaries and machines cost in the quarter just closed.
    cut_gbp : float
        What was bid and not handed out.
    services : DataFrame
        Index service; columns as in `USE`.
    """

    quarter: int
    available_gbp: float
    cut_gbp: float
    services: pd.DataFrame


class Fund(Protocol):
    """A rule for splitting a quarter's money."""

    def __call__(self, report: Purses) -> Mapping[str, float]:
        """Return the purse of each service, GBP; one that is left out has none of its own, and no limit."""
        ...


def as_before(report: Purses) -> dict[str, float]:
    """Give nobody a purse of their own, as before; all spend what they need: the naive default."""
    return {}


def accept(answer: object, report: Purses) -> dict[str, float]:
    """Return the purses by service, or raise `DecisionError`."""
    if not isinstance(answer, Mapping | pd.Series):
        raise DecisionError(f"it returned {kind_of(answer)}, but a dict of service to GBP was expected.")
    purses = dict(answer.items())
    for service, gbp in purses.items():
        if service not in report.services.index:
            raise DecisionError(f"it funded {service!r}. {unknown('service', service, report.services.index)}")
        if isinstance(gbp, bool) or not isinstance(gbp, Real) or not math.isfinite(gbp) or gbp < 0:
            raise DecisionError(f"it gave {service} {gbp!r}, but pounds of zero or more were expected.")
    total = sum(purses.values())
    if total > report.available_gbp + 0.01:
        raise DecisionError(
            f"it handed out {total:,.2f} GBP in all, but there are {report.available_gbp:,.2f} to hand out; no more is "
            "allowed."
        )
    return {service: float(gbp) for service, gbp in purses.items()}


POINT = DecisionPoint(
    name="fund",
    discipline="finops",
    scope="programme",
    signature="(report: Purses) -> {service: GBP}",
    about="Asked as each quarter closes, once the next envelope is set. A service with a purse pays from it for its "
    "reviews, its retrainings and machines beyond those bought. When it is empty no review is bought and the model's "
    "own answer stands, no retraining begins and no machine is added, until the next quarter.",
    given={
        "quarter": "the quarter to be funded, from 1",
        "available_gbp": "GBP to be handed out",
        "cut_gbp": "GBP that was bid and not granted",
        "services": "what each did with its money in the quarter just closed, indexed by service. "
        + "; ".join(f"{name}: {about}" for name, about in USE.items()),
    },
    naive=as_before,
    accept=accept,
    effort_days=3,
    effort_gbp=600,
    category="people",
)
