"""Seven families of measures, each computed from the run's records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from sim.models.fairness import equity_gap
from sim.scenario.targets import TARGETS
from sim.scorecard.allocation import ALLOCATION
from sim.scorecard.buying import BUYING, OF_MACHINES
from sim.scorecard.evidence import Evidence
from sim.scorecard.funding import FUNDING
from sim.scorecard.measure import (
    COST,
    DATA,
    FAMILIES,
    GOVERNANCE,
    MODEL,
    OPERATIONS,
    TIME,
    VALUE,
    Measure,
    mean,
    ratio,
)
from sim.scorecard.people import PEOPLE


def _data_quality(e: Evidence) -> float:
    here = e.during(e.quality["day"])
    return 1 - ratio(float(e.quality["failed"][here].sum()), float(e.quality["rows"][here].sum()))


def _weighted(e: Evidence, column: str, weight: str) -> float:
    values, weights = e.column(column), e.column(weight)
    seen = ~np.isnan(values) & (weights > 0)
    return ratio(float(np.sum(values[seen] * weights[seen])), float(weights[seen].sum()))


def _has(e: Evidence, column: str) -> bool:
    """Say whether a daily column, NaN throughout where it makes no sense, holds anything over the whole run."""
    return not bool(np.isnan(e.daily[column]).all())


def _accuracy_last_quarter(e: Evidence) -> float:
    last = e.column("quarter") == e.column("quarter").max(initial=0)
    return ratio(float(e.column("right")[last].sum()), float(e.column("decided")[last].sum()))


def _equity(e: Evidence) -> float:
    """Return the gap of the service with the widest: a programme is as fair as its least fair service."""
    here, k = e.during(e.groups_day), len(e.groups)
    gaps = [float("nan")]
    for service in range(len(e.owners)):
        mine = here & (e.owner == service)
        counts = (np.bincount(e.group[mine], weights=x[mine], minlength=k) for x in (e.eligible, e.granted))
        theirs = np.unique(e.group[mine])
        gaps.append(float(equity_gap(*(count[theirs] for count in counts))) if len(theirs) else float("nan"))
    return float(np.nanmax(gaps)) if not np.isnan(gaps).all() else float("nan")


def _served(e: Evidence) -> float:
    """Return the share of the worst-served group of those services that award and refuse."""
    here, k = e.during(e.groups_day), len(e.groups)
    shares = [float("nan")]
    for service, name in enumerate(e.owners):
        mine = here & (e.owner == service)
        if name in e.deciding:
            eligible, granted = (
                np.bincount(e.group[mine], weights=x[mine], minlength=k) for x in (e.eligible, e.granted)
            )
            shares += list(granted[eligible > 0] / eligible[eligible > 0])
    return float(np.nanmin(shares)) if not np.isnan(shares).all() else float("nan")


def _deployments(e: Evidence) -> float:
    return float(e.during(e.released).sum()) / ((e.last - e.first) / 91.3125)


def _lead_time(e: Evidence) -> float:
    here = e.during(e.released)
    return mean(e.released[here] - e.started[here])


def _failure_rate(e: Evidence) -> float:
    here = e.during(e.used)
    return ratio(float((~np.isnan(e.restored[here])).sum()), float(here.sum()))


def _restore(e: Evidence) -> float:
    here = e.during(e.restored)
    return mean(e.restored[here] - e.used[here])


def _mend(e: Evidence) -> float:
    here = e.during(e.fixed)
    return mean(e.fixed[here] - e.began[here])


def _detect(e: Evidence) -> float:
    here = e.during(e.fault_began)
    known = np.minimum(np.where(np.isnan(e.fault_known), e.last, e.fault_known), e.last)
    return mean(known[here] - e.fault_began[here])


def _time_to_value(e: Evidence) -> float:
    days = e.column("day")
    net = np.bincount(days - e.first, weights=e.column("benefit_gbp") - e.column("harm_gbp") - e.column("spend_gbp"))
    behind = np.nonzero(np.cumsum(net) <= 0)[0]
    return float(behind[-1] + 1) if len(behind) else 0.0


def _discounted(e: Evidence, sign: Mapping[str, int]) -> float:
    flow = sum(s * e.column(c) for c, s in sign.items())
    return float(np.sum(flow * e.column("discount")))


_ALL: dict[str, Measure] = {
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
        "Final decisions that are right, in hindsight; a forecast is right within the service's tolerance.",
        lambda e: ratio(e.total("right"), e.total("decided")),
    ),
    "accuracy_last_quarter": Measure(
        MODEL,
        "share",
        "higher",
        TARGETS["accuracy_last_quarter"],
        "The same, in the last quarter.",
        _accuracy_last_quarter,
    ),
    "mape": Measure(
        MODEL,
        "share",
        "lower",
        TARGETS["mape"],
        "Mean absolute error of forecasts, as a share of what came.",
        partial(_weighted, column="mape", weight="decided"),
        applies=partial(_has, column="mape"),
    ),
    "equity_gap": Measure(
        MODEL,
        "share",
        "lower",
        TARGETS["equity_gap"],
        "Gap between groups in the share of people served right: eligible and awarded, or forecast within tolerance.",
        _equity,
    ),
    "availability": Measure(
        MODEL,
        "share",
        "higher",
        TARGETS["availability"],
        "Cases that reach the model on the night they come.",
        lambda e: ratio(e.total("on_time"), e.total("cases")),
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
    "change_failure_rate": Measure(
        OPERATIONS,
        "share",
        "lower",
        TARGETS["change_failure_rate"],
        "Releases that were taken back, mended in use or stopped as a canary (DORA).",
        _failure_rate,
    ),
    "time_to_restore_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["time_to_restore_days"],
        "From a failed release to the day on which it is mended or the version before is back (DORA).",
        _restore,
    ),
    "time_to_mend_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["time_to_mend_days"],
        "From the beginning of an incident to its end.",
        _mend,
    ),
    "time_to_detect_days": Measure(
        OPERATIONS,
        "days",
        "lower",
        TARGETS["time_to_detect_days"],
        "From the beginning of a data incident until it is found; until it ends, or now, if nobody finds it.",
        _detect,
    ),
    "false_alerts": Measure(
        OPERATIONS,
        "alerts",
        "lower",
        TARGETS["false_alerts"],
        "Times that somebody looked into the data and nothing was wrong.",
        lambda e: float(e.during(e.false_alert).sum()),
    ),
    "spend_gbp": Measure(
        COST,
        "GBP",
        "lower",
        TARGETS["spend_gbp"],
        "Cloud, staff, casework, adoption and compliance.",
        lambda e: e.total("spend_gbp"),
    ),
    "cost_per_decision_gbp": Measure(
        COST,
        "GBP per decision",
        "lower",
        TARGETS["cost_per_decision_gbp"],
        "Spend over decisions.",
        lambda e: ratio(e.total("spend_gbp"), e.total("decided")),
    ),
    "cost_per_accurate_decision_gbp": Measure(
        COST,
        "GBP per decision",
        "lower",
        TARGETS["cost_per_accurate_decision_gbp"],
        "Spend over right decisions.",
        lambda e: ratio(e.total("spend_gbp"), e.total("right")),
    ),
    "utilisation": Measure(
        COST,
        "share",
        "higher",
        TARGETS["utilisation"],
        "Share of paid machine time that does work, by price.",
        lambda e: mean(e.column("utilisation")),
    ),
    **ALLOCATION,
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
        lambda e: ratio(e.total("refused_by_person"), e.total("refused")),
        applies=lambda e: e.decides,
    ),
    "people_identified": Measure(
        GOVERNANCE,
        "people",
        "lower",
        TARGETS["people_identified"],
        "People whom thieves of records can name, by the day on which it becomes known.",
        lambda e: e.total("people_identified"),
    ),
    "kept_too_long": Measure(
        GOVERNANCE,
        "share",
        "lower",
        TARGETS["kept_too_long"],
        "Records held longer than the law allows, of all records held, day by day.",
        lambda e: ratio(e.total("held_too_long"), e.total("held")),
    ),
    "satisfaction": Measure(
        VALUE,
        "share",
        "higher",
        TARGETS["satisfaction"],
        "People content with what was done for them, where they are asked.",
        partial(_weighted, column="satisfaction", weight="decided"),
        applies=partial(_has, column="satisfaction"),
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
        "Harm of wrong, late and double decisions and of breaches, discounted.",
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
    "delivered_share": Measure(
        DATA,
        "share",
        "higher",
        TARGETS["delivered_share"],
        "Cases whose records reach the model at all.",
        lambda e: ratio(e.total("delivered"), e.total("cases")),
    ),
    "time_to_adopt_days": Measure(
        TIME,
        "days",
        "lower",
        TARGETS["time_to_adopt_days"],
        "From wanting a practice to its coming into force.",
        lambda e: mean(e.adoption_days[e.during(e.adopted)]),
    ),
    "people_served": Measure(
        VALUE,
        "share",
        "higher",
        TARGETS["people_served"],
        "Eligible people who are awarded, in the group and the service where they fare worst.",
        _served,
        applies=lambda e: e.decides,
    ),
    **FUNDING,
    **BUYING,
    **PEOPLE,
}

MEASURES = {name: m for family in FAMILIES for name, m in _ALL.items() if m.family == family}
"""Every measure, by name, family by family."""

OF_ALL = (
    "data_quality",
    "time_to_mend_days",
    "utilisation",
    "tag_coverage",
    "allocation_error",
    "time_to_adopt_days",
    "staff_queue_days",
    "handoffs",
    "toil_share",
    *FUNDING,
    *OF_MACHINES,
)
"""Measures whose records do not tell one service from another."""

PER_SERVICE = tuple(n for n in MEASURES if n not in OF_ALL)
"""Measures whose records tell one service from another."""
