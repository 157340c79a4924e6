"""Discounting by hand: the Green Book's own factors, and each flow at the factor of the day on which it falls."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

import sim
from sim.ledger import COSTS
from tests.verification.check import Check, Row, equal_to
from tests.worlds import quiet

GREEN_BOOK = {0: 1.0, 1: 0.9662, 2: 0.9335, 3: 0.9019, 4: 0.8714, 5: 0.8420}
"""Discount factors at 3.5 % by year, HM Treasury Green Book, annex 6, to four places."""

HALF_A_PLACE = 5e-5


@lru_cache(maxsize=1)
def six_years() -> sim.Run:
    """Return six years of one case a day."""
    return sim.simulate(quiet(24, 1))


def factors(part: int) -> np.ndarray:
    """Return the factor on the days before and after each turn of the year."""
    factor = six_years().daily.set_index("day")["discount"]
    turns = [year * 365.25 for year in GREEN_BOOK]
    return np.array([[factor[int(t)], factor[int(np.ceil(t))]] for t in turns]).ravel()


def factors_conclude(parts: np.ndarray) -> list[Row]:
    """Hold each published factor to those of the days about it."""
    rows = []
    for (before, after), published in zip(parts[0].reshape(-1, 2), GREEN_BOOK.values(), strict=True):
        passed = after - HALF_A_PLACE <= published <= before + HALF_A_PLACE
        rows.append(Row((before + after) / 2, after, before, published, published, np.nan, 1, float(passed)))
    return rows


def flows(part: int) -> tuple[float, ...]:
    """Return benefit, harm and net value of the scorecard, then each summed flow by flow."""
    run = six_years()
    card = run.scorecard().set_index("measure")["value"]
    spend = run.ledger[run.ledger["debit"].isin(COSTS)]
    cost = sum(p / 100 * 1.035 ** -(int(d) / 365.25) for p, d in zip(spend["pence"], spend["day"], strict=True))
    benefit, harm = (
        sum(x * 1.035 ** -(d / 365.25) for x, d in zip(run.daily[column], run.daily["day"], strict=True))
        for column in ("benefit_gbp", "harm_gbp")
    )
    return card["benefit_gbp"], card["harm_gbp"], card["net_public_value"], benefit, harm, benefit - harm - cost


def flows_conclude(parts: np.ndarray) -> list[Row]:
    """Hold the scorecard to the sums by hand."""
    card, by_hand = parts[0, :3], parts[0, 3:]
    return [equal_to(wanted, found, 0.01) for found, wanted in zip(card, by_hand, strict=True)]


def annuity(part: int) -> tuple[float, float]:
    """Return the present value of six years of level salaries, paid monthly in arrears, and by the closed formula."""
    run = six_years()
    pay = run.ledger[run.ledger["debit"] == "salaries"]
    monthly = pay.groupby(pay["day"].astype(int))["pence"].sum() / 100
    assert monthly.nunique() == 1 and len(monthly) == 72
    present = float((monthly * 1.035 ** -(monthly.index.to_numpy() / 365.25)).sum())
    rate = 1.035 ** (1 / 12) - 1
    return present, float(monthly.iloc[0] * (1 - (1 + rate) ** -72) / rate)


CHECKS = [
    Check(
        "theory",
        tuple(f"Discount factor of year {year}: Green Book" for year in GREEN_BOOK),
        "factor",
        1,
        factors,
        factors_conclude,
    ),
    Check(
        "theory",
        tuple(f"{what}, discounted flow by flow" for what in ("Benefit", "Harm", "Net public value")),
        "GBP",
        1,
        flows,
        flows_conclude,
    ),
    Check(
        "theory",
        ("Six years of salaries as an annuity, within a thousandth",),
        "GBP",
        1,
        annuity,
        lambda parts: [equal_to(parts[0, 1], parts[0, 0], 1e-3 * parts[0, 1])],
    ),
]
