"""Sizes: a line of the price list, the hours at which it is switched on, or a place on the shared machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sim.cloud.prices import PRICES, Price, price
from sim.errors import ScenarioError, unknown
from sim.scenario import Resource

SHARED = "shared"
"""The size of what has no machine of its own and takes its turn on the department's shared one."""

FUNCTION_GB_PER_VCPU = 1.769
"""Memory with which a serverless function has one vCPU, GB (vendor's documentation, from general knowledge)."""

NOON = 13.0
"""Hour about which a schedule's hours lie: twelve hours are from seven in the morning to seven at night."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "training": ("compute", "serverless"),
    "serving": ("compute", "serverless"),
    "pipeline": ("compute", "serverless"),
    "development": ("compute", "serverless"),
    "storage": ("storage",),
    "disk": ("disk",),
    "address": ("address",),
    "logging": ("logging",),
    "transfer": ("transfer",),
    "third-party": ("lookup", "language"),
    "function": ("serverless",),
}
"""Kind of resource to the families of the price list that it may be of. The family decides how it is metered."""

MAY_SHARE = ("training", "development")
"""Kinds that may give up their own machine for a turn on the shared one."""

MACHINES = tuple(kind for kind, families in FAMILIES.items() if "compute" in families)
"""Kinds that are machines, or functions in their place."""

_SCHEDULE = re.compile(r"^([1-9]|1[0-9]|2[0-4])x([1-7])$")


@dataclass(frozen=True, slots=True)
class Size:
    """One size, as a scenario lists it or a decision answers it.

    Attributes
    ----------
    name : str
        ``"m5.large"``; ``"m5.large 12x5"``, which is on for twelve hours of five days a week; ``"function"``, which is
        paid for by the work that it does; or ``"shared"``.
    sku : str
        Line of the price list; empty for `SHARED`.
    hours : int
        Hours of a day on which it is on.
    days : int
        Days of the week on which it is on at all, from Monday.
    """

    name: str
    sku: str
    hours: int = 24
    days: int = 7

    @property
    def price(self) -> Price | None:
        """Its line of the price list; None for `SHARED`."""
        return price(self.sku) if self.sku else None

    @property
    def scheduled(self) -> bool:
        """Whether it is switched off at times."""
        return self.hours < 24 or self.days < 7

    @property
    def mean_hours(self) -> float:
        """Hours of a day on which it is on, over the week."""
        return self.hours * self.days / 7

    def on(self, weekday: int) -> int:
        """Return the hours for which it is on, on a day of the week counted from Monday, 0."""
        return self.hours if weekday < self.days else 0

    def opens(self) -> float:
        """Return the hour of the day at which it is switched on; zero if it never is off by day."""
        return NOON - self.hours / 2 if self.hours < 24 else 0.0


@lru_cache(maxsize=256)
def size_of(name: str) -> Size:
    """Read a size.

    Parameters
    ----------
    name : str
        As in `Size.name`.

    Returns
    -------
    Size

    Raises
    ------
    ScenarioError
        There is no such line on the price list, or the schedule is none.
    """
    if name == SHARED:
        return Size(name, "", 0, 0)
    sku, _, schedule = name.partition(" ")
    price(sku)
    if not schedule:
        return Size(name, sku)
    found = _SCHEDULE.match(schedule)
    if not found or PRICES[sku].family != "compute":
        raise ScenarioError(
            f"{name!r} is no size: after a machine may stand the hours and days for which it is on, such as 12x5 for "
            "twelve hours of five days a week. The nearest that is allowed is "
            f"{f'{sku} 12x5' if PRICES[sku].family == 'compute' else sku!r}."
        )
    return Size(name, sku, int(found[1]), int(found[2]))


def offered(given: Resource) -> tuple[str, ...]:
    """Return the sizes that a resource may be given: those listed, and each machine among them on each schedule."""
    scheduled = [
        f"{size} {hours}"
        for hours in given.schedules
        for size in given.sizes
        if size in PRICES and PRICES[size].family == "compute"
    ]
    return (*given.sizes, *scheduled)


def check_estate(estate: Sequence[Resource]) -> None:
    """Refuse, with `ScenarioError`, a resource whose sizes are not on the price list or not for its kind."""
    pooled = any(r.takes_turns and r.service == "shared" and r.kind in MACHINES for r in estate)
    for given in estate:
        for name in (given.size, *offered(given)):
            try:
                size = size_of(name)
            except ScenarioError as error:
                raise ScenarioError(f"resource {given.name}: {error}") from None
            _check(given, size, bought=name == given.size, pooled=pooled)


def _check(given: Resource, size: Size, bought: bool, pooled: bool) -> None:
    kind, line = given.kind, size.price
    if line is None:
        if bought or kind not in MAY_SHARE or not pooled or (given.takes_turns and given.service == "shared"):
            raise ScenarioError(
                f"resource {given.name}: the size {SHARED!r} is for training and development machines that may be "
                "given up for a shared machine on which jobs take turns, and is none to begin with. The nearest is a "
                "machine, such as 'm5.large'."
            )
    elif line.family not in FAMILIES[kind] or (bought and kind in MACHINES and line.family != "compute"):
        families = ("compute",) if bought and kind in MACHINES else FAMILIES[kind]
        allowed = [sku for sku, other in PRICES.items() if other.family in families]
        raise ScenarioError(
            f"resource {given.name}: a resource of the kind {kind} cannot be of the size {size.name!r}. "
            f"{unknown('size for it', size.name, allowed)}"
        )
    elif size.scheduled and kind != "development" and given.environment == "production":
        raise ScenarioError(
            f"resource {given.name}: it is of the environment production and must not be switched off at times, but "
            f"the size {size.name!r} has a schedule. The nearest that is allowed is {size.sku!r}."
        )
