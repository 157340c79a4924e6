"""Why a lever moves what other levers are for: the work, the money and the models that they have in common."""

from __future__ import annotations

import math

from sim.cockpit.charts import budget_gbp
from sim.cockpit.levers import APART, DISCIPLINES, LEVERS
from sim.cockpit.observed import Figures
from sim.scenario import Scenario
from sim.summary import money

NAMED = 3
"""The most levers of one discipline that are told one by one."""


def in_force(quarters: list[Figures]) -> dict[str, float]:
    """Return the day on which each practice came into force, by decision point, and by point and service."""
    days: dict[str, float] = {}
    for event in (e for q in quarters for e in q["in_force"]):
        for name in (event["point"], *(event["point"] + APART + service for service in event["services"])):
            days[name] = event["day"]
    return days


def knock_ons(scenario: Scenario, now: Figures, before: Figures) -> list[str]:
    """Say by what a move reached further than its own lever; nothing before both runs are complete.

    Parameters
    ----------
    scenario : Scenario
        For the names of its services.
    now, before : dict
        ``quarters``, ``end`` and ``choices``.

    Returns
    -------
    list of str
        Sentences: other practices came into force on other days, the budget was bid otherwise, or other models were
        in use.
    """
    if now["end"] is None or before["end"] is None:
        return []
    new, old = now["choices"], before["choices"]
    moved = {name.partition(APART)[0] for name in {**old, **new} if old.get(name) != new.get(name)}
    if not moved:
        return []
    return [
        *_queued(moved, in_force(now["quarters"]), in_force(before["quarters"])),
        *_bid(now["quarters"], before["quarters"]),
        *_learnt(scenario, now["end"]["models"], before["end"]["models"]),
    ]


def _queued(moved: set[str], new: dict[str, float], old: dict[str, float]) -> list[str]:
    """Say which practices waited longer, or less long, for the people who take up what was moved."""
    said = []
    for discipline, title in DISCIPLINES.items():
        if discipline not in {LEVERS[point].point.discipline for point in moved}:
            continue
        later = {
            point: round(new[point] - old[point])
            for point in LEVERS
            if point not in moved and point in new and point in old and LEVERS[point].point.discipline == discipline
        }
        told = [
            f"{LEVERS[point].title} {abs(days)} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'}"
            for point, days in later.items()
            if days
        ]
        if told:
            more = f" and {len(told) - NAMED} others" if len(told) > NAMED else ""
            whose = title.partition(":")[0]
            said.append(
                f"In force on other days: {', '.join(told[:NAMED])}{more}; the people of {whose} take up one practice "
                "after another."
            )
    return said


def _bid(new: list[Figures], old: list[Figures]) -> list[str]:
    """Say how the budget differs."""
    now, then = (money(math.fsum(budget_gbp(q) for q in quarters)) for quarters in (new, old))
    return [] if now == then else [f"The budget is {now}, not {then}: what is bid for follows from what is spent."]


def _learnt(scenario: Scenario, new: list[Figures], old: list[Figures]) -> list[str]:
    """Say which services had other models in use than before."""
    told = []
    for service in scenario.services:
        now, then = ([m["first"] for m in models if m["service"] == service.name] for models in (new, old))
        if len(now) != len(then):
            told.append(f"{service.title} had {len(now)} model{'' if len(now) == 1 else 's'} in turn, not {len(then)}")
        elif now != then:
            told.append(f"{service.title} had its models on other days")
    said = "; ".join(told)
    return [f"{said}: right decisions and the equity gap follow from what each has learnt."] if said else []
