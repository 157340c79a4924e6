"""The picture of a run, beside another: tiles, charts, scorecard and events, as plain data."""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.calendar import Calendar
from sim.cockpit.charts import budget_gbp, charts, overspent, spent_gbp
from sim.cockpit.equity import gaps_by_service, widest
from sim.cockpit.knock_on import in_force, knock_ons
from sim.cockpit.observed import Figures
from sim.scenario import Scenario
from sim.scenario.targets import TARGETS
from sim.summary import money


def empty() -> Figures:
    """Return a run of which nothing is known yet."""
    return {"quarters": [], "end": None, "choices": {}}


def picture(scenario: Scenario, now: Figures, before: Figures | None) -> Figures:
    """Return what the page shows.

    Parameters
    ----------
    scenario : Scenario
        For names and lengths.
    now, before : dict
        ``quarters`` and ``end``, as for `sim.cockpit.charts.charts`.

    Returns
    -------
    dict
        ``played`` and ``of`` (quarters), ``days`` (bounds of the quarters), ``tiles``, ``charts``, ``scorecard``,
        ``feed``, ``headline``, ``counts``, ``in_force`` (day by decision point, and by point and service) and ``why``
        (sentences, as `sim.cockpit.knock_on.knock_ons` returns them).
    """
    played, end = len(now["quarters"]), now["end"]
    earlier = before["end"] if before else None
    return {
        "played": played,
        "of": scenario.quarters,
        "complete": end is not None,
        "days": _bounds(scenario),
        "tiles": tiles(scenario, now, before) if played else [],
        "charts": charts(scenario, now, before),
        "scorecard": _rows(end["scorecard"], earlier["scorecard"] if earlier else None) if end else [],
        "feed": end["feed"] if end else [],
        "headline": end["headline"] if end else "",
        "counts": end["counts"] if end else None,
        "in_force": in_force(now["quarters"]),
        "why": knock_ons(scenario, now, before) if before else [],
    }


def _bounds(scenario: Scenario) -> list[int]:
    return [int(day) for day in Calendar(scenario.start, scenario.quarters).bounds]


def _rows(rows: list[Figures], old: list[Figures] | None) -> list[Figures]:
    was = {row["measure"]: row for row in old or []}
    return [row | {"before": was[row["measure"]]["text"] if row["measure"] in was else ""} for row in rows]


def tiles(scenario: Scenario, now: Figures, before: Figures | None, when: str = "") -> list[Figures]:
    """Return the headline figures over the quarters played so far, each with its change from the same quarters before.

    Parameters
    ----------
    scenario : Scenario
        For its services.
    now, before : dict
        As for `picture`; at least one quarter of ``now`` has been played.
    when : str
        What time they are of, if not the quarters from the first.

    Returns
    -------
    list of dict
        ``name``, ``text``, ``note``, ``change`` (text), ``good`` (None where nothing has changed) and ``bad`` (whether
        the figure itself breaks a budget, a floor or, of equity, the target).
    """
    n = len(now["quarters"])
    here, there = now["quarters"], (before["quarters"][:n] if before else [])
    there = there if len(there) == n else []
    share, error = _right(here)
    span = when or _so_far(n, scenario.quarters)
    trusted = all(s["trust"][-1] is not None for s in here[-1]["services"].values())
    trust = _tile("Trust", _trust, _percent, here, there, 1, note="the least trusted service", points=True)
    lost = now["end"] is not None and not now["end"]["counts"]
    return [
        _tile(
            "Net public value",
            _value,
            money,
            here,
            there,
            1,
            note=f"{span}; does not count yet: see the scorecard" if lost else span,
            bad=lost,
        ),
        _tile(
            "Right decisions",
            lambda quarters: _right(quarters)[0],
            _percent,
            here,
            there,
            1,
            note=f"last quarter; sampling error ±{error:.1%}",
            points=True,
        ),
        _tile(
            "Equity gap",
            _gap,
            _percent,
            here,
            there,
            -1,
            note=widest(scenario, here, span),
            points=True,
            bad=round(_gap(here), 3) > TARGETS["equity_gap"],
        ),
        _tile(
            "Spend", spent_gbp, money, here, there, -1, note=_budget(here, scenario.quarters), bad=bool(overspent(here))
        ),
        *([trust] if trusted else []),
        _tile("Work waiting", _queue, lambda x: f"{x:.0f}", here, there, -1, note="pieces, at the quarter's end"),
    ]


def headline_figures(quarters: list[Figures]) -> dict[str, str]:
    """Return what a run came to in three figures, as the tiles say them: ``spend``, ``gap`` and ``value``."""
    return {"spend": money(spent_gbp(quarters)), "gap": _percent(_gap(quarters)), "value": money(_value(quarters))}


def _budget(quarters: list[Figures], of: int) -> str:
    """Say in which quarters more was spent than the budget, and what that was, contingency and all."""
    most = money(math.fsum(budget_gbp(q) for q in quarters))
    over = [f"Q{quarter} by {money(gbp)}" for quarter, gbp in overspent(quarters).items()]
    if over:
        return f"over budget in {len(over)} of {len(quarters)} quarters: {', '.join(over)}; {most} in all"
    return f"budget {most}; kept to in every quarter" + (" so far" if len(quarters) < of else "")


def _so_far(played: int, of: int) -> str:
    return "over all quarters" if played == of else f"quarters 1 to {played} of {of}" if played > 1 else "quarter 1"


def _tile(
    name: str,
    of: Callable[[list[Figures]], float],
    text: Callable[[float], str],
    here: list[Figures],
    there: list[Figures],
    sign: int,
    note: str,
    points: bool = False,
    bad: bool = False,
) -> Figures:
    value = of(here)
    tile: Figures = {"name": name, "text": text(value), "note": note, "change": "", "good": None, "value": value}
    tile["bad"] = bad
    if there:
        change = round(value, 3) - round(of(there), 3) if points else value - of(there)
        size = f"{abs(change) * 100:.1f} points" if points else text(abs(change))
        if text(value) == text(of(there)):
            tile["change"] = "as before"
        else:
            tile["good"] = bool(change * sign > 0)
            tile["change"] = f"{'▲' if change > 0 else '▼'} {size} {'better' if tile['good'] else 'worse'}"
    return tile


def _value(quarters: list[Figures]) -> float:
    return math.fsum(x for q in quarters for x in q["value"])


def _right(quarters: list[Figures]) -> tuple[float, float]:
    """Return the share of right decisions in the last quarter, and its sampling error at 95 %."""
    counts = [s["count"] for s in quarters[-1]["services"].values()]
    decided = sum(c["decided"] for c in counts)
    if not decided:
        return 0.0, 0.0
    share = sum(c["right"] for c in counts) / decided
    variance = 0.0
    for c in counts:
        if c["decided"] and c["sampled"]:
            own = c["right"] / c["decided"]
            variance += (c["decided"] / decided) ** 2 * own * (1 - own) / c["sampled"]
    return share, 1.96 * math.sqrt(variance)


def _gap(quarters: list[Figures]) -> float:
    return max(gaps_by_service(quarters).values(), default=0.0)


def _trust(quarters: list[Figures]) -> float:
    return min((s["trust"][-1] or 0.0 for s in quarters[-1]["services"].values()), default=0.0)


def _queue(quarters: list[Figures]) -> float:
    return float(sum(line[-1] for line in quarters[-1]["waiting"].values()))


def _percent(share: float) -> str:
    return f"{share:.1%}"
