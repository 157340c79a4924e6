"""Decision point ``watch_data``: when to have somebody look for a fault in the data."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint, truth_of

PROFILE = {
    "source": "the feed that delivers the feature",
    "rows": "records in tonight's batch, copies and all",
    "missing": "share of them in which the feature is missing, 0 to 1",
    "low": "5 % of its values lie below this, in the feature's unit; NaN if there are none",
    "median": "half of its values lie below this",
    "high": "95 % of its values lie below this",
    "invalid": "share of the records in which it lies outside its valid range",
    "duplicates": "share of the batch that repeats a case, the same for every feature",
    "late": "share of the batch that arrived on an earlier day, the same for every feature",
    "usual_rows": "median of rows over the batches of the last 28 days; NaN until there have been 7 batches",
    "usual_missing": "the same of missing",
    "usual_low": "the same of low",
    "usual_median": "the same of median",
    "usual_high": "the same of high",
    "usual_invalid": "the same of invalid",
    "usual_duplicates": "the same of duplicates",
    "usual_late": "the same of late",
}


class WatchData(Protocol):
    """A rule for looking into the data."""

    def __call__(self, profile: pd.DataFrame) -> bool:
        """Return True to have somebody look today."""
        ...


def never(profile: pd.DataFrame) -> bool:
    """Look at nothing: the naive default."""
    return False


def accept(answer: object, *_: Any) -> bool:
    """Return the answer, or raise `DecisionError`."""
    return truth_of(answer, "True (look into the data today) or False")


POINT = DecisionPoint(
    name="watch_data",
    discipline="dataops",
    scope="service",
    signature="(profile: DataFrame) -> bool",
    about="Asked on each night with a batch, about the batch as it came, one row for each feature. When it says so, a "
    "person of the data team looks, which takes hours, and finds whatever is wrong with the service's feeds, or that "
    "nothing is. Nobody looks again while a look is under way, while a known fault is being mended, or for a week "
    "after a false alert.",
    given=PROFILE,
    naive=never,
    accept=accept,
    effort_days=6,
    effort_gbp=2000,
)
