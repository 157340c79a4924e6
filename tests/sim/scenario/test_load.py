"""A scenario loads whole, or one paragraph says why not."""

import os
from datetime import date
from typing import get_args

import pydantic
import pytest
import yaml

import sim
from sim.data.stages import CAUSES
from sim.errors import ScenarioError
from sim.scenario.estate import Kind
from sim.scenario.load import SHIPPED


@pytest.fixture
def text():
    return (SHIPPED / "household-support.yml").read_text(encoding="utf-8")


@pytest.fixture
def written(tmp_path):
    def write(content: str | bytes) -> str:
        path = tmp_path / "mine.yml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.fixture(scope="module")
def department() -> sim.Scenario:
    """Household support as it ships."""
    return sim.load_scenario("household-support")


def test_the_shipped_scenario_is_the_department_it_says(department):
    assert sim.scenario_names() == ["household-support", "quiet-office"]
    assert (department.name, department.start, department.quarters) == ("household-support", date(2026, 4, 1), 8)
    assert isinstance(department.services, tuple)
    service = department.service("claims-triage")
    assert service.cases_per_day == 400
    assert len(service.features) == 12
    assert [s.name for s in service.sources] == [
        "claim-form",
        "earnings-feed",
        "benefits-register",
    ]
    assert [g.name for g in service.groups] == ["not-disabled", "disabled"]
    assert {d.shape for d in service.drifts} >= {"gradual", "sudden"}
    assert {d.target for d in service.drifts} == {"covariate", "concept"}
    assert {i.kind for i in service.incidents} == set(CAUSES)
    assert {s.task for s in department.services} == {"classification", "regression"}
    assert {s.weight for s in department.services} == {1, 3}
    assert len(department.estate) >= 25 and {r.kind for r in department.estate} == set(get_args(Kind))
    assert {r.environment for r in department.estate} == {"production", "test", "development"}
    assert {r.service for r in department.estate} == {"shared", *(s.name for s in department.services)}


def test_a_path_and_a_name_give_the_same(department, written, text):
    assert sim.load_scenario(written(text)) == department
    assert sim.load_scenario(SHIPPED / "household-support.yml") == department


def test_a_scenario_is_frozen(department):
    with pytest.raises(pydantic.ValidationError):
        department.quarters = 3
    with pytest.raises(pydantic.ValidationError):
        department.services[0].cases_per_day = 3


def test_replace_leaves_the_original(department):
    other = department.replace(quarters=3, funding_gbp=1)
    assert (department.quarters, other.quarters) == (8, 3)
    assert other.services == department.services
    assert other.replace(quarters=8, funding_gbp=department.funding_gbp) == department


def test_only_keeps_a_service_and_what_is_its_own(department):
    alone = department.only("staffing-forecast")
    assert alone.services == (department.service("staffing-forecast"),)
    assert {r.service for r in alone.estate} == {"staffing-forecast", "shared"}
    assert {i.resource for i in alone.spend_incidents} <= {r.name for r in alone.estate}
    assert (alone.staff, alone.funding_gbp) == (department.staff, department.funding_gbp)
    pair = department.only("staffing-forecast", "claims-triage")
    assert [s.name for s in pair.services] == ["claims-triage", "staffing-forecast"]


def test_only_refuses_what_is_not_there(department, refused):
    assert "Did you mean 'claims-triage'?" in refused(ScenarioError, lambda: department.only("claim-triage"))
    assert "at least one" in refused(ScenarioError, department.only)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("houshold-support", "Did you mean 'household-support'"),
        ("nothing like it", "Allowed: household-support, quiet-office."),
        ("../scenarios/household-support", "Allowed: household-support, quiet-office."),
        ("", "Allowed: household-support, quiet-office."),
        ("gone.yml", "no scenario file 'gone.yml'. Shipped scenarios: household-support, quiet-office"),
        (None, "Allowed: household-support, quiet-office."),
    ],
)
def test_a_scenario_that_is_not_there(name, hint, refused):
    message = refused(ScenarioError, lambda: sim.load_scenario(name))
    assert hint in message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("name: [1, 2", "mine.yml is not valid YAML at line"),
        ("a: b: c", "at line 1, column 5"),
        (b"\xff\xfe\x00\x01name", "mine.yml is not valid YAML"),
        ("", "expected fields and values, such as 'name: ...', but found NoneType"),
        ("- one\n- two", "found list"),
        ("just words", "found str"),
        ("name: !!python/object:os.system x", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_scenario(content, hint, written, refused):
    assert hint in refused(ScenarioError, lambda: sim.load_scenario(written(content)))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(written, text, refused):
    path = written(text)
    os.chmod(path, 0)
    assert "cannot be read: Permission denied" in refused(ScenarioError, lambda: sim.load_scenario(path))


@pytest.mark.parametrize(
    ("old", "new", "hints"),
    [
        ("cases_per_day: 400", "cases_per_dya: 400", ["'services.0.cases_per_dya'", "Did you mean 'cases_per_day'"]),
        ("quarters: 8", "quarter: 8", ["no field 'quarter'", "Did you mean 'quarters'"]),
        ("quarters: 8", "quarters: 2.5", ["'quarters' is 2.5", "valid integer"]),
        ("quarters: 8", "quarters: 41", ["'quarters' is 41", "nearest that is allowed is 40"]),
        ("funding_gbp: 205000", "funding_gbp: -1", ["'funding_gbp' is -1", "at least 0"]),
        ("start: 2026-04-01", "start: 2026-04-02", ["start is 2026-04-02", "first of a month, such as 2026-04-01"]),
        ("start: 2026-04-01", "start: soon", ["'start' is 'soon'", "valid date"]),
        ("task: classification", "task: clasification", ["'clasification'", "Allowed: classification", "Did you mean"]),
        ("shape: sudden", "shape: suden", ["'suden'", "sudden, gradual, seasonal, recurring", "Did you mean 'sudden'"]),
        ("kind: outage", "kind: outrage", ["'outrage'", "unit_change, silent_nulls", "Did you mean 'outage'"]),
        ("share: 0.76", "share: 0.7", ["shares sum to 0.94", "sum to 1"]),
        ("below: household_size", "below: household_siez", ["household_siez", "Did you mean 'household_size'"]),
        ("shift: {disabled: 0.4}", "shift: {disabeld: 0.4}", ["'disabeld'", "Did you mean 'disabled'"]),
        ("effects: {arrears_gbp: 0.35}", "effects: {arears_gbp: 0.35}", ["'arears_gbp'", "Did you mean 'arrears_gbp'"]),
        ("low: 16, high: 100", "low: 160, high: 100", ["low (160.0) must be less than high (100.0)"]),
        ("resource: gpu-notebook", "resource: gpu-notebok", ["'gpu-notebok'", "Did you mean 'gpu-notebook'"]),
        ("discipline: finops", "discipline: mlops", ["no team for finops"]),
        ("name: household_size", "name: dependants", ["two features share a name"]),
        ("name: platform", "name: ml", ["two teams share a name"]),
        ("title: Household support\n", "", ["the field 'title' is missing"]),
    ],
)
def test_one_wrong_thing_in_the_file(old, new, hints, text, written, refused):
    assert old in text
    message = refused(ScenarioError, lambda: sim.load_scenario(written(text.replace(old, new, 1))))
    assert message.startswith("mine.yml: ")
    for hint in hints:
        assert hint in message


def test_a_misspelt_field_that_is_required_is_named_too(text, written, refused):
    wrong = text.replace("title: Household support", "tilte: x", 1)
    assert "Did you mean 'title'" in refused(ScenarioError, lambda: sim.load_scenario(written(wrong)))


def test_a_sentence_ends_once(text, written, refused):
    wrong = text.replace("resource: gpu-notebook", "resource: gpu-notebok", 1)
    assert "?." not in refused(ScenarioError, lambda: sim.load_scenario(written(wrong)))


def test_a_misspelt_target_is_refused(department, refused):
    message = refused(ScenarioError, lambda: department.replace(targets={"net_public_valu": 1.0}))
    assert "Did you mean 'net_public_value'" in message


def test_an_incident_before_the_start_is_refused(quiet, scenario, refused):
    kind = scenario.services[0].incidents[0].model_dump() | {"on_days": [-5.0]}
    refused(ScenarioError, lambda: sim.simulate(quiet(1, incidents=[kind])))


def test_a_flag_is_raised_for_a_share(scenario, refused, quiet):
    features = [f.model_dump() for f in scenario.services[0].features]
    features = [f | {"centre": 1.5} if f["name"] == "online" else f for f in features]
    assert "online" in refused(ScenarioError, lambda: quiet(features=features))


def test_further_problems_are_counted(text, written, refused):
    wrong = text.replace("quarters: 8", "quarters: 0").replace("funding_gbp: 205000", "funding_gbp: -1")
    assert "There is 1 further problem." in refused(ScenarioError, lambda: sim.load_scenario(written(wrong)))


def test_two_of_a_name_are_refused(text, written, refused):
    data = yaml.safe_load(text)
    data["services"] *= 2
    assert "two services share a name" in refused(ScenarioError, lambda: sim.load_scenario(written(yaml.dump(data))))


def test_a_service_that_is_not_there(department, refused):
    message = refused(ScenarioError, lambda: department.service("claims-triag"))
    assert (
        "It has claims-triage, call-assistant, staffing-forecast." in message
        and "Did you mean 'claims-triage'" in message
    )


def test_a_size_that_nobody_sells(department, refused):
    estate = [r.model_dump() for r in department.estate]
    estate[0]["size"] = "m5.huge"
    message = refused(ScenarioError, lambda: sim.simulate(department.replace(estate=estate, quarters=1)))
    assert "triage-serving" in message and "'m5.huge'" in message and "m5.large" in message


@pytest.mark.parametrize("value", [True, "2"])
def test_yes_and_text_are_no_numbers(value, department, refused):
    assert "should be a number" in refused(ScenarioError, lambda: department.replace(quarters=value))


@pytest.mark.parametrize("name", ["all", "shared", "programme"])
def test_a_service_may_not_bear_a_word_of_the_records(name, department, refused):
    service = department.services[0].model_dump() | {"name": name}
    estate = [r.model_dump() | {"service": "shared"} for r in department.estate]
    assert f"may not be named '{name}'" in refused(
        ScenarioError, lambda: department.replace(services=[service], estate=estate)
    )
