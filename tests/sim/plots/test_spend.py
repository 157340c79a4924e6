"""Bars of spend are as high as the bill says, told apart without colour, and put into words."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.plots import spend
from sim.plots.style import png
from tests.bill import bill


@pytest.fixture(scope="module")
def billing() -> pd.DataFrame:
    return bill()


def test_a_months_bars_add_up_to_its_bill(billing):
    figure = spend.by_month(billing)
    (axis,) = figure.axes
    heights = [[bar.get_height() for bar in bars] for bars in axis.containers]
    months = billing.groupby(billing["ChargePeriodStart"].str[:7])["EffectiveCost"].sum()
    assert [sum(of_month) for of_month in zip(*heights, strict=True)] == pytest.approx(months.to_list())
    assert [label.get_text() for label in axis.texts] == [f"£{gbp:,.0f}" for gbp in months]
    assert axis.get_ylabel() == "EffectiveCost (£)" and axis.get_xlabel()


def test_environments_are_told_apart_without_colour(billing):
    axis = spend.by_month(billing).axes[0]
    hatches = [bars[0].get_hatch() for bars in axis.containers]
    assert len(set(hatches)) == len(hatches) == 2


def test_the_words_have_the_shares(billing):
    words = spend.by_month(billing, "BilledCost").alt_text
    share = billing.groupby("x_Environment")["BilledCost"].sum() / billing["BilledCost"].sum()
    assert "BilledCost" in words and f"development {share['development']:.0%}" in words


@pytest.fixture
def told() -> pd.DataFrame:
    return pd.DataFrame({"even split": [100.0, 100.0], "by use": [150.0, 50.0]}, index=["triage", "calls"])


def test_each_service_has_a_bar_for_each_way(told):
    axis = spend.showback(told).axes[0]
    assert [[bar.get_width() for bar in bars] for bars in axis.containers] == [[100, 100], [150, 50]]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["triage", "calls"]
    assert len({bars[0].get_hatch() for bars in axis.containers}) == 2


def test_the_words_name_every_sum(told):
    words = spend.showback(told, what="Cost of May (£)").alt_text
    assert "Cost of May (£)" in words and "triage: £100 (even split), £150 (by use)" in words


def test_the_same_table_gives_the_same_picture(told, billing):
    assert png(spend.showback(told)) == png(spend.showback(told))
    assert png(spend.by_month(billing)) == png(spend.by_month(billing))
