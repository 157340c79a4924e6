"""What must hold of the books and records of any programme, whatever was decided in whatever world."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calendar import Calendar
from sim.cloud.reconciliation import reconcile
from sim.ledger import ACCOUNTS, CATEGORIES, COSTS, balances
from sim.streams import Streams
from sim.world.population import volumes

Rule = Callable[[sim.Programme, sim.Run], object]


def accounted(programme: sim.Programme, run: sim.Run) -> None:
    """Check everything below on a programme and its run so far."""
    for part in PARTS:
        account(part, programme, run)


def account(part: str, programme: sim.Programme, run: sim.Run) -> None:
    """Check one part of it: the ledger, the bill, the cases, or whatever else must hold."""
    for rule in PARTS[part]:
        rule(programme, run)


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
    paid = run.ledger["category"] == "settlement"
    entered = run.ledger[run.ledger[["debit", "credit"]].eq("cloud_payable").any(axis=1) & ~paid]
    signed = entered["pence"].where(entered["credit"] == "cloud_payable", -entered["pence"])
    owed = signed.groupby(month(calendar, entered["day"])).sum()
    assert billed[billed != 0].to_dict() == owed[owed != 0].to_dict()
    settled = run.ledger[paid]
    settled = settled.assign(pence=settled["pence"].where(settled["debit"] == "cloud_payable", -settled["pence"]))
    assert settled["pence"].groupby(month(calendar, settled["day"])).sum().to_dict() == owed[owed != 0].to_dict()


def cloud_lines_equal_the_cloud_account(run: sim.Run, world: sim.Scenario) -> None:
    owner = {r.name: r.service for r in world.estate}
    keys = ["day", "service", "environment", "discipline"]
    bill = pd.DataFrame({
        "day": run.billing["x_Day"], "service": run.billing["ResourceName"].map(owner).fillna("shared"),
        "environment": run.billing["x_Environment"], "discipline": run.billing["x_Discipline"],
        "pence": pence(run.billing),
    })  # fmt: skip
    cloud = run.ledger[run.ledger[["debit", "credit"]].eq("cloud").any(axis=1)]
    signed = cloud["pence"].where(cloud["debit"] == "cloud", -cloud["pence"])
    booked = cloud.assign(day=cloud["day"].astype(int), pence=signed).groupby(keys)["pence"].sum()
    billed = bill.groupby(keys)["pence"].sum()
    assert billed[billed != 0].to_dict() == booked[booked != 0].to_dict()


def spend_is_what_the_costs_were_debited(run: sim.Run) -> None:
    sign = run.ledger["debit"].isin(COSTS).astype(int) - run.ledger["credit"].isin(COSTS)
    by_day = (run.ledger["pence"] * sign).groupby(run.ledger["day"].astype(int)).sum() / 100
    spend = run.daily.groupby("day")["spend_gbp"].sum()
    assert np.allclose(spend, by_day.reindex(spend.index, fill_value=0.0), rtol=0, atol=1e-6)


def money_handed_out_is_the_budgets(run: sim.Run) -> None:
    """Each quarter's funding is its envelope, and of its contingency what was overspent and is there."""
    whole = run.budget[run.budget["service"] == "all"].pivot(index="quarter", columns="line", values="gbp")
    received = run.ledger[run.ledger["credit"] == "funding"].groupby("quarter")["pence"].sum()
    spent = run.daily.groupby("quarter")["spend_gbp"].sum()
    drawn = np.minimum((spent - whole["envelope"]).clip(lower=0), whole["contingency"])
    wanted = np.rint(100 * (whole["envelope"] + drawn)).astype("int64")
    assert wanted[wanted > 0].to_dict() == received.to_dict()


def cash_is_what_was_received_less_what_was_spent(run: sim.Run) -> None:
    """Nothing is owed as a quarter closes, so that all that was spent has been paid."""
    books = balances(run.ledger).pivot(index="quarter", columns="account", values="closing")
    assert (books["cloud_payable"] == 0).all()
    costs = books[list(COSTS)].sum(axis=1)
    assert (books["cash"] == -books["funding"] - books["surrendered"] - costs).all()
    spent = run.daily.groupby("quarter")["spend_gbp"].sum().cumsum()
    assert np.allclose(costs / 100, spent, rtol=0, atol=0.005)


def what_is_left_of_a_year_is_surrendered(run: sim.Run) -> None:
    """Cash is gone when a year closes, and is given back at no other time; an overspend stays."""
    books = balances(run.ledger).pivot(index="quarter", columns="account", values="closing")
    assert (books.loc[books.index % 4 == 0, "cash"] <= 0).all()
    back = run.ledger[run.ledger["debit"] == "surrendered"]
    assert (back["quarter"] % 4 == 0).all() and (back["credit"] == "cash").all()
    assert (books.loc[back["quarter"], "cash"] == 0).all()


def costs_have_one_of_six_categories(run: sim.Run) -> None:
    moved = run.ledger["debit"].isin(COSTS) | run.ledger["credit"].isin(COSTS)
    assert set(run.ledger.loc[moved, "category"]) <= set(CATEGORIES[:6])
    assert set(run.ledger.loc[~moved, "category"]) <= set(CATEGORIES[6:])


def records_in_are_records_out(run: sim.Run, world: sim.Scenario) -> None:
    daily = run.daily
    parts = daily[["delivered", "quarantined", "rejected", "in_flight"]]
    assert (daily["cases"] == parts.sum(axis=1)).all() and (parts >= 0).all(axis=None)
    streams, sources = Streams(run.seed), [s.name for service in world.services for s in service.sources]
    for service in world.services:
        mine = daily[daily["service"] == service.name]
        came = volumes(service, streams, np.arange(run.days), "cases/volume") * service.weight
        assert (mine["cases"] + mine["stayed_away"] == came).all()
        for source in service.sources:
            if sources.count(source.name) == 1:
                one = run.quality[(run.quality["dimension"] == "accuracy") & (run.quality["source"] == source.name)]
                assert one["rows"].sum() == mine["delivered"].sum()


def decisions_are_no_more_than_deliveries(run: sim.Run) -> None:
    daily = run.daily
    assert daily["decided"].sum() <= daily["delivered"].sum()
    for _, mine in daily.groupby("service"):
        assert (mine["decided"].cumsum() + mine["waiting"] <= mine["cases"].cumsum()).all()
    assert (daily["refused_by_person"] <= daily["refused"]).all() and (daily["refused"] <= daily["decided"]).all()


def money_is_a_number(run: sim.Run) -> None:
    for frame in run.frames.values():
        for column in (c for c in frame.columns if c.endswith("_gbp") and frame is not run.cases):
            assert np.isfinite(frame[column]).all(), column
    for column in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"):
        used = (run.billing["ChargeCategory"] == "Usage") & run.billing["ChargeClass"].isna()
        assert np.isfinite(run.billing[column]).all() and (run.billing.loc[used, column] >= 0).all()
    assert (run.daily[["benefit_gbp", "harm_gbp"]] >= 0).all(axis=None)
    given_back = run.billing["ChargeCategory"].eq("Credit") | run.billing["ChargeClass"].eq("Correction")
    assert run.daily.loc[run.daily["spend_gbp"] < 0, "day"].isin(run.billing.loc[given_back, "x_Day"]).all()


def harm_of_breaches_is_counted_once(run: sim.Run) -> None:
    mine = run.incidents[run.incidents["kind"] == "breach"]
    daily, found = run.daily, mine["detected_day"].notna()
    assert daily["breach_harm_gbp"].sum() == pytest.approx(mine["cost_gbp"].sum())
    assert daily["people_identified"].sum() == mine.loc[found, "cases_harmed"].sum()
    assert (daily["harm_gbp"] >= daily["breach_harm_gbp"]).all()
    assert (mine["cost_gbp"] > 0).equals(found & (mine["cases_harmed"] > 0))


def records_are_held_or_deleted(run: sim.Run, programme: sim.Programme) -> None:
    for service in programme.services:
        daily = run.daily[run.daily["service"] == service.given.name]
        pilot = len(service.pilot) * service.given.weight
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
    forecasts = run.daily.loc[run.daily["mape"].notna(), "service"].unique()
    decides = run.daily[~run.daily["service"].isin(forecasts)]
    values = [decides[c] for c in ("accuracy", "accuracy_known")]
    values += [run.daily[c] for c in ("equity_gap", "utilisation", "discount", "satisfaction")]
    values += [run.quality["score"], run.decisions.loc[~run.decisions["service"].isin(forecasts), "score"]]
    card = run.scorecard()
    errors = card["measure"].isin(["mape", "forecast_error", "budget_overrun"])
    values.append(card[(card["unit"] == "share") & ~errors].set_index("measure")["value"])
    for share in values:
        assert share.dropna().between(0, 1).all(), share[~share.between(0, 1)]


def _of_run(rule: Callable[[sim.Run], object]) -> Rule:
    return lambda programme, run: rule(run)


PARTS: dict[str, tuple[Rule, ...]] = {
    "ledger": (
        _of_run(opening_and_movements_make_closing),
        _of_run(accounts_sum_to_nothing),
        lambda programme, run: ledger_is_the_programmes_own(run, programme),
        _of_run(spend_is_what_the_costs_were_debited),
        _of_run(money_handed_out_is_the_budgets),
        _of_run(cash_is_what_was_received_less_what_was_spent),
        _of_run(what_is_left_of_a_year_is_surrendered),
        _of_run(costs_have_one_of_six_categories),
    ),
    "bill": (
        lambda programme, run: bills_equal_what_was_credited_each_month(run, programme.calendar),
        lambda programme, run: reconcile(run.billing, run.ledger),
        lambda programme, run: cloud_lines_equal_the_cloud_account(run, programme.scenario),
        _of_run(money_is_a_number),
    ),
    "cases": (
        lambda programme, run: records_in_are_records_out(run, programme.scenario),
        _of_run(decisions_are_no_more_than_deliveries),
        lambda programme, run: records_are_held_or_deleted(run, programme),
    ),
    "everything else": (
        _of_run(harm_of_breaches_is_counted_once),
        _of_run(causes_precede_effects),
        _of_run(people_finish_what_they_start),
        _of_run(shares_are_shares),
    ),
}
"""What must hold, by what it is of."""
