"""What is said of ordinary departments, asked of a run's frames: one query for each line of ``bands.yml``."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

import sim
from sim.calendar import HOURS_PER_WORKING_DAY
from sim.cloud.prices import LADDER, price
from sim.organisation.casework import WORKING_DAYS_PER_YEAR

BLOCK_DAYS = 28
"""Days over which use is looked at."""

FULL = 0.8
"""Share of a machine that the 95th percentile of its daily use may take."""

NIGHT = 8 / 24
"""Share of the day in which a machine that serves has to do its work."""

LIMITS = {"frequency": (1.0, 7.0, 30.4375, 182.625), "lead": (1.0, 7.0, 30.4375, 182.625)}
"""Days between deployments, and from change to deployment, up to which a team is elite, high, medium or low (DORA)."""

PREPARING = ("manual loads", "access requests", "quarantine", "repair run", "diagnosis", "data incident")
"""Kinds of work by which data are loaded, got at and put right."""

HOURS = ("Instance hours", "Committed hours")

RISE = 1.1
"""What an ordinary department bids for a quarter, against what the same quarter cost a year before."""


def measure(run: sim.Run, scenario: sim.Scenario) -> dict[str, float]:
    """Return every figure of the bands but one, by name: models are followed by `degrading`, in runs of their own."""
    card = run.scorecard().set_index(["measure", "service"])["value"]
    machines = worked(run)
    hours = machines["SkuMeter"].isin(HOURS)
    of_gpus = machines["SkuPriceDetails"].astype("category").map(_gpus, na_action=None).astype(int) > 0
    early, fix = incidents(run)
    return {
        "cpu_utilisation": share_of_hours(machines[hours & ~of_gpus]),
        "gpu_utilisation": share_of_hours(machines[hours & of_gpus]),
        "cloud_waste": waste(machines),
        "budget_overrun": cloud_overrun(run),
        "dora_cluster": cluster(run),
        "data_preparation": preparing(run),
        "found_after_four_hours": early,
        "hours_to_fix": fix,
        "forecast_error": card["forecast_error", "all"],
        "change_failure_rate": card["change_failure_rate", "all"],
        "cost_beyond_first_estimate": beyond_estimate(run, scenario),
    }


def _gpus(details: object) -> int:
    return json.loads(details).get("GpuCount", 0) if isinstance(details, str) else 0


def worked(run: sim.Run) -> pd.DataFrame:
    """Return the bill's lines of use, each with the share of it that did work."""
    bill = run.billing[run.billing["ChargeCategory"] == "Usage"]
    use = run.usage.rename(columns={"day": "x_Day", "resource": "ResourceName"})
    lines = bill.merge(use, on=["x_Day", "ResourceName"], how="left")
    lines.loc[lines["CommitmentDiscountStatus"].eq("Unused").to_numpy(dtype=bool), "utilisation"] = 0.0
    return lines


def share_of_hours(lines: pd.DataFrame) -> float:
    """Return the share of machine hours that did work."""
    return float((lines["utilisation"] * lines["ConsumedQuantity"]).sum() / lines["ConsumedQuantity"].sum())


def waste(lines: pd.DataFrame) -> float:
    """Return the share of cost that a FinOps practitioner would call waste: idle, orphaned, unused or too large."""
    cost = lines["EffectiveCost"]
    machines = lines["SkuMeter"].isin(HOURS) & lines["utilisation"].notna()
    lost = float((cost * (1 - lines["utilisation"].fillna(1.0)))[~machines].sum())
    use = lines[machines].assign(
        block=lines["x_Day"] // BLOCK_DAYS,
        sku=lines["SkuId"].str.rsplit(".", n=1).str[0],
        spared=lines["x_Environment"].eq("production"),
    )
    months = use.groupby(["ResourceName", "ResourceType", "sku", "spared", "block"])
    table = pd.DataFrame(
        {
            "cost": months["EffectiveCost"].sum(),
            "peak": months["utilisation"].quantile(0.95),
            "most": months["utilisation"].max(),
        }
    )
    return (lost + sum(row.cost * saving(*row.Index[1:4], row.peak, row.most) for row in table.itertuples())) / float(
        cost.sum()
    )


def saving(kind: str, sku: str, spared: bool, peak: float, most: float) -> float:
    """Return the share of a machine's cost over a month that a smaller size, or none, would have saved."""
    if not most and not spared:
        return 1.0
    if sku not in LADDER:
        return 0.0
    needed = (peak / NIGHT if kind == "Serving machine" else peak) * price(sku).vcpus / FULL
    enough = next((s for s in LADDER if price(s).vcpus >= needed), sku)
    return max(1 - price(enough).vcpus / price(sku).vcpus, 0.0)


def degrading(run: sim.Run) -> float:
    """Return the share of services that end a run worse than they began, by more than two standard errors."""
    worse = []
    for _, daily in run.daily.groupby("service", sort=False):
        (began, before), (ended, after) = (
            _wrong(daily[daily["day"].between(a, a + BLOCK_DAYS - 1)]) for a in (0, run.days - BLOCK_DAYS)
        )
        worse.append(ended - began > 2 * np.sqrt(before + after))
    return float(np.mean(worse))


def _wrong(days: pd.DataFrame) -> tuple[float, float]:
    """Return the share of wrong decisions on some days, and its variance by the cases that were simulated."""
    share = 1 - days["right"].sum() / days["decided"].sum()
    simulated = days["decided"].sum() * days["sampled"].sum() / days["cases"].sum()
    return share, share * (1 - share) / simulated


def cluster(run: sim.Run) -> float:
    """Return the mean place of the services among DORA's clusters, by deployment frequency and by lead time."""
    places = []
    for service in run.daily["service"].unique():
        later = run.models[(run.models["service"] == service) & (run.models["reason"] != "pilot")]
        later = later[later["released_day"].notna()]
        apart = run.days / len(later) if len(later) else np.inf
        lead = (later["released_day"] - later["started_day"]).mean() if len(later) else np.inf
        places += [1 + np.searchsorted(LIMITS[name], days) for name, days in (("frequency", apart), ("lead", lead))]
    return float(np.mean(places))


def preparing(run: sim.Run) -> float:
    """Return the share of the data and the model team's hours that prepare data."""
    work = run.people[run.people["team"].isin(["data", "ml"]) & ~run.people["kind"].str.startswith("take up ")]
    return float(work.loc[work["kind"].isin(PREPARING), "hours"].sum() / work["hours"].sum())


def incidents(run: sim.Run) -> tuple[float, float]:
    """Return, of data incidents that somebody found, the share found after four hours, and mean hours to the end."""
    mine = run.incidents[(run.incidents["service"] != "") & (run.incidents["kind"] != "breach")]
    mine = mine[mine["detected_day"].notna() & ~mine["found_by"].isin(["", "nobody"])]
    fixed = mine[mine["fixed_day"].notna()]
    late = (mine["detected_day"] - mine["began_day"]) * 24 >= 4
    return float(late.mean()), float((fixed["fixed_day"] - fixed["detected_day"]).mean() * 24)


def cloud_overrun(run: sim.Run) -> float:
    """Return the cloud's spend beyond its line of each quarter's bid, as a share of all those lines.

    The line is what the bid is made of: a tenth more than the cloud cost in the same quarter of last year. For the
    first year that is the pilot's: what its bid stands for, less the pay of the opening quarter's people.
    """
    quarters = range(1, int(run.daily["quarter"].max()) + 1)
    cloud, pay = (spent(run, account).reindex(quarters, fill_value=0.0) for account in ("cloud", "salaries"))
    bids = run.budget[(run.budget["line"] == "bid") & (run.budget["service"] == "all")].set_index("quarter")["gbp"]
    line = (RISE * cloud.shift(4)).fillna(bids.iloc[0] - RISE * pay[1])[bids.index]
    return float(np.maximum(cloud[bids.index] - line, 0.0).sum() / line.sum())


def spent(run: sim.Run, account: str) -> pd.Series:
    """Return what an account of cost took in each quarter, less what came back, GBP."""
    moved = [run.ledger[run.ledger[side] == account].groupby("quarter")["pence"].sum() for side in ("debit", "credit")]
    return moved[0].sub(moved[1], fill_value=0) / 100


def beyond_estimate(run: sim.Run, scenario: sim.Scenario) -> float:
    """Return by how much all that was spent exceeds what was first set aside, caseworkers' reviews left out of both."""
    staff = scenario.staff
    year = staff.caseworker_pay_gbp * staff.on_cost
    opening = run.budget[(run.budget["line"] == "envelope") & (run.budget["service"] == "all")]
    first = float(opening.loc[opening["quarter"] == 1, "gbp"].iloc[0])
    first -= sum(service.review.caseworkers for service in scenario.services) * year / 4
    hours = float(run.people.loc[run.people["team"] == "casework", "hours"].sum())
    reviews = hours * year / (WORKING_DAYS_PER_YEAR * HOURS_PER_WORKING_DAY)
    return float((run.daily["spend_gbp"].sum() - reviews) / (first * run.daily["quarter"].nunique()) - 1)
