"""Storage by tier, by hand, to the penny."""

import json

import numpy as np
import pytest

import sim
from sim.calendar import Calendar
from sim.cloud.estate import Estate
from sim.cloud.prices import gb_day_gbp, price
from sim.cloud.storage import COLDER, STOCK_DAYS, Storage
from sim.ledger import Ledger

DAYS = 30


@pytest.fixture
def world(quiet):
    store = {"name": "store", "kind": "storage", "service": "claims-triage", "size": "standard", "gb": 73000.0}
    return quiet(1, 60, {"estate": [store | {"gb_per_case": 2.0}]})


@pytest.fixture
def estate(world):
    return Estate(world, Ledger(Calendar(world.start, world.quarters)))


def billed(estate: Estate) -> dict[str, int]:
    lines = estate.lines()
    sizes = np.array([lines.resources[v].size for v in lines.resource])
    return {size: int(lines.pence[sizes == size].sum()) for size in np.unique(sizes)}


def test_each_tier_costs_its_share_of_the_standard_price():
    shares = {"infrequent": 0.55, "instant-archive": 0.20, "flexible-archive": 0.16, "deep-archive": 0.07}
    for sku, share in shares.items():
        assert price(sku).gbp == pytest.approx(share * price("standard").gbp, abs=5e-7)


def test_what_nobody_ages_is_hot(estate):
    exact = 0.0
    for day in range(DAYS):
        estate.keep("claims-triage", 10)
        estate.close_day(day, 0)
        exact += (73_000 + 20 * (day + 1)) * gb_day_gbp()
    assert billed(estate) == {"standard": int(np.floor(exact * 100 + 0.5))}


def test_tiers_by_hand_to_the_penny(estate):
    """200 GB a day came in before the start and 20 GB a day since; 10 days hot, 20 cool, 100 in the archive."""
    exact = dict.fromkeys(("standard", *COLDER), 0.0)
    for day in range(DAYS):
        estate.keep("claims-triage", 10)
        estate.age("claims-triage", (day + 1 - 10, day + 1 - 30, day + 1 - 130))
        estate.close_day(day, 0)
        new = day + 1
        hot = 20 * min(new, 10) + 200 * max(10 - new, 0)
        cool = 20 * max(min(new, 30) - 10, 0) + 200 * (20 - max(min(new, 30) - 10, 0))
        archive = 200 * 100
        for size, gb in zip(exact, (hot, cool, archive), strict=True):
            exact[size] += gb * gb_day_gbp(size)
    assert billed(estate) == {size: int(np.floor(gbp * 100 + 0.5)) for size, gbp in exact.items()}


def test_a_shared_store_ages_service_by_service(world):
    shared = world.estate[0].model_copy(update={"service": "shared", "gb": 730.0})
    storage = Storage([shared], ["one", "two"])
    storage.keep("one", 5)
    storage.keep("two", 7)
    assert not storage.aged
    assert storage.tiers()[0] == pytest.approx((730 + 24, 0, 0))
    storage.age("one", (0, 0, 0))
    assert storage.aged
    assert storage.tiers()[0] == pytest.approx((365 + 14 + 10, 0, 0))
    storage.age("two", (1, -STOCK_DAYS + 100, -STOCK_DAYS))
    assert storage.tiers()[0] == pytest.approx((10, 265 + 14, 100))


def test_each_tier_is_billed_under_its_class_and_the_bill_is_the_ledger(small):
    run = sim.simulate(
        small(2), sim.Playbook(retain=sim.retention(20, 30, 40)), instant=True
    )  # fmt: skip
    stored = run.billing[run.billing["ServiceSubcategory"] == "Object Storage"]
    classes = {json.loads(details)["StorageClass"] for details in stored["SkuPriceDetails"]}
    assert classes == {"Standard", "Standard - Infrequent Access", "Glacier Flexible Retrieval"}
    cloud = run.ledger.loc[run.ledger["debit"] == "cloud", "pence"].sum()
    assert np.rint(run.billing["BilledCost"] * 100).sum() == cloud
    naive = sim.simulate(small(2))
    before = naive.billing[naive.billing["ServiceCategory"] == "Storage"]["BilledCost"].sum()
    assert 0 < stored["BilledCost"].sum() < 0.5 * before
