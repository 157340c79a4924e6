"""Whatever a team decides, money and records are accounted for: fifty random playbooks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import sim
from sim.calendar import Calendar
from sim.ledger import ACCOUNTS, balances
from sim.streams import Streams
from sim.world.population import volumes

COSTS = ("cloud", "salaries", "casework", "adoption")


def every_nth(n: int):
    return lambda batch: batch["case_id"] % n != 0


def below(limit: float):
    return lambda batch: ~(batch["rent_gbp"] > limit)


def nobody(batch: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=batch.index)


def filled(value: float):
    return lambda batch: batch.fillna(value)


def moved(column: str):
    return lambda reference, recent: float(abs(recent[column].mean() - reference[column].mean()))


def after(days: float, alarms: int):
    return lambda signals: signals.days_since_training > days or signals.alarms > alarms


def between(low: float, width: float):
    def decide(scores: pd.Series, cases: pd.DataFrame) -> np.ndarray:
        return np.select([scores < low, scores < low + width], ["refuse", "refer"], "approve")

    return decide


def replicas(n: int):
    return lambda load: n


def to_size(size: str):
    return lambda usage: {name: size for name in usage.index if size in usage.at[name, "sizes"]}


def looks_every(n: int):
    return lambda spend: len(spend) % n == 0


def looks_if_missing(share: float):
    return lambda profile: bool((profile["missing"] > share).any())


def under_other_names(width: float):
    return lambda batch: batch.assign(case_id=batch["case_id"] + 0.25, rent_gbp=batch["rent_gbp"] // width * width)


shares = st.floats(0, 1)
some_days = st.integers(0, 60) | st.just(float("inf"))
DECISIONS = {
    "validate": st.one_of(
        st.builds(every_nth, st.integers(1, 30)),
        st.builds(below, st.floats(100, 3000)),
        st.just(nobody),
        st.builds(sim.practices.validation_gate, reach=st.floats(0.5, 6), learn_rows=st.integers(50, 4000)),
    ),
    "repair": st.builds(filled, st.floats(-100, 5000)) | st.builds(sim.practices.repair_batch, st.integers(50, 4000)),
    "watch_data": st.builds(looks_if_missing, st.floats(0, 0.2)) | st.builds(sim.practices.profile_alert, shares),
    "protect": st.one_of(
        st.builds(under_other_names, st.floats(1, 500)),
        st.builds(sim.practices.protect_records),
        st.builds(sim.practices.add_noise, st.floats(0.1, 50)),
    ),
    "retain": st.builds(
        sim.retention, st.integers(1, 120), some_days, some_days, st.none() | st.integers(1, 60)
    ),
    "watch_model": st.builds(
        sim.monitor, st.builds(moved, st.sampled_from(["rent_gbp", "score", "outcome"])).map(
            lambda f: lambda a, b: float(np.nan_to_num(f(a, b)))
        ), st.floats(0, 50), st.integers(1, 30), st.integers(7, 90),
    ) | st.builds(sim.practices.drift_monitor, st.floats(0.1, 2)),
    "retrain": st.builds(after, st.floats(0, 120), st.integers(0, 3)),
    "decide": st.builds(between, shares, shares),
    "scale": st.builds(replicas, st.integers(0, 40)) | st.builds(sim.practices.scale_to_load, shares),
    "size": st.builds(to_size, st.sampled_from(["m5.large", "m5.xlarge", "m5.4xlarge", "g4dn.xlarge"]))
    | st.builds(sim.practices.right_size, st.floats(0.05, 1)),
    "watch_spend": st.builds(looks_every, st.integers(1, 40)) | st.builds(sim.practices.spend_alert, st.floats(1, 2)),
}  # fmt: skip
PLAYBOOKS = st.fixed_dictionaries({}, optional=DECISIONS).map(lambda chosen: sim.Playbook(**chosen))


def opening_and_movements_make_closing(run: sim.Run) -> None:
    books = balances(run.ledger)
    assert (books["opening"] + books["debits"] - books["credits"] == books["closing"]).all()
    for account in ACCOUNTS:
        mine = books[books["account"] == account]
        assert mine["opening"].iloc[0] == 0
        assert (mine["opening"].to_numpy()[1:] == mine["closing"].to_numpy()[:-1]).all()
    assert books["quarter"].nunique() == run.daily["quarter"].max()


def accounts_sum_to_nothing(run: sim.Run) -> None:
    entries = run.ledger
    assert entries["pence"].dtype == np.int64 and (entries["pence"] > 0).all()
    assert (entries["debit"] != entries["credit"]).all()
    books = balances(entries)
    assert (books.groupby("quarter")[["opening", "closing"]].sum() == 0).all(axis=None)
    assert (books.groupby("quarter")["debits"].sum() == books.groupby("quarter")["credits"].sum()).all()


def ledger_is_the_programmes_own(run: sim.Run, programme: sim.Programme) -> None:
    closing = balances(run.ledger).groupby("account")["closing"].last()
    assert {a: int(closing[a]) for a in ACCOUNTS} == {a: programme.ledger.balance(a) for a in ACCOUNTS}


def month(calendar: Calendar, day: pd.Series) -> np.ndarray:
    return np.searchsorted(calendar.months, day, side="right")


def pence(bill: pd.DataFrame) -> pd.Series:
    """Return whole pence, and refuse a charge that is not."""
    whole = np.rint(bill["BilledCost"] * 100).astype("int64")
    assert (np.abs(whole / 100 - bill["BilledCost"]) < 1e-9).all()
    return whole


def bills_equal_what_was_credited_each_month(run: sim.Run, calendar: Calendar) -> None:
    billed = pence(run.billing).groupby(month(calendar, run.billing["x_Day"])).sum()
    credited = run.ledger[run.ledger["credit"] == "cloud_payable"]
    owed = credited["pence"].groupby(month(calendar, credited["day"])).sum()
    assert billed[billed > 0].to_dict() == owed.to_dict()
    settled = run.ledger[run.ledger["debit"] == "cloud_payable"]
    assert settled["pence"].groupby(month(calendar, settled["day"])).sum().to_dict() == owed.to_dict()


def cloud_lines_equal_the_cloud_account(run: sim.Run, world: sim.Scenario) -> None:
    owner = {r.name: r.service for r in world.estate}
    keys = ["day", "service", "environment", "discipline"]
    bill = pd.DataFrame({
        "day": run.billing["x_Day"], "service": run.billing["ResourceName"].map(owner),
        "environment": run.billing["x_Environment"], "discipline": run.billing["x_Discipline"],
        "pence": pence(run.billing),
    })  # fmt: skip
    cloud = run.ledger[run.ledger["debit"] == "cloud"]
    booked = cloud.assign(day=cloud["day"].astype(int)).groupby(keys)["pence"].sum()
    billed = bill.groupby(keys)["pence"].sum()
    assert billed[billed > 0].to_dict() == booked.to_dict()


def spend_is_what_the_costs_were_debited(run: sim.Run) -> None:
    costs = run.ledger[run.ledger["debit"].isin(COSTS)]
    by_day = costs["pence"].groupby(costs["day"].astype(int)).sum() / 100
    spend = run.daily.groupby("day")["spend_gbp"].sum()
    assert np.allclose(spend, by_day.reindex(spend.index, fill_value=0.0), rtol=0, atol=1e-6)


def records_in_are_records_out(run: sim.Run, world: sim.Scenario) -> None:
    daily = run.daily
    parts = daily[["delivered", "quarantined", "rejected", "in_flight"]]
    assert (daily["cases"] == parts.sum(axis=1)).all() and (parts >= 0).all(axis=None)
    came = volumes(world.services[0], Streams(run.seed), np.arange(run.days), "cases/volume")
    assert (daily["cases"] == came).all()
    one = run.quality[(run.quality["dimension"] == "accuracy") & (run.quality["source"] == "claim-form")]
    assert one["rows"].sum() == daily["delivered"].sum()


def decisions_are_no_more_than_deliveries(run: sim.Run) -> None:
    daily = run.daily
    assert daily["decided"].sum() <= daily["delivered"].sum()
    assert (daily["decided"].cumsum() + daily["waiting"] <= daily["cases"].cumsum()).all()
    assert (daily["refused_by_person"] <= daily["refused"]).all() and (daily["refused"] <= daily["decided"]).all()


def money_is_a_number(run: sim.Run) -> None:
    for frame in run.frames.values():
        for column in (c for c in frame.columns if c.endswith("_gbp") and frame is not run.cases):
            assert np.isfinite(frame[column]).all(), column
    for column in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"):
        assert np.isfinite(run.billing[column]).all() and (run.billing[column] >= 0).all()
    assert (run.daily[["benefit_gbp", "harm_gbp", "spend_gbp"]] >= 0).all(axis=None)


def harm_of_breaches_is_counted_once(run: sim.Run) -> None:
    mine = run.incidents[run.incidents["kind"] == "breach"]
    daily, found = run.daily, mine["detected_day"].notna()
    assert daily["breach_harm_gbp"].sum() == pytest.approx(mine["cost_gbp"].sum())
    assert daily["people_identified"].sum() == mine.loc[found, "cases_harmed"].sum()
    assert (daily["harm_gbp"] >= daily["breach_harm_gbp"]).all()
    assert (mine["cost_gbp"] > 0).equals(found & (mine["cases_harmed"] > 0))


def records_are_held_or_deleted(run: sim.Run, programme: sim.Programme) -> None:
    daily = run.daily
    pilot = len(programme.services[0].pilot)
    assert daily["held"].between(0, pilot + daily["cases"].cumsum()).all()
    assert daily["held_too_long"].between(0, daily["held"]).all()


def causes_precede_effects(run: sim.Run) -> None:
    journal = run.journal
    caused = journal[journal["cause"].notna()]
    cause = caused["cause"].astype(int).to_numpy()
    day = journal["day"].to_numpy()
    assert (cause < caused["event_id"]).all()
    assert (day[cause] <= caused["day"] + 1e-9).all()
    for frame, when in ((run.ledger, "day"), (run.people, "queued_day")):
        assert frame["cause"].between(0, len(journal) - 1).all()
        assert (day[frame["cause"]] // 1 <= frame[when] + 1e-9).all()
    assert (np.diff(day) >= -1e-9).all()


def people_finish_what_they_start(run: sim.Run) -> None:
    work = run.people
    started = work["started_day"].notna()
    assert (work["started_day"] >= work["queued_day"] // 1 - 1e-9)[started].all()
    done = work["finished_day"].notna()
    assert (work["finished_day"] >= work["started_day"])[done].all() and not (done & ~started).any()


def shares_are_shares(run: sim.Run) -> None:
    values = [run.daily[c] for c in ("accuracy", "accuracy_known", "equity_gap", "utilisation", "discount")]
    values += [run.quality["score"], run.decisions["score"]]
    card = run.scorecard()
    values.append(card.loc[card["unit"] == "share", "value"])
    for share in values:
        assert share.dropna().between(0, 1).all(), share.name


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(
    books=st.lists(PLAYBOOKS, min_size=2, max_size=4),
    seed=st.integers(0, 2**31),
    instant=st.booleans(),
    wait=st.sampled_from([2.0, 10.0, 30.0]),
    data_people=st.integers(1, 3),
    caseworkers=st.integers(0, 3),
)
def test_the_books_of_random_playbooks(small, books, seed, instant, wait, data_people, caseworkers):
    world = small(
        quarters=len(books), reject_after_days=wait, review={"caseworkers": caseworkers}, training={"pilot_days": 20}
    )
    incidents = [i.model_dump() | {"per_year": 3.0} for i in world.services[0].incidents]
    spending = [i.model_dump() | {"per_year": 4.0} for i in world.spend_incidents]
    staff = world.staff.model_dump()
    staff["teams"][0]["people"] = data_people
    breach = world.services[0].breach.model_dump() | {"per_account_year": 0.1, "found_days": 20.0}
    service = world.services[0].model_dump() | {"incidents": incidents, "breach": breach, "keep_days": 40}
    world = world.replace(services=[service], spend_incidents=spending, staff=staff)
    programme = sim.Programme(world, seed=seed, instant=instant)
    for book in books:
        programme.advance(book)
    run = programme.run()
    opening_and_movements_make_closing(run)
    accounts_sum_to_nothing(run)
    ledger_is_the_programmes_own(run, programme)
    bills_equal_what_was_credited_each_month(run, programme.calendar)
    cloud_lines_equal_the_cloud_account(run, world)
    spend_is_what_the_costs_were_debited(run)
    records_in_are_records_out(run, world)
    decisions_are_no_more_than_deliveries(run)
    money_is_a_number(run)
    harm_of_breaches_is_counted_once(run)
    records_are_held_or_deleted(run, programme)
    causes_precede_effects(run)
    people_finish_what_they_start(run)
    shares_are_shares(run)
