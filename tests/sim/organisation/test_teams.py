"""Teams are finite people: one piece of work at a time, the rest queues."""

from datetime import date

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import HOURS_PER_WORKING_DAY, Calendar
from sim.organisation.teams import Team, WorkLog
from sim.scenario import Team as Given


def office(people: int = 1, share: float = 1.0):
    env, log = simpy.Environment(), WorkLog()
    given = Given(name="data", discipline="dataops", people=people, share=share)
    return env, Team(env, given, Calendar(date(2026, 4, 1), 2), log), log


def test_one_person_does_one_thing_after_the_other():
    env, team, log = office()
    for i in range(3):
        team.work(f"work {i}", HOURS_PER_WORKING_DAY / 2, cause=i)
    env.run(until=30)
    done = log.frame()
    assert done["kind"].tolist() == ["work 0", "work 1", "work 2"]
    assert done["finished_day"].tolist() == pytest.approx([0.5, 1.0, 1.5])
    assert done["started_day"].tolist() == pytest.approx([0.0, 0.5, 1.0])
    assert done["queued_day"].tolist() == [0, 0, 0]


def test_more_people_do_more_at_once_and_never_more_than_they_are():
    env, team, log = office(people=2)
    for i in range(7):
        team.work("work", HOURS_PER_WORKING_DAY * (1 + i % 3), cause=i)
    env.run(until=60)
    done = log.frame()
    times = np.unique(done[["started_day", "finished_day"]].to_numpy())
    for now in (times[1:] + times[:-1]) / 2:
        assert ((done["started_day"] < now) & (done["finished_day"] > now)).sum() <= 2
    assert done["finished_day"].notna().all()


def test_a_quarter_of_somebodys_time_takes_four_times_as_long():
    env, team, log = office(share=0.25)
    team.work("work", HOURS_PER_WORKING_DAY / 2, cause=0)
    env.run(until=30)
    assert log.frame()["finished_day"].item() == pytest.approx(2.0)
    assert log.frame()["hours"].item() == HOURS_PER_WORKING_DAY / 2


def test_work_that_is_not_done_has_no_end():
    env, team, log = office()
    team.work("long", 400.0, cause=0)
    team.work("next", 1.0, cause=0)
    env.run(until=5)
    done = log.frame()
    assert done["started_day"].tolist()[0] == 0 and np.isnan(done["started_day"].tolist()[1])
    assert done["finished_day"].isna().all()


def test_what_goes_ahead_goes_before_what_waits_and_interrupts_nothing():
    env, team, log = office()
    for kind, ahead in (("begun", False), ("improve", False), ("change over", True), ("change over too", True)):
        team.work(kind, HOURS_PER_WORKING_DAY / 2, cause=0, ahead=ahead)
    env.run(until=30)
    done = log.frame().set_index("kind")["started_day"]
    assert done.sort_values().index.tolist() == ["begun", "change over", "change over too", "improve"]
    assert done.sort_values().tolist() == pytest.approx([0.0, 0.5, 1.0, 1.5])


def later(env, day, ask):
    def wait():
        yield env.timeout(day)
        ask()

    env.process(wait())


def test_for_what_is_urgent_somebody_puts_down_what_they_are_at_and_goes_on_with_it_after():
    env, team, log = office(people=2)
    for kind, days in (("one", 1.0), ("other", 1.0), ("next", 0.5)):
        team.work(kind, HOURS_PER_WORKING_DAY * days, cause=0)
    for at in (0.25, 0.5):
        later(env, at, lambda: team.work("incident", HOURS_PER_WORKING_DAY / 2, cause=0, urgent=True))
    env.run(until=30)
    done = log.frame()
    assert done["started_day"].tolist() == pytest.approx([0.0, 0.0, 1.5, 0.25, 0.5])
    assert done["finished_day"].tolist() == pytest.approx([1.5, 1.5, 2.0, 0.75, 1.0])


def test_what_is_urgent_waits_only_for_what_is_urgent():
    env, team, log = office()
    team.work("begun", HOURS_PER_WORKING_DAY, cause=0)
    for _ in range(2):
        team.work("incident", HOURS_PER_WORKING_DAY / 2, cause=0, urgent=True)
    env.run(until=30)
    assert log.frame()["finished_day"].tolist() == pytest.approx([2.0, 0.5, 1.0])


def test_an_incident_has_the_whole_of_somebodys_time_and_others_have_it_back_after():
    env, team, log = office(share=0.25)
    team.work("incident", HOURS_PER_WORKING_DAY, cause=0, urgent=True)
    team.work("work", HOURS_PER_WORKING_DAY / 4, cause=0)
    later(env, 1.5, lambda: team.work("while giving back", HOURS_PER_WORKING_DAY / 4, cause=0, urgent=True))
    env.run(until=30)
    done = log.frame().set_index("kind")
    assert done["finished_day"][["incident", "while giving back"]].tolist() == pytest.approx([1.0, 1.75])
    paid_back = Calendar(date(2026, 4, 1), 2).finish(0.0, HOURS_PER_WORKING_DAY * (1 + 0.25) / 0.25)
    assert done["started_day"]["work"] == pytest.approx(paid_back)


@given(
    st.lists(st.floats(0.1, 20), min_size=1, max_size=5),
    st.lists(st.tuples(st.floats(0, 0.99), st.floats(0.1, 20)), max_size=5),
    st.floats(0.1, 1.0),
)
def test_the_programme_never_has_more_of_somebodys_time_than_its_share(works, incidents, share):
    env, team, log = office(share=share)
    for hours in works:
        team.work("work", hours, cause=0)
    whole = Calendar(date(2026, 4, 1), 2).finish(0.0, sum(works) / share)
    for at, hours in incidents:
        later(env, at * whole, lambda hours=hours: team.work("incident", hours, cause=0, urgent=True))
    env.run()
    done = log.frame()
    total = sum(works) + sum(hours for _, hours in incidents)
    assert done[done["kind"] == "work"]["finished_day"].max() == pytest.approx(
        Calendar(date(2026, 4, 1), 2).finish(0.0, total / share), abs=1e-6
    )
