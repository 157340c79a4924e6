"""What the cockpit shows of a quarter, from its records."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.cockpit.observed import _spend
from sim.ledger import COSTS


def test_what_came_back_is_taken_off_what_was_spent():
    account = min(COSTS)
    rows = [
        (3.0, account, "bank", 5000, "people"),
        (4.0, "bank", account, 1500, "people"),
        (5.0, "bank", "reserve", 900, "people"),
        (6.0, account, "bank", 700, "data"),
        (9.0, account, "bank", 4000, "data"),
    ]
    ledger = pd.DataFrame(rows, columns=["day", "debit", "credit", "pence", "category"])
    assert _spend(ledger, 9) == pytest.approx({"people": 35.0, "data": 7.0})
