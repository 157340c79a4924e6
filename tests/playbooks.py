"""Random playbooks whose rules fit any service in any world."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import sim


def every_nth(n: int):
    return lambda batch: batch["case_id"] % n != 0


def after(days: float):
    return lambda signals: signals.days_since_training > days


def between(low: float, width: float):
    def decide(scores: pd.Series, cases: pd.DataFrame) -> np.ndarray:
        return np.select([scores < low, scores < low + width], ["refuse", "refer"], "approve")

    return decide


def replicas(n: int):
    return lambda load: min(n, 10 * max(load.peak, 1))


def looks_every(n: int):
    return lambda spend: len(spend) % n == 0


def bids(share: float, doubt: float):
    def forecast(spend: pd.DataFrame) -> dict[float, float]:
        median = share * float(spend.iloc[-3:].to_numpy().sum())
        return {0.1: median / (1 + doubt), 0.5: median, 0.9: median * (1 + doubt)}

    return forecast


def hands_out(share: float, named: int):
    """Split a share of what there is evenly among the first so many services."""

    def fund(report: sim.decisions.Purses) -> dict[str, float]:
        names = report.services.index[:named]
        return {name: share * report.available_gbp / len(names) for name in names}

    return fund


DECISIONS = {
    "validate": st.builds(every_nth, st.integers(2, 30)) | st.builds(sim.practices.validation_gate),
    "repair": st.builds(sim.practices.repair_batch),
    "ingest": st.sampled_from(["hourly", "streaming"]),
    "protect": st.builds(sim.practices.protect_records),
    "retain": st.builds(sim.retention, st.integers(1, 60), st.integers(0, 60), st.integers(0, 60)),
    "retrain": st.builds(after, st.floats(5, 90)),
    "decide": st.builds(between, st.floats(0, 1), st.floats(0, 1)),
    "versioning": st.sampled_from(["models", "models and data"]),
    "scale": st.builds(replicas, st.integers(0, 10)),
    "watch_spend": st.builds(looks_every, st.integers(1, 40)),
    "forecast": st.builds(bids, st.floats(0, 2), st.floats(0, 1)) | st.builds(sim.practices.rolling_forecast),
    "fund": st.builds(hands_out, st.floats(0, 1), st.integers(1, 3))
    | st.builds(sim.practices.fund_by_marginal_value),
}  # fmt: skip

PLAYBOOKS = st.fixed_dictionaries({}, optional=DECISIONS).map(lambda chosen: sim.Playbook(**chosen))
"""Any of these decisions, and naive ones for the rest."""
