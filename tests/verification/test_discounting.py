"""Discounting by hand: the Green Book's own factors, and each flow at the factor of the day on which it falls."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.ledger import COSTS

GREEN_BOOK = {0: 1.0, 1: 0.9662, 2: 0.9335, 3: 0.9019, 4: 0.8714, 5: 0.8420}
"""Discount factors at 3.5 % by year, HM Treasury Green Book, annex 6, to four places."""


@pytest.fixture(scope="module")
def run(quiet):
    """Six years of one case a day."""
    return sim.simulate(quiet(24, 1))


def test_factors_are_the_green_books(run):
    factor = run.daily.set_index("day")["discount"]
    for year, published in GREEN_BOOK.items():
        before, after = factor[int(year * 365.25)], factor[int(np.ceil(year * 365.25))]
        assert after - 5e-5 <= published <= before + 5e-5


def test_each_flow_is_discounted_from_the_day_on_which_it_falls(run):
    """Salaries fall on a month's last day, the cloud on each, value when a decision is final: summed flow by flow."""
    card = run.scorecard().set_index("measure")["value"]
    spend = run.ledger[run.ledger["debit"].isin(COSTS)]
    cost = sum(p / 100 * 1.035 ** -(int(d) / 365.25) for p, d in zip(spend["pence"], spend["day"], strict=True))
    benefit = sum(b * 1.035 ** -(d / 365.25) for b, d in zip(run.daily["benefit_gbp"], run.daily["day"], strict=True))
    harm = sum(h * 1.035 ** -(d / 365.25) for h, d in zip(run.daily["harm_gbp"], run.daily["day"], strict=True))
    assert card["benefit_gbp"] == pytest.approx(benefit, rel=1e-9)
    assert card["harm_gbp"] == pytest.approx(harm, rel=1e-9)
    assert card["net_public_value"] == pytest.approx(benefit - harm - cost, abs=0.01)


def test_an_annuity_is_worth_what_the_formula_says(run):
    """Salaries are level: six years of monthly payments in arrears, by the closed formula."""
    pay = run.ledger[run.ledger["debit"] == "salaries"]
    monthly = pay.groupby(pay["day"].astype(int))["pence"].sum() / 100
    assert monthly.nunique() == 1 and len(monthly) == 72
    present = float((monthly * 1.035 ** -(monthly.index.to_numpy() / 365.25)).sum())
    rate = 1.035 ** (1 / 12) - 1
    formula = monthly.iloc[0] * (1 - (1 + rate) ** -72) / rate
    assert present == pytest.approx(formula, rel=1e-3)


def test_money_that_only_moves_is_no_value(run):
    """Funding received and surrendered, and invoices settled, are in the ledger and in no measure of value."""
    moved = run.ledger[run.ledger["category"].isin(["funding", "settlement"])]
    assert len(moved) > 24 and not moved["debit"].isin(COSTS).any()
    assert run.daily["spend_gbp"].sum() == pytest.approx(
        run.ledger.loc[run.ledger["debit"].isin(COSTS), "pence"].sum() / 100
    )
