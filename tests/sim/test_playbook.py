"""A playbook is frozen, and says what it does not know."""

import dataclasses

import pytest

import sim
from sim.decisions import POINTS
from sim.errors import PlaybookError
from sim.playbook import FIELDS, Playbook


def never(signals):
    return False


def test_a_playbook_has_one_field_for_each_decision_point_and_naive_defaults():
    assert FIELDS == tuple(POINTS)
    assert all(getattr(Playbook(), name) is POINTS[name].naive for name in FIELDS)
    assert Playbook().practices() == {}


def test_it_is_frozen():
    book = Playbook()
    with pytest.raises(dataclasses.FrozenInstanceError):
        book.retrain = never


def test_replace_makes_a_copy():
    book = Playbook()
    better = book.replace(retrain=never, validate=sim.practices.validation_gate())
    assert better.retrain is never and book.retrain is POINTS["retrain"].naive
    assert better.practices() == {"validate": "validation_gate", "retrain": "never"}
    assert better.replace(retrain=POINTS["retrain"].naive).practices() == {"validate": "validation_gate"}


def test_on_decides_for_one_service_and_later_choices_keep_it():
    book = Playbook().on("appeals", retrain=never).on("appeals", validate=sim.practices.validation_gate())
    assert book.decision("retrain", "appeals") is never
    assert book.decision("retrain", "claims-triage") is POINTS["retrain"].naive
    assert book.decision("validate", "appeals") == sim.practices.validation_gate()
    everywhere = book.replace(retrain=sim.practices.retrain_on_schedule())
    assert everywhere.decision("retrain", "appeals") is never
    assert Playbook().services == {}


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: Playbook().replace(retrian=never), "no decision point named 'retrian'"),
        (lambda: Playbook().replace(retrian=never), "Did you mean 'retrain'?"),
        (lambda: Playbook().replace(services={}), "no decision point named 'services'"),
        (lambda: Playbook().on("appeals", retrian=never), "Did you mean 'retrain'?"),
        (lambda: Playbook().on("appeals", size=lambda usage: {}), "decision point of one service named 'size'"),
        (lambda: Playbook().on("appeals", watch_spend=never), "no decision point of one service"),
        (lambda: Playbook().replace(retrain=True), "retrain is bool True, but a function (signals: Signals) -> bool"),
        (lambda: Playbook().replace(retrain=None), "retrain is None"),
        (lambda: Playbook(validate="gate"), "validate is str 'gate'"),
        (lambda: Playbook().on("appeals", retrain=3), "retrain is int 3"),
        (lambda: Playbook().replace(validate=sim.practices.validation_gate), "put brackets after it"),
        (lambda: Playbook().replace(watch_model=never), "watch_model is a function, but sim.monitor"),
        (lambda: Playbook().replace(retrain=sim.practices.drift_monitor()), "retrain is a Monitor"),
    ],
)
def test_what_does_not_exist_or_is_of_the_wrong_kind_is_refused(call, hint, refused):
    assert hint in refused(PlaybookError, call)


def test_decisions_for_one_service_are_checked_however_they_come(refused):
    refused(PlaybookError, lambda: Playbook(services={"appeals": {"retrian": 3}}))


def test_a_service_that_the_scenario_does_not_have_is_named(quiet, refused):
    book = Playbook().on("claims-triag", retrain=never)
    message = refused(PlaybookError, lambda: sim.simulate(quiet(1), book))
    assert "'claims-triag'" in message and "Did you mean 'claims-triage'?" in message


def test_reference_takes_up_every_practice_and_typical_some():
    assert set(sim.practices.reference().practices()) == set(POINTS)
    assert 0 < len(sim.practices.typical().practices()) < len(POINTS)
