"""What to do next, as far as the records of one run can say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from sim.records.practices import PRACTICES
from sim.run import Run
from sim.scorecard.measures import MEASURES
from sim.summary import money, quantity

Evidence = Callable[[Run], str]


@dataclass(frozen=True)
class Theme:
    """Measures that are moved by the same decisions.

    Attributes
    ----------
    name : str
        What it is about, in words.
    measures : tuple of str
        Of the scorecard.
    points : tuple of str
        Decision points that move them, the most direct first.
    evidence : callable
        From a run to a sentence of what its records show; empty if they show nothing.
    """

    name: str
    measures: tuple[str, ...]
    points: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Advice:
    """One thing to look into.

    Attributes
    ----------
    name : str
        The theme.
    missed : list of str
        What was missed, each with its value and target, in words.
    shown : str
        What the records show.
    open : list of str
        Practices that are not in force, in words, with the names of their decision points.
    taken : list of str
        Those that are.
    breaks_floor : bool
        Whether a floor is broken, so that net public value does not count.
    """

    name: str
    missed: list[str]
    shown: str
    open: list[str]
    taken: list[str]
    breaks_floor: bool


def _late_incidents(run: Run) -> str:
    late = run.incidents[~(run.incidents["detected_day"] - run.incidents["began_day"] < 1)]
    late = late[late["service"] != ""]
    if not len(late):
        return ""
    n = len(late)
    return (
        f"{n} incident{'' if n == 1 else 's'} in the data went unnoticed for a day or longer, and cost "
        f"{money(float(late['cost_gbp'].sum()))}."
    )


def _ageing(run: Run) -> str:
    quarters = run.daily.groupby("quarter")[["right", "decided"]].sum()
    share = (quarters["right"] / quarters["decided"]).dropna()
    if len(share) < 2:
        return ""
    return f"{share.iloc[0]:.1%} of decisions were right in the first quarter and {share.iloc[-1]:.1%} in the last."


def _failures(run: Run) -> str:
    bad = int(run.journal["kind"].isin(("release found bad", "rolled back", "release stopped")).sum())
    waits = float(run.daily["waiting"].max()) if "waiting" in run.daily else 0.0
    late = f"Up to {waits:,.0f} cases waited at once." if waits else ""
    return f"The journal has {bad} entries of bad releases. {late}".strip() if bad else late


def _groups(run: Run) -> str:
    refused = float(run.daily["refused"].sum())
    if not refused:
        return ""
    seen = float(run.daily["refused_by_person"].sum())
    return f"A person looked at {seen / refused:.1%} of {refused:,.0f} refusals."


def _idle(run: Run) -> str:
    idle, cloud = float(run.daily["idle_gbp"].sum()), float(run.daily["cloud_gbp"].sum())
    return f"{money(idle)} of {money(cloud)} for the cloud bought capacity that did nothing." if cloud else ""


def _owners(run: Run) -> str:
    shown = int((run.journal["kind"] == "showback").sum())
    return f"Owners were shown their bill {shown} time{'' if shown == 1 else 's'}." if shown else "No owner saw a bill."


def _bids(run: Run) -> str:
    controls = int((run.journal["kind"] == "spending controls").sum())
    back = run.ledger.loc[run.ledger["debit"] == "surrendered", "pence"].sum() / 100
    began = f"Spending controls began {controls} time{'' if controls == 1 else 's'}"
    return f"{began}; {money(float(back))} went back unspent."


def _findings(run: Run) -> str:
    found = run.journal[run.journal["kind"] == "finding"]["subject"].value_counts()
    return f"Auditors most often missed: {found.index[0]} ({found.iloc[0]} times)." if len(found) else ""


def _work(run: Run) -> str:
    waited = (run.people["started_day"] - run.people["queued_day"]).dropna()
    return f"Work waited {waited.mean():.1f} days on average, and {waited.max():.0f} at most." if len(waited) else ""


THEMES = (
    Theme(
        "Bad data is found late",
        ("data_quality", "delivered_share", "time_to_detect_days", "time_to_mend_days"),
        ("contracts", "validate", "repair", "watch_data", "catalogue"),
        _late_incidents,
    ),
    Theme(
        "Models grow old",
        ("accuracy", "accuracy_last_quarter", "mape", "deployment_frequency", "lead_time_days"),
        ("watch_model", "retrain", "train", "promote"),
        _ageing,
    ),
    Theme(
        "The service is late or a release fails",
        ("availability", "feature_age_hours", "change_failure_rate", "time_to_restore_days"),
        ("ingest", "tests", "release", "roll_back", "versioning"),
        _failures,
    ),
    Theme(
        "Some people fare worse",
        ("equity_gap", "people_served", "refusals_seen_by_person"),
        ("decide", "train", "govern"),
        _groups,
    ),
    Theme(
        "Machines stand idle",
        (
            "idle_share", "utilisation", "spend_gbp", "cost_per_decision_gbp", "cost_per_accurate_decision_gbp",
            "cost_per_training_run_gbp", "carbon_kg", "carbon_gbp", "commitment_coverage", "commitment_utilisation",
        ),
        ("size", "scale", "watch_spend", "place", "commit"),
        _idle,
    ),
    Theme("Nobody owns the bill", ("tag_coverage", "allocation_error"), ("tag", "allocate"), _owners),
    Theme(
        "Budgets miss",
        ("forecast_error", "forecast_coverage", "budget_overrun"),
        ("forecast", "fund", "watch_spend"),
        _bids,
    ),
    Theme(
        "Evidence is missing",
        ("audit_findings", "evidence_share", "kept_too_long", "people_identified"),
        ("govern", "retain", "versioning", "catalogue", "protect"),
        _findings,
    ),
    Theme(
        "People's time goes into queues and toil",
        ("staff_queue_days", "handoffs", "toil_share", "time_to_adopt_days", "false_alerts"),
        ("organise", "adopt", "watch_model", "watch_data"),
        _work,
    ),
)  # fmt: skip
"""In no order: `advise` puts the worst first."""

FOLLOWS = ("satisfaction", "benefit_gbp", "harm_gbp", "net_public_value", "trust", "uptake", "time_to_value_days")
"""Measures that no decision moves by itself: they follow from the others."""


def advise(run: Run, most: int = 5) -> list[Advice]:
    """Return what to look into, the worst first.

    Parameters
    ----------
    run : Run
        Of a week or more.
    most : int
        How many at most.

    Returns
    -------
    list of Advice
        Themes of which a target was missed. Broken floors come first, then those that lie furthest from their targets,
        each miss taken as a share of its target and counted as 1 at most.
    """
    card = run.scorecard()
    missed = card[(card["service"] == "all") & card["target"].notna() & ~card["met"].astype(bool)]
    floors = run.headline().floors
    broken = set(floors.loc[~floors["met"], "measure"])
    taken = set(run.journal.loc[run.journal["kind"].isin(("in force", "decided")), "subject"])
    ranked = []
    for theme in THEMES:
        rows = missed[missed["measure"].isin(theme.measures)]
        breaks = bool(broken & set(theme.measures))
        if len(rows) or breaks:
            found = Advice(
                theme.name,
                [_missed(row) for row in rows.itertuples(index=False)],
                theme.evidence(run),
                [f"{PRACTICES[point]} ({point})" for point in theme.points if point not in taken],
                [f"{PRACTICES[point]} ({point})" for point in theme.points if point in taken],
                breaks,
            )
            ranked.append((-10.0 * breaks - _distance(rows), len(ranked), found))
    return [found for _, _, found in sorted(ranked)[:most]]


def _missed(row: object) -> str:
    name = row.measure.removesuffix("_gbp").removesuffix("_days").replace("_", " ")
    side = "at least" if MEASURES[row.measure].better == "higher" else "at most"
    value = quantity(row.value, row.unit) if row.value == row.value else "not to be measured"
    return f"{name} {value} (wanted: {side} {quantity(row.target, row.unit)})"


def _distance(rows: pd.DataFrame) -> float:
    """Add up how far measures lie from their targets, as shares of them; what could not be measured counts half."""
    apart = (rows["value"] - rows["target"]).abs() / rows["target"].abs().where(rows["target"] != 0, 1.0)
    return float(apart.fillna(0.5).clip(upper=1.0).sum())
