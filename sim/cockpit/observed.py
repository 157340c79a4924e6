"""What the cockpit shows of a programme: a quarter's figures as soon as it has been played, and the rest at the end."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from sim.decisions import POINTS
from sim.ledger import COSTS
from sim.models.fairness import equity_gap
from sim.programme import Programme
from sim.programme.records import daily
from sim.run import Run
from sim.scorecard import MEASURES, headline
from sim.summary import quantity

POINTS_A_QUARTER = 6
"""Points of a line within a quarter: half-months, in which sampling does not drown what there is to see."""

Figures = dict[str, Any]
"""Plain data: text, numbers, None where there is nothing to measure, lists and dicts of these."""


def quarter_figures(programme: Programme, quarter: int) -> Figures:
    """Return the figures of a quarter that has been played.

    Parameters
    ----------
    programme : Programme
        Played at least to the quarter's end.
    quarter : int
        Counted from 1.

    Returns
    -------
    dict
        ``quarter``, ``first`` and ``last`` (days), ``at`` (days of the points within it), ``value`` (GBP by point,
        discounted), ``services`` (by name: right, trust and uptake by point, the gap, and the counts of the quarter),
        ``spend`` (GBP by category), ``money`` (GBP), ``waiting`` (pieces of work by team and point), ``people``
        (posts filled), and ``in_force`` (what has come into force: decision point, services and day).
    """
    first, last = programme.calendar.bounds[quarter - 1 : quarter + 1]
    ledger = programme.ledger.frame(first)
    days, groups = daily(programme, last, first, ledger)
    point = (np.arange(last - first) * POINTS_A_QUARTER) // (last - first)
    at = [float(first + np.nonzero(point == k)[0][-1] + 1) for k in range(POINTS_A_QUARTER)]
    net = (days["benefit_gbp"] - days["harm_gbp"] - days["spend_gbp"]) * days["discount"]
    places = point[days["day"].to_numpy() - first]
    journal = programme.journal.frame(first)
    event = journal[(journal["kind"] == "in force") & (journal["day"] < last)]
    return {
        "quarter": quarter,
        "first": first,
        "last": last,
        "at": at,
        "value": np.bincount(places, weights=net, minlength=POINTS_A_QUARTER).tolist(),
        "services": {
            s.given.name: _service(
                days[days["service"] == s.given.name], groups[groups["service"] == s.given.name], point
            )
            for s in programme.services
        },
        "spend": _spend(ledger, last),
        "money": _money(programme, quarter),
        "waiting": _waiting(programme, at),
        "people": _people(programme),
        "in_force": [
            {"point": e.subject, "services": [s for s in e.service.split(", ") if s], "day": float(e.day)}
            for e in event.itertuples()
        ],
    }


def _service(days: pd.DataFrame, groups: pd.DataFrame, point: np.ndarray) -> Figures:
    k = groups["group"].nunique()
    eligible, granted = (groups[c].to_numpy().reshape(-1, k) for c in ("eligible", "granted"))

    def by_point(values: np.ndarray) -> np.ndarray:
        return np.stack([values[point == p].sum(axis=0) for p in range(POINTS_A_QUARTER)])

    ends = [int(np.nonzero(point == p)[0][-1]) for p in range(POINTS_A_QUARTER)]
    right, decided = (by_point(days[c].to_numpy()) for c in ("right", "decided"))
    return {
        "right": [_number(r / d) if d else None for r, d in zip(right, decided, strict=True)],
        "gap": [_number(equity_gap(eligible.sum(axis=0), granted.sum(axis=0)))],
        "trust": [_number(t) for t in days["trust"].to_numpy()[ends]],
        "uptake": [_number(u) for u in days["uptake"].to_numpy()[ends]],
        "count": {c: float(days[c].sum()) for c in ("right", "decided", "cases", "sampled", "referred", "waiting")},
        "eligible": eligible.sum(axis=0).tolist(),
        "granted": granted.sum(axis=0).tolist(),
        "gbp": {c: float(days[f"{c}_gbp"].sum()) for c in ("benefit", "harm", "spend")},
    }


def _spend(ledger: pd.DataFrame, last: int) -> dict[str, float]:
    """Return the spend by category before a day, GBP, less what came back."""
    ledger = ledger[ledger["day"] < last]
    sign = ledger["debit"].isin(COSTS).to_numpy() * 1.0 - ledger["credit"].isin(COSTS).to_numpy()
    gbp = pd.Series(ledger["pence"].to_numpy() * sign / 100).groupby(ledger["category"].to_numpy()).sum()
    return {str(name): float(value) for name, value in gbp.items() if abs(value) >= 0.005}


def _money(programme: Programme, quarter: int) -> dict[str, float | bool | None]:
    """Return what was handed out for the quarter and, where the next is known, for the next."""
    plans = programme.books.plans
    now, then = plans[quarter - 1].envelope, plans[quarter].envelope if len(plans) > quarter else None
    return {
        "envelope": now.gbp,
        "contingency": now.contingency_gbp,
        "next": then.most_gbp if then else None,
        "controlled": programme.books.controlled,
    }


def _waiting(programme: Programme, at: list[float]) -> dict[str, list[int]]:
    """Count, team by team, the pieces of work that waited for somebody at each point."""
    log = programme.log.frame()
    queued, begun = log["queued_day"].to_numpy(), log["started_day"].fillna(math.inf).to_numpy()
    code, teams = pd.factorize(log["team"])
    counts = [np.bincount(code[(queued < day) & (begun >= day)], minlength=len(teams)).tolist() for day in at]
    return {str(team): list(column) for team, column in zip(teams, zip(*counts, strict=True), strict=True)}


def _people(programme: Programme) -> dict[str, int]:
    """Return how many posts of each team are filled now."""
    return {team.name: programme.organisation.paid(team) for team in programme.scenario.staff.teams}


def last_figures(run: Run) -> Figures:
    """Return what is known of a whole run only when all its records have been built.

    Parameters
    ----------
    run : Run
        Finished, or stopped early.

    Returns
    -------
    dict
        ``quality`` (day and score of what was delivered, by half-month), ``incidents`` and ``models`` (spans of days),
        ``scorecard`` and ``feed`` (rows), ``headline`` (a sentence) and ``counts``.
    """
    measured = run.scorecard()
    counting = headline(measured, run.floors)
    return {
        "quality": _quality(run),
        "incidents": [
            {
                "what": str(i.kind).replace("_", " "),
                "service": i.service,
                "first": i.began_day,
                "found": _number(i.detected_day),
                "last": _number(i.fixed_day) or float(run.days),
                "harmed": int(i.cases_harmed),
            }
            for i in run.incidents.itertuples()
        ],
        "models": [
            {
                "service": m.service,
                "version": m.version,
                "first": m.released_day,
                "last": _number(m.retired_day) or float(run.days),
            }
            for m in run.models.itertuples()
            if _number(m.released_day) is not None
        ],
        "scorecard": _rows(measured),
        "feed": feed(run, hindsight=True),
        "headline": str(counting),
        "counts": counting.counts,
        "net": _number(counting.net_public_value),
    }


def _quality(run: Run) -> Figures:
    day, rows, failed = (run.quality[c].to_numpy() for c in ("day", "rows", "failed"))
    width = 365.25 / 4 / POINTS_A_QUARTER
    bins = np.minimum((day / width).astype(int), max(round(run.days / width) - 1, 0))
    all_rows, bad = np.bincount(bins, weights=rows), np.bincount(bins, weights=failed)
    return {
        "at": np.minimum((np.arange(len(all_rows)) + 1) * width, run.days).tolist(),
        "score": [_number(1 - b / r) if r else None for r, b in zip(all_rows, bad, strict=True)],
    }


TITLES = {
    "spend_gbp": "spend, against the scenario's own aim (the board's budget is another)",
    "budget_overrun": "budget overrun, as a share of the board's budget",
    "mape": "how far forecasts are off, on average",
}
"""What measures are called where their names do not say enough."""


def titled(measure: str) -> str:
    """Return what a measure of the scorecard is called."""
    return TITLES.get(measure, measure.removesuffix("_gbp").removesuffix("_days").replace("_", " "))


def card(run: Run) -> list[Figures]:
    """Return the scorecard's lines of all services together, as text where a person reads them."""
    return _rows(run.scorecard())


def _rows(whole: pd.DataFrame) -> list[Figures]:
    return [
        {
            "measure": row.measure,
            "title": titled(row.measure),
            "family": row.family,
            "value": _number(row.value),
            "text": quantity(row.value, row.unit),
            "target": quantity(row.target, row.unit),
            "better": MEASURES[row.measure].better,
            "about": MEASURES[row.measure].about,
            "met": bool(row.met),
            "unit": row.unit,
        }
        for row in whole[whole["service"] == "all"].itertuples()
    ]


def feed(run: Run, hindsight: bool, since: float = 0.0) -> list[Figures]:
    """Return what happened from a day on, event by event, in words."""
    told = run.feed(hindsight)
    told = told[told["day"] >= since]
    return [
        {"day": float(e.day), "service": e.service, "kind": e.kind, "text": _plain(e.text), "incident": e.incident_id}
        for e in told.itertuples()
    ]


def _plain(text: str) -> str:
    """Return an event's text without a decision point's name in brackets, which is for those who write playbooks."""
    return re.sub(rf" \(({'|'.join(POINTS)})\)", "", text)


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None
