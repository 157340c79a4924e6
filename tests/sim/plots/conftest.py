"""Runs made by hand for figures, with the shapes that a programme leaves: drift, incidents, retraining, spend."""

import numpy as np
import pandas as pd
import pytest

from sim.run import FRAMES, Run

BOUNDS = (0, 91, 183, 275, 365, 456, 548, 640, 730)


def make_run(
    retrained: tuple[int, ...], fixed: dict[int, float], spend: float, scenario: str = "household-support"
) -> Run:
    """Return a run of eight quarters.

    Parameters
    ----------
    retrained : tuple of int
        Days on which the model was trained again.
    fixed : dict of int to float
        Day on which each incident began to the day on which it ended; NaN if it never did.
    spend : float
        GBP a day.
    """
    rng = np.random.default_rng(3)
    day = np.arange(730)
    since = day - np.array([max([0, *(t for t in retrained if t <= d)]) for d in day])
    jump = np.where((day >= 380) & ~np.array([any(380 <= t <= d for t in retrained) for d in day]), 0.07, 0.0)
    accuracy = 0.87 - 0.00012 * since - jump + rng.normal(0, 0.012, 730)
    for began, ended in fixed.items():
        accuracy[(day >= began) & (day < (730 if np.isnan(ended) else ended))] -= 0.06
    known = pd.Series(accuracy).rolling(28, min_periods=10).mean().shift(42).to_numpy()
    cases = rng.poisson(400, 730)
    daily = pd.DataFrame(
        {
            "day": day.astype(float),
            "quarter": np.searchsorted(BOUNDS, day, side="right"),
            "month": np.minimum(day * 12 // 365 + 1, 24),
            "service": pd.array(["claims-triage"] * 730, dtype="str"),
            "cases": cases,
            "delivered": cases,
            "quarantined": 0,
            "referred": 20,
            "decided": cases,
            "right": accuracy * cases,
            "accuracy": accuracy,
            "accuracy_known": known,
            "benefit_gbp": cases * accuracy * 13,
            "harm_gbp": cases * (1 - accuracy) * 55,
            "spend_gbp": spend + 120.0 * np.isin(day, retrained),
        }
    )
    trained = np.array([0, *retrained], dtype=float)
    models = pd.DataFrame(
        {"version": [f"v{i}" for i in range(len(trained))], "service": "claims-triage", "trained_day": trained}
    )
    incidents = pd.DataFrame(
        {
            "kind": ["unit change", "outage", "silent nulls"][: len(fixed)],
            "began_day": [float(began) for began in fixed],
            "detected_day": list(fixed.values()),
            "fixed_day": list(fixed.values()),
            "cases_harmed": [300] * len(fixed),
        }
    )
    empty = pd.DataFrame({"day": pd.Series(dtype="float64")})
    frames = dict.fromkeys(FRAMES, empty) | {"daily": daily, "models": models, "incidents": incidents}
    return Run(**frames, scenario=scenario, seed=3, days=730, targets={})


@pytest.fixture(scope="session")
def naive_run() -> Run:
    """A programme that never retrains and finds its incidents late, or never."""
    return make_run((), {150: 260.0, 430: float("nan")}, 310.0)


@pytest.fixture(scope="session")
def reference_run() -> Run:
    """The same programme with monitoring, retraining and a validation gate."""
    return make_run((120, 230, 402, 560), {150: 155.0, 430: 437.0}, 240.0)


@pytest.fixture(scope="session")
def points() -> pd.DataFrame:
    """False alarms and delay of a monitor at seven thresholds."""
    return pd.DataFrame(
        {
            "threshold": [0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5],
            "false_alarms_per_year": [31.0, 17.0, 10.5, 4.0, 1.6, 0.4, 0.0],
            "delay_days": [9.0, 13.0, 16.0, 24.0, 35.0, 62.0, 118.0],
            "low": [7.0, 11.0, 13.0, 20.0, 29.0, 51.0, 92.0],
            "high": [11.0, 15.0, 19.0, 28.0, 41.0, 73.0, 144.0],
        }
    )
