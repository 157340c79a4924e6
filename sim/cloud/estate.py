"""The estate: what runs, how hard it works, and what each day of it costs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pandas as pd

from sim.cloud.billing import DISCIPLINES, Resource, UsageLines, running_pence
from sim.cloud.prices import PRICES, gb_day_gbp, price
from sim.cloud.storage import COLDER, Storage
from sim.errors import ScenarioError, unknown
from sim.ledger import Ledger
from sim.scenario import Scenario

NIGHT_HOURS = 8.0
"""Hours of the night in which a day's records must be scored."""


class Estate:
    """The department's cloud resources, metered by the day.

    Parameters
    ----------
    scenario : Scenario
        Its ``estate``.
    ledger : Ledger
        Where each day's cost is entered.

    Raises
    ------
    ScenarioError
        If a size is not on the price list.

    Attributes
    ----------
    names : list of str
        Resources, in the scenario's order; the lists below have one element for each. They are few, so that lists of
        plain numbers are metered much faster than arrays.
    machines, vcpu : list of float
        Machines of each, and vCPUs of one machine; zero for storage.
    size : list of str
        Line of the price list.
    """

    def __init__(self, scenario: Scenario, ledger: Ledger) -> None:
        self._given, self._ledger = scenario.estate, ledger
        for given in scenario.estate:
            for size in (given.size, *given.sizes):
                if size not in PRICES:
                    raise ScenarioError(f"resource {given.name}: {unknown('size', size, PRICES)}")
        self.names = [r.name for r in scenario.estate]
        self.size = [r.size for r in scenario.estate]
        self.machines = [float(r.count) for r in scenario.estate]
        self._extra = [0.0] * len(self.names)
        self._demand = [0.0] * len(self.names)
        self._standing = [r.vcpu_hours_per_day for r in scenario.estate]
        self._always = [r.always_on for r in scenario.estate]
        self._stored = [r.kind == "storage" for r in scenario.estate]
        self._gb = [r.gb for r in scenario.estate]
        self._carried = [0.0] * len(self.names)
        self._variants: list[Resource] = []
        self._variant = [0] * len(self.names)
        self.vcpu = [0.0] * len(self.names)
        self._price = [0.0] * len(self.names)
        for i in range(len(self.names)):
            self._set(i, self.size[i])
        self._lines: list[list[tuple[int, int, float, float, int]]] = []
        self._used: list[list[float]] = []
        self._kind = [r.kind for r in scenario.estate]
        owners = [(r.service, r.environment, DISCIPLINES[r.kind]) for r in scenario.estate]
        self._owners = list(dict.fromkeys(owners))
        self._owner = [self._owners.index(owner) for owner in owners]
        self._storage = Storage(scenario.estate, [s.name for s in scenario.services])
        self._colder: dict[tuple[int, str], int] = {}
        self._colder_carried: dict[tuple[int, str], float] = {}
        self._stores = [(i, r.service, r.gb_per_case) for i, r in enumerate(scenario.estate) if r.kind == "storage"]

    def _set(self, i: int, size: str) -> None:
        given = self._given[i]
        self.size[i] = size
        self.vcpu[i] = float(price(size).vcpus)
        self._price[i] = gb_day_gbp(size) if given.kind == "storage" else price(size).gbp
        self._variant[i] = self._vary(i, size)

    def _vary(self, i: int, size: str) -> int:
        """Enter a resource among those billed under one more size, and return its place there."""
        given = self._given[i]
        self._variants.append(Resource(given.name, given.name, given.kind, given.service, given.environment, size))
        return len(self._variants) - 1

    def find(self, kind: str, service: str) -> int | None:
        """Return the place of the first production resource of a kind that a service uses, or None."""
        for i, given in enumerate(self._given):
            if given.kind == kind and given.environment == "production" and given.service in (service, "shared"):
                return i
        return None

    def rate(self, i: int) -> float:
        """Return the cases that one vCPU of a resource deals with in an hour."""
        return self._given[i].cases_per_vcpu_hour

    def count(self, i: int) -> int:
        """Return the machines of a resource as bought."""
        return self._given[i].count

    def night_capacity(self, i: int) -> float:
        """Return the records that one machine of a serving resource scores in a night."""
        return self.vcpu[i] * self.rate(i) * NIGHT_HOURS

    def work(self, i: int, vcpu_hours: float) -> None:
        """Charge work to a resource today."""
        self._demand[i] += vcpu_hours

    def keep(self, service: str, cases: int) -> None:
        """Store the records of some cases."""
        for i, owner, gb_per_case in self._stores:
            if owner in (service, "shared"):
                self._gb[i] += gb_per_case * cases
        self._storage.keep(service, cases)

    def age(self, service: str, since: tuple[int, int, int]) -> None:
        """Move a service's stored data down by age; see `Storage.age`."""
        self._storage.age(service, since)

    def keep_copy(self, service: str, cases: int) -> None:
        """Store once more the records of some cases, in the first store that a service uses."""
        for i, owner, gb_per_case in self._stores:
            if owner in (service, "shared"):
                self._gb[i] += gb_per_case * cases
                return

    def run_beside(self, i: int, machines: float) -> None:
        """Run further machines of a resource beside its own, all day; negative stops them."""
        self._extra[i] += machines

    def leave_running(self, name: str, machines: int) -> None:
        """Leave further machines of a resource running for nobody, or stop them (negative)."""
        self._extra[self.names.index(name)] += machines

    def hour_gbp(self, name: str) -> float:
        """Return what an hour of one machine of a resource costs, GBP."""
        return self._price[self.names.index(name)]

    def resize(self, sizes: dict[str, str]) -> None:
        """Change the size of resources from today on."""
        for name, size in sizes.items():
            i = self.names.index(name)
            if size != self.size[i]:
                self._set(i, size)

    def close_day(self, day: int, cause: int) -> float:
        """Meter the day, enter its cost in the ledger, and return it.

        Parameters
        ----------
        day : int
            Days from the start.
        cause : int
            The journal's event of metering.

        Returns
        -------
        float
            Cost of the day, GBP.
        """
        lines, used, sums = [], [], [0] * len(self._owners)
        for i, size, gb in self._move_down():
            pence, self._colder_carried[i, size] = running_pence(
                gb * gb_day_gbp(size), self._colder_carried.get((i, size), 0.0)
            )
            sums[self._owner[i]] += pence
            lines.append((day, self._colder[i, size], gb, gb_day_gbp(size), pence))
        for i, (vcpu, price_gbp) in enumerate(zip(self.vcpu, self._price, strict=True)):
            demand = self._demand[i] + self._standing[i]
            busy = demand / vcpu if vcpu else 0.0
            hours = (max(self.machines[i] * 24.0, busy) if self._always[i] else busy) + self._extra[i] * 24.0
            offered = hours * vcpu
            used.append(demand / offered if offered else 0.0)
            quantity = self._gb[i] if self._stored[i] else hours
            pence, self._carried[i] = running_pence(quantity * price_gbp, self._carried[i])
            sums[self._owner[i]] += pence
            if quantity:
                lines.append((day, self._variant[i], quantity, price_gbp, pence))
            self._demand[i] = 0.0
        self._lines.append(lines)
        self._used.append(used)
        for (service, environment, discipline), total in zip(self._owners, sums, strict=True):
            self._ledger.post(
                day,
                "cloud",
                "cloud_payable",
                total,
                category="infrastructure",
                cause=cause,
                service=service,
                environment=environment,
                discipline=discipline,
            )
        return sum(sums) / 100.0

    def _move_down(self) -> Iterator[tuple[int, str, float]]:
        """Leave in each store what is hot, and yield place, size and GB of what is cooler."""
        if not self._storage.aged:
            return
        for i, (hot, *colder) in self._storage.tiers().items():
            self._gb[i] = hot
            for size, gb in zip(COLDER, colder, strict=True):
                if gb > 0:
                    if (i, size) not in self._colder:
                        self._colder[i, size] = self._vary(i, size)
                    yield i, size, gb

    def usage(self, window: int = 28) -> pd.DataFrame:
        """Return what the ``size`` decision is given: one row for each resource that has sizes to choose from.

        Parameters
        ----------
        window : int
            Days looked back upon.

        Returns
        -------
        DataFrame
            Index resource; columns as in `sim.decisions.size.USAGE`.
        """
        used = np.quantile(np.array(self._used[-window:]), 0.95, axis=0) if self._used else np.zeros(len(self.names))
        pence = dict.fromkeys(self.names, 0)
        for _, variant, *_, cost in chain.from_iterable(self._lines[-window:]):
            pence[self._variants[variant].name] += cost
        rows = [i for i, r in enumerate(self._given) if r.sizes]
        return pd.DataFrame(
            {
                "kind": [self._kind[i] for i in rows],
                "environment": [self._given[i].environment for i in rows],
                "size": [self.size[i] for i in rows],
                "sizes": [self._given[i].sizes for i in rows],
                "vcpu": [self.vcpu[i] for i in rows],
                "machines": [float(self.machines[i]) for i in rows],
                "utilisation": used[rows],
                "cost_gbp": [pence[self.names[i]] / 100.0 for i in rows],
            },
            index=pd.Index([self.names[i] for i in rows], name="resource"),
        )

    def utilisation(self) -> np.ndarray:
        """Return the share of paid vCPU hours that did work, shape (days,), over all machines."""
        used = np.array(self._used).reshape(len(self._used), len(self.names))
        weight = np.where(self._stored, 0.0, self._price)
        return used @ weight / weight.sum() if weight.sum() else used.sum(axis=1) * np.nan

    def lines(self) -> UsageLines:
        """Return everything billed so far, one line for each resource and day."""
        columns = list(zip(*chain.from_iterable(self._lines), strict=True)) or [()] * 5
        return UsageLines.on_demand(
            day=np.array(columns[0], dtype="int64"),
            resource=np.array(columns[1], dtype="int64"),
            quantity=np.array(columns[2], dtype=float),
            unit_price=np.array(columns[3], dtype=float),
            pence=np.array(columns[4], dtype="int64"),
            resources=tuple(self._variants),
        )
