"""Every number of a scenario says what it is, in what unit, from where, and within which range."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.errors import ScenarioError
from sim.scenario.parameter import Part
from sim.scenario.scenario import build

SHAPES = {"Feature.shift", "Drift.effects", "IncidentKind.on_days", "Scenario.targets", "Scenario.floors"}
"""Collections of numbers, whose unit is told by what they belong to."""


def parts(annotation: object) -> list[type]:
    """Return the types named anywhere in an annotation."""
    inner = typing.get_args(annotation)
    return [p for a in inner for p in parts(a)] if inner else [annotation]


def models(root: type[Part]) -> list[type[Part]]:
    """Return every kind of part that a scenario may hold."""
    found = [root]
    for model in found:
        for field in model.model_fields.values():
            found += [
                p for p in parts(field.annotation) if isinstance(p, type) and issubclass(p, Part) and p not in found
            ]
    return found


FIELDS = {
    f"{model.__name__}.{name}": field
    for model in models(sim.Scenario)
    for name, field in model.model_fields.items()
    if {int, float} & set(parts(field.annotation))
}
PARAMETERS = {name: field for name, field in FIELDS.items() if name not in SHAPES}


def test_every_kind_of_part_is_looked_at():
    assert {"Scenario", "Service", "Feature", "Drift", "Defects", "Value", "Review", "Resource", "Team"} <= {
        model.__name__ for model in models(sim.Scenario)
    }
    assert SHAPES <= set(FIELDS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_has_a_unit_a_source_and_a_confidence(name):
    field = PARAMETERS[name]
    extra = field.json_schema_extra
    assert extra is not None, "described by Field, but a parameter is described by sim.scenario.parameter"
    assert extra["unit"] and extra["source"] and field.description
    assert extra["confidence"] in ("read", "second-hand", "general")
    low, high = extra["low"], extra["high"]
    assert low < high
    assert field.is_required() or low <= field.default <= high


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_what_shapes_a_world_is_described(name):
    assert FIELDS[name].description


def places(part: Part, path: tuple = ()) -> list[tuple]:
    """Return the path of every parameter of a scenario, with its range."""
    found = []
    for name, field in type(part).model_fields.items():
        value, here = getattr(part, name), (*path, name)
        if f"{type(part).__name__}.{name}" in PARAMETERS:
            found.append((here, field.json_schema_extra["low"], field.json_schema_extra["high"]))
        for i, inner in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(inner, Part):
                found += places(inner, (*here, i) if isinstance(value, tuple) else here)
    return found


SCENARIO = sim.load_scenario("household-support")
PLACES = places(SCENARIO)


def changed(path: tuple, value: object) -> sim.Scenario:
    """Return the shipped scenario with one value changed, however deep it lies."""
    data = SCENARIO.model_dump()
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return build(data, "mine.yml")


@given(st.sampled_from(PLACES), st.floats(1e-6, 1e6), st.booleans())
def test_a_value_out_of_its_range_is_refused_with_the_nearest_in_it(place, beyond, below):
    path, low, high = place
    limit = low if below else high
    value = limit - beyond if below else limit + beyond
    if value == limit:
        return
    if isinstance(getattr_at(path), int):
        value = int(limit - max(beyond // 1, 1)) if below else int(limit + max(beyond // 1, 1))
    with pytest.raises(ScenarioError) as caught:
        changed(path, value)
    said = str(caught.value)
    assert "\n" not in said
    assert f"'{'.'.join(map(str, path))}' is {value!r}" in said
    assert f"it must be at {'least' if below else 'most'} {limit:g}. The nearest that is allowed is {limit:g}." in said


def getattr_at(path: tuple) -> object:
    """Return a value of the shipped scenario by its path."""
    value: object = SCENARIO
    for step in path:
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return value


@given(
    st.sampled_from(PLACES),
    st.sampled_from(["many", "", None, [1], {"a": 1}, float("nan"), float("inf"), float("-inf")]),
)
def test_what_is_no_number_is_refused_by_name(place, value):
    path, *_ = place
    with pytest.raises(ScenarioError) as caught:
        changed(path, value)
    said = str(caught.value)
    assert "\n" not in said and f"'{'.'.join(map(str, path))}'" in said and "should be" in said


@given(st.sampled_from(PLACES))
def test_a_misspelt_parameter_is_refused_with_the_nearest(place):
    path, *_ = place
    misspelt = path[-1][:-1] + "x"
    data = SCENARIO.model_dump()
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[misspelt] = inner[path[-1]]
    with pytest.raises(ScenarioError, match=rf"there is no field '.*{misspelt}'.*Allowed: .*{path[-1]}") as caught:
        sim.scenario.scenario.build(data, "x")
    assert "Did you mean" in str(caught.value)


@pytest.mark.parametrize("place", PLACES[:: len(PLACES) // 12])
def test_a_value_at_the_end_of_its_range_is_accepted(place):
    path, low, high = place
    if path[-1] == "share" and "groups" in path or "features" in path:
        return  # these must agree with their neighbours as well
    for value in (low, high):
        changed(path, value)
