"""Every number of a scenario says what it is, in what unit, from where, and within which range."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.errors import ScenarioError
from sim.scenario.parameter import CONFIDENCE, Part
from sim.scenario.place import parameters
from sim.scenario.register import parts, register
from sim.scenario.scenario import build

REGISTER = register()
NUMBERS = {f"{part}.{field}": entry for (part, field), entry in REGISTER.items() if entry.is_number}
PARAMETERS = {name for name, entry in NUMBERS.items() if entry.sort == "number"}


def test_every_kind_of_part_is_looked_at():
    shipped = {kind for kind in vars(sim.scenario).values() if isinstance(kind, type) and issubclass(kind, Part)}
    assert shipped <= set(parts())
    assert {"Outcomes", "Review", "Training", "Teamwork", "Trust"} <= {kind.__name__ for kind in parts()}


def test_every_sort_of_field_is_told_from_the_others():
    sorts = {
        "Drift.begins_day": "number", "Drift.effects": "numbers", "IncidentKind.on_days": "numbers",
        "Drift.shape": "choice", "Drift.name": "text", "Feature.quasi": "switch", "Scenario.start": "date",
        "Service.breach": "part", "Service.drifts": "part", "Resource.sizes": "text",
    }  # fmt: skip
    assert {name: REGISTER[tuple(name.split("."))].sort for name in sorts} == sorts
    assert REGISTER["Drift", "target"].allowed == ("covariate", "concept")
    assert REGISTER["Service", "breach"].allowed == ("Breach",)


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_has_a_unit_a_range_a_source_and_a_confidence(name):
    entry = NUMBERS[name]
    assert entry.unit, "described by Field, but a number is described by parameter or parameters"
    assert entry.source and entry.about
    assert entry.confidence in CONFIDENCE
    assert entry.low < entry.high
    assert entry.default in (..., {}, ()) or entry.low <= entry.default <= entry.high


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_confidence_and_source_do_not_contradict_one_another(name):
    entry = NUMBERS[name]
    if entry.source.startswith("chosen"):
        assert entry.confidence == "chosen"
    if entry.source.startswith("general"):
        assert entry.confidence == "general"


@pytest.mark.parametrize("name", sorted(f"{p}.{f}" for (p, f), entry in REGISTER.items() if not entry.is_number))
def test_a_name_a_choice_and_a_part_are_described(name):
    entry = REGISTER[tuple(name.split("."))]
    assert entry.about and (entry.allowed or entry.sort in ("text", "date"))


class TestACollectionOfNumbers:
    @pytest.mark.parametrize(
        ("place", "field", "value", "said"),
        [
            ("features", "shift", {"disabled": 9}, "disabled is 9, but it must be at most 8. The nearest allowed is 8"),
            ("drifts", "effects", {"rent_gbp": -8.5}, "rent_gbp is -8.5, but it must be at least -8"),
            ("drifts", "effects", {"rent_gbp": True}, "rent_gbp should be a number, not True"),
            ("features", "shift", {"disabled": "2"}, "disabled should be a number, not '2'"),
            ("incidents", "on_days", [5, -1], "1 is -1, but it must be at least 0"),
        ],
    )
    def test_holds_each_of_them_to_the_range(self, place, field, value, said):
        with pytest.raises(ScenarioError, match=re.escape(said)):
            changed(("services", 0, place, 0, field), value)

    def test_is_no_single_number_for_a_study(self):
        assert not [place for place in parameters(SCENARIO) if place.endswith((".shift", ".effects", ".on_days"))]


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
