"""A second good answer, as a learner may write it.

Two good answers differ from world to world by luck. What is asked of a learner is what the lesser of the two comes to,
and no world is marked on in which this one rings for nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import sim
from sim.decisions import Signals
from sim.practices.mlops import BOOKKEEPING

THRESHOLD = 4.5
"""Of the score, in standard errors."""

FRESH_DAYS = 45
"""Cases decided longer ago say little of the present."""

FEWEST = 100
"""Outcomes below which there is no score."""

REST_DAYS, LEAST_OUTCOMES = 45, 3000
"""From one training to the next."""


def score(reference: pd.DataFrame, recent: pd.DataFrame) -> float:
    """Return how far lately known outcomes are from the scores given, feature by feature, in standard errors."""
    settled = recent[recent["outcome"].notna() & (recent["decided_day"] > recent["decided_day"].max() - FRESH_DAYS)]
    if len(settled) < FEWEST:
        return 0.0
    names = [name for name in recent.columns if name not in BOOKKEEPING]
    error = (settled["outcome"] - settled["score"]).to_numpy()
    usual = reference[names]
    moved = ((settled[names] - usual.median()) / usual.std().clip(lower=1e-9)).clip(-2, 2).fillna(0).to_numpy()
    noise = np.sqrt((error**2) @ (moved**2))
    return float(np.max(np.abs(error @ moved) / np.maximum(noise, 1e-9)))


def rule(signals: Signals) -> bool:
    """Retrain on an alarm that nothing in the data explains, once the last training has had time to act."""
    rested = signals.days_since_training >= REST_DAYS
    return signals.alarms > 0 and rested and signals.outcomes_known >= LEAST_OUTCOMES


def monitor() -> sim.decisions.Monitor:
    """Return the monitor of the second answer."""
    return sim.monitor(score, THRESHOLD)


def playbook() -> sim.Playbook:
    """Return both decisions of the second answer."""
    return sim.Playbook(watch_model=monitor(), retrain=rule)
