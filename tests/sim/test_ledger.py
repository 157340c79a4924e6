"""Money is whole pence, enters twice, and adds up."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import Calendar
from sim.errors import MoneyError
from sim.ledger import ACCOUNTS, CATEGORIES, COLUMNS, Ledger, balances

CALENDAR = Calendar(date(2026, 4, 1), 4)
DAYS = st.floats(0, CALENDAR.days - 0.001)
POSTINGS = st.lists(
    st.tuples(DAYS, st.permutations(ACCOUNTS), st.integers(0, 10**12), st.sampled_from(CATEGORIES)), max_size=40
)


def post(ledger, day=0.0, debit="cloud", credit="cash", pence=100, category="infrastructure", **more):
    ledger.post(day, debit, credit, pence, category=category, cause=0, **more)


@given(POSTINGS)
def test_books_balance_to_the_penny_in_every_quarter(postings):
    ledger = Ledger(CALENDAR)
    for day, (debit, credit, *_), pence, category in postings:
        post(ledger, day, debit, credit, pence, category)
    books = balances(ledger.frame())
    assert (books["opening"] + books["debits"] - books["credits"] == books["closing"]).all()
    assert (books.groupby("quarter")["closing"].sum() == 0).all()
    for account in ACCOUNTS:
        mine = books[books["account"] == account]
        assert mine["opening"].iloc[1:].tolist() == mine["closing"].iloc[:-1].tolist()
        assert ledger.balance(account) == (mine["closing"].iloc[-1] if len(mine) else 0)


def test_an_entry_carries_its_cause_and_its_owner():
    ledger = Ledger(CALENDAR)
    ledger.post(
        91.0, "cloud", "cloud_payable", np.int64(1234), category="infrastructure", cause=3, service="triage",
        environment="test", discipline="dataops",
    )  # fmt: skip
    row = ledger.frame().iloc[0]
    assert row.tolist() == [
        0, 91.0, 2, "cloud", "cloud_payable", 1234, "infrastructure", "triage", "test", "dataops", 3
    ]  # fmt: skip
    assert ledger.balance("cloud") == 1234 and ledger.balance("cloud_payable") == -1234
    assert type(ledger.balance("cloud")) is int


def test_quarters_are_half_open():
    ledger = Ledger(CALENDAR)
    for day in (0.0, 90.999, 91.0, 364.999):
        post(ledger, day)
    assert ledger.frame()["quarter"].tolist() == [1, 1, 2, 4]


def test_nothing_is_not_entered():
    ledger = Ledger(CALENDAR)
    post(ledger, pence=0)
    assert len(ledger.frame()) == 0


def test_an_empty_ledger_has_the_same_types():
    ledger = Ledger(CALENDAR)
    empty = ledger.frame()
    post(ledger)
    pd.testing.assert_series_equal(empty.dtypes, ledger.frame().dtypes)
    assert tuple(empty.columns) == COLUMNS
    assert list(balances(empty).columns) == ["quarter", "account", "opening", "debits", "credits", "closing"]


@pytest.mark.parametrize("pence", [-1, 1.0, 1.5, "5", None, True, float("nan"), np.float64(3)])
def test_only_whole_pence_move(pence, refused):
    ledger = Ledger(CALENDAR)
    assert repr(pence) in refused(MoneyError, lambda: post(ledger, pence=pence))
    assert len(ledger.frame()) == 0 and not any(ledger.balance(a) for a in ACCOUNTS)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"debit": "clowd"}, "Did you mean 'cloud'"),
        ({"credit": "cahs"}, "Did you mean 'cash'"),
        ({"category": "infrastucture"}, "Did you mean 'infrastructure'"),
    ],
)
def test_an_unknown_account_or_category_is_refused(wrong, hint, refused):
    ledger = Ledger(CALENDAR)
    assert hint in refused(MoneyError, lambda: post(ledger, **wrong))
    assert len(ledger.frame()) == 0 and not any(ledger.balance(a) for a in ACCOUNTS)


def test_an_account_does_not_pay_itself(refused):
    refused(MoneyError, lambda: post(Ledger(CALENDAR), debit="cash", credit="cash"))
