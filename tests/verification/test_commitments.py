"""A commitment saves what it saves by hand, breaks even at one less its discount, and is paid for its term."""

from __future__ import annotations

import pytest

from sim.cloud.commitments import TERMS
from tests.verification.commitments import CHECKS, MONTH, QUARTER, by_hand, saved_pence, uncovered


@pytest.mark.parametrize("check", CHECKS)
def test_it_saves_what_it_saves_by_hand(check):
    (row,) = check.results()
    assert row.passed, row


@pytest.mark.parametrize(("years", "even"), [(1, 16.8), (3, 11.52)])
def test_it_breaks_even_at_one_less_its_discount(years, even):
    """Three per cent less use than that loses money, and three per cent more saves it; at it, a penny a day at most."""
    assert even / 24 == pytest.approx(1 - TERMS[years].discount)
    less, at, more = (saved_pence(years, even * share, 1) for share in (0.97, 1.0, 1.03))
    assert less < -100 and more > 100 and abs(at) <= QUARTER - MONTH


def test_over_a_whole_term_it_is_paid_for_a_year_and_no_day_longer():
    saved = saved_pence(1, 20.0, 5)
    wanted = by_hand(1, 20.0, 365) - uncovered(1, 20.0, 365)
    assert saved == pytest.approx(wanted, abs=1.0)
