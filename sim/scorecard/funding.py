"""Measures of the budget: how good the bids were, and whether spend kept to what was handed out."""

from __future__ import annotations

import numpy as np

from sim.scenario.targets import TARGETS
from sim.scorecard.evidence import Evidence
from sim.scorecard.measure import COST, Measure, mean, ratio


def _quarters(e: Evidence, *lines: str) -> np.ndarray:
    """Return spend and some lines of the budget, shape (1 + lines, quarters), of the quarters that have them all."""
    quarter = e.column("quarter")
    spend = np.bincount(quarter, weights=e.column("spend_gbp"))
    rows = [
        (spend[q], *(e.budget[q, line] for line in lines))
        for q in np.unique(quarter)
        if all((q, line) in e.budget for line in lines)
    ]
    return np.array(rows, dtype=float).reshape(-1, 1 + len(lines)).T


def _error(e: Evidence) -> float:
    spend, bid = _quarters(e, "bid")
    return mean(np.abs(spend - bid)[spend > 0] / spend[spend > 0])


def _coverage(e: Evidence) -> float:
    spend, low, upper = _quarters(e, "low", "upper")
    return mean((low <= spend) & (spend <= upper))


def _overrun(e: Evidence) -> float:
    spend, envelope, contingency = _quarters(e, "envelope", "contingency")
    money = envelope + contingency
    return ratio(float(np.maximum(spend - money, 0.0).sum()), float(money.sum()))


FUNDING: dict[str, Measure] = {
    "forecast_error": Measure(
        COST,
        "share",
        "lower",
        TARGETS["forecast_error"],
        "How far bids lie from what their quarters then cost, either way, as a share of that.",
        _error,
    ),
    "forecast_coverage": Measure(
        COST,
        "share",
        "higher",
        TARGETS["forecast_coverage"],
        "Quarters whose cost lies between the lower and the upper quantile that were forecast.",
        _coverage,
    ),
    "budget_overrun": Measure(
        COST,
        "share",
        "lower",
        TARGETS["budget_overrun"],
        "Spend beyond envelope and contingency, as a share of both.",
        _overrun,
    ),
}
"""Measures of the budget, which is the whole programme's, by name."""
