"""Reconciliation: the bill against the ledger, commitments against their price, invoices against what was paid.

Each function returns what it compared, in whole pence, and raises `MoneyError`, which names the month and the pence,
where the two sides differ.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.errors import MoneyError

MONTHS_PER_QUARTER = 3


def reconcile(bill: pd.DataFrame, ledger: pd.DataFrame) -> None:
    """Compare a run's whole bill with its ledger by month and by quarter, and its parts with one another.

    Parameters
    ----------
    bill, ledger : DataFrame
        A run's ``billing`` and ``ledger``.

    Raises
    ------
    MoneyError
        Something differs by a penny or more.
    """
    with_ledger(bill, ledger, "month")
    with_ledger(bill, ledger, "quarter")
    commitments(bill)
    invoices(bill, ledger)


def with_ledger(bill: pd.DataFrame, ledger: pd.DataFrame, period: str = "month") -> pd.DataFrame:
    """Compare what was billed with what the ledger says is owed to the provider.

    Parameters
    ----------
    bill, ledger : DataFrame
        A run's ``billing`` and ``ledger``.
    period : str
        ``"month"`` or ``"quarter"``: three months from the run's first.

    Returns
    -------
    DataFrame
        Index ``month`` (``"2026-04"``) or ``quarter`` (from 1); columns billed, owed, pence.

    Raises
    ------
    MoneyError
        They differ, or the bill's figures are not whole pence.
    """
    first = _first_month(bill)
    billed = _pence(bill, "BilledCost").groupby(_month_number(bill) - first).sum()
    owed = _owed(ledger)
    entered = pd.Series(owed["pence"].to_numpy()).groupby(_month_of(owed["day"], bill) - first).sum()
    both = pd.DataFrame({"billed": billed, "owed": entered}).fillna(0).astype("int64")
    if period == "quarter":
        both = both.groupby(both.index // MONTHS_PER_QUARTER + 1).sum().rename_axis("quarter")
    else:
        both.index = pd.Index([_month_name(first + k) for k in both.index], name="month")
    return _equal(both, "billed", "owed", "The bill", "the ledger")


def commitments(bill: pd.DataFrame) -> pd.DataFrame:
    """Compare each commitment's purchases with what its use, and the part not used, cost in the end.

    Parameters
    ----------
    bill : DataFrame
        Whole months of a run's ``billing``.

    Returns
    -------
    DataFrame
        Index (commitment, month); columns bought, used, unused, spread (used and unused), in pence.

    Raises
    ------
    MoneyError
        In some month the two differ.
    """
    mine = bill[bill["CommitmentDiscountId"].notna()]
    keys = [mine["CommitmentDiscountId"].rename("commitment"), mine["BillingPeriodStart"].str[:7].rename("month")]
    parts = pd.DataFrame(
        {
            "bought": _pence(mine, "BilledCost").where(mine["ChargeCategory"] == "Purchase", 0),
            "used": _pence(mine, "EffectiveCost").where(mine["CommitmentDiscountStatus"] == "Used", 0),
            "unused": _pence(mine, "EffectiveCost").where(mine["CommitmentDiscountStatus"] == "Unused", 0),
        }
    )
    both = parts.groupby(keys).sum()
    both["spread"] = both["used"] + both["unused"]
    return _equal(both, "bought", "spread", "The purchase of a commitment", "the effective cost of its use")


def invoices(bill: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Compare each month's invoice, the sum of its lines, with what was paid for it.

    Parameters
    ----------
    bill, ledger : DataFrame
        A run's ``billing`` and ``ledger``; an invoice is paid at the end of its month.

    Returns
    -------
    DataFrame
        Index month; columns invoiced, paid, in pence. A month whose end has not come is left out.

    Raises
    ------
    MoneyError
        They differ, or a line is on another month's invoice.
    """
    astray = bill["InvoiceId"].str.removeprefix("INV-") != bill["BillingPeriodStart"].str[:7]
    if astray.any():
        row = bill[astray].iloc[0]
        raise MoneyError(
            f"A line of {row['BillingPeriodStart'][:7]} is on the invoice {row['InvoiceId']}, of another month."
        )
    settled = ledger[ledger["category"] == "settlement"]
    sign = np.where(settled["debit"] == "cloud_payable", 1, -1)
    invoiced = _pence(bill, "BilledCost").groupby(_month_number(bill)).sum()
    paid = pd.Series(settled["pence"].to_numpy() * sign).groupby(_month_of(settled["day"], bill)).sum()
    both = pd.DataFrame({"invoiced": invoiced, "paid": paid})
    last = int(paid.index.max()) if len(paid) else -1
    both = both[both.index <= last].fillna(0).astype("int64")
    both.index = pd.Index([_month_name(k) for k in both.index], name="month")
    return _equal(both, "invoiced", "paid", "The invoice", "what was paid")


def _equal(both: pd.DataFrame, left: str, right: str, name: str, other: str) -> pd.DataFrame:
    wrong = both[both[left] != both[right]]
    if len(wrong):
        row, keys = wrong.iloc[0], wrong.index[0] if isinstance(wrong.index[0], tuple) else (wrong.index[0],)
        where = ", ".join(f"{n} {k}" for n, k in zip(wrong.index.names, keys, strict=True))
        more = f" {len(wrong)} periods differ in all." if len(wrong) > 1 else ""
        raise MoneyError(
            f"{name} says {row[left]} pence for {where}, but {other} says {row[right]}: "
            f"a difference of {row[left] - row[right]} pence.{more}"
        )
    return both


def _pence(bill: pd.DataFrame, column: str) -> pd.Series:
    exact = bill[column] * 100
    whole = np.rint(exact)
    wrong = ~((exact - whole).abs() < 1e-6)
    if wrong.any():
        row = bill[wrong].iloc[0]
        raise MoneyError(
            f"{column} of {row['ResourceName']} in {row['BillingPeriodStart'][:7]} is {row[column]:g} pounds, "
            f"but a bill is in whole pence."
        )
    return whole.astype("int64")


def _owed(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return what came to be owed to the provider, and what it gave back (negative), without what was paid."""
    mine = ledger[(ledger["credit"] == "cloud_payable") | (ledger["debit"] == "cloud_payable")]
    mine = mine[mine["category"] != "settlement"]
    sign = np.where(mine["credit"] == "cloud_payable", 1, -1)
    return pd.DataFrame({"day": mine["day"], "pence": mine["pence"] * sign})


def _month_number(bill: pd.DataFrame) -> np.ndarray:
    return bill["BillingPeriodStart"].str[:7].to_numpy(dtype="datetime64[M]").astype("int64")


def _month_name(number: int) -> str:
    return str(np.datetime64(int(number), "M"))


def _first_month(bill: pd.DataFrame) -> int:
    """Return the month of day 0, by number."""
    return int(_start(bill).astype("datetime64[M]").astype("int64"))


def _start(bill: pd.DataFrame) -> np.datetime64:
    """Return the date of day 0, by any charge for a day."""
    daily = bill[(bill["ChargeCategory"] == "Usage") & bill["ChargeClass"].isna()]
    if not len(daily):
        raise MoneyError(
            "The bill has no charge for a day, so that its months cannot be told; give a run's whole bill."
        )
    row = daily.iloc[0]
    return np.datetime64(row["ChargePeriodStart"][:10], "D") - int(row["x_Day"])


def _month_of(day: pd.Series, bill: pd.DataFrame) -> np.ndarray:
    """Return the month, by number, of days from the start."""
    return (_start(bill) + np.floor(day.to_numpy()).astype("int64")).astype("datetime64[M]").astype("int64")
