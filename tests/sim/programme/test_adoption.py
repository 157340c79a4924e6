"""Taking up a practice costs days and money, and it comes into force when the work is done."""

import threading

import pandas as pd
import pytest

import sim
from sim.calendar import HOURS_PER_WORKING_DAY
from sim.decisions import POINTS
from sim.errors import PlaybookError


@pytest.fixture(scope="module")
def calm_pair(pair):
    """Two services to which nothing happens."""
    services = [s.model_dump() | {"incidents": [], "ingestion": {"fail_share": 0.0}} for s in pair.services]
    return pair.replace(services=services, spend_incidents=[])


class Gate:
    """A gate that notes the days on which it is asked."""

    def __init__(self):
        self.days: list[int] = []

    def fresh(self):
        return self

    def __call__(self, batch):
        self.days.append(int(batch["arrived_day"].max()))
        return pd.Series(True, index=batch.index)


def taken_up(run, point="validate"):
    """Return what adopting cost in pence, the hours of work, and the day of coming into force."""
    paid = run.ledger[run.ledger["debit"] == "adoption"]["pence"].sum()
    hours = run.people[run.people["kind"] == f"take up {point}"]["hours"].sum()
    events = run.journal[(run.journal["kind"] == "in force") & (run.journal["subject"] == point)]
    return paid, hours, events["day"].min()


def test_it_costs_its_effort_and_comes_later(quiet):
    gate, about = Gate(), POINTS["validate"]
    run = sim.simulate(quiet(1), sim.Playbook(validate=gate))
    paid, hours, day = taken_up(run)
    assert paid == about.effort_gbp * 100
    assert hours == pytest.approx(about.effort_days * HOURS_PER_WORKING_DAY)
    assert day > 5 and min(gate.days) == int(day)


def test_instant_skips_it_and_costs_nothing(quiet):
    gate = Gate()
    run = sim.simulate(quiet(1), sim.Playbook(validate=gate), instant=True)
    paid, hours, day = taken_up(run)
    assert (paid, hours) == (0, 0) and pd.isna(day)
    assert min(gate.days) == 0
    assert not (run.ledger["debit"] == "adoption").any()


def test_the_scenario_scales_the_effort(quiet, scenario):
    def world(scale):
        return quiet(2, fields={"staff": scenario.staff.model_dump() | {"effort_scale": scale}})

    free, usual, dear = (sim.simulate(world(s), sim.Playbook(validate=Gate())) for s in (0.0, 1.0, 2.0))
    assert taken_up(free)[:2] == (0, 0) and taken_up(free)[2] == 0
    assert taken_up(dear)[0] == 2 * taken_up(usual)[0]
    assert taken_up(dear)[1] == pytest.approx(2 * taken_up(usual)[1])
    assert taken_up(dear)[2] > 1.5 * taken_up(usual)[2] > 0


def test_many_practices_at_once_wait_for_each_other(quiet):
    alone = sim.simulate(quiet(2), sim.Playbook(repair=sim.practices.repair_batch()))
    both = sim.simulate(
        quiet(2), sim.Playbook(validate=sim.practices.validation_gate(), repair=sim.practices.repair_batch())
    )
    assert taken_up(both, "repair")[2] > taken_up(alone, "repair")[2]


def test_what_is_wanted_already_is_paid_for_once(quiet):
    run = sim.simulate(quiet(3), sim.Playbook(validate=sim.practices.validation_gate()))
    assert (run.journal["kind"] == "taking up").sum() == 1
    programme = sim.Programme(quiet(3))
    while not programme.done:
        programme.step(sim.Playbook(validate=sim.practices.validation_gate()))
    assert (programme.run().journal["kind"] == "taking up").sum() == 1


def test_going_back_to_the_naive_way_is_free_and_at_once(quiet):
    gate = Gate()
    programme = sim.Programme(quiet(3), seed=1)
    programme.step(sim.Playbook(validate=gate))
    asked = len(gate.days)
    assert asked > 0
    for _ in range(2):
        programme.step(sim.Playbook())
    assert len(gate.days) == asked
    assert taken_up(programme.run())[0] == POINTS["validate"].effort_gbp * 100


def test_a_practice_given_up_before_it_was_ready_never_comes_into_force(quiet, scenario):
    gate = Gate()
    slow = quiet(3, fields={"staff": scenario.staff.model_dump() | {"effort_scale": 20.0}})
    programme = sim.Programme(slow, seed=1)
    programme.step(sim.Playbook(validate=gate))
    for _ in range(2):
        programme.step(sim.Playbook())
    assert gate.days == []


def test_each_run_and_each_service_has_its_own_memory(calm_pair):
    class Remembers:
        made: list = []

        def __init__(self):
            self.seen = 0
            Remembers.made.append(self)

        def fresh(self):
            return Remembers()

        def __call__(self, batch):
            self.seen += 1
            return pd.Series(True, index=batch.index)

    given = Remembers()
    for _ in range(2):
        sim.simulate(calm_pair.replace(quarters=1), sim.Playbook(validate=given), instant=True)
    assert given.seen == 0
    assert [one.seen for one in Remembers.made[1:]] == [91] * 4


def test_a_practice_for_one_service_is_in_force_there_alone(calm_pair):
    gate = Gate()
    book = sim.Playbook().on("appeals", validate=gate)
    run = sim.simulate(calm_pair, book)
    _, _, day = taken_up(run)
    assert len(gate.days) == 183 - int(day)
    paid = run.ledger[run.ledger["debit"] == "adoption"]
    assert paid["service"].tolist() == ["appeals"]


class EverySecond:
    """A gate that keeps state and says nothing of it: it lets every second batch through."""

    def __init__(self):
        self.asked = 0

    def __call__(self, batch):
        self.asked += 1
        return pd.Series(self.asked % 2 == 1, index=batch.index)


def test_an_object_that_keeps_state_begins_each_run_afresh(calm_pair):
    gate = EverySecond()
    gate(pd.DataFrame({"a": [1]}))
    world, book = calm_pair.replace(quarters=1), sim.Playbook(validate=gate)
    first, again = (sim.simulate(world, book, instant=True) for _ in range(2))
    assert gate.asked == 1
    assert first.daily.equals(again.daily) and first.journal.equals(again.journal)
    assert 0 < first.daily["quarantined"].sum() + first.daily["rejected"].sum()


def test_an_object_that_cannot_be_copied_is_refused(quiet, refused):
    gate = EverySecond()
    gate.lock = threading.Lock()
    said = refused(PlaybookError, lambda: sim.simulate(quiet(1), sim.Playbook(validate=gate), instant=True))
    assert "EverySecond is a decision that cannot be copied" in said and "fresh()" in said
