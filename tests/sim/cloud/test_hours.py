"""Hours add up to their day, to the penny."""

import numpy as np
import pandas as pd
import pytest

from sim.cloud.hours import hourly
from sim.cloud.schema import check
from sim.errors import MoneyError
from tests.bill import bill

ADDED = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ConsumedQuantity", "PricingQuantity")


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    """The first fortnight, May's first week and April's correction."""
    made = bill()
    return made[(made["x_Day"] < 14) | made["x_Day"].between(30, 36)].reset_index(drop=True)


@pytest.mark.parametrize("load", [None, {"i-serve": [0.0] * 8 + [1.0] * 10 + [0.0] * 6, "i-train": range(24)}])
def test_hours_add_up_to_the_day(days, load):
    hours = hourly(days, load)
    keys = ["x_Day", "ResourceId", "SkuPriceId", "ChargeCategory"]
    whole, parts = (x.groupby(keys, dropna=False)[list(ADDED)].sum() for x in (days, hours))
    pd.testing.assert_frame_equal(whole, parts, rtol=0, atol=1e-9)
    assert (np.rint(parts["BilledCost"] * 100) == np.rint(whole["BilledCost"] * 100)).all()
    check(hours)


def test_only_what_is_charged_for_a_day_has_hours(days):
    hours = hourly(days)
    whole = (days["ChargeCategory"] == "Purchase") | (days["ChargeClass"] == "Correction")
    assert len(hours) == 24 * (~whole).sum() + whole.sum()
    row = hours[hours["ResourceId"] == "i-dev"].iloc[23]
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-04-01T23:00:00Z", "2026-04-02T00:00:00Z")
    assert row["ConsumedQuantity"] == 1.0


def test_a_load_says_when_it_ran(days):
    hours = hourly(days, {"i-serve": [0.0] * 8 + [1.0] * 10 + [0.0] * 6})
    mine = hours[(hours["ResourceId"] == "i-serve") & (hours["PricingCategory"] == "Standard") & (hours["x_Day"] == 3)]
    assert mine["ConsumedQuantity"].tolist() == pytest.approx([0.0] * 8 + [1.2] * 10 + [0.0] * 6)
    assert mine["BilledCost"].tolist() == pytest.approx([0.0] * 8 + [0.1] * 10 + [0.0] * 6)


@pytest.mark.parametrize("load", [[1.0] * 23, [0.0] * 24, [-1.0] + [1.0] * 23, [float("nan")] * 24])
def test_a_load_that_is_none_is_refused(days, load):
    with pytest.raises(MoneyError, match="load of i-serve must be 24 numbers"):
        hourly(days, {"i-serve": load})
