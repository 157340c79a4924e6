"""What a programme has cost, from its ledger, and in which of six categories."""

from __future__ import annotations

import pandas as pd

from sim.ledger import CATEGORIES, COSTS

COST_CATEGORIES = CATEGORIES[:6]
"""Infrastructure, data, people, software, operations, compliance."""


def costs(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return every cost in a ledger.

    Parameters
    ----------
    ledger : DataFrame
        A run's.

    Returns
    -------
    DataFrame
        Columns day, quarter, service, environment, category, discipline, gbp (less than 0 where money came back). Their
        sum is the run's spend.
    """
    signs = ledger["debit"].isin(COSTS).astype(int) - ledger["credit"].isin(COSTS).astype(int)
    rows = ledger[signs != 0]
    kept = rows[["day", "quarter", "service", "environment", "category", "discipline"]]
    return kept.assign(gbp=rows["pence"] * signs[signs != 0] / 100).reset_index(drop=True)


def by_category(ledger: pd.DataFrame) -> pd.Series:
    """Return what a programme has cost by category, GBP, in the order of `COST_CATEGORIES`; 0 where none."""
    return costs(ledger).groupby("category")["gbp"].sum().reindex(list(COST_CATEGORIES), fill_value=0.0)
