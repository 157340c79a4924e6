"""The cockpit's charts as plain data, each with words for whoever cannot see it."""

from __future__ import annotations

import math
from typing import Any

from sim.cockpit.observed import Figures
from sim.scenario import Scenario
from sim.scenario.targets import TARGETS
from sim.summary import money

CATEGORIES = ("people", "infrastructure", "operations", "software", "data", "compliance")
"""Categories of spend, from the foot of a bar to its top."""

Line = list[tuple[float, float | None]]


def charts(scenario: Scenario, now: Figures, before: Figures | None) -> list[Figures]:
    """Return every chart of a run, with another run beside it.

    Parameters
    ----------
    scenario : Scenario
        For names and lengths.
    now, before : dict
        ``quarters`` (figures, as `sim.cockpit.observed.quarter_figures` returns them, so far) and ``end`` (as
        `sim.cockpit.observed.last_figures` does, or None).

    Returns
    -------
    list of dict
        ``id``, ``title``, ``kind`` (``"lines"``, ``"bars"`` or ``"spans"``), ``unit``, ``alt`` and what is drawn.
    """
    old = before or {"quarters": [], "end": None}
    names = {s.name: s.title for s in scenario.services}
    trust = _by_service("trust", "Trust", "trust", names, now, old, target=TARGETS["trust"])
    return [
        _value(now, old),
        _by_service("service", "Right decisions", "right", names, now, old, target=TARGETS["accuracy"]),
        _by_service("equity", "Equity gap", "gap", names, now, old, target=TARGETS["equity_gap"], better="low"),
        _spend(scenario, now, old),
        _quality(scenario, now, old),
        _models(names, now),
        _waiting(now, old),
        *([trust] if scenario.organisation is not None else []),
    ]


def _value(now: Figures, old: Figures) -> Figures:
    lines = [{"name": "value", "now": _running(now), "before": _running(old)}]
    said = _ends(lines[0]["now"], lines[0]["before"], money)
    return {
        "id": "value",
        "title": "Net public value so far",
        "kind": "lines",
        "unit": "gbp",
        "lines": lines,
        "alt": f"Line: benefit less harm and spend, added up over time. {said}",
    }


def _running(run: Figures) -> Line:
    points: Line = [(0.0, 0.0)] if run["quarters"] else []
    total = 0.0
    for quarter in run["quarters"]:
        for at, gbp in zip(quarter["at"], quarter["value"], strict=True):
            total += gbp
            points.append((at, total))
    return points


def _by_service(
    key: str,
    title: str,
    what: str,
    names: dict[str, str],
    now: Figures,
    old: Figures,
    target: float,
    better: str = "high",
) -> Figures:
    lines = [
        {"name": name, "now": _of(now, service, what), "before": _of(old, service, what)}
        for service, name in names.items()
    ]
    said = " ".join(f"{line['name']}: {_ends(line['now'], line['before'], _percent)}" for line in lines)
    return {
        "id": key,
        "title": title,
        "kind": "lines",
        "unit": "share",
        "lines": lines,
        "target": {"value": target, "label": f"target {'at most' if better == 'low' else 'at least'} {target:.0%}"},
        "alt": f"Lines by service. {said}",
    }


def _of(run: Figures, service: str, what: str) -> Line:
    """Return a line of one value for each point, or for each quarter, which then stands in its middle."""
    points: Line = []
    for quarter in run["quarters"]:
        values = quarter["services"][service][what]
        at = quarter["at"] if len(values) > 1 else [(quarter["first"] + quarter["last"]) / 2]
        points += zip(at, values, strict=True)
    return points


def budget_gbp(quarter: Figures) -> float:
    """Return a quarter's budget, contingency and all, GBP."""
    return float(quarter["money"]["envelope"] + quarter["money"]["contingency"])


def spent_gbp(quarters: list[Figures]) -> float:
    """Return what some quarters cost together, GBP."""
    return math.fsum(x for q in quarters for x in q["spend"].values())


def overspent(quarters: list[Figures]) -> dict[int, float]:
    """Return, for the quarters in which more was spent than the budget, by how much, GBP."""
    over = {q["quarter"]: math.fsum(q["spend"].values()) - budget_gbp(q) for q in quarters}
    return {quarter: gbp for quarter, gbp in over.items() if gbp >= 0.005}


def _how_set(scenario: Scenario) -> str:
    """Say how the budget comes about, and why it moves with the levers."""
    settled, share = scenario.funding_gbp, scenario.budget.contingency_share
    return (
        f"Budget: Q1 as settled, {money(settled)} and {share:.0%} contingency; then what the programme bids, up to the "
        "settlement (more or less, by last year's results). As things are today, that is what the same months cost a "
        "year before, and a tenth: so it moves with your spend, and with the lever Forecast and bid."
    )


def _spend(scenario: Scenario, now: Figures, old: Figures) -> Figures:
    totals = [sum(q["spend"].values()) for q in now["quarters"]]
    earlier = [sum(q["spend"].values()) for q in old["quarters"]]
    stacks = [
        {"name": name, "values": [max(q["spend"].get(name, 0.0), 0.0) for q in now["quarters"]]} for name in CATEGORIES
    ]
    allowed = [budget_gbp(q) for q in now["quarters"]]
    said = "Nothing has been spent yet."
    if totals:
        largest = max(stacks, key=lambda s: sum(s["values"]))["name"]
        over = [f"Q{quarter} by {money(gbp)}" for quarter, gbp in overspent(now["quarters"]).items()]
        said = f"{money(sum(totals))} in {len(totals)} quarters, most of it for {largest}; " + (
            f"over budget in {', '.join(over)}." if over else "never over budget."
        )
    if earlier[: len(totals)] and totals:
        said += f" Before, the same quarters cost {money(sum(earlier[: len(totals)]))}."
    return {
        "id": "spend",
        "title": "Spend by category",
        "kind": "bars",
        "unit": "gbp",
        "quarters": scenario.quarters,
        "stacks": [s for s in stacks if any(s["values"])],
        "limit": allowed,
        "before": earlier,
        "note": _how_set(scenario),
        "told": [_told(q) for q in now["quarters"]],
        "alt": f"Stacked bars by quarter. {said}",
    }


def _told(quarter: Figures) -> str:
    """Say in figures what a quarter's bar stands for."""
    parts = [f"{name} {money(quarter['spend'][name])}" for name in CATEGORIES if quarter["spend"].get(name)]
    spent, most = math.fsum(quarter["spend"].values()), budget_gbp(quarter)
    verdict = f"{money(abs(most - spent))} {'over' if spent > most else 'left'}"
    return f"Q{quarter['quarter']}: {money(spent)} of {money(most)}, {verdict}. {', '.join(parts)}."


def _quality(scenario: Scenario, now: Figures, old: Figures) -> Figures:
    lines = [{"name": "quality", "now": _score(now), "before": _score(old)}]
    faults = [i for i in now["end"]["incidents"] if i["what"] != "breach"] if now["end"] else []
    unseen = sum(i["found"] is None for i in faults)
    said = _ends(lines[0]["now"], lines[0]["before"], _percent)
    if faults:
        said += f" {len(faults)} incidents, {unseen} of them never found."
    return {
        "id": "data",
        "title": "Quality of the data",
        "kind": "lines",
        "unit": "share",
        "lines": lines,
        "late": not lines[0]["now"],
        "target": {"value": TARGETS["data_quality"], "label": f"target at least {TARGETS['data_quality']:.1%}"},
        "marks": [{"first": i["first"], "last": i["last"], "found": i["found"], "label": i["what"]} for i in faults],
        "alt": f"Line: share of delivered records that pass, over six dimensions; incidents below it. {said}",
    }


def _score(run: Figures) -> Line:
    return list(zip(run["end"]["quality"]["at"], run["end"]["quality"]["score"], strict=True)) if run["end"] else []


def _models(names: dict[str, str], now: Figures) -> Figures:
    versions = now["end"]["models"] if now["end"] else []
    rows = [
        {
            "name": name,
            "spans": [
                {"first": max(m["first"], 0.0), "last": m["last"], "label": m["version"]}
                for m in versions
                if m["service"] == service
            ],
        }
        for service, name in names.items()
    ]
    said = "; ".join(
        f"{row['name']}: {len(row['spans'])} version{'' if len(row['spans']) == 1 else 's'}, the last in use since day "
        f"{max(s['first'] for s in row['spans']):.0f}"
        for row in rows
        if row["spans"]
    )
    return {
        "id": "models",
        "title": "Models in use",
        "kind": "spans",
        "unit": "",
        "rows": rows,
        "late": not versions,
        "alt": f"Bars: how long each version was in use. {said or 'Known when the run is complete'}.",
    }


def _waiting(now: Figures, old: Figures) -> Figures:
    lines = [{"name": "waiting", "now": _queue(now), "before": _queue(old)}]
    said = _ends(lines[0]["now"], lines[0]["before"], lambda pieces: f"{pieces:.0f}")
    if now["quarters"]:
        longest = {t: max(line) for q in now["quarters"] for t, line in q["waiting"].items()}
        said += f" The longest queue is that of {max(longest, key=lambda team: longest[team])}." if longest else ""
    return {
        "id": "people",
        "title": "Work that waits for people",
        "kind": "lines",
        "unit": "pieces",
        "lines": lines,
        "alt": f"Line: pieces of work in all queues together. {said}",
    }


def _queue(run: Figures) -> Line:
    return [
        (at, float(sum(line[k] for line in quarter["waiting"].values())))
        for quarter in run["quarters"]
        for k, at in enumerate(quarter["at"])
    ]


def _ends(now: Line, before: Line, text: Any) -> str:
    """Say from where a line runs to where, and where the other was by then."""
    known = [(x, y) for x, y in now if y is not None]
    if not known:
        return "Known when the run is complete."
    (_, first), (at, last) = known[0], known[-1]
    said = f"{_moved(first, last)} from {text(first)} to {text(last)}" if first != last else f"stays at {text(last)}"
    said += f"; lowest {text(min(y for _, y in known))}, highest {text(max(y for _, y in known))}."
    then = [y for x, y in before if y is not None and x <= at]
    return f"{said} Before, {text(then[-1])} by then." if then else said


def _moved(first: float, last: float) -> str:
    return "rises" if last > first else "falls"


def _percent(share: float) -> str:
    return f"{share:.1%}"
