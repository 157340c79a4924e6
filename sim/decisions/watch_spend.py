"""Decision point ``watch_spend``: when to look for the reason of a bill."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint, truth_of


class WatchSpend(Protocol):
    """A rule for looking into the bill."""

    def __call__(self, spend: pd.Series) -> bool:
        """Return True to have somebody look today."""
        ...


def at_year_end(spend: pd.Series) -> bool:
    """Look once a year, when the books close: the naive default."""
    return len(spend) % 365 == 0


def accept(answer: object, *_: Any) -> bool:
    """Return the answer, or raise `DecisionError`."""
    return truth_of(answer, "True (look into the bill today) or False")


POINT = DecisionPoint(
    name="watch_spend",
    discipline="finops",
    scope="programme",
    signature="(spend: Series) -> bool",
    about="Asked each evening. When it says so, a person looks, which takes hours, and stops whatever runs for nobody.",
    given={"spend": "cloud spend of each day so far, GBP, indexed by day"},
    naive=at_year_end,
    accept=accept,
    effort_days=3,
    effort_gbp=500,
)
