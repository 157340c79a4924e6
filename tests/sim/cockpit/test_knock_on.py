"""Why a lever moves what other levers are for."""

from __future__ import annotations

from typing import Any

import sim
from sim.cockpit.knock_on import knock_ons

SCENARIO = sim.load_scenario("household-support")


def run(choices: dict[str, str], days: dict[str, float], budget: float = 1e5, models: int = 1) -> dict[str, Any]:
    quarter = {
        "in_force": [{"point": point, "services": [], "day": day} for point, day in days.items()],
        "money": {"envelope": budget, "contingency": 0.0},
    }
    released = [{"service": "claims-triage", "first": 30.0 * k} for k in range(models)]
    return {"quarters": [quarter], "end": {"models": released}, "choices": choices}


def test_a_practice_that_waits_for_the_same_people_is_named_with_its_days():
    before = run({"watch_spend": "big-bills-only"}, {"watch_spend": 14.0, "validate": 20.0})
    now = run(before["choices"] | {"scale": "by-forecast"}, {"watch_spend": 30.0, "validate": 25.0, "scale": 12.0})
    (said,) = knock_ons(SCENARIO, now, before)
    assert "Watch on spend 16 days later; the people of FinOps take up one practice after another." in said
    assert "Gate" not in said
    assert "16 days earlier" in knock_ons(SCENARIO, before, now)[0]


def test_a_budget_and_models_that_differ_are_told():
    before, now = run({}, {}), run({"retrain": "each-quarter"}, {}, budget=1.2e5, models=3)
    budget, learnt = knock_ons(SCENARIO, now, before)
    assert budget.startswith("The budget is £120.0k, not £100.0k")
    assert learnt.startswith("Claims triage had 3 models in turn, not 1:")


def test_nothing_is_told_of_the_same_levers_or_before_a_run_is_complete():
    one, other = run({}, {}), run({}, {}, budget=2e5, models=2)
    assert knock_ons(SCENARIO, one, other) == []
    assert knock_ons(SCENARIO, run({"retrain": "each-quarter"}, {}, 2e5) | {"end": None}, one) == []
