"""The levers: one for each decision point, whose positions are the practices that they say they are."""

from __future__ import annotations

import pytest

import sim
from sim.cockpit.levers import (
    DISCIPLINES,
    LEVERS,
    PRESETS,
    checked,
    described,
    each,
    fitted,
    need,
    playbook,
    position,
    preset,
    titled,
)
from sim.decisions import POINTS
from sim.errors import PlaybookError


def test_every_decision_point_has_a_lever_and_every_lever_a_point():
    assert set(LEVERS) == set(POINTS)
    assert [group["discipline"] for group in described(sim.load_scenario("household-support"))] == list(DISCIPLINES)


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_begins_naive_and_has_the_reference(name):
    lever = LEVERS[name]
    assert lever.options[0].naive
    assert sum(option.reference for option in lever.options) == 1
    assert len({option.key for option in lever.options}) == len(lever.options) >= 2
    for option in lever.options[1:]:
        assert not lever.point.is_naive(option.decision())
        lever.point.check(option.decision())


@pytest.mark.parametrize(
    "option", [o for lever in LEVERS.values() for o in lever.options if not o.naive], ids=lambda option: option.key
)
def test_a_position_is_what_its_source_says(option):
    assert eval(option.source, {"sim": sim}) == option.decision()


@pytest.mark.parametrize("name", ["naive", "typical", "reference"])
def test_presets_are_the_playbooks_of_the_same_name(name):
    meant = sim.Playbook() if name == "naive" else getattr(sim.practices, name)()
    assert playbook(preset(name)) == meant


def test_costs_are_the_points_own(scenario):
    twice = scenario.replace(staff=scenario.staff.model_dump() | {"effort_scale": 2.0})
    lever, point = LEVERS["validate"], POINTS["validate"]
    assert (lever.price_gbp(twice), lever.staff_days(twice)) == (2 * point.effort_gbp, 2 * point.effort_days)
    team = next(t for t in scenario.staff.teams if t.discipline == "dataops")
    working_days = point.effort_days / (team.people * team.share)
    assert lever.quickest_days(scenario) == pytest.approx(working_days * 7 / 5)


def test_a_lever_says_where_to_look_for_what_it_does():
    shown = {
        lever["name"]: lever["shows_in"] for g in described(sim.load_scenario("quiet-office")) for lever in g["levers"]
    }
    assert "equity gap" in shown["decide"]
    assert {"spend", "idle share"} <= set(shown["size"])
    assert all(shown.values())


def test_what_a_lever_says_holds_no_code():
    for scenario in ("household-support", "quiet-office"):
        for lever in (one for group in described(sim.load_scenario(scenario)) for one in group["levers"]):
            said = " ".join([lever["about"], lever["each"], *lever["shows_in"]])
            assert not {"_", "`", "()", "mape", "dear"} & {*said, *said.split()}, said


def test_a_case_that_goes_to_a_person_has_its_minutes_price(scenario):
    first = scenario.services[0]
    minutes = first.review.minutes
    hourly = scenario.staff.caseworker_pay_gbp * scenario.staff.on_cost / (220 * 7.4)
    assert f"£{minutes / 60 * hourly:.2f}" in each("decide", scenario)
    assert each("validate", scenario) == ""


def test_what_a_position_needs_is_a_lever_that_can_be_moved():
    needed = {(n, o.key): need(o) for n, lever in LEVERS.items() for o in lever.options if o.needs}
    assert needed["retrain", "on-drift"]["name"] == "watch_model"
    assert set(needed) == {
        ("retrain", "on-drift"), ("roll_back", "on-a-shift"), ("roll_back", "on-a-small-shift"), ("allocate", "by-tags")
    }  # fmt: skip
    for (_, _key), other in needed.items():
        assert LEVERS[other["name"]].option(other["naive"]).naive
    for _, chosen in PRESETS.items():
        for name, key in chosen.items():
            if (name, key) in needed:
                assert needed[name, key]["name"] in chosen


def test_naive_choices_are_left_out():
    assert checked({"retrain": "on-drift", "validate": "keep-everything"}) == {"retrain": "on-drift"}


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"validat": "gate"}, "Did you mean 'validate'"),
        ({"validate": "gaet"}, "Did you mean 'gate'"),
        (["validate"], "a position for each lever"),
        ({"validate@claims-triage": "gaet"}, "Did you mean 'gate'"),
        ({"organise@claims-triage": "silos"}, "lever of one service"),
    ],
)
def test_what_is_no_choice_is_refused_in_a_sentence(choices, said):
    with pytest.raises(PlaybookError, match=said):
        checked(choices)


def test_presets_are_not_shared():
    preset("typical")["validate"] = "gate"
    assert PRESETS["typical"]["validate"] == "coarse-gate"
    with pytest.raises(PlaybookError, match="typical"):
        preset("typcal")


class TestOneServiceAlone:
    def test_what_it_has_as_the_others_is_left_out(self):
        apart = {"validate@b": "gate", "validate@a": "keep-everything", "validate": "gate", "repair@a": "as-they-came"}
        assert checked(apart) == {"validate": "gate", "validate@a": "keep-everything"}

    def test_the_playbook_decides_for_it_alone(self):
        made = playbook({"validate": "gate", "validate@a": "keep-everything", "retrain@a": "on-drift"})
        assert made.decision("validate", "a") == sim.Playbook().validate
        assert made.decision("validate", "b") == LEVERS["validate"].option("gate").decision()
        assert made.decision("retrain", "a") == LEVERS["retrain"].option("on-drift").decision()
        assert made.decision("retrain", "b") == sim.Playbook().retrain

    def test_two_that_have_the_same_have_one_decision(self):
        made = playbook({"validate@a": "gate", "validate@b": "gate"})
        assert made.decision("validate", "a") is made.decision("validate", "b")

    def test_another_department_has_only_what_concerns_its_services(self):
        choices = {"validate": "gate", "validate@a": "strict-gate", "repair@b": "mend-small-faults"}
        assert fitted(choices, ["a", "c"]) == {"validate": "gate", "validate@a": "strict-gate"}
        assert fitted(choices, ["a"]) == {"validate": "strict-gate"}
        assert fitted(choices, ["b"]) == {"validate": "gate", "repair": "mend-small-faults"}

    def test_it_is_called_by_its_name(self):
        assert titled("retrain@claims-triage") == "Retraining (claims triage)"
        assert position({"retrain": "on-drift"}, "retrain", "a").label == "On drift"
