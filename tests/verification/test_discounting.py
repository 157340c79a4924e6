"""Discounting agrees with the Green Book's factors, with sums flow by flow, and with the formula of an annuity."""

from __future__ import annotations

import pytest

from sim.ledger import COSTS
from tests.verification.discounting import CHECKS, six_years


@pytest.mark.parametrize("check", CHECKS)
def test_it_agrees(check):
    for row in check.results():
        assert row.passed, row


def test_money_that_only_moves_is_no_value():
    """Funding received and surrendered, and invoices settled, are in the ledger and in no measure of value."""
    run = six_years()
    moved = run.ledger[run.ledger["category"].isin(["funding", "settlement"])]
    assert len(moved) > 24 and not moved["debit"].isin(COSTS).any()
    assert run.daily["spend_gbp"].sum() == pytest.approx(
        run.ledger.loc[run.ledger["debit"].isin(COSTS), "pence"].sum() / 100
    )
