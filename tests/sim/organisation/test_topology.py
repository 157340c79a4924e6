"""Work passes from team to team, or does not, and people are formed into teams anew without losing any of it."""

from datetime import date

import pytest
import simpy

from sim.calendar import HOURS_PER_WORKING_DAY, Calendar
from sim.organisation.teams import HAND_OVER, WorkLog
from sim.organisation.topology import CENTRE, CROSS_FUNCTIONAL, FORMS, SILO, Topology
from sim.scenario import Staff
from sim.scenario.organisation import Teamwork

OWNERS = ["claims", "calls", ""]
"""Whose each event of these tests is."""


@pytest.fixture
def office():
    """Return a clock, a topology and a log: people of each trade by number, two services."""

    def make(data: int = 2, ml: int = 2, platform: int = 1, **about):
        teams = [("data", "dataops", data), ("ml", "mlops", ml), ("platform", "finops", platform)]
        staff = Staff(teams=[{"name": n, "discipline": d, "people": p, "share": 1.0} for n, d, p in teams])
        env, log = simpy.Environment(), WorkLog()
        calendar = Calendar(date(2026, 4, 1), 2)
        services = [owner for owner in OWNERS if owner]
        given = Teamwork(**about)
        return env, Topology(env, staff, given, calendar, log, services, OWNERS.__getitem__), log

    return make


def members(topology):
    return {name: [p.trade for p in team.people] for name, team in topology.teams.items()}


def test_people_are_dealt_and_none_is_lost(office):
    _, topology, _ = office()
    assert members(topology) == {"dataops": ["dataops"] * 2, "mlops": ["mlops"] * 2, "finops": ["finops"]}
    topology.reorganise(CROSS_FUNCTIONAL)
    assert members(topology) == {"claims": ["dataops", "mlops", "finops"], "calls": ["dataops", "mlops"]}
    topology.reorganise(CENTRE)
    assert members(topology) == {"dataops": ["dataops"], "mlops": ["mlops"], "finops": ["finops"],
                                 "centre": ["dataops", "mlops"]}  # fmt: skip
    topology.reorganise(SILO)
    assert members(topology) == {"dataops": ["dataops"] * 2, "mlops": ["mlops"] * 2, "finops": ["finops"]}


def test_in_silos_a_release_waits_and_is_explained_twice(office):
    env, topology, log = office(explain_hours=HOURS_PER_WORKING_DAY / 4)
    topology.work("mlops", "retraining", 2 * HOURS_PER_WORKING_DAY, 0)
    env.run(until=40)
    done = log.frame()
    assert done["team"].tolist() == ["data", "ml", "ml", "platform", "platform"]
    assert done["kind"].tolist() == ["retraining", HAND_OVER, "retraining", HAND_OVER, "retraining"]
    assert done["hours"].sum() == pytest.approx(2.5 * HOURS_PER_WORKING_DAY)
    assert done["started_day"].tolist() == pytest.approx([0, 0.5, 0.75, 1.75, 2.0])


@pytest.mark.parametrize("form", [CROSS_FUNCTIONAL, CENTRE])
def test_in_one_team_nothing_is_handed_over(office, form):
    env, topology, log = office(outside_pace=0.5)
    topology.reorganise(form)
    topology.work("mlops", "retraining", 2 * HOURS_PER_WORKING_DAY, 0)
    env.run(until=40)
    done = log.frame()
    assert done["kind"].tolist() == ["retraining"] and done["team"].tolist() == [
        "claims" if form == CROSS_FUNCTIONAL else "centre"
    ]
    slower = 0.5 + 2 * 1.5 if form == CROSS_FUNCTIONAL else 2
    assert done["hours"].tolist() == pytest.approx([slower * HOURS_PER_WORKING_DAY])


def test_whose_trade_it_is_does_it_if_free(office):
    env, topology, log = office(outside_pace=0.5)
    topology.reorganise(CROSS_FUNCTIONAL)
    for _ in range(3):
        topology.work("mlops", "alarm", HOURS_PER_WORKING_DAY, 0)
    env.run(until=20)
    assert sorted(log.frame()["hours"]) == pytest.approx([HOURS_PER_WORKING_DAY * k for k in (1, 2, 2)])


def test_what_is_nobodys_own_goes_to_the_least_busy(office):
    env, topology, log = office()
    topology.reorganise(CROSS_FUNCTIONAL)
    for _ in range(9):
        topology.work("dataops", "quarantine", HOURS_PER_WORKING_DAY, 0)
    env.run(until=0.1)
    topology.work("finops", "stop machines", 1.0, 2)
    env.run(until=20)
    assert log.frame()["team"].tolist() == ["claims"] * 9 + ["calls"]


@pytest.mark.parametrize("one", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_reorganising_loses_no_work_and_nobody_does_two_things(office, one, other):
    env, topology, log = office()
    topology.reorganise(one)
    works = [
        topology.work(d, k, h, i % 3, ahead=i % 4 == 0)
        for i, (d, k, h) in enumerate([("mlops", "retraining", 20.0), ("dataops", "quarantine", 9.0)] * 6)
    ]
    env.run(until=1.6)
    topology.reorganise(other)
    env.run(until=90)
    assert all(work.processed for work in works)
    done = log.frame()
    assert done["finished_day"].notna().all() and (done["started_day"] >= done["queued_day"]).all()
    own = done[done["kind"] != HAND_OVER]["hours"].sum()
    assert own == pytest.approx(174.0) if {one, other} == {SILO} else own >= 174.0 - 1e-9
    for now in (0.5, 1.0, 1.7, 2.5):
        assert ((done["started_day"] < now) & (done["finished_day"] > now)).sum() <= 5


@pytest.mark.parametrize("one", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_reorganising_amid_an_incident_loses_no_work(office, one, other):
    env, topology, log = office()
    topology.reorganise(one)
    works = [topology.work("mlops", "retraining", 20.0, i % 3) for i in range(6)]
    env.run(until=0.3)
    works += [topology.work("dataops", "data incident", 9.0, i % 3, urgent=True) for i in range(6)]
    env.run(until=0.6)
    topology.reorganise(other)
    env.run(until=90)
    assert all(work.processed for work in works)
    done = log.frame()
    incidents = done["kind"] == "data incident"
    assert done["finished_day"].notna().all()
    assert done[incidents]["finished_day"].max() < done[~incidents]["finished_day"].max()
    assert sorted(p.called is None for t in topology.teams.values() for p in t.people) == [True] * 5


@pytest.mark.parametrize("form", FORMS)
def test_work_waits_for_whoever_comes_when_nobody_is_left(office, form):
    env, topology, log = office(1, 1, 1)
    for person in list(topology.people):
        topology.leave(person)
    topology.reorganise(form)
    works = [topology.work(d, k, 4.0, 0) for d, k in (("mlops", "retraining"), ("dataops", "quarantine"))]
    env.run(until=5)
    assert not any(work.triggered for work in works)
    for trade in ("dataops", "mlops", "finops"):
        topology.come(trade, 1.0)
    env.run(until=30)
    assert all(work.triggered for work in works)
    assert log.frame()["finished_day"].notna().all()


def test_it_has_its_price(office):
    _, topology, _ = office()
    pay = {"data": 48000.0, "ml": 48000.0, "platform": 48000.0}
    about = Teamwork()
    lead = about.lead_gbp * about.lead_share / 12
    assert topology.further_pay_gbp(pay) == 0
    topology.reorganise(CROSS_FUNCTIONAL)
    assert topology.further_pay_gbp(pay) == pytest.approx(5 * 4000 * about.broader_pay + 2 * lead)
    topology.reorganise(CENTRE)
    assert topology.further_pay_gbp(pay) == pytest.approx(2 * 4000 * about.expert_pay + lead)


def test_one_who_leaves_finishes_and_does_not_come_back(office):
    env, topology, log = office(data=1)
    person = next(p for p in topology.people if p.trade == "dataops")
    first, second = (topology.work("dataops", "quarantine", HOURS_PER_WORKING_DAY, 0) for _ in range(2))
    env.run(until=0.5)
    topology.leave(person)
    env.run(until=10)
    assert first.processed and not second.processed
    newcomer = topology.come("dataops", 0.5)
    env.run(until=30)
    assert second.processed and newcomer in topology.people
    assert log.frame()["hours"].tolist() == pytest.approx([HOURS_PER_WORKING_DAY, 2 * HOURS_PER_WORKING_DAY])
