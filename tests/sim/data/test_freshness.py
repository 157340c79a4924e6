"""Fresher ingest never ages a feature, and old values come as often as theory says."""

import numpy as np
import pytest

from sim.data.freshness import EVERY_HOURS, Freshness
from sim.data.pipeline import NIGHTLY
from sim.streams import Streams
from sim.world.population import populate

WAYS = ("nightly", "hourly", "streaming")
DAYS = 40


@pytest.fixture
def fresh(scenario):
    def make(cases=400.0, **sources):
        given = scenario.services[0].model_dump() | {"cases_per_day": cases, "incidents": []}
        for source in given["sources"]:
            source.update(sources.get(source["name"].replace("-", "_"), {}))
        service = scenario.replace(services=[given]).services[0]
        people = populate(service, Streams(5), 0, DAYS)
        made = Freshness(service, Streams(5), people)
        for day in range(DAYS):
            made.draw(day)
        return made, people, service

    return make


def night(people, day):
    """Return those who came that day or came late to it."""
    return np.nonzero(people.day + people.late == day)[0]


@pytest.mark.parametrize("cadence", [1, 2, 3, 5, 6, 7, 12, 18, 23, 24, 48, 168])
def test_fresher_ingest_never_ages_a_feature_of_any_case(fresh, cadence):
    made, people, _ = fresh(earnings_feed={"cadence_hours": cadence})
    for day in range(8, 20):
        rows = night(people, day)
        times = [made.times(day, rows, way) for way in WAYS]
        ages = [made.ages(t, rows, way) for t, way in zip(times, WAYS, strict=True)]
        for older, fresher in zip(ages, ages[1:], strict=False):
            assert (fresher <= older + 1e-9).all()
        for later, sooner in zip(times, times[1:], strict=False):
            assert (sooner <= later + 1e-9).all()
        stale = [made.stale(rows, age) for age in ages]
        assert (stale[0] | ~stale[1]).all() and (stale[1] | ~stale[2]).all()


def test_a_decision_comes_after_its_record_and_on_its_day(fresh):
    made, people, _ = fresh()
    for way in WAYS:
        for day in (3, 17):
            rows, times = night(people, day), made.times(day, night(people, day), way) / 24
            there = np.minimum(people.arrived_of(rows) + people.late[rows], day + NIGHTLY)
            assert (times >= there).all() and (times >= day).all() and (times <= day + NIGHTLY).all()
            assert (times - there <= EVERY_HOURS[way] / 24 + 1 / 1440 + 1e-9).all()


def test_ages_are_those_of_the_last_extract_before_the_decision(fresh):
    made, people, service = fresh()
    rows = night(people, 12)
    form, earnings, register = range(3)
    assert [s.cadence_hours for s in service.sources] == [0, 1, 24]
    nightly = made.ages(made.times(12, rows, "nightly"), rows, "nightly")
    assert nightly[[earnings, register]] == pytest.approx(24 * NIGHTLY)
    hourly = made.ages(made.times(12, rows, "hourly"), rows, "hourly")
    assert (hourly[earnings] <= 1).all() and (hourly[earnings] > 0.9).mean() > 0.99
    assert hourly[register].max() > 12
    times = made.times(12, rows, "streaming")
    streaming = made.ages(times, rows, "streaming")
    assert (streaming[register] == times - 12 * 24).all()
    own = people.day[rows] == 12
    assert streaming[form][own] == pytest.approx(1 / 60)
    late = made.ages(times, rows, "streaming", {"earnings-feed": 240.0})
    assert late[earnings] == pytest.approx(streaming[earnings] + 240) and (late[form] == streaming[form]).all()


@pytest.mark.parametrize(("days", "hours"), [(45, 24), (45, 240), (10, 24)])
def test_old_values_come_as_often_as_the_exponential_says(fresh, days, hours):
    made, people, _ = fresh(earnings_feed={"change_days": days})
    rows = np.arange(len(people))
    p, n = 1 - np.exp(-hours / 24 / days), len(rows)
    stale = made.stale(rows, np.full((3, n), float(hours)))
    assert abs(stale.mean() - p) < 4.5 * np.sqrt(p * (1 - p) / n)


def test_old_values_are_anothers_from_the_same_world_and_only_of_that_source(fresh):
    made, people, service = fresh(cases=1000.0)
    rows = np.arange(len(people))
    values, truth = people.clean.astype(float), people.clean.astype(float)
    spared = np.arange(len(rows)) % 2 == 0
    aged = made.grow_old(rows, values, np.full((3, len(rows)), 24.0 * 365), spared)
    assert not aged[spared].any() and aged[~spared].mean() > 0.99
    mine = [j for j, f in enumerate(service.features) if f.source == "earnings-feed"]
    others = [j for j in range(12) if j not in mine]
    assert (values[:, others] == truth[:, others]).all() and (values[spared] == truth[spared]).all()
    for j in mine:
        before, now = np.log1p(values[aged, j]), np.log1p(truth[aged, j])
        error = np.sqrt((before.var() + now.var()) / aged.sum())
        assert abs(before.mean() - now.mean()) < 4.5 * error
        assert abs(np.corrcoef(before, now)[0, 1]) < 0.06
    assert (values[aged][:, mine] != truth[aged][:, mine]).any(axis=1).mean() > 0.95


def test_a_value_with_a_defect_keeps_it(fresh):
    made, people, service = fresh()
    rows = np.arange(len(people))
    values = people.record.astype(float)
    wrong = ~(values == people.clean)
    made.grow_old(rows, values, np.full((3, len(rows)), 24.0 * 365), np.zeros(len(rows), dtype=bool))
    assert np.array_equal(values[wrong], people.record[wrong].astype(float), equal_nan=True)


def test_one_more_case_changes_nobody_elses_past(scenario):
    service = scenario.services[0]
    values = []
    for extra in (0, 1):
        people = populate(service, Streams(2), 0, 3, extra=extra)
        made = Freshness(service, Streams(2), people)
        for day in range(3):
            made.draw(day)
        usual = np.concatenate([np.arange(*people.of_day(d).indices(len(people))[:2])[: len(people)] for d in range(3)])
        last = {int(people.of_day(d).stop) - 1 for d in range(3)} if extra else set()
        rows = np.array([r for r in usual if r not in last])
        mine = people.clean[rows].astype(float)
        made.grow_old(rows, mine, np.full((3, len(rows)), 24.0 * 60), np.zeros(len(rows), dtype=bool))
        values.append(mine)
    assert np.array_equal(*values)


def test_a_service_where_nothing_changes_draws_nothing(fresh):
    made, people, _ = fresh(earnings_feed={"change_days": 0})
    rows = np.arange(len(people))
    values = people.clean.astype(float)
    aged = made.grow_old(rows, values, np.full((3, len(rows)), 1e6), np.zeros(len(rows), dtype=bool))
    assert (
        not aged.any() and not made.stale(rows, np.full((3, len(rows)), 1e6)).any() and (values == people.clean).all()
    )
