"""Decision point ``size``: how large a machine each resource is, when it is on, and whether it is one at all.

A size is a text. ``"m5.large"`` is a machine of that size, day and night. ``"m5.large 12x5"`` is the same machine, on
for twelve hours (from seven to seven) of five days (from Monday) and off at night and at weekends: it costs sixty hours
of the week's 168, and work that comes while it is off waits. ``"function"`` is no machine at all: it costs by the work
done and nothing in between, and twice as much for each unit of it. ``"shared"`` gives the machine up and takes its turn
on the department's shared one, where jobs wait for those before them. Which of these a resource may be given stands in
its ``sizes``.
"""

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
    "sizes": "sizes that it may be given, as a tuple: machines, the same on a schedule, a function, the shared one",
    "vcpu": "vCPUs of its size now",
    "machines": "machines of it",
    "utilisation": "95th percentile of daily use of what was paid for, last 28 days, 0 to 1",
    "cost_gbp": "GBP in the last 28 days",
    "work": "95th percentile of the vCPU hours that it did in a day, last 28 days",
    "capacity": "vCPU hours a day, over the week, that it could do under each of its sizes, as a tuple in their order",
    "day_gbp": "what a day, over the week, would cost under each, with the work of late at today's prices, as a tuple",
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
    about="Asked every 28 days. A machine too small makes work take longer; one too large is paid for and idle; one "
    "that is off at night, or shared, lets work wait.",
    given=USAGE,
    naive=as_bought,
    accept=accept,
    effort_days=4,
    effort_gbp=500,
)
