"""A watch over the data finds what nobody complained of, and costs a person's hours when nothing is wrong."""

import numpy as np
import pytest

import sim
from sim.programme.data_watch import LOOK_HOURS, REST_DAYS


@pytest.fixture(scope="module")
def silent(quiet, scenario):
    """A world in which fields go empty on day 40 and nobody complains."""
    kinds = [k.model_dump() for k in scenario.services[0].incidents if k.name == "empty-fields"]
    mine = [kinds[0] | {"per_year": 0.0, "on_days": [40.0], "ends_after_days": 60.0}]
    return quiet(2, 100, incidents=mine, outcomes={"complaint_share": 0.0})


def watched(world, decision, seed=1, **more) -> sim.Run:
    return sim.simulate(world, sim.Playbook(watch_data=decision, **more), seed=seed, instant=True)


def looks(run: sim.Run):
    return run.people[run.people["kind"] == "data alert"]


def test_an_incident_is_found_within_days_and_the_journal_says_why(silent):
    naive, run = sim.simulate(silent, seed=1), watched(silent, sim.practices.profile_alert())
    assert naive.incidents["found_by"].item() == "nobody" and naive.incidents["fixed_day"].item() == 100
    row = run.incidents.iloc[0]
    assert row["found_by"] == "data watch" and 40 < row["detected_day"] < 45 < 60 > row["fixed_day"]
    assert row["cases_harmed"] < naive.incidents["cases_harmed"].item()
    journal = run.journal.set_index("event_id")
    alert = journal[journal["kind"] == "data alert"]
    assert len(alert) == 1 and journal.loc[int(alert["cause"].item()), "kind"] == "silent_nulls began"
    work = looks(run)
    assert (work["hours"] == LOOK_HOURS).all() and work["cause"].tolist() == alert.index.tolist()
    assert (run.journal["kind"] == "false alert").sum() == 0


def test_nobody_looks_again_while_a_look_is_under_way_a_fault_is_known_or_after_a_false_alert(silent, quiet):
    always = watched(silent, lambda profile: True)
    work, false = looks(always), always.journal[always.journal["kind"] == "false alert"]
    done = work.dropna(subset=["finished_day"])
    assert len(done) == len(false) + 1 > 5 and len(work) <= len(done) + 1
    assert (np.diff(false["day"]) >= REST_DAYS).all()
    assert (work["queued_day"].to_numpy()[1:] >= work["finished_day"].to_numpy()[:-1]).all()
    known = always.incidents.iloc[0]
    during = work["queued_day"].between(known["detected_day"] + 1e-9, known["fixed_day"] - 1e-9)
    assert not during.any() and known["fixed_day"] - known["detected_day"] > 1
    causes = always.journal.set_index("event_id").loc[false["cause"].astype(int), "kind"]
    assert (causes == "data alert").all()
    card = always.scorecard().set_index("measure")["value"]
    assert card["false_alerts"] == len(false)
    assert card["time_to_detect_days"] == pytest.approx(known["detected_day"] - known["began_day"])


def test_what_is_not_found_counts_until_it_ends(silent):
    card = sim.simulate(silent, seed=1).scorecard().set_index("measure")["value"]
    assert card["time_to_detect_days"] == 60


def test_it_is_given_the_batch_as_it_came(quiet):
    seen = []

    def keep(profile):
        seen.append(profile)
        return False

    world = quiet(1, 80, defects={"completeness": 0.4, "uniqueness": 0.1, "timeliness": 0.2, "validity": 0.2})
    plain = watched(world, keep)
    raw, seen[:] = list(seen), []
    mended = {"validate": lambda b: b["rent_gbp"].notna(), "repair": lambda b: b.fillna(1.0)}
    watched(world, keep, **mended)
    assert len(raw) == len(seen) == plain.days
    assert all(a.iloc[:, :9].equals(b.iloc[:, :9]) for a, b in zip(raw[:2], seen[:2], strict=True))
    assert np.mean([p["missing"].mean() for p in seen]) > 0.02
    first, last = raw[0], raw[-1]
    assert first.filter(like="usual").isna().all(axis=None) and last.filter(like="usual").notna().all(axis=None)
    assert last.index.name == "feature" and last["source"].tolist() == [f.source for f in world.services[0].features]
    assert 0 < last["usual_late"].iloc[0] < 0.3 and 0.02 < last["usual_duplicates"].iloc[0] < 0.2
    assert first["late"].iloc[0] == 0 and first["rows"].nunique() == 1


def test_watching_without_an_alert_changes_nothing(silent, same_frames):
    one, two = watched(silent, lambda profile: False), sim.simulate(silent, seed=1)
    decided = one.journal["kind"] == "decided"
    assert one.journal[~decided]["kind"].tolist() == two.journal["kind"].tolist()
    for name in ("cases", "decisions", "daily", "quality"):
        assert one.frames[name].equals(two.frames[name]), name
