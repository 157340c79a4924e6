"""Commitments: met hour for hour, and paid for to the penny whether they are used or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cloud.commitments import (
    HOURS,
    TERMS,
    affordable,
    by_hour,
    capacity_gbp,
    cover,
    hourly_gbp,
    offer,
    outstanding_gbp,
    paid_pence,
    purchase,
)
from sim.errors import ScenarioError

MONTHS = np.cumsum([0, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31])
PRICE = [0.333, 2.69175, 0.08325]
USE = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).choice([0.0, 24.0, 48.0, 5.0, 7.25, 61.3], (61, len(PRICE))).tolist()
)
ORDERS = st.lists(st.tuples(st.floats(0.01, 12), st.sampled_from(sorted(TERMS)), st.sampled_from([0, 30])), max_size=3)


def pence_of(commitments, days, use) -> tuple[list[int], list[int], int]:
    """Return purchases and effective pence of each commitment over two months, and the least pence of a line."""
    bought = [sum(purchase(c, a, b)[1] for a, b in ((0, 30), (30, 61))) for c in commitments]
    cost, least = [0] * len(commitments), 0
    for day in range(days):
        for line in cover(commitments, day, use[day], PRICE)[1]:
            cost[line.commitment] += line.pence
            least = min(least, line.pence)
    return bought, cost, least


@settings(max_examples=40, deadline=None)
@given(ORDERS, USE)
def test_use_and_rest_cost_what_was_bought_to_the_penny(orders, use):
    commitments = [offer(i, *order) for i, order in enumerate(orders)]
    bought, cost, least = pence_of(commitments, 61, use)
    assert bought == cost and least == 0


@given(st.floats(0.0001, 10_000), st.sampled_from(sorted(TERMS)))
def test_months_add_up_to_the_term(hourly, years):
    made = offer(0, hourly, years, 0)
    whole = [purchase(made, int(a), int(b))[1] for a, b in zip(MONTHS, MONTHS[1:], strict=False)]
    assert sum(whole) == paid_pence(made, 365) and min(whole) >= 0
    assert paid_pence(made, 365) == pytest.approx(made.hourly_gbp * HOURS * 365 * 100, abs=0.5 + 1e-3)
    assert purchase(made, 0, 10_000)[0] == TERMS[years].days
    assert outstanding_gbp([made], 0) * 100 == pytest.approx(paid_pence(made, 10_000))
    assert outstanding_gbp([made], TERMS[years].days) == 0


def met_by_hand(commitments, hours) -> np.ndarray:
    """Meet the same day over an array of its 24 hours; return what is left on demand, GBP by resource."""
    left = by_hour(np.array(hours)) * np.array(PRICE)[:, None]
    for made in sorted(commitments, key=lambda c: -c.discount):
        for hour in range(HOURS):
            room = capacity_gbp(made)
            for row in range(len(PRICE)):
                met = min(room, left[row, hour])
                left[row, hour] -= met
                room -= met
    return left.sum(axis=1)


@given(ORDERS.map(lambda orders: [(h, y, 0) for h, y, _ in orders]), USE)
def test_each_hour_is_met_by_itself(orders, use):
    commitments = [offer(i, *order) for i, order in enumerate(orders)]
    bare, lines = cover(commitments, 5, use[0], PRICE)
    assert np.array(bare) * PRICE == pytest.approx(met_by_hand(commitments, use[0]), abs=1e-6)
    met = sum(line.list_gbp for line in lines)
    assert np.dot(bare, PRICE) + met == pytest.approx(np.dot(use[0], PRICE), abs=1e-6)


def test_twelve_hours_are_half_a_day_and_not_half_a_machine():
    """A pound an hour on demand covers a machine of a pound, in the hours in which it runs and in no others."""
    made = offer(0, 0.7, 1, 0)
    assert capacity_gbp(made) == pytest.approx(1.0)
    bare, (used, rest) = cover([made], 0, [12.0], [1.0])
    assert bare == [0.0] and used.hours == pytest.approx(12) and used.list_gbp == pytest.approx(12)
    assert rest.row == -1 and rest.hours == pytest.approx(12)
    assert used.pence == rest.pence == 840
    bare, (used,) = cover([made], 0, [36.0], [1.0])
    assert bare == pytest.approx([12.0]) and used.hours == pytest.approx(24) and used.pence == 1680


def test_the_larger_discount_is_used_up_first():
    one, three = offer(0, 0.7, 1, 0), offer(1, 0.48, 3, 0)
    _, lines = cover([one, three], 0, [24.0], [1.0])
    assert [(line.commitment, line.row) for line in lines] == [(1, 0), (0, -1)]


def test_nothing_is_covered_before_it_begins_or_after_its_term():
    made = offer(0, 0.7, 1, 30)
    for day, covered in ((29, False), (30, True), (394, True), (395, False)):
        bare, lines = cover([made], day, [24.0], [1.0])
        assert bool(lines) == covered and bare == pytest.approx([0.0 if covered else 24.0], abs=1e-9)
    assert purchase(made, 0, 31) == (1, 1680)
    assert purchase(made, 390, 420) == (5, 5 * 1680)


def test_a_day_without_machines_is_all_unused():
    _, (rest,) = cover([offer(0, 0.7, 1, 0)], 0, [0.0], [1.0])
    assert (rest.row, rest.pence) == (-1, 1680) and rest.hours == pytest.approx(24)


def test_no_more_is_bought_than_can_be_paid_to_the_end():
    most = affordable(50.0, 3, 10_000)
    assert most < 50 and most * HOURS * TERMS[3].days <= 10_000 < (most + 2e-4) * HOURS * TERMS[3].days
    assert affordable(0.12345, 1, 10_000) == 0.1234 or affordable(0.12345, 1, 10_000) == 0.1235
    assert affordable(1.0, 1, 0) == affordable(1.0, 1, -5) == 0


def test_the_hourly_spend_by_group():
    spend = hourly_gbp(
        np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([24.0, 6.0, 30.0]), np.array([1, 2, 3]), (2, 2)
    )
    assert spend.shape == (2, HOURS, 2)
    assert spend[0, :, 0].tolist() == [1.0] * 24 and spend[0, :, 1].tolist() == [2.0] * 6 + [0.0] * 18
    assert spend[1, :, 1].tolist() == [6.0] * 6 + [3.0] * 18 and not spend[1, :, 0].any()


def test_discounts_lie_in_the_usual_ranges():
    assert 0.27 <= TERMS[1].discount <= 0.40 and 0.50 <= TERMS[3].discount <= 0.62
    assert all(term.source and term.confidence == "general" for term in TERMS.values())


def test_there_is_no_term_of_two_years(refused):
    assert "'2'" in refused(ScenarioError, lambda: offer(0, 1.0, 2, 0))
