"""The programme's books: people and invoices paid at each month's end, and funding drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.data.pipeline import NIGHTLY

if TYPE_CHECKING:
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay


class Books:
    """What is paid, by whom, and from what.

    Parameters
    ----------
    programme : Programme
        Whose ledger, people and services.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    def close_month(self, day: int) -> None:
        """Pay people, settle the cloud's invoice, and draw the quarter's funding."""
        programme, now = self._programme, day + NIGHTLY
        staff, ledger = programme.scenario.staff, programme.ledger
        event = programme.journal.write(now, "month closed", "", "books", programme.opened)
        for team in staff.teams:
            pence = round(team.people * team.pay_gbp * staff.on_cost * team.share * 100 / 12)
            ledger.post(now, "salaries", "cash", pence, category="people", cause=event, discipline=team.discipline)
        for service in programme.services:
            pence, owner = self._casework_pence(service), service.given.name
            ledger.post(now, "casework", "cash", pence, category="operations", cause=event, service=owner)
        owed = ledger.balance("cloud_payable")
        ledger.post(now, "cloud_payable", "cash", -owed, category="settlement", cause=event)
        if day + 1 in programme.calendar.bounds:
            pence = round(programme.scenario.funding_gbp * 100)
            ledger.post(now, "cash", "funding", pence, category="funding", cause=event)

    def _casework_pence(self, service: ServiceDay) -> int:
        """Return what the casework since it was last paid for costs."""
        staff, casework = self._programme.scenario.staff, service.deciding.casework
        new, casework.hours_paid = casework.hours - casework.hours_paid, casework.hours
        return round(new * casework.hourly_gbp(staff.caseworker_pay_gbp, staff.on_cost) * 100)
