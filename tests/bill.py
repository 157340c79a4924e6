"""A bill on which every kind of charge stands: three months of a small estate, made by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from sim.cloud.billing import CHARGES, Commitment, Resource, UsageLines, billing
from sim.cloud.prices import PRICES

START = datetime.date(2026, 4, 1)
DAYS = 91
PLAN = Commitment("sp-1", "Plan of April", term_days=365, began_day=0, hourly_gbp=0.06, discount=0.28)
ESTATE = (
    Resource("i-serve", "triage-serving", "serving", "claims-triage", "production", "m5.large"),
    Resource("i-train", "triage-training", "training", "claims-triage", "production", "g4dn.xlarge"),
    Resource("b-store", "claims-store", "storage", "shared", "production", "standard"),
    Resource("e-out", "answers-out", "serving", "claims-triage", "production", "transfer-out"),
    Resource("t-addresses", "addresses", "third-party", "claims-triage", "production", "address-lookup"),
    Resource("i-dev", "notebooks", "development", "shared", "development", "m5.xlarge"),
)
TAGS = {
    "i-serve": [(0, {"Application": "triage", "ApplicationId": "a-1", "owner": "claims-triage"})],
    "i-dev": [(40, {"owner": "platform"})],
}


def usage() -> UsageLines:
    """Return what was used and bought: each day everything runs, half of the serving hours under a plan."""
    rows = []

    def charge(day: int, place: int, quantity: float, kind: str, unit: float, pence: int, effective: int) -> None:
        listed = unit if place < 0 else PRICES[ESTATE[place].size].metered_gbp
        bound = 0 if kind in ("committed", "unused", "purchase") else -1
        rows.append((day, place, quantity, listed, unit, pence, effective, CHARGES.index(kind), bound))

    first_days = {0: 30, 30: 31, 61: 30}
    for day in range(DAYS):
        if day in first_days:
            charge(day, -1, 24.0 * first_days[day], "purchase", 0.06, 144 * first_days[day], 0)
        charge(day, 0, 12.0, "on demand", 0.08325, 100, 100)
        charge(day, 0, 12.0, "committed", 0.06, 0, 72)
        charge(day, -1, 12.0, "unused", 0.06, 0, 72)
        charge(day, 1, 6.0, "spot", 0.18, 108, 108)
        charge(day, 2, 40.0 + day, "on demand", PRICES["standard"].metered_gbp, 2, 2)
        charge(day, 3, 5.0, "on demand", 0.0675, 34, 34)
        charge(day, 4, 100.0, "on demand", PRICES["address-lookup"].metered_gbp, 225, 225)
        charge(day, 5, 24.0, "on demand", 0.1665, 400, 400)
    charge(35, 5, -24.0, "correction", 0.1665, -400, -400)
    charge(40, -1, 1.0, "credit", 0.0, -500, -500)
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return UsageLines(*columns, resources=ESTATE, commitments=(PLAN,))


def bill() -> pd.DataFrame:
    """Return it as FOCUS rows, partly tagged."""
    return billing(usage(), "household-support", START, TAGS)
