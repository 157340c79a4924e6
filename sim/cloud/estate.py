"""The estate: what runs, how hard it works, and what each day of it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.cloud.adjustments import Adjustments
from sim.cloud.buying import Buying
from sim.cloud.charges import Resource, UsageLines
from sim.cloud.meter import Meter
from sim.cloud.rates import Rates
from sim.cloud.sizes import FUNCTION_GB_PER_VCPU, MACHINES, SHARED, Size, check_estate, size_of
from sim.cloud.storage import COLDER, Storage
from sim.cloud.usage import usage
from sim.errors import ScenarioError, unknown
from sim.ledger import Ledger
from sim.scenario import PriceChange, Scenario, SpendIncident
from sim.scenario.estate import HELD, METERED

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
        If a size is not on the price list, or not one for the resource's kind; or a price that is to change is not.

    Attributes
    ----------
    given : tuple of sim.scenario.Resource
        As the scenario has them.
    names : list of str
        Resources, in the scenario's order; the lists below have one element for each. They are few, so that lists of
        plain numbers are metered much faster than arrays.
    machines, vcpu : list of float
        Machines of each, and vCPUs of one machine; zero for what is none.
    price : list of float
        GBP for an hour, a GB-day, a GB, a call or a GB-hour of each, as published today.
    size : list of Size
        As they are now.
    removed : list of bool
        Whether each has been switched off for good.
    work_done, used : list of list of float
        Day by day, the vCPU hours that each did, and the share of it that did work: of a machine's paid time, and 1 or
        0 of all else.
    buying : Buying or None
        How machine hours are bought; all on demand when None.
    adjustments : Adjustments or None
        What is billed wrongly, put right or given back; nothing when None.
    pool : int or None
        The shared machine on which jobs take turns, if there is one.
    """

    def __init__(self, scenario: Scenario, ledger: Ledger) -> None:
        check_estate(scenario.estate)
        self.given, n = scenario.estate, len(scenario.estate)
        services = [s.name for s in scenario.services]
        self.rates, self.meter = Rates(scenario.price_changes), Meter(ledger, services)
        self.names = [r.name for r in self.given]
        self.machines = [float(r.count) for r in self.given]
        self.vcpu, self.price = [0.0] * n, [0.0] * n
        self.size = [size_of(r.size) for r in self.given]
        self.removed = [False] * n
        self.buying: Buying | None = None
        self.adjustments: Adjustments | None = None
        self.work_done: list[list[float]] = []
        self.used: list[list[float]] = []
        pools = (i for i, r in enumerate(self.given) if r.takes_turns and r.service == "shared" and r.kind in MACHINES)
        self.pool = next(pools, None)
        self._start = scenario.start.weekday()
        self._machine, self._always = [r.kind in MACHINES for r in self.given], [r.always_on for r in self.given]
        self._fluid = [bool(r.vcpu_hours_per_day) and not r.takes_turns for r in self.given]
        self._scheduled = [False] * n
        self._extra, self._demand, self._left = [0.0] * n, [0.0] * n, [0.0] * n
        self._count, self._retries = [0.0] * n, [0] * n
        self._billed, self._quantity = [0] * n, [0.0] * n
        self._gb = [r.gb for r in self.given]
        self._colder: dict[tuple[int, str], int] = {}
        self._variant, self._beside, self._own = [-1] * n, [-1] * n, [False] * n
        self._place_of: dict[int, int] = {}
        self._weights: list[tuple[int, np.ndarray]] = []
        for i, size in enumerate(self.size):
            self._set(i, size)
        self._weigh()
        self._storage = Storage(self.given, services)
        self._stores = [(i, r.service, r.gb_per_case) for i, r in enumerate(self.given) if r.kind == "storage"]
        self._meters = [(i, r.service, r.per_case, r.per_record) for i, r in enumerate(self.given) if r.kind in METERED]
        self._hosts = [self.names.index(r.attached_to) if r.attached_to else -1 for r in self.given]

    # What there is

    def _set(self, i: int, size: Size) -> None:
        self.size[i], self._scheduled[i], line = size, size.scheduled, size.price
        self.vcpu[i] = float(line.vcpus) if line else 0.0
        self.price[i] = self.rates.gbp(size.sku) if line else 0.0
        self._own[i] = line is not None and line.family == "compute"
        if line:
            self._variant[i] = self._enter(i, size.sku)
        if self._own[i]:
            self._beside[i] = self._variant[i]
        self._place_of = {variant: j for j, variant in enumerate(self._variant) if variant >= 0}

    def _enter(self, i: int, sku: str) -> int:
        """Enter a resource among those billed under one more size, and return its place there."""
        given, before = self.given[i], self._variant[i]
        resource = Resource(given.name, given.name, given.kind, given.service, given.environment, sku)
        return self.meter.enter(resource, before if before >= 0 else None)

    def _weigh(self) -> None:
        """Note what each machine's use weighs from today on: its price."""
        self._weights.append((len(self.used), np.where(self._own, self.price, 0.0)))

    def place(self, name: str) -> int:
        """Return the place of a resource, or raise `ScenarioError`."""
        try:
            return self.names.index(name)
        except ValueError:
            raise ScenarioError(unknown("resource", name, self.names)) from None

    def owner(self, name: str) -> str:
        """Return the service that a resource belongs to, or ``"shared"``."""
        return self.given[self.place(name)].service

    def variant(self, i: int) -> int:
        """Return the place of a resource, as it is sized now, among those billed."""
        return self._variant[i]

    def find(self, kind: str, service: str) -> int | None:
        """Return the place of the first production resource of a kind that a service uses, or None.

        Of one that has given up its own machine, it is the place of the shared one.
        """
        for i, given in enumerate(self.given):
            mine = given.kind == kind and given.environment == "production" and given.service in (service, "shared")
            if mine and not self.removed[i]:
                return self.pool if self.size[i].name == SHARED else i
        return None

    def rate(self, i: int) -> float:
        """Return the cases that one vCPU of a resource deals with in an hour."""
        return self.given[i].cases_per_vcpu_hour

    def count(self, i: int) -> int:
        """Return the machines of a resource as bought."""
        return self.given[i].count

    def night_capacity(self, i: int) -> float:
        """Return the records that one machine of a serving resource scores in a night."""
        return self.vcpu[i] * self.rate(i) * NIGHT_HOURS

    def weekday(self, day: int) -> int:
        """Return a day's place in the week, from Monday, 0."""
        return (self._start + day) % 7

    def standing(self, i: int, day: int) -> float:
        """Return the vCPU hours of standing work that a resource has on a day."""
        given = self.given[i]
        due = day < given.work_ends_day and not (given.workdays_only and self.weekday(day) > 4)
        return given.vcpu_hours_per_day if due else 0.0

    def sessions(self, day: int) -> list[tuple[int, float]]:
        """Return the standing work of a day that takes its turn: place of the machine, and vCPU hours."""
        found = []
        for i, given in enumerate(self.given):
            away = self.size[i].name == SHARED
            if (given.takes_turns or away) and given.vcpu_hours_per_day and not self.removed[i]:
                work, where = self.standing(i, day), self.pool if away else i
                if work and where is not None:
                    found.append((where, work))
        return found

    # What is done with it

    def work(self, i: int, vcpu_hours: float) -> None:
        """Charge work to a resource today."""
        self._demand[i] += vcpu_hours

    def keep(self, service: str, cases: int, records: int = 0) -> None:
        """Store the records of some cases, and meter what they, and the records read for the model, bring."""
        for i, owner, gb_per_case in self._stores:
            if owner in (service, "shared"):
                self._gb[i] += gb_per_case * cases
        for i, owner, per_case, per_record in self._meters:
            if owner in (service, "shared"):
                self._count[i] += per_case * cases + per_record * records
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

    def leak(self, name: str, spec: SpendIncident, sign: int) -> None:
        """Let a money leak begin (1), or stop it (-1): machines that run for nobody, or calls made again."""
        i = self.place(name)
        if spec.kind == "retry_storm":
            self._retries[i] += sign * spec.retries
        else:
            self._extra[i] += sign * spec.machines

    def leaked_gbp(self, name: str, spec: SpendIncident) -> float:
        """Return what a money leak that is going on has cost today, as billed, GBP."""
        i = self.place(name)
        if not self._quantity[i]:
            return 0.0
        storm = spec.kind == "retry_storm"
        share = spec.retries / (1 + self._retries[i]) if storm else spec.machines * 24.0 / self._quantity[i]
        return self._billed[i] / 100.0 * share

    def resize(self, sizes: Mapping[str, str]) -> None:
        """Change the size of resources from today on."""
        for name, size in sizes.items():
            i = self.names.index(name)
            if size != self.size[i].name and not self.removed[i]:
                self._set(i, size_of(size))
        self._weigh()

    def remove(self, name: str) -> None:
        """Switch a resource off for good, from today on. What was attached to it stays, of use to nobody.

        Machines that were left running beside it are not its own, and go on until somebody stops them.
        """
        i = self.place(name)
        self.removed[i], self._own[i], self._left[i] = True, False, 0.0
        self._weigh()

    # The day's close

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
        meter, n = self.meter, len(self.names)
        colder = [(self._colder[i, size], gb, self.rates.gbp(size), 1.0) for i, size, gb in self._move_down()]
        if colder:
            meter.use(day, *zip(*colder, strict=True))
        quantity, used, done = [0.0] * n, [0.0] * n, [0.0] * n
        weekday = self.weekday(day)
        for i, machine in enumerate(self._machine):
            if machine:
                quantity[i], used[i], done[i] = self._run(i, day, weekday)
            elif not self.removed[i]:
                quantity[i], used[i] = self._count_out(i)
        left, bought = (quantity, None) if self.buying is None else self._buy(day, quantity, used)
        billed = meter.use(day, self._variant, left, self.price, used)
        if bought:
            billed = [a + b for a, b in zip(billed, bought, strict=True)]
        for i, extra in enumerate(self._extra):
            if extra and not self._own[i]:
                quantity[i], beside = extra * 24.0, self._beside[i]
                gbp = self.rates.gbp(meter.resources[beside].size)
                billed[i] = meter.use(day, [beside], [quantity[i]], [gbp], [0.0])[0]
        self._quantity, self._billed = quantity, billed
        self.work_done.append(done)
        self.used.append(used)
        if self.adjustments is not None:
            self.adjustments(day, meter)
        return meter.close(day, cause)

    def _run(self, i: int, day: int, weekday: int) -> tuple[float, float, float]:
        """Return what a machine, or a function in its place, is billed for, the share that worked, and the work."""
        vcpu = self.vcpu[i]
        work, self._demand[i] = self._demand[i], 0.0
        if self._fluid[i]:
            work += self.standing(i, day)
        if not self._own[i]:
            serverless = vcpu and not self.removed[i]
            return (work * FUNCTION_GB_PER_VCPU, 1.0, work) if serverless else (0.0, 0.0, 0.0)
        beside = self._extra[i] * 24.0
        if self._scheduled[i]:
            hours = self.size[i].on(weekday) * self.machines[i]
            wanted = work + self._left[i]
            work = min(wanted, hours * vcpu)
            self._left[i] = wanted - work
            hours += beside
        else:
            busy = work / vcpu
            hours = (max(self.machines[i] * 24.0, busy) if self._always[i] else busy) + beside
        offered = hours * vcpu
        return hours, work / offered if offered else 0.0, work

    def _count_out(self, i: int) -> tuple[float, float]:
        """Return how much there was of what is no machine, and the share of it that was of use."""
        given = self.given[i]
        if given.kind == "storage":
            return self._gb[i], 1.0
        if given.kind in HELD:
            host = self._hosts[i]
            amount = given.gb * given.count if given.kind == "disk" else given.count * 24.0
            return amount, 1.0 if host >= 0 and self._own[host] else 0.0
        calls, self._count[i] = self._count[i], 0.0
        return calls * (1 + self._retries[i]), 1.0 / (1 + self._retries[i])

    def _buy(self, day: int, quantity: list[float], used: list[float]) -> tuple[list[float], list[int]]:
        """Buy machine hours otherwise; return what is left to be bought on demand, and what the others cost, pence."""
        assert self.buying is not None
        hours = [q if own else 0.0 for q, own in zip(quantity, self._own, strict=True)]
        left, bought = self.buying(day, hours, self.price)
        bought, cost = tuple(bought), [0] * len(self.names)
        place = self._place_of
        self.meter.buy(day, bought, {variant: used[i] for variant, i in place.items()})
        for b in bought:
            if b.variant in place:
                cost[place[b.variant]] += b.effective_pence
        return [h if own else q for q, h, own in zip(quantity, left, self._own, strict=True)], cost

    def _move_down(self) -> Iterator[tuple[int, str, float]]:
        """Leave in each store what is hot, and yield place, size and GB of what is cooler."""
        if not self._storage.aged:
            return
        for i, (hot, *colder) in self._storage.tiers().items():
            self._gb[i] = hot
            for size, gb in zip(COLDER, colder, strict=True):
                if gb > 0:
                    if (i, size) not in self._colder:
                        given = self.given[i]
                        about = (given.name, given.name, given.kind, given.service, given.environment, size)
                        self._colder[i, size] = self.meter.enter(Resource(*about))
                    yield i, size, gb

    def change_prices(self, day: int) -> list[PriceChange]:
        """Let the provider's changes of a day come into force, and return them."""
        changes = self.rates.change(day)
        if changes:
            self.price = [self.rates.gbp(size.sku) if size.sku else 0.0 for size in self.size]
            self._weigh()
        return changes

    # What is known of it

    def usage(self, window: int = 28) -> pd.DataFrame:
        """Return what the ``size`` decision is given; see `sim.cloud.usage.usage`."""
        return usage(self, window)

    def idle(self, window: int = 28) -> list[str]:
        """Return the resources that have been of no use over some days, all of them: nobody would miss them.

        Machines on which a service may call any day, however seldom it does, are not among them.
        """
        if len(self.used) < window:
            return []
        busy = np.array(self.used[-window:]).any(axis=0)
        return [name for i, name in enumerate(self.names) if not (busy[i] or self.removed[i] or self._on_call(i))]

    def _on_call(self, i: int) -> bool:
        """Say whether a service may call on a machine any day, to train, to serve or to take in records."""
        return i == self.pool or (self._machine[i] and self.given[i].environment == "production")

    def utilisation_of(self, window: int = 28) -> dict[str, float]:
        """Return the mean share of each resource that did work over the last days."""
        return dict(zip(self.names, np.array(self.used[-window:]).mean(axis=0).tolist(), strict=True))

    def utilisation(self) -> np.ndarray:
        """Return the share of paid vCPU hours that did work, shape (days,), over all machines, by price."""
        used = np.array(self.used).reshape(len(self.used), len(self.names))
        starts = [day for day, _ in self._weights]
        parts = []
        for (first, weight), last in zip(self._weights, [*starts[1:], len(used)], strict=True):
            here = used[first:last]
            parts.append(here @ weight / weight.sum() if weight.sum() else here.sum(axis=1) * np.nan)
        return np.concatenate(parts)

    def lines(self, since: int = 0) -> UsageLines:
        """Return everything billed from a day on, one line for each charge."""
        return self.meter.lines(since)
