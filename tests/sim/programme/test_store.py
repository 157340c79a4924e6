"""What is kept, how near at hand, and for how long."""

import numpy as np
import pytest

import sim


def kept(world, seed=1, **retention) -> sim.Run:
    return sim.simulate(world, sim.Playbook(retain=sim.retention(**retention)), seed=seed, instant=True)


@pytest.fixture(scope="module")
def world(quiet):
    return quiet(2, 60, keep_days=50, training={"pilot_days": 20})


def test_what_is_held_by_hand(world):
    naive, run = sim.simulate(world, seed=1), kept(world, hot_days=20, cool_days=10, archive_days=30)
    pilot = np.diff(sim.Programme(world, seed=1).services[0].pilot.offset)
    came = np.concatenate([pilot, naive.daily["cases"]])
    whole, days = np.cumsum(came)[20:], range(naive.days)
    too_old = [came[: max(20 + day + 1 - 50, 0)].sum() for day in days]
    assert naive.daily["held"].tolist() == whole.tolist()
    assert naive.daily["held_too_long"].tolist() == too_old
    assert run.daily["held"].tolist() == [came[max(day + 21 - 60, 0) : day + 21].sum() for day in days]
    late = [came[max(day + 21 - 60, 0) : max(day + 21 - 50, 0)].sum() for day in days]
    assert run.daily["held_too_long"].tolist() == late
    card = run.scorecard().set_index("measure")["value"]
    assert card["kept_too_long"] == pytest.approx(sum(late) / run.daily["held"].sum())
    assert kept(world, hot_days=50).daily["held_too_long"].sum() == 0


def test_nothing_comes_back(world):
    programme = sim.Programme(world, seed=1, instant=True)
    programme.advance(sim.Playbook(retain=sim.retention(10, 5, 5)))
    store = programme.services[0].store
    then = (store.hot_since, store.cool_since, store.kept_since)
    last = programme.calendar.bounds[1] - 1
    assert then == (last + 1 - 10, last + 1 - 15, last + 1 - 20)
    programme.advance(sim.Playbook(retain=sim.retention(300, 300, 300)))
    assert (store.hot_since, store.cool_since, store.kept_since) == then
    programme.close()


def test_a_model_learns_only_from_what_can_be_read(quiet):
    world = quiet(3, 100)
    schedule = {"retrain": sim.practices.retrain_on_schedule(days=60)}

    def trained(**retention) -> sim.Run:
        book = sim.Playbook(retain=sim.retention(**retention), **schedule)
        return sim.simulate(world, book, seed=1, instant=True)

    naive, cool = trained(), trained(hot_days=30, cool_days=80)
    archived, deleted = trained(hot_days=30, cool_days=80, archive_days=300), trained(hot_days=110)
    rows = [run.models["rows"].tolist() for run in (naive, cool, archived, deleted)]
    assert rows[1] == rows[2] == rows[3] and len(rows[0]) == len(rows[1]) > 2
    assert all(fewer < more for fewer, more in zip(rows[1][2:], rows[0][2:], strict=True))
    nothing = trained(hot_days=5)
    assert len(nothing.models) == 1 and (nothing.journal["kind"] == "retraining abandoned").any()


def test_a_monitor_sees_only_what_can_be_read(quiet):
    seen = {}

    def watch(name):
        def score(reference, recent):
            seen.setdefault(name, []).append(recent["decided_day"].min())
            return 0.0

        return sim.monitor(score, 1.0)

    for name, policy in (("naive", sim.retention()), ("brief", sim.retention(40))):
        book = sim.Playbook(watch_model=watch(name), retain=policy)
        sim.simulate(quiet(2, 100), book, seed=1, instant=True)
    last = sim.simulate(quiet(2, 100), seed=1).days
    assert last - seen["naive"][-1] > 100 and last - seen["brief"][-1] < 50


def test_who_has_no_account_asks_for_extracts(world, small):
    breach = {"accounts": 40, "per_account_year": 0.0, "extract_hours": 0.5}
    run = kept(small(1, 40, incidents=[], breach=breach), accounts=30)
    work = run.people[run.people["kind"] == "extracts"]
    assert len(work) == run.days // 7 and (work["hours"] == 5.0).all()
    asked = run.journal.set_index("event_id").loc[work["cause"], "kind"]
    assert (asked == "extracts asked for").all()
    for same in (kept(world, accounts=3), kept(small(1, 40, breach=breach), accounts=40)):
        assert (same.people["kind"] != "extracts").all()
