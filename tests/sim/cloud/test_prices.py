"""The price list is complete, sourced and in proportion."""

import pytest

from sim.cloud import prices
from sim.errors import ScenarioError


def test_every_price_is_positive_and_says_where_it_comes_from():
    for sku, item in prices.PRICES.items():
        assert item.sku == sku
        assert item.usd > 0
        assert item.source
        assert item.confidence in {"read", "general"}


def test_pounds_follow_the_one_constant_rate():
    assert prices.price("m5.2xlarge").gbp == pytest.approx(0.444 * 0.75)


def test_each_step_of_the_ladder_doubles_price_and_processors():
    steps = [prices.price(size) for size in prices.LADDER]
    for small, large in zip(steps, steps[1:], strict=False):
        assert large.usd == pytest.approx(2 * small.usd)
        assert large.vcpus == 2 * small.vcpus


def test_a_years_gb_days_cost_twelve_gb_months():
    assert prices.gb_day_gbp() * 365 == pytest.approx(12 * prices.price("standard").gbp)


def test_an_unknown_price_names_the_nearest():
    with pytest.raises(ScenarioError, match=r"no price named 'm5\.lage'.*Did you mean 'm5\.large'"):
        prices.price("m5.lage")
