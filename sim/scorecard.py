"""The scorecard: seven families of measures, each computed from the run's records. Nothing here simulates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from sim.models.fairness import equity_gap
from sim.scenario.targets import TARGETS

DATA = "data quality and access"
MODEL = "model performance and reliability"
OPERATIONS = "operational efficiency"
COST = "cost"
TIME = "time to value"
GOVERNANCE = "compliance and governance"
VALUE = "public value"

FAMILIES = (DATA, MODEL, OPERATIONS, COST, TIME, GOVERNANCE, VALUE)


class Evidence:
    """The records of one service, or of all, over some days, as arrays.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.
    service : str
        One service's name, or ``"all"``.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], service: str = "all") -> None:
        def of(name: str) -> pd.DataFrame:
            frame = frames[name]
            return frame if service == "all" else frame[frame["service"] == service]

        daily = of("daily")
        self.daily = {c: daily[c].to_numpy() for c in daily.columns if c != "service"}
        groups = of("groups")
        self.group, self.groups = pd.factorize(groups["group"])
        self.groups_day = groups["day"].to_numpy()
        self.eligible, self.granted = groups["eligible"].to_numpy(), groups["granted"].to_numpy()
        quality = frames["quality"]
        self.quality = {c: quality[c].to_numpy() for c in ("day", "rows", "failed")}
        models = of("models")
        later = models[models["reason"] != "pilot"]
        self.started, self.released = later["started_day"].to_numpy(), later["released_day"].to_numpy()
        incidents = frames["incidents"]
        self.began, self.fixed = incidents["began_day"].to_numpy(), incidents["fixed_day"].to_numpy()
        self.found = incidents["detected_day"].fillna(incidents["fixed_day"]).to_numpy()
        self.first, self.last = 0, len(self.daily["day"])
        self.span(int(self.daily["day"].min(initial=2**31)), int(self.daily["day"].max(initial=-1)) + 1)

    def span(self, first: int, last: int) -> Evidence:
        """Look at the days [first, last) alone, and return itself."""
        self.first, self.last = first, last
        self._here = (self.daily["day"] >= first) & (self.daily["day"] < last)
        return self

    def total(self, column: str) -> float:
        """Return the sum of a daily column."""
        return float(np.nansum(self.daily[column][self._here]))

    def column(self, column: str) -> np.ndarray:
        """Return a daily column, shape (rows,)."""
        return self.daily[column][self._here]

    def measure(self, measure: Measure) -> float:
        """Return a measure's value; NaN where no day has passed."""
        return measure.value(self) if self.last > self.first else float("nan")

    def during(self, day: np.ndarray) -> np.ndarray:
        """Say which times lie within the days looked at."""
        return (day >= self.first) & (day < self.last)


@dataclass(frozen=True)
class Measure:
    """One line of the scorecard.

    Attributes
    ----------
    family, unit : str
        One of `FAMILIES`; unit of the value.
    better : str
        ``"higher"`` or ``"lower"``.
    target : float
        Unless the scenario gives another.
    about : str
        What it is, in a sentence.
    value : callable
        From `Evidence` to a number; NaN where there is nothing to measure.
    """

    family: str
    unit: str
    better: str
    target: float
    about: str
    value: Callable[[Evidence], float]


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _data_quality(e: Evidence) -> float:
    here = e.during(e.quality["day"])
    return 1 - _ratio(float(e.quality["failed"][here].sum()), float(e.quality["rows"][here].sum()))


def _weighted(e: Evidence, column: str, weight: str) -> float:
    values, weights = e.column(column), e.column(weight)
    seen = ~np.isnan(values) & (weights > 0)
    return _ratio(float(np.sum(values[seen] * weights[seen])), float(weights[seen].sum()))


def _accuracy_last_quarter(e: Evidence) -> float:
    last = e.column("quarter") == e.column("quarter").max(initial=0)
    values, weights = e.column("accuracy")[last], e.column("decided")[last]
    seen = weights > 0
    return _ratio(float(np.sum(values[seen] * weights[seen])), float(weights[seen].sum()))


def _equity(e: Evidence) -> float:
    here, k = e.during(e.groups_day), len(e.groups)
    eligible, granted = (np.bincount(e.group[here], weights=x[here], minlength=k) for x in (e.eligible, e.granted))
    return float(equity_gap(eligible, granted))


def _deployments(e: Evidence) -> float:
    return float(e.during(e.released).sum()) / ((e.last - e.first) / 91.3125)


def _lead_time(e: Evidence) -> float:
    here = e.during(e.released)
    return _mean(e.released[here] - e.started[here])


def _restore(e: Evidence) -> float:
    here = e.during(e.fixed)
    return _mean(e.fixed[here] - e.began[here])


def _detect(e: Evidence) -> float:
    here = e.during(e.found)
    return _mean(e.found[here] - e.began[here])


def _rights(e: Evidence) -> float:
    return float(np.nansum(e.column("accuracy") * e.column("decided")))


def _time_to_value(e: Evidence) -> float:
    days = e.column("day")
    net = np.bincount(days - e.first, weights=e.column("benefit_gbp") - e.column("harm_gbp") - e.column("spend_gbp"))
    behind = np.nonzero(np.cumsum(net) <= 0)[0]
    return float(behind[-1] + 1) if len(behind) else 0.0


def _discounted(e: Evidence, sign: Mapping[str, int]) -> float:
    flow = sum(s * e.column(c) for c, s in sign.items())
    return float(np.sum(flow * e.column("discount")))


MEASURES: dict[str, Measure] = {
    "data_quality": Measure(
        DATA,
        "share",
        "higher",
        TARGETS["data_quality"],
        "Delivered records that pass, over six dimensions.",
        _data_quality,
    ),
    "feature_age_hours": Measure(
        DATA,
        "hours",
        "lower",
        TARGETS["feature_age_hours"],
        "Age of a record when the model reads it.",
        partial(_weighted, column="feature_age_hours", weight="cases"),
    ),
    "accuracy": Measure(
        MODEL,
        "share",
        "higher",
        TARGETS["accuracy"],
        "Final decisions that are right, in hindsight.",
        partial(_weighted, column="accuracy", weight="decided"),
    ),
    "accuracy_last_quarter": Measure(
        MODEL,
        "share",
        "higher",
        TARGETS["accuracy_last_quarter"],
        "The same, in the last quarter.",
        _accuracy_last_quarter,
    ),
    "equity_gap": Measure(
        MODEL,
        "share",
        "lower",
        TARGETS["equity_gap"],
        "Gap between groups in the share of eligible people who are awarded.",
        _equity,
    ),
    "availability": Measure(
        MODEL,
        "share",
        "higher",
        TARGETS["availability"],
        "Cases that reach the model on the night they come.",
        lambda e: _ratio(e.total("on_time"), e.total("cases")),
    ),
    "deployment_frequency": Measure(
        OPERATIONS,
        "per quarter",
        "higher",
        TARGETS["deployment_frequency"],
        "Releases of a model after the pilot's (DORA).",
        _deployments,
    ),
    "lead_time_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["lead_time_days"],
        "From starting a retraining to its release (DORA).",
        _lead_time,
    ),
    "time_to_detect_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["time_to_detect_days"],
        "From the beginning of an incident until somebody finds it, or it ends unfound.",
        _detect,
    ),
    "time_to_restore_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["time_to_restore_days"],
        "From the beginning of an incident to its end (DORA).",
        _restore,
    ),
    "spend_gbp": Measure(
        COST,
        "GBP",
        "lower",
        TARGETS["spend_gbp"],
        "Cloud, staff, casework and adoption.",
        lambda e: e.total("spend_gbp"),
    ),
    "cost_per_decision_gbp": Measure(
        COST,
        "GBP per decision",
        "lower",
        TARGETS["cost_per_decision_gbp"],
        "Spend over decisions.",
        lambda e: _ratio(e.total("spend_gbp"), e.total("decided")),
    ),
    "cost_per_accurate_decision_gbp": Measure(
        COST,
        "GBP per decision",
        "lower",
        TARGETS["cost_per_accurate_decision_gbp"],
        "Spend over right decisions.",
        lambda e: _ratio(e.total("spend_gbp"), _rights(e)),
    ),
    "utilisation": Measure(
        COST,
        "share",
        "higher",
        TARGETS["utilisation"],
        "Share of paid machine time that does work, by price.",
        lambda e: _mean(e.column("utilisation")),
    ),
    "time_to_value_days": Measure(
        TIME,
        "days",
        "lower",
        TARGETS["time_to_value_days"],
        "First day from which all value so far exceeds all cost; the last day if never.",
        _time_to_value,
    ),
    "refusals_seen_by_person": Measure(
        GOVERNANCE,
        "share",
        "higher",
        TARGETS["refusals_seen_by_person"],
        "Refusals that a person made.",
        lambda e: _ratio(e.total("refused_by_person"), e.total("refused")),
    ),
    "benefit_gbp": Measure(
        VALUE,
        "GBP",
        "higher",
        TARGETS["benefit_gbp"],
        "Value of right decisions, discounted.",
        partial(_discounted, sign={"benefit_gbp": 1}),
    ),
    "harm_gbp": Measure(
        VALUE,
        "GBP",
        "lower",
        TARGETS["harm_gbp"],
        "Harm of wrong, late and double decisions, discounted.",
        partial(_discounted, sign={"harm_gbp": 1}),
    ),
    "net_public_value": Measure(
        VALUE,
        "GBP",
        "higher",
        TARGETS["net_public_value"],
        "Benefit less harm less spend, discounted at the Green Book rate.",
        partial(_discounted, sign={"benefit_gbp": 1, "harm_gbp": -1, "spend_gbp": -1}),
    ),
}
"""Every measure, by name, family by family."""

PER_SERVICE = tuple(
    n for n in MEASURES if n not in ("data_quality", "time_to_detect_days", "time_to_restore_days", "utilisation")
)
"""Measures whose records tell one service from another."""


def scorecard(frames: Mapping[str, pd.DataFrame], targets: Mapping[str, float]) -> pd.DataFrame:
    """Measure a run.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.
    targets : mapping of str to float
        Targets by measure, where they differ from the usual ones.

    Returns
    -------
    DataFrame
        Columns measure, family, service (``"all"``, then each service if there are several), value, unit, target,
        met. What could not be measured is not met.
    """
    rows = []
    for service in ["all", *_services(frames)]:
        evidence = Evidence(frames, service)
        for name in MEASURES if service == "all" else PER_SERVICE:
            measure = MEASURES[name]
            value, target = evidence.measure(measure), float(targets.get(name, measure.target))
            met = value >= target if measure.better == "higher" else value <= target
            rows.append((name, measure.family, service, value, measure.unit, target, bool(met)))
    columns = ["measure", "family", "service", "value", "unit", "target", "met"]
    return pd.DataFrame(rows, columns=columns)


def quarterly(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Measure each quarter of a run.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        The run's frames.

    Returns
    -------
    DataFrame
        Columns quarter, service, family, measure, value, unit.
    """
    day, quarter = frames["daily"]["day"].to_numpy(), frames["daily"]["quarter"].to_numpy()
    rows = []
    for service in ["all", *_services(frames)]:
        evidence = Evidence(frames, service)
        for q in np.unique(quarter):
            days = day[quarter == q]
            evidence.span(int(days.min()), int(days.max()) + 1)
            for name in MEASURES if service == "all" else PER_SERVICE:
                measure = MEASURES[name]
                rows.append((int(q), service, measure.family, name, evidence.measure(measure), measure.unit))
    return pd.DataFrame(rows, columns=["quarter", "service", "family", "measure", "value", "unit"])


def _services(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    names = list(dict.fromkeys(frames["daily"]["service"]))
    return names if len(names) > 1 else []
