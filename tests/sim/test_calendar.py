"""Days, quarters, months and working time of a UK financial year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendar import HOURS_PER_WORKING_DAY, Calendar

CALENDAR = Calendar(date(2026, 4, 1), 8)


def test_a_financial_year_ends_on_the_31st_of_march():
    assert CALENDAR.bounds == (0, 91, 183, 275, 365, 456, 548, 640, 731)
    assert CALENDAR.days == 731
    assert [CALENDAR.date(d) for d in (0, 364, 365)] == [date(2026, 4, 1), date(2027, 3, 31), date(2027, 4, 1)]
    assert CALENDAR.date(CALENDAR.days - 1) == date(2028, 3, 31)


def test_months_begin_on_the_first():
    assert len(CALENDAR.months) == 25
    dates = [CALENDAR.date(d) for d in CALENDAR.months]
    assert {d.day for d in dates} == {1}
    assert [d.month for d in dates[:12]] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert CALENDAR.months[::3] == CALENDAR.bounds


def test_quarters_are_half_open():
    for quarter, (first, last) in enumerate(zip(CALENDAR.bounds, CALENDAR.bounds[1:], strict=False), start=1):
        assert CALENDAR.quarter(first) == CALENDAR.quarter(last - 0.001) == quarter


@pytest.mark.parametrize("day", [-0.001, CALENDAR.days])
def test_a_day_outside_the_run_has_no_quarter(day):
    with pytest.raises(ValueError, match=f"day {day} is not a day of the run"):
        CALENDAR.quarter(day)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 40))
def test_any_start_keeps_the_months_of_the_almanac(day, quarters):
    calendar = Calendar(day.replace(day=1), quarters)
    assert all(calendar.date(d).day == 1 for d in calendar.months)
    end = calendar.start.year * 12 + calendar.start.month - 1 + 3 * quarters
    assert calendar.date(calendar.days) == date(end // 12, end % 12 + 1, 1)


def test_working_days_are_those_of_the_almanac():
    for day in range(CALENDAR.days):
        assert CALENDAR.is_working(day) == ((CALENDAR.start + timedelta(days=day)).weekday() < 5)


def test_work_waits_for_monday():
    friday, saturday, monday = 2, 3, 5
    assert CALENDAR.finish(friday, HOURS_PER_WORKING_DAY) == saturday
    assert CALENDAR.finish(friday + 0.5, HOURS_PER_WORKING_DAY) == pytest.approx(monday + 0.5)
    assert CALENDAR.finish(saturday + 0.3, HOURS_PER_WORKING_DAY / 2) == pytest.approx(monday + 0.5)
    assert CALENDAR.finish(saturday + 0.3, 0) == monday


@given(st.floats(0, 600), st.floats(0, 300))
def test_the_working_time_between_beginning_and_end_is_the_work(begun, hours):
    end = CALENDAR.finish(begun, hours)
    worked = sum(
        max(min(end, day + 1) - max(begun, day), 0)
        for day in range(int(begun), int(end) + 1)
        if CALENDAR.is_working(day)
    )
    assert end >= begun
    assert worked == pytest.approx(hours / HOURS_PER_WORKING_DAY, abs=1e-9)
    assert CALENDAR.worked(begun, end) == pytest.approx(hours, abs=1e-8)
