"""A turn: what may be promised, what is refused, what the board is told, and how impossible games end."""

from __future__ import annotations

import pytest

import sim
from sim.cockpit.levers import LEVERS, playbook, preset
from sim.cockpit.nursery import game, whole_run
from sim.cockpit.turn import allowance, bill, objections, paper
from sim.errors import TrinityError


class Answers:
    """Choices that come one after the other."""

    def __init__(self, *choices: dict[str, str]) -> None:
        self._left = list(choices)

    def recv(self) -> dict[str, str]:
        return self._left.pop(0)


def told_of(scenario, *choices: dict[str, str], plan=(), seed: int = 0) -> list[tuple[str, object]]:
    told: list[tuple[str, object]] = []
    game(
        sim.Programme(scenario, seed), list(plan), lambda what, figures: told.append((what, figures)), Answers(*choices)
    )
    return told


def test_a_bill_counts_what_is_taken_up_and_nothing_that_is_given_up(scenario):
    asked = bill(
        scenario, {"validate": "gate", "tag": "everything"}, {"validate": "strict-gate", "retrain": "on-drift"}
    )
    assert asked["changed"] == ["validate", "retrain", "tag"]
    assert asked["gbp"] == LEVERS["validate"].price_gbp(scenario) + LEVERS["retrain"].price_gbp(scenario)
    assert asked["days"] == {"dataops": 12.0, "mlops": 12.0}


@pytest.fixture(scope="module")
def department() -> sim.Scenario:
    """Three services with few cases, for a quarter."""
    whole = sim.load_scenario("household-support")
    return whole.replace(quarters=1, services=[s.model_dump() | {"cases_per_day": 20} for s in whole.services])


def test_services_that_take_up_the_same_pay_for_it_once(department):
    one, other, _ = (s.name for s in department.services)
    price = LEVERS["validate"].price_gbp(department)
    for after, times in (
        ({f"validate@{one}": "gate"}, 1),
        ({f"validate@{one}": "gate", f"validate@{other}": "gate"}, 1),
        ({f"validate@{one}": "gate", f"validate@{other}": "strict-gate"}, 2),
        ({"validate": "gate", f"validate@{one}": "keep-everything"}, 1),
    ):
        assert bill(department, {}, after)["gbp"] == times * price
    gated = {"validate": "gate"}
    assert bill(department, gated, gated | {f"validate@{one}": "keep-everything"})["gbp"] == 0


def test_the_bill_is_what_the_programme_pays(department):
    one, other, _ = (s.name for s in department.services)
    choices = {"validate": "gate", f"validate@{one}": "strict-gate", f"retrain@{other}": "on-drift"}
    programme = sim.Programme(department)
    programme.advance(playbook(choices))
    ledger = programme.ledger.frame()
    paid = ledger.loc[ledger["debit"] == "adoption", "pence"].sum() / 100
    assert paid == bill(department, {}, choices)["gbp"] > 0


def test_what_goes_beyond_money_or_people_is_refused_in_words(scenario):
    allowed = {"gbp": 5000.0, "days": {"dataops": 20.0, "mlops": 5.0, "integration": 25.0}, "controlled": False}
    assert objections(scenario, allowed, {}, {"validate": "gate"}) == []
    assert "£5.0k of the quarter's money is free" in objections(scenario, allowed, {}, {"protect": "pseudonyms"})[0]
    assert "have 5 free" in objections(scenario, allowed, {}, {"retrain": "on-drift"})[0]
    assert "spending controls" in objections(scenario, allowed | {"controlled": True}, {}, {"tag": "everything"})[0]
    assert objections(scenario, allowed | {"controlled": True}, {"tag": "everything"}, {}) == []


def test_work_that_has_been_promised_is_not_free_again(small):
    programme = sim.Programme(small(quarters=4))
    before = allowance(programme)["days"]["dataops"]
    team = programme.scenario.staff.teams[0]
    assert before == pytest.approx(team.people * team.share * 63 * 0.75)
    programme.step(playbook({name: key for name, key in preset("reference").items() if name != "adopt"}))
    log = programme.log.frame()
    left = log[log["kind"].str.startswith("take up") & log["finished_day"].isna() & (log["team"] == team.name)]
    assert len(left) > 0
    after = allowance(programme, programme.run())["days"]["dataops"]
    assert after == pytest.approx(max(before - left["hours"].sum() / 7.4, 0))


def test_a_board_paper_tells_only_what_people_knew(small):
    programme = sim.Programme(small(quarters=4, cases=200), seed=0)
    programme.step(sim.Playbook())
    run = programme.run()
    told = paper(programme, run, 1)
    unseen = set(run.incidents.loc[run.incidents["detected_day"].isna(), "incident_id"])
    assert unseen
    assert not unseen & {event["incident"] for event in told["feed"]}
    assert told["over"] == []


def test_a_resumed_game_tells_what_the_game_told(small):
    first = told_of(small(), {"validate": "gate"}, {"validate": "gate"})
    again = told_of(small(), {"validate": "gate"}, plan=[{"validate": "gate"}])
    assert [what for what, _ in first] == ["start", "quarter", "paper", "quarter", "paper", "end"]
    assert first == again


def test_a_whole_run_is_the_run_that_simulate_gives(small):
    told = []
    whole_run(sim.Programme(small()), [{"validate": "gate"}], lambda *message: told.append(message))
    run = sim.simulate(small(), playbook({"validate": "gate"}))
    assert told[-1][1]["net"] == run.headline().net_public_value
    assert sum(sum(q["value"]) for what, q in told if what == "quarter") == pytest.approx(
        run.headline().net_public_value
    )


class TestImpossibleGames:
    def test_without_money(self, small):
        scenario = small(fields={"funding_gbp": 0.0})
        told = told_of(scenario, {}, {})
        allowed = told[0][1]["allowance"]
        assert allowed["gbp"] == 0
        assert objections(scenario, allowed, {}, {"validate": "gate"})
        assert told[-1][0] == "end"

    def test_when_everybody_has_left(self, small, scenario):
        leaving = scenario.organisation.model_dump()
        leaving["turnover"] |= {"leave_per_year": 1.0, "overload": 10.0, "bearable": 0.0, "vacant_weeks": 104}
        few = scenario.staff.model_dump()
        few["teams"] = [team | {"people": 1} for team in few["teams"]]
        world = small(quarters=8, cases=10, fields={"organisation": leaving, "staff": few})
        told = told_of(world, *[{}] * 8, seed=15)
        papers = [figures for what, figures in told if what == "paper"]
        assert "Everybody has left" in papers[-1]["over"][0]
        assert papers[-1]["allowance"] is None
        assert told[-1][0] == "end"
        assert len(papers) < 8

    def test_when_every_model_is_retired(self, small):
        programme = sim.Programme(small())
        programme.step(sim.Playbook())
        run = programme.run()
        run.models.loc[:, "retired_day"] = 50.0
        assert "No model is in use" in paper(programme, run, 1)["over"][0]

    def test_when_nobody_trusts_it(self, small):
        programme = sim.Programme(small())
        programme.step(sim.Playbook())
        run = programme.run()
        run.daily.loc[:, "uptake"] = 0.01
        assert "Hardly anybody comes" in paper(programme, run, 1)["over"][0]

    def test_a_refused_decision_is_a_sentence(self, small):
        with pytest.raises(TrinityError):
            told_of(small(), {"validate": "nothing"})
