"""Any valid world runs and its books balance; any world with one thing wrong is refused by the name of the field."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import sim
from sim.cloud.schema import check
from sim.errors import ScenarioError
from sim.scenario import Service
from sim.scenario.scenario import build
from tests.accounting import accounted
from tests.random_worlds import BOOKS, ORDINARY, played, scenarios


def runs_and_balances(data: dict[str, Any], seed: int, books: list[sim.Playbook]) -> None:
    programme, run = played(data, seed, books)
    accounted(programme, run)
    check(run.billing)


@settings(ORDINARY, max_examples=6)
@given(scenarios(), st.integers(0, 2**31), BOOKS)
def test_six_random_worlds_run_and_balance(data, seed, books):
    runs_and_balances(data, seed, books)


@pytest.mark.slow
@settings(ORDINARY, max_examples=200)
@given(scenarios(), st.integers(0, 2**31), BOOKS)
def test_two_hundred_random_worlds_run_and_balance(data, seed, books):
    runs_and_balances(data, seed, books)


def places(model: type[BaseModel], data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the way to each number of a scenario's data, and its description."""
    for name, field in model.model_fields.items():
        if name not in data or data[name] is None:
            continue
        inner = [
            a for a in (field.annotation, *getattr(field.annotation, "__args__", ())) if hasattr(a, "model_fields")
        ]
        if isinstance(field.json_schema_extra, dict):
            yield (*way, name), field.json_schema_extra
        elif inner and isinstance(data[name], list):
            for i, part in enumerate(data[name]):
                yield from places(inner[0], part, (*way, name, i))
        elif inner:
            yield from places(inner[0], data[name], (*way, name))


DEPARTMENT = sim.load_scenario("household-support").model_dump(mode="json")
PLACES = list(places(sim.Scenario, DEPARTMENT))
WRONG = {
    "too low": lambda about: about["low"] - 1,
    "too high": lambda about: about["high"] + 1,
    "text": lambda about: "many",
    "yes": lambda about: True,
    "nothing": lambda about: None,
    "no number": lambda about: float("nan"),
}


def holder(data: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        data = data[step]
    return data


def test_every_part_of_a_scenario_is_tried():
    assert len(PLACES) > 400
    assert {way[0] for way, _ in PLACES} >= {"quarters", "services", "staff", "estate", "spend_incidents"}
    parts = {way[2] for way, _ in PLACES if way[0] == "services" and len(way) > 3}
    assert parts == {n for n, f in Service.model_fields.items() if not f.json_schema_extra} - {
        "name", "title", "task", "outcome"
    }  # fmt: skip


@settings(ORDINARY, max_examples=200)
@given(st.sampled_from(PLACES), st.sampled_from(sorted(WRONG)), st.booleans())
def test_two_hundred_wrong_worlds_are_refused_by_the_name_of_the_field(place, wrong, misspelt):
    way, about = place
    data = copy.deepcopy(DEPARTMENT)
    inside = holder(data, way[:-1])
    if misspelt:
        inside[way[-1][:-1] + "_"] = inside.pop(way[-1])
        named = ".".join(map(str, (*way[:-1], way[-1][:-1] + "_")))
    else:
        inside[way[-1]] = WRONG[wrong](about)
        named = ".".join(map(str, way))
    with pytest.raises(ScenarioError) as caught:
        build(data, origin="wrong.yml")
    said = str(caught.value)
    assert said.startswith("wrong.yml: ") and f"'{named}'" in said and "\n" not in said
    if misspelt:
        assert "Did you mean" in said or "Allowed: " in said
