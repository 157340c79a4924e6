"""Figures on a terminal: amounts with units, words for intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cli.table import amount, better, change, interval, shortened, verdict, words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1_234_567.4, "GBP", "£1,234,567"),
        (0.8345, "GBP per accurate decision", "£0.83 per accurate decision"),
        (-12.5, "GBP", "-£12.50"),
        (0.0, "GBP", "£0"),
        (0.9123, "share", "91.2 %"),
        (0.25, "share of cases", "25.0 % of cases"),
        (3.14159, "days", "3.14 days"),
        (0.000123, "kg", "0.000123 kg"),
        (1500.2, "kg", "1,500 kg"),
        (4.0, "incidents", "4 incidents"),
        (-0.05, "", "-0.0500"),
        (np.nan, "GBP", "not measured"),
        (None, "share", "not measured"),
    ],
)
def test_amount(value, unit, text):
    assert amount(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (5000.0, "GBP", "+£5,000"),
        (-5000.0, "GBP", "-£5,000"),
        (0.012, "share", "+1.2 points"),
        (0.0, "incidents", "0 incidents"),
        (np.nan, "GBP", "not measured"),
    ],
)
def test_change(value, unit, text):
    assert change(value, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (1000.0, 9000.0, "GBP", "+£1,000 to +£9,000"),
        (-0.03, 0.01, "share", "-3.0 to +1.0 points"),
        (0.0, 0.0, "cases", "0 to 0 cases"),
        (np.nan, 1.0, "cases", "not measured"),
    ],
)
def test_interval(low, high, unit, text):
    assert interval(low, high, unit) == text


@pytest.mark.parametrize(
    ("effect", "low", "high", "better", "text"),
    [
        (2.0, 1.0, 3.0, "higher", "yes, better: excludes zero"),
        (2.0, 1.0, 3.0, "lower", "yes, worse: excludes zero"),
        (-2.0, -3.0, -1.0, "higher", "yes, worse: excludes zero"),
        (-2.0, -3.0, -1.0, "lower", "yes, better: excludes zero"),
        (-2.0, -3.0, -1.0, "", "yes: excludes zero"),
        (1.0, -1.0, 3.0, "higher", "unclear: includes zero"),
        (1.0, 0.0, 2.0, "higher", "unclear: includes zero"),
        (0.0, 0.0, 0.0, "higher", "no difference at all"),
        (1.0, np.nan, np.nan, "higher", "unknown: no interval"),
    ],
)
def test_verdict(effect, low, high, better, text):
    assert verdict(effect, low, high, better) == text


def test_better_follows_the_scorecard():
    assert (better("net_public_value"), better("equity_gap"), better("no_such_measure")) == ("higher", "lower", "")


def test_words():
    assert words("net_public_value") == "Net public value"
    assert words("time_to_value_days") == "Time to value"
    assert words("my_rules.py:mine") == "my_rules.py:mine"


def test_a_short_table_has_all_services_together_and_each_ones_headlines():
    frame = pd.DataFrame({"measure": ["spend_gbp", "spend_gbp", "equity_gap"], "service": ["all", "triage", "triage"]})
    assert shortened(frame)["service"].tolist() == ["all", "triage"]
    assert shortened(frame)["measure"].tolist() == ["spend_gbp", "equity_gap"]
