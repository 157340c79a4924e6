"""Decision point ``forecast``: what the next quarter will cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError

QUANTILES = (0.1, 0.5, 0.9)
"""Quantiles of a forecast: the bid is the median, and the contingency reaches from there to the upper one."""

SPEND = {
    "month": "index: months from the start, ending with the one just closed; a negative one is of the year before, of "
    "which only the whole year's cost is known, spread evenly",
    "<service>": "one column for each: GBP spent in the month, with its share of what is shared",
}


class Forecast(Protocol):
    """A rule for the bid."""

    def __call__(self, spend: pd.DataFrame) -> Mapping[float, float]:
        """Return what the next three months will cost in all, GBP, at each of `QUANTILES`."""
        ...


def last_year_and_a_tenth(spend: pd.DataFrame) -> dict[float, float]:
    """Bid for what the same three months of last year had, and 10 % more, with nothing for doubt: the naive default."""
    return dict.fromkeys(QUANTILES, 1.1 * float(spend.iloc[-12:-9].to_numpy().sum()))


def accept(answer: object, *_: object) -> dict[float, float]:
    """Return pounds by quantile, or raise `DecisionError`."""
    wanted = "a dict or Series of GBP at the quantiles 0.1, 0.5 and 0.9"
    if not isinstance(answer, Mapping | pd.Series):
        raise DecisionError(f"it returned {kind_of(answer)}, but {wanted} was expected.")
    given = dict(answer.items())
    if set(given) != set(QUANTILES):
        raise DecisionError(
            f"it returned the quantiles {', '.join(map(str, given)) or 'none'}, but {wanted} was expected."
        )
    for at, gbp in given.items():
        if isinstance(gbp, bool) or not isinstance(gbp, Real) or not math.isfinite(gbp) or gbp < 0:
            raise DecisionError(f"it returned {gbp!r} at the quantile {at}, but pounds of zero or more were expected.")
    low, median, upper = (float(given[at]) for at in QUANTILES)
    if not low <= median <= upper:
        raise DecisionError(f"it returned {low:g}, {median:g} and {upper:g}, but quantiles that rise were expected.")
    return dict(zip(QUANTILES, (low, median, upper), strict=True))


POINT = DecisionPoint(
    name="forecast",
    discipline="finops",
    scope="programme",
    signature="(spend: DataFrame) -> {quantile: GBP}",
    about="Asked as each quarter closes. The median is the bid for the next quarter, and what lies between it and the "
    "upper quantile the contingency that is asked for. The board grants no more than was settled. Spend beyond both "
    "puts the programme under spending controls: nobody is hired, no practice is taken up and no model is retrained "
    "until a quarter closes within its money. What is left at a year's end is surrendered.",
    given=SPEND,
    naive=last_year_and_a_tenth,
    accept=accept,
    effort_days=4,
    effort_gbp=800,
    category="people",
)
