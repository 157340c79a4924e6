"""Decision point ``allocate``: which service is shown, and answers for, what part of the cloud bill."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from sim.cloud.glossary import MEANING
from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError, nearest

SHARED = "shared"
"""Stands for all services alike: what is put to it is split evenly among them, and nobody looks at it."""

TOLERANCE_GBP = 0.05
"""Pounds by which an allocation may miss the bill, for rounding."""


@dataclass(frozen=True)
class Portion:
    """A part of the bill, and whose it is.

    Attributes
    ----------
    service : str
        A service, or ``"shared"``.
    resource : str
        The resource that it is for, or empty for a sum that names none.
    gbp : float
        Effective cost.
    """

    service: str
    resource: str
    gbp: float


class Allocate(Protocol):
    """A rule for allocating the bill."""

    def __call__(self, billing: pd.DataFrame) -> pd.DataFrame:
        """Return whose the month's cost is."""
        ...


def evenly(billing: pd.DataFrame) -> pd.DataFrame:
    """Split the bill evenly among the services: the naive default."""
    return pd.DataFrame({"service": [SHARED], "cost_gbp": [billing["EffectiveCost"].sum()]})


def accept(answer: object, billing: pd.DataFrame) -> tuple[Portion, ...]:
    """Return the portions, or raise `DecisionError`."""
    if not isinstance(answer, pd.DataFrame):
        raise DecisionError(
            f"it returned {kind_of(answer)}, but a DataFrame with the columns service and cost_gbp was expected."
        )
    frame = answer.reset_index() if {"service", "ResourceId"} & set(answer.index.names) else answer
    for column in ("service", "cost_gbp"):
        if column not in frame.columns:
            raise DecisionError(
                f"it returned a DataFrame without the column {column!r}, but service and cost_gbp were expected."
                f"{nearest(column, map(str, frame.columns))}"
            )
    if not pd.api.types.is_numeric_dtype(frame["cost_gbp"]) or pd.api.types.is_bool_dtype(frame["cost_gbp"]):
        raise DecisionError(f"cost_gbp came back as {frame['cost_gbp'].dtype}, but pounds were expected.")
    named = frame["ResourceId"] if "ResourceId" in frame.columns else pd.Series("", index=frame.index)
    portions = tuple(
        Portion(str(service), "" if pd.isna(resource) else str(resource), float(gbp))
        for service, resource, gbp in zip(frame["service"], named, frame["cost_gbp"], strict=True)
    )
    _check(portions, frame["service"], billing)
    return portions


def _check(portions: Sequence[Portion], service: pd.Series, billing: pd.DataFrame) -> None:
    nameless = int(service.isna().sum())
    if nameless:
        raise DecisionError(
            f"{nameless} rows name no service, but a name was expected; put to {SHARED!r} what is nobody's."
        )
    total, whole = math.fsum(p.gbp for p in portions), float(billing["EffectiveCost"].sum())
    if not abs(total - whole) <= TOLERANCE_GBP:
        loose = bool(billing["ResourceId"].isna().any())
        hint = (
            " A charge may have no ResourceId, such as a credit: groupby(..., dropna=False) keeps it." if loose else ""
        )
        raise DecisionError(
            f"cost_gbp adds up to {total:.2f}, but {whole:.2f}, the EffectiveCost of the bill, was expected; put to "
            f"{SHARED!r} what is nobody's.{hint}"
        )


def told(portions: Sequence[Portion], services: Sequence[str]) -> dict[str, float]:
    """Return what each service is told that it costs, GBP; what is shared is split evenly.

    Parameters
    ----------
    portions : sequence of Portion
        As `accept` returns them.
    services : sequence of str
        Names.

    Returns
    -------
    dict of str to float

    Raises
    ------
    DecisionError
        If a portion is that of a service that does not exist.
    """
    cost = dict.fromkeys([*services, SHARED], 0.0)
    for portion in portions:
        if portion.service not in cost:
            raise DecisionError(
                f"it allocated a cost to the service {portion.service!r}, but there are only {', '.join(cost)}."
                f"{nearest(portion.service, cost)}"
            )
        cost[portion.service] += portion.gbp
    each = cost.pop(SHARED) / len(services)
    return {name: gbp + each for name, gbp in cost.items()}


POINT = DecisionPoint(
    name="allocate",
    discipline="finops",
    scope="programme",
    signature="(billing: DataFrame) -> DataFrame with service, cost_gbp and, where it is known, ResourceId",
    about="Asked at each month's end, with the month's bill, a row for each charge. Every owner is shown what it "
    "comes to (showback), and looks at the resources named there: one of theirs that does no work outside "
    "production, or is of use to nothing, is switched off when somebody has the time. What is put to 'shared' is split "
    "evenly, and seen by nobody.",
    given=MEANING,
    naive=evenly,
    accept=accept,
    effort_days=4,
    effort_gbp=500,
)
