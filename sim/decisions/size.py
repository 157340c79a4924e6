"""Decision point ``size``: how large a machine each resource is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of
from sim.errors import DecisionError, unknown

USAGE = {
    "kind": "what the resource is for",
    "environment": "production, test or development",
    "size": "its size now",
    "sizes": "sizes that it may be given, smallest first, as a tuple",
    "vcpu": "vCPUs of its size now",
    "machines": "machines of it",
    "utilisation": "95th percentile of daily use of what was paid for, last 28 days, 0 to 1",
    "cost_gbp": "GBP in the last 28 days",
}


class Size(Protocol):
    """A rule for right-sizing."""

    def __call__(self, usage: pd.DataFrame) -> Mapping[str, str]:
        """Return the new size of each resource to be changed."""
        ...


def as_bought(usage: pd.DataFrame) -> dict[str, str]:
    """Leave every resource as large as it was bought: the naive default."""
    return {}


def accept(answer: object, usage: pd.DataFrame) -> dict[str, str]:
    """Return the sizes by resource, or raise `DecisionError`."""
    if not isinstance(answer, Mapping):
        raise DecisionError(f"it returned {kind_of(answer)}, but a dict of resource to size was expected.")
    for resource, size in answer.items():
        if resource not in usage.index:
            raise DecisionError(f"it returned a size for {resource!r}. {unknown('resource', resource, usage.index)}")
        if size not in usage.at[resource, "sizes"]:
            raise DecisionError(
                f"it gave {resource} the size {size!r}. {unknown('size', size, usage.at[resource, 'sizes'])}"
            )
    return dict(answer)


POINT = DecisionPoint(
    name="size",
    discipline="finops",
    scope="programme",
    signature="(usage: DataFrame) -> {resource: size}",
    about="Asked every 28 days. A machine too small makes work take longer; one too large is paid for and idle.",
    given=USAGE,
    naive=as_bought,
    accept=accept,
    effort_days=4,
    effort_gbp=500,
)
