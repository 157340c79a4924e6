"""The runs of a world: what a position cost, found in two runs that differ in it alone."""

from __future__ import annotations

from typing import Any

from sim.cockpit.history import History

MONEY = {"envelope": 1e6, "contingency": 0.0}


def run(spend: float, **choices: str) -> dict[str, Any]:
    quarter = {"quarter": 1, "spend": {"people": spend}, "money": MONEY, "value": [0.0], "services": {}}
    return {"quarters": [quarter], "end": {"counts": True}, "choices": choices}


def kept(*runs: dict[str, Any]) -> History:
    history, before = History(), None
    for one in runs:
        history.keep(one, before)
        before = one
    return history


def test_a_position_costs_what_two_runs_differ_by_that_differ_in_it_alone():
    naive, gated = run(1000.0), run(1250.0, validate="gate")
    both = run(4000.0, validate="gate", tag="everything")
    history = kept(naive, gated, both)
    assert {name: told["text"] for name, told in history.costs(gated).items()} == {
        "validate": "spend +£250.00 on run 1",
        "tag": "spend −£2.8k on run 3",
    }
    assert {name: told["text"] for name, told in history.costs(both).items()} == {"tag": "spend +£2.8k on run 2"}
    assert "(Keep everything)" in history.costs(gated)["validate"]["about"]
    assert history.costs(gated | {"end": None}) == {}


def test_the_last_run_that_tells_is_the_one_named():
    naive, gated, strict = run(1000.0), run(1250.0, validate="gate"), run(1100.0, validate="strict-gate")
    assert kept(naive, gated, strict).costs(naive)["validate"]["text"] == "spend −£100.00 on run 3"
