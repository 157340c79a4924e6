"""The programme's books: a bid, an envelope, a month's payments, and what follows when the money is not enough."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import simpy

from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS, Purses
from sim.decisions.forecast import QUANTILES
from sim.decisions.fund import USE
from sim.ledger import COSTS
from sim.organisation.budget import Envelope, envelope
from sim.table import typed

if TYPE_CHECKING:
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

YEAR = 4
"""Quarters from one surrender of what is left to the next, counted from the start."""

AS_NEEDED = ("casework", "adoption", "compliance")
"""Accounts of cost that are not there every quarter: the others are met before anything is split."""


@dataclass(frozen=True)
class Plan:
    """A quarter's money, as the board has set it.

    Attributes
    ----------
    envelope : Envelope
        Handed out, and held back.
    bid : dict of float to float
        GBP by quantile; empty for the first quarter, which is settled without a bid.
    purses : dict of str to float
        GBP by service, for those that have a purse of their own.
    """

    envelope: Envelope
    bid: dict[float, float] = field(default_factory=dict)
    purses: dict[str, float] = field(default_factory=dict)


class Books:
    """What is asked for, handed out and paid.

    Parameters
    ----------
    programme : Programme
        Whose ledger, people and services.

    Attributes
    ----------
    plans : list of Plan
        One for each quarter begun or closed, and the next one's.
    verdict : float
        What the board makes of the programme's results, as `sim.organisation.budget.envelope` takes it; in force from
        the next year's first quarter.
    controlled : bool
        Whether the programme is under spending controls.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        settled, budget = programme.scenario.funding_gbp, programme.scenario.budget
        self.plans = [Plan(envelope(settled, math.inf, settled, budget.contingency_share))]
        self.verdict = self._allowed = 1.0
        self.controlled = False
        self._lifted = programme.env.event().succeed()
        self._months: list[list[float]] = []
        self._spent_before = {name: 0 for name in self._owners}
        self._opening = dict.fromkeys(COSTS, 0)

    @property
    def _owners(self) -> list[str]:
        return [*(s.name for s in self._programme.scenario.services), "shared"]

    @property
    def hiring_frozen(self) -> bool:
        """Whether nobody may be hired."""
        return self.controlled

    @property
    def plan(self) -> Plan:
        """The plan of the quarter being played."""
        return self.plans[self._programme.quarter - 1]

    @property
    def quarter_gbp(self) -> float:
        """What has been spent in the quarter so far, GBP."""
        return sum(self._programme.ledger.balance(a) - self._opening[a] for a in COSTS) / 100

    def grant(self, service: str, gbp: float) -> bool:
        """Draw money for a service's discretionary work from its purse; False where the money is not there."""
        return next(s for s in self._programme.services if s.given.name == service).purse.grant(gbp)

    def when_lifted(self, what: str, cause: int) -> Generator[simpy.Event, None, None]:
        """Wait, in a process, until there are no spending controls."""
        if self.controlled:
            self._programme.journal.write(self._programme.env.now, "waits for money", "", what, cause)
            yield self._lifted

    # A quarter begins

    def open_quarter(self) -> None:
        """Receive the quarter's envelope, and fill the purses."""
        programme, plan = self._programme, self.plan
        now, ledger = programme.env.now, programme.ledger
        self._opening = {account: ledger.balance(account) for account in COSTS}
        money = plan.envelope
        about = f"{money.gbp:.2f} GBP, and {money.contingency_gbp:.2f} GBP held back"
        event = programme.journal.write(now, "envelope", "", f"quarter {programme.quarter}", programme.opened, about)
        ledger.post(now, "cash", "funding", round(money.gbp * 100), category="funding", cause=event)
        if not self.controlled and not self._lifted.triggered:
            self._lifted.succeed()
        for service in programme.services:
            service.purse.open(plan.purses.get(service.given.name, math.inf))

    # A month ends

    def close_month(self, day: int) -> None:
        """Pay people and invoices; see whether the money is enough; and, as a quarter ends, ask for the next one's."""
        programme, now = self._programme, day + NIGHTLY
        event = programme.journal.write(now, "month closed", "", "books", programme.opened)
        self._pay(now, event)
        self._months.append(self._month())
        overspent = self.quarter_gbp > self.plan.envelope.most_gbp
        if overspent and not self.controlled:
            self.controlled, self._lifted = True, programme.env.event()
            programme.journal.write(now, "spending controls", "", "books", event, f"{self.quarter_gbp:.2f} GBP spent")
        if day + 1 in programme.calendar.bounds:
            self._close_quarter(day, event, overspent)

    def _pay(self, now: float, event: int) -> None:
        """Pay people, and settle the cloud's invoice."""
        programme, ledger = self._programme, self._programme.ledger
        staff = programme.scenario.staff
        for team in staff.teams:
            pence = round(programme.organisation.paid(team) * team.pay_gbp * staff.on_cost * team.share * 100 / 12)
            ledger.post(now, "salaries", "cash", pence, category="people", cause=event, discipline=team.discipline)
        for service in programme.services:
            pence, owner = self._casework_pence(service), service.given.name
            ledger.post(now, "casework", "cash", pence, category="operations", cause=event, service=owner)
        owed = ledger.balance("cloud_payable")
        accounts = ("cloud_payable", "cash") if owed <= 0 else ("cash", "cloud_payable")
        ledger.post(now, *accounts, abs(owed), category="settlement", cause=event)

    def _casework_pence(self, service: ServiceDay) -> int:
        """Return what the casework since it was last paid for costs."""
        staff, casework = self._programme.scenario.staff, service.deciding.casework
        new, casework.hours_paid = casework.hours - casework.hours_paid, casework.hours
        return round(new * casework.hourly_gbp(staff.caseworker_pay_gbp, staff.on_cost) * 100)

    def _month(self) -> list[float]:
        """Return what was spent since last month's end on each service, GBP; what is shared is split evenly."""
        ledger, before = self._programme.ledger, self._spent_before
        self._spent_before = {name: ledger.spent(name) for name in self._owners}
        *own, shared = (self._spent_before[name] - before[name] for name in self._owners)
        return [(pence + shared / len(own)) / 100 for pence in own]

    # A quarter ends

    def _close_quarter(self, day: int, event: int, overspent: bool) -> None:
        programme, now = self._programme, day + NIGHTLY
        ledger, money = programme.ledger, self.plan.envelope
        drawn = round(min(max(self.quarter_gbp - money.gbp, 0.0), money.contingency_gbp) * 100)
        if drawn:
            cause = programme.journal.write(now, "contingency drawn", "", "books", event, f"{drawn / 100:.2f} GBP")
            ledger.post(now, "cash", "funding", drawn, category="funding", cause=cause)
        if self.controlled and not overspent:
            self.controlled = False
            programme.journal.write(now, "spending controls lifted", "", "books", event)
        if programme.quarter % YEAR == 0:
            left = max(ledger.balance("cash"), 0)
            if left:
                cause = programme.journal.write(now, "surrendered", "", "books", event, f"{left / 100:.2f} GBP")
                ledger.post(now, "surrendered", "cash", left, category="funding", cause=cause)
            self._allowed = self.verdict
        self.plans.append(self._next(day, event))

    def _next(self, day: int, event: int) -> Plan:
        """Bid for the next quarter, hear what the board hands out, and split it."""
        programme, budget = self._programme, self._programme.scenario.budget
        bid = self._ask("forecast", (self.spend(),), day, budget.forecast_hours, event)
        low, median, upper = (bid[at] for at in QUANTILES)
        about = f"{median:.2f} GBP, from {low:.2f} to {upper:.2f}"
        programme.journal.write(day + NIGHTLY, "bid", "", f"quarter {programme.quarter + 1}", event, about)
        settled = programme.scenario.funding_gbp
        money = envelope(median, upper, settled, budget.contingency_share, self._allowed)
        if POINTS["fund"].is_naive(programme.holder["fund"]):
            return Plan(money, bid)
        runs_on = sum(programme.ledger.balance(a) - self._opening[a] for a in COSTS if a not in AS_NEEDED) / 100
        services = pd.DataFrame(
            [s.purse.row() for s in programme.services],
            index=pd.Index([s.given.name for s in programme.services], name="service"),
            columns=list(USE),
        )
        free = max(money.most_gbp - runs_on, 0.0)
        report = Purses(programme.quarter + 1, free, max(median - money.gbp, 0.0), services)
        return Plan(money, bid, self._ask("fund", (report,), day, budget.fund_hours, event))

    def _ask(self, point: str, given: tuple[object, ...], day: int, hours: float, event: int) -> dict:
        """Ask one of the programme's decisions; what is not naive takes a person's time."""
        decision = self._programme.holder[point]
        if POINTS[point].is_naive(decision):
            return decision(*given)
        self._programme.team("finops").work(point, hours, event)
        return self._programme.ask(point, decision, given, lambda: f"on day {day}")

    def spend(self) -> pd.DataFrame:
        """Return what the ``forecast`` decision is given; see `sim.decisions.forecast.SPEND`."""
        names = self._owners[:-1]
        before = np.full((12, len(names)), self._programme.scenario.last_year_gbp / 3 / len(names))
        months = np.concatenate([before, np.array(self._months).reshape(-1, len(names))])
        return pd.DataFrame(months, columns=names, index=pd.RangeIndex(-12, len(self._months), name="month"))

    # The records

    def frame(self, first: int, last: int) -> pd.DataFrame:
        """Return the money of each quarter that began within the days [first, last).

        Returns
        -------
        DataFrame
            Columns quarter, service (``"all"``, or the one with a purse of its own), line (``"low"``, ``"bid"`` and
            ``"upper"`` of the forecast, ``"envelope"``, ``"contingency"``, ``"purse"``) and gbp.
        """
        rows: list[tuple[int, str, str, float]] = []
        for quarter, (began, plan) in enumerate(zip(self._programme.calendar.bounds, self.plans, strict=False), 1):
            if first <= began < last:
                lines = dict(zip(("low", "bid", "upper"), plan.bid.values(), strict=False))
                lines |= {"envelope": plan.envelope.gbp, "contingency": plan.envelope.contingency_gbp}
                rows += [(quarter, "all", line, gbp) for line, gbp in lines.items()]
                rows += [(quarter, service, "purse", gbp) for service, gbp in plan.purses.items()]
        return typed(rows, {"quarter": "int64", "service": "str", "line": "str", "gbp": "float64"})
