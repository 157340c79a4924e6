"""A breach copies what is within reach by way of an account, and harms those whom the thief can name."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim.data.privacy import reidentified

OFTEN = {"accounts": 60, "per_account_year": 0.2, "found_days": 10.0}


@pytest.fixture(scope="module")
def world(quiet):
    return quiet(2, 80, keep_days=60, breach=OFTEN, training={"pilot_days": 30})


def run_of(world, seed=1, **decisions) -> sim.Run:
    return sim.simulate(world, sim.Playbook(**decisions), seed=seed, instant=True)


def breaches(run: sim.Run):
    return run.incidents[run.incidents["kind"] == "breach"].set_index("incident_id")


def test_everybody_stored_under_a_true_number_is_identified_and_harm_lands_when_it_is_known(world):
    run = run_of(world)
    mine, given = breaches(run), world.services[0].breach
    found = mine.dropna(subset=["detected_day"])
    assert len(found) > 3
    assert found["cost_gbp"].tolist() == (found["cases_harmed"] * given.harm_gbp).tolist()
    assert (found["found_by"] == "somebody outside").all()
    assert (mine.loc[mine["detected_day"].isna(), "cost_gbp"] == 0).all()
    by_day = found.groupby(found["detected_day"].astype(int))[["cost_gbp", "cases_harmed"]].sum()
    daily = run.daily.set_index("day")
    assert daily.loc[by_day.index, "breach_harm_gbp"].tolist() == by_day["cost_gbp"].tolist()
    assert daily["breach_harm_gbp"].sum() == by_day["cost_gbp"].sum()
    without = sim.simulate(world.replace(services=[world.services[0].model_dump() | {"breach": None}]), seed=1)
    assert (run.daily["harm_gbp"] - without.daily["harm_gbp"]).tolist() == pytest.approx(
        run.daily["breach_harm_gbp"].tolist()
    )
    for row in found.itertuples():
        held = daily.loc[int(row.began_day), "held"]
        assert abs(row.cases_harmed - given.share * held) < 4.5 * np.sqrt(held / 4)
    card = run.scorecard().set_index("measure")["value"]
    assert card["people_identified"] == found["cases_harmed"].sum() == run.daily["people_identified"].sum()
    assert np.isnan(card["time_to_detect_days"]) and np.isnan(card["time_to_restore_days"])


def test_the_journal_tells_it_from_the_theft_to_the_notice(world, scenario):
    run = run_of(world)
    journal = run.journal.set_index("event_id")
    told = journal[journal["kind"] == "breach notified"]
    assert len(told) > 3 and (told["detail"] == "within 72 hours").any()
    for event in told.itertuples():
        found = journal.loc[int(event.cause)]
        assert found["kind"] == "breach found" and journal.loc[int(found["cause"]), "kind"] == "breach began"
        assert (event.detail == "within 72 hours") == (event.day - found["day"] <= 3)
    staff = scenario.staff.model_dump()
    for team in staff["teams"]:
        team["people"], team["share"] = 1, 0.05
    slow = run_of(world.replace(staff=staff)).journal
    assert slow.loc[slow["kind"] == "breach notified", "detail"].str.startswith("too late").all()


def test_one_breach_is_told_in_records_and_can_be_switched_off(world):
    run = run_of(world)
    first, others = breaches(run).iloc[0], breaches(run).iloc[1:]
    told = run.explain(first.name)
    what = ["breach began", "breach found", "breach notification", "breach notified"]
    assert told.steps["what"].tolist() == what
    assert told.steps["gbp"].sum() == first["cost_gbp"] == told.gbp > 0
    left = breaches(sim.simulate(world.without(first.name), seed=1))
    assert left[["began_day", "cases_harmed"]].equals(others[["began_day", "cases_harmed"]])


def test_fewer_days_kept_never_expose_more_and_the_archive_exposes_nobody(world):
    policies = [sim.retention(), sim.retention(60, 60), sim.retention(60, 20), sim.retention(40), sim.retention(5)]
    harmed = [breaches(run_of(world, 1, retain=policy))["cases_harmed"] for policy in policies]
    for more, fewer in zip(harmed, harmed[1:], strict=False):
        assert list(more.index) == list(fewer.index) and (fewer <= more).all()
    assert harmed[-1].sum() < 0.2 * harmed[0].sum()
    archived = breaches(run_of(world, 1, retain=sim.retention(20, 20, 1000)))["cases_harmed"]
    assert archived.equals(harmed[-2])


def test_fewer_accounts_are_fewer_of_the_same_breaches(world):
    every, few = (breaches(run_of(world, 2, retain=sim.retention(accounts=n))) for n in (None, 20))
    account = every["subject"].str.removeprefix("account ").astype(int)
    assert 0 < len(few) < len(every)
    assert few.index.tolist() == every.index[account < 20].tolist()
    assert few["cases_harmed"].equals(every.loc[few.index, "cases_harmed"])


def test_breaches_come_as_often_as_the_accounts_say(world):
    counts = [len(breaches(run_of(world, seed))) for seed in range(12)]
    wanted = 60 * 0.2 * sim.simulate(world, seed=0).days / 365.25 * len(counts)
    assert abs(sum(counts) - wanted) < 4.5 * np.sqrt(wanted)


def test_of_those_under_another_name_the_thief_finds_who_stands_out(world):
    programme = sim.Programme(world, seed=1, instant=True)
    book = sim.Playbook(protect=sim.practices.protect_records())
    while not programme.done:
        programme.advance(book)
    service = programme.services[0]
    pilot, n = len(service.pilot), len(service.people)
    delivered = np.nonzero(~np.isnan(service.file.delivered_day))[0]
    assert service.file.named[delivered].sum() == 0 and service.file.named.sum() == n - len(delivered)
    assert service.breaches.who(np.arange(pilot)) == (pilot, 0.0)
    rows = delivered[:800]
    named, matched = service.breaches.who(pilot + rows)
    quasi = [j for j, f in enumerate(service.given.features) if f.quasi]
    assert named == 0
    stored, true = (
        pd.DataFrame(x[np.ix_(rows, quasi)].astype(float)) for x in (service.file.features, service.people.clean)
    )
    assert matched == pytest.approx(reidentified(stored, true) * 800)
    assert 0 < matched < 0.25 * 800
    programme.close()


def test_a_pseudonym_alone_hides_few_and_coarser_values_many(world):
    raw, name, both = (
        breaches(run_of(world, protect=protect))["cases_harmed"].sum()
        for protect in (lambda b: b, sim.practices.pseudonymise(), sim.practices.protect_records())
    )
    assert raw > name > 0.8 * raw and both < 0.5 * raw


def test_protection_is_what_the_model_sees_and_what_is_stored(world):
    seen = []

    def decide(scores, cases):
        seen.append(cases)
        return np.full(len(cases), "approve")

    run = run_of(world, protect=sim.practices.generalise({"rent_gbp": 500}), decide=decide)
    for stored in (run.cases["rent_gbp"], seen[5]["rent_gbp"]):
        assert (stored.dropna() % 500 == 250).all() and stored.nunique() > 2
    raw = run_of(world)
    assert (raw.cases["case_id"] == run.cases["case_id"]).all()
    assert run.cases.drop(columns="rent_gbp").equals(raw.cases.drop(columns="rent_gbp"))
