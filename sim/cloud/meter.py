"""The meter: turns what was used into whole pence, lines of a bill and entries of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from sim.cloud.buying import Bought
from sim.cloud.charges import CHARGES, DISCIPLINES, Commitment, Resource, UsageLines, running_pence
from sim.cloud.prices import PRICES
from sim.ledger import Ledger

CATEGORY = {"logging": "operations", "lookup": "software", "language": "software", "storage": "data"}
"""Family of the price list to the cost category of what it sells; all else is infrastructure."""

NOBODYS = ("shared", "production", "finops", "infrastructure")
"""To whom a charge is attributed that belongs to no resource: a commitment's price."""

ON_DEMAND, SPOT, UNUSED = (CHARGES.index(name) for name in ("on demand", "spot", "unused"))

_WORKED = {UNUSED: 0.0, SPOT: 1.0}
"""Share that did work of what is bought in ways of which it is always the same."""

ADJUSTED = tuple(CHARGES.index(name) for name in ("credit", "correction"))
"""Charges that buy nothing."""

Line = tuple[int, int, float, float, float, int, int, int, int]


class Meter:
    """What is billed, day by day.

    Parameters
    ----------
    ledger : Ledger
        Where each day's cost is entered.
    services : sequence of str
        Names; what belongs to none of them is shared.

    Attributes
    ----------
    resources : list of Resource
        Those billed: a resource that changes size is entered once for each.
    commitments : list of Commitment
        Those ever made.
    """

    def __init__(self, ledger: Ledger, services: Sequence[str]) -> None:
        self._ledger, self._services = ledger, [*services, "shared"]
        self.resources: list[Resource] = []
        self.commitments: list[Commitment] = []
        self._slot: list[int] = []
        self._carried: list[float] = []
        self._owners: list[tuple[str, str, str, str]] = []
        self._owner: list[int] = []
        self._whose: list[int] = []
        self.days: list[list[Line]] = []
        self._spent: list[list[int]] = []
        self._idle: list[list[float]] = []
        self._today: list[Line] = []
        self._begin()

    def _begin(self) -> None:
        self._today = []
        self._sums = [0] * len(self._owners)
        self._cost, self._waste = [0] * len(self._services), [0.0] * len(self._services)

    def enter(self, resource: Resource, like: int | None = None) -> int:
        """Enter a resource among those billed.

        Parameters
        ----------
        resource : Resource
            What the bill is to say of it.
        like : int, optional
            Place of the same resource under another size, whose fraction of a penny it goes on with.

        Returns
        -------
        int
            Its place in `resources`.
        """
        category = CATEGORY.get(PRICES[resource.size].family, "infrastructure")
        owner = (resource.service, resource.environment, DISCIPLINES[resource.kind], category)
        self._owner.append(self._own(owner))
        if like is None:
            self._carried.append(0.0)
        self._slot.append(len(self._carried) - 1 if like is None else self._slot[like])
        self._whose.append(self._services.index(resource.service))
        self.resources.append(resource)
        return len(self.resources) - 1

    def _own(self, owner: tuple[str, str, str, str]) -> int:
        """Return the place of an owner: service, environment, discipline and cost category."""
        if owner not in self._owners:
            self._owners.append(owner)
            self._sums.append(0)
        return self._owners.index(owner)

    def use(
        self,
        day: int,
        variants: Sequence[int],
        quantities: Sequence[float],
        prices: Sequence[float],
        worked: Sequence[float],
    ) -> list[int]:
        """Bill what was used today, on demand, one element for each resource; nothing is billed for nothing.

        Parameters
        ----------
        day : int
            Which.
        variants : sequence of int
            Places in `resources`.
        quantities, prices : sequence of float
            How much of each, and the price of one, GBP.
        worked : sequence of float
            Share of it that did work.

        Returns
        -------
        list of int
            Pence.
        """
        slots, carried, owner, whose = self._slot, self._carried, self._owner, self._whose
        today, sums, cost, waste = self._today, self._sums, self._cost, self._waste
        billed = [0] * len(variants)
        for k, quantity in enumerate(quantities):
            if quantity:
                variant, gbp = variants[k], prices[k]
                slot, mine = slots[variant], whose[variant]
                pence, carried[slot] = running_pence(quantity * gbp, carried[slot])
                billed[k] = pence
                today.append((day, variant, quantity, gbp, gbp, pence, pence, ON_DEMAND, -1))
                sums[owner[variant]] += pence
                cost[mine] += pence
                waste[mine] += pence * (1.0 - worked[k])
        return billed

    def buy(self, day: int, bought: Iterable[Bought], worked: Mapping[int, float]) -> None:
        """Bill what was bought otherwise, given the share that did work by place among the resources."""
        for b in bought:
            prices = (b.list_price, b.unit_price, b.pence, b.effective_pence)
            self._today.append((day, b.variant, b.quantity, *prices, b.charge, b.commitment))
            self._sums[self._owner[b.variant] if b.variant >= 0 else self._own(NOBODYS)] += b.pence
            if b.charge in ADJUSTED:
                continue
            whose = self._whose[b.variant] if b.variant >= 0 else -1
            self._cost[whose] += b.effective_pence
            share = _WORKED.get(b.charge)
            self._waste[whose] += b.effective_pence * (1.0 - (worked.get(b.variant, 1.0) if share is None else share))

    @property
    def today_pence(self) -> int:
        """What has been billed today."""
        return sum(self._sums)

    def overcharge(self, chance: float) -> tuple[int, int] | None:
        """Bill one of today's charges on demand at twice its price.

        Parameters
        ----------
        chance : float
            From 0 to 1: which.

        Returns
        -------
        tuple of int, or None
            Place among `resources` and the pence too many; None where nothing was billed on demand.
        """
        charges = [k for k, line in enumerate(self._today) if line[7] == ON_DEMAND and line[5] > 0]
        if not charges:
            return None
        k = charges[int(chance * len(charges))]
        day, variant, quantity, listed, unit, pence, effective, charge, commitment = self._today[k]
        self._today[k] = (day, variant, quantity, listed, unit, 2 * pence, effective + pence, charge, commitment)
        self._sums[self._owner[variant]] += pence
        return variant, pence

    def close(self, day: int, cause: int) -> float:
        """Enter the day in the ledger, and return its cost, GBP."""
        for (service, environment, discipline, category), total in zip(self._owners, self._sums, strict=True):
            if not total:
                continue
            debit, credit = ("cloud", "cloud_payable") if total > 0 else ("cloud_payable", "cloud")
            self._ledger.post(
                day,
                debit,
                credit,
                abs(total),
                category=category,
                cause=cause,
                service=service,
                environment=environment,
                discipline=discipline,
            )
        spent = sum(self._sums) / 100.0
        self.days.append(self._today)
        self._spent.append(self._cost)
        self._idle.append(self._waste)
        self._begin()
        return spent

    def spent(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what the cloud cost in the end, and the part of it that did no work, GBP; without what was adjusted.

        Returns
        -------
        tuple of ndarray of float, shape (days, services + 1)
            By service in their order; the last column is what they share.
        """
        shape = (len(self._spent), len(self._services))
        return np.array(self._spent, float).reshape(shape) / 100, np.array(self._idle, float).reshape(shape) / 100

    def lines(self, since: int = 0) -> UsageLines:
        """Return everything billed from a day on, one line for each charge."""
        columns = list(zip(*chain.from_iterable(self.days[since:]), strict=True)) or [()] * 9
        types = ("int64", "int64", float, float, float, "int64", "int64", "int64", "int64")
        arrays = [np.array(column, dtype=kind) for column, kind in zip(columns, types, strict=True)]
        return UsageLines(*arrays, resources=tuple(self.resources), commitments=tuple(self.commitments))
