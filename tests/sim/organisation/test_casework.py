"""Caseworkers are good, dear and few: first come, first served, on working days."""

from datetime import date

import numpy as np
import pytest

from sim.calendar import Calendar
from sim.organisation.casework import Casework
from sim.organisation.teams import WorkLog
from sim.scenario.service import Review

CALENDAR = Calendar(date(2026, 4, 1), 1)
FRIDAY, SATURDAY, SUNDAY, MONDAY = 2, 3, 4, 5


@pytest.fixture
def desk():
    """One caseworker, who sees 7.4 hours' worth of cases of an hour each."""
    log = WorkLog()
    return Casework(Review(minutes=60, caseworkers=1), CALENDAR, log), log


def test_first_come_first_served_within_the_day(desk):
    casework, log = desk
    casework.refer(0.999, 0, np.arange(5))
    casework.refer(0.999, 1, np.arange(5, 20))
    assert casework.day(1).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert casework.waiting == 13
    assert casework.day(FRIDAY).tolist() == [7, 8, 9, 10, 11, 12, 13]
    assert casework.hours == 14
    assert log.frame()["cause"].tolist() == [0, 1, 1]


def test_part_of_a_case_is_carried_over_while_there_is_work(desk):
    casework, _ = desk
    casework.refer(0.0, 0, np.arange(100))
    seen = sum(len(casework.day(day)) for day in range(FRIDAY + 1)) + sum(
        len(casework.day(day)) for day in range(MONDAY, MONDAY + 2)
    )
    assert seen == int(5 * 7.4)


def test_nobody_works_at_weekends_and_idle_time_is_lost(desk):
    casework, _ = desk
    assert len(casework.day(FRIDAY)) == 0
    casework.refer(2.999, 0, np.arange(30))
    assert len(casework.day(SATURDAY)) == len(casework.day(SUNDAY)) == 0
    assert len(casework.day(MONDAY)) == 7


def test_without_caseworkers_everybody_waits():
    casework = Casework(Review(caseworkers=0), CALENDAR, WorkLog())
    casework.refer(0.0, 0, np.arange(3))
    assert sum(len(casework.day(day)) for day in range(60)) == 0 and casework.waiting == 3


def test_an_hour_costs_a_share_of_a_years_pay(desk):
    casework, _ = desk
    assert casework.hourly_gbp(32_560, 1.5) == pytest.approx(32_560 * 1.5 / 1628)
