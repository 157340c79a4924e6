"""Teams are finite people: one piece of work at a time, the rest queues."""

from datetime import date

import numpy as np
import pytest
import simpy

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


def test_what_is_urgent_goes_before_what_is_not_and_interrupts_nothing():
    env, team, log = office()
    for kind, urgent in (("begun", False), ("improve", False), ("mend", True), ("mend too", True)):
        team.work(kind, HOURS_PER_WORKING_DAY / 2, cause=0, urgent=urgent)
    env.run(until=30)
    done = log.frame().set_index("kind")["started_day"]
    assert done.sort_values().index.tolist() == ["begun", "mend", "mend too", "improve"]
    assert done.sort_values().tolist() == pytest.approx([0.0, 0.5, 1.0, 1.5])
