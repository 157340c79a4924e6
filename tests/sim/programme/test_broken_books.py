"""Three broken builds, and what notices: the checks of `tests.accounting` are able to fail."""

from __future__ import annotations

import pytest

import sim
import tests.accounting as accounting
from sim.cloud.meter import Meter
from sim.ledger import Ledger
from sim.programme.books import Books


@pytest.fixture(scope="module")
def world(quiet) -> sim.Scenario:
    """Five quarters, the second of which overspends a bid of too little, and draws on the contingency."""
    return quiet(5, 5)


BOOK = sim.Playbook(forecast=lambda spend: {0.1: 0.0, 0.5: 15_000.0, 0.9: 17_000.0})


def played(world: sim.Scenario) -> tuple[sim.Programme, sim.Run]:
    programme = sim.Programme(world, seed=2, instant=True)
    while not programme.done:
        programme.advance(BOOK)
    return programme, programme.run()


def test_the_whole_build_passes(world):
    programme, run = played(world)
    kinds = set(run.journal["kind"])
    assert {"contingency drawn", "surrendered", "spending controls"} <= kinds
    accounting.accounted(programme, run)


def test_a_day_entered_a_penny_short_is_noticed(world, monkeypatch):
    close = Meter.close

    def short(self, day, cause):
        if day == 100:
            self._sums[0] -= 1
        return close(self, day, cause)

    monkeypatch.setattr(Meter, "close", short)
    programme, run = played(world)
    with pytest.raises(AssertionError):
        accounting.bills_equal_what_was_credited_each_month(run, programme.calendar)
    with pytest.raises(AssertionError):
        accounting.accounted(programme, run)


def test_invoices_paid_a_penny_short_are_noticed(world, monkeypatch):
    balance = Ledger.balance

    def short(self, account):
        return balance(self, account) + (account == "cloud_payable")

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "balance", short)
        _, run = played(world)
    with pytest.raises(AssertionError):
        accounting.cash_is_what_was_received_less_what_was_spent(run)


def test_a_year_whose_money_is_kept_is_noticed(world, monkeypatch):
    monkeypatch.setattr("sim.programme.books.YEAR", 100)
    _, run = played(world)
    with pytest.raises(AssertionError):
        accounting.what_is_left_of_a_year_is_surrendered(run)


def test_contingency_beyond_what_the_board_held_back_is_noticed(world, monkeypatch):
    close = Books._close_quarter

    def generous(self, day, event, overspent):
        plan = self.plans[-1]
        more = plan.envelope.__class__(plan.envelope.gbp, 1e6)
        kept, self.plans[-1] = plan, plan.__class__(more, plan.bid, plan.purses)
        place = len(self.plans) - 1
        close(self, day, event, overspent)
        self.plans[place] = kept

    monkeypatch.setattr(Books, "_close_quarter", generous)
    _, run = played(world)
    with pytest.raises(AssertionError):
        accounting.money_handed_out_is_the_budgets(run)
