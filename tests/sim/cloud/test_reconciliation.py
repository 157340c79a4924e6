"""Bill, ledger, commitments and invoices agree to the penny, and whoever breaks that is told where."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calendar import Calendar
from sim.cloud.reconciliation import commitments, invoices, reconcile, with_ledger
from sim.errors import MoneyError
from sim.ledger import Ledger
from tests.bill import DAYS, START, bill

CALENDAR = Calendar(datetime.date(2026, 4, 1), 1)


def ledger(made: pd.DataFrame) -> pd.DataFrame:
    """Enter a bill day by day, and pay it at each month's end."""
    book = Ledger(CALENDAR)
    daily = (np.rint(made["BilledCost"] * 100)).groupby(made["x_Day"]).sum().astype(int)
    for day in range(DAYS):
        owed = int(daily.get(day, 0))
        accounts = ("cloud", "cloud_payable") if owed >= 0 else ("cloud_payable", "cloud")
        book.post(day, *accounts, abs(owed), category="infrastructure", cause=0)
        if day + 1 in CALENDAR.months:
            owed = -book.balance("cloud_payable")
            book.post(day + 0.9, "cloud_payable", "cash", owed, category="settlement", cause=0)
    return book.frame()


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return bill()


@pytest.fixture(scope="module")
def books(made) -> pd.DataFrame:
    return ledger(made)


def test_all_is_well(made, books):
    reconcile(made, books)
    months = with_ledger(made, books)
    assert months.index.tolist() == ["2026-04", "2026-05", "2026-06"]
    total = round(made["BilledCost"].sum() * 100)
    assert months["billed"].sum() == total == with_ledger(made, books, "quarter").loc[1, "owed"]
    assert commitments(made).reset_index()[["month", "bought", "spread"]].to_numpy().tolist() == [
        ["2026-04", 4320, 4320],
        ["2026-05", 4464, 4464],
        ["2026-06", 4320, 4320],
    ]
    assert invoices(made, books)["paid"].sum() == total


def test_a_penny_more_is_named_with_its_month(made, books):
    wrong = made.copy()
    line = int(np.nonzero((made["x_Day"] == 45).to_numpy())[0][0])
    wrong.loc[line, "BilledCost"] += 0.01
    with pytest.raises(MoneyError, match="month 2026-05, but the ledger says .*a difference of 1 pence"):
        reconcile(wrong, books)
    with pytest.raises(MoneyError, match="quarter 1, but the ledger says .*a difference of 1 pence"):
        with_ledger(wrong, books, "quarter")
    with pytest.raises(MoneyError, match="invoice says .* month 2026-05, but what was paid"):
        invoices(wrong, books)


def test_a_month_that_the_ledger_lacks_is_named(made, books):
    with pytest.raises(MoneyError, match="month 2026-06, but the ledger says 0"):
        with_ledger(made, books[books["day"] < 61])


def test_a_commitment_spread_wrongly_is_named(made, books):
    wrong = made.copy()
    line = wrong.index[wrong["CommitmentDiscountStatus"] == "Unused"][-1]
    wrong.loc[line, "EffectiveCost"] -= 0.02
    with pytest.raises(MoneyError, match="4320 pence for commitment sp-1, month 2026-06.*a difference of 2 pence"):
        reconcile(wrong, books)


def test_a_line_on_the_wrong_invoice_is_named(made, books):
    wrong = made.copy()
    wrong.loc[3, "InvoiceId"] = "INV-2026-05"
    with pytest.raises(MoneyError, match="line of 2026-04 is on the invoice INV-2026-05"):
        invoices(wrong, books)


def test_half_pence_are_refused(made, books):
    wrong = made.copy()
    wrong.loc[0, "BilledCost"] = 0.005
    with pytest.raises(MoneyError, match="is 0.005 pounds, but a bill is in whole pence"):
        with_ledger(wrong, books)


def test_an_invoice_that_is_not_due_is_left_out(made, books):
    assert invoices(made, books[books["day"] < 70]).index.tolist() == ["2026-04", "2026-05"]
    assert START == datetime.date(2026, 4, 1)


def test_a_run_with_commitments_agrees_by_month_and_quarter(small):
    book = sim.Playbook(commit=lambda usage: [sim.commitment(2.0, 1)])
    run = sim.simulate(small(2, 20), book, seed=3, instant=True)
    reconcile(run.billing, run.ledger)
    assert commitments(run.billing)["unused"].sum() > 0
    assert with_ledger(run.billing, run.ledger, "quarter").index.tolist() == [1, 2]
