"""A scenario loads whole, or one paragraph says why not."""

import os
from datetime import date

import pydantic
import pytest
import yaml

import sim
from sim.data.stages import CAUSES
from sim.errors import ScenarioError
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


def test_the_shipped_scenario_is_the_department_it_says(scenario):
    assert sim.scenario_names() == ["household-support"]
    assert (scenario.name, scenario.start, scenario.quarters) == ("household-support", date(2026, 4, 1), 8)
    assert isinstance(scenario.services, tuple)
    service = scenario.service("claims-triage")
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
    assert {r.kind for r in scenario.estate} == {"training", "serving", "pipeline", "storage", "development"}


def test_a_path_and_a_name_give_the_same(scenario, written, text):
    assert sim.load_scenario(written(text)) == scenario
    assert sim.load_scenario(SHIPPED / "household-support.yml") == scenario


def test_a_scenario_is_frozen(scenario):
    with pytest.raises(pydantic.ValidationError):
        scenario.quarters = 3
    with pytest.raises(pydantic.ValidationError):
        scenario.services[0].cases_per_day = 3


def test_replace_leaves_the_original(scenario):
    other = scenario.replace(quarters=3, services=[scenario.services[0]])
    assert (scenario.quarters, other.quarters) == (8, 3)
    assert other.services == scenario.services and other.replace(quarters=8) == scenario


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("houshold-support", "Did you mean 'household-support'"),
        ("nothing like it", "Allowed: household-support."),
        ("../scenarios/household-support", "Allowed: household-support."),
        ("", "Allowed: household-support."),
        ("gone.yml", "no scenario file 'gone.yml'. Shipped scenarios: household-support"),
        (None, "Allowed: household-support."),
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
        ("funding_gbp: 330000", "funding_gbp: -1", ["'funding_gbp' is -1", "at least 0"]),
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
        ("title: Household support, claims triage\n", "", ["the field 'title' is missing"]),
    ],
)
def test_one_wrong_thing_in_the_file(old, new, hints, text, written, refused):
    assert old in text
    message = refused(ScenarioError, lambda: sim.load_scenario(written(text.replace(old, new, 1))))
    assert message.startswith("mine.yml: ")
    for hint in hints:
        assert hint in message


def test_a_misspelt_field_that_is_required_is_named_too(text, written, refused):
    wrong = text.replace("title: Household support, claims triage", "tilte: x", 1)
    assert "Did you mean 'title'" in refused(ScenarioError, lambda: sim.load_scenario(written(wrong)))


def test_a_sentence_ends_once(text, written, refused):
    wrong = text.replace("resource: gpu-notebook", "resource: gpu-notebok", 1)
    assert "?." not in refused(ScenarioError, lambda: sim.load_scenario(written(wrong)))


def test_a_misspelt_target_is_refused(scenario, refused):
    message = refused(ScenarioError, lambda: scenario.replace(targets={"net_public_valu": 1.0}))
    assert "Did you mean 'net_public_value'" in message


def test_an_incident_before_the_start_is_refused(quiet, scenario, refused):
    kind = scenario.services[0].incidents[0].model_dump() | {"on_days": [-5.0]}
    refused(ScenarioError, lambda: sim.simulate(quiet(1, incidents=[kind])))


def test_a_flag_is_raised_for_a_share(scenario, refused, quiet):
    features = [f.model_dump() for f in scenario.services[0].features]
    features = [f | {"centre": 1.5} if f["name"] == "online" else f for f in features]
    assert "online" in refused(ScenarioError, lambda: quiet(features=features))


def test_further_problems_are_counted(text, written, refused):
    wrong = text.replace("quarters: 8", "quarters: 0").replace("funding_gbp: 330000", "funding_gbp: -1")
    assert "There is 1 further problem." in refused(ScenarioError, lambda: sim.load_scenario(written(wrong)))


def test_two_of_a_name_are_refused(text, written, refused):
    data = yaml.safe_load(text)
    data["services"] *= 2
    assert "two services share a name" in refused(ScenarioError, lambda: sim.load_scenario(written(yaml.dump(data))))


def test_a_service_that_is_not_there(scenario, refused):
    message = refused(ScenarioError, lambda: scenario.service("claims-triag"))
    assert "It has claims-triage." in message and "Did you mean 'claims-triage'" in message


def test_a_size_that_nobody_sells(scenario, refused):
    estate = [r.model_dump() for r in scenario.estate]
    estate[0]["size"] = "m5.huge"
    message = refused(ScenarioError, lambda: sim.simulate(scenario.replace(estate=estate, quarters=1)))
    assert "triage-serving" in message and "'m5.huge'" in message and "m5.large" in message


@pytest.mark.parametrize("value", [True, "2"])
def test_yes_and_text_are_no_numbers(value, scenario, refused):
    assert "should be a number" in refused(ScenarioError, lambda: scenario.replace(quarters=value))


@pytest.mark.parametrize("name", ["all", "shared", "programme"])
def test_a_service_may_not_bear_a_word_of_the_records(name, scenario, refused):
    service = scenario.services[0].model_dump() | {"name": name}
    estate = [r.model_dump() | {"service": "shared"} for r in scenario.estate]
    assert f"may not be named '{name}'" in refused(
        ScenarioError, lambda: scenario.replace(services=[service], estate=estate)
    )
