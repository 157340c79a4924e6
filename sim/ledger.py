"""Money: a double-entry ledger in whole pence.

Every movement is a debit and a credit of the same pence, names the event that caused it, and carries one of six cost
categories, a service, an environment and a discipline. By convention a balance is debits less credits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from numbers import Integral

import numpy as np
import pandas as pd

from sim.calendar import Calendar
from sim.errors import MoneyError, unknown

COSTS = ("cloud", "salaries", "casework", "adoption", "compliance")
"""Accounts of cost: what is debited to them is spend. Benefit and harm are nobody's cash, and have no account."""

ACCOUNTS = ("cash", "funding", "surrendered", "cloud_payable", *COSTS)
"""Accounts: cash at bank, funding received, funding given back, what is owed to the cloud provider, and the costs."""

CATEGORIES = ("infrastructure", "data", "people", "software", "operations", "compliance", "funding", "settlement")
"""Six cost categories, and two for money that only moves: funding received, invoices settled."""

COLUMNS = (
    "entry_id",
    "day",
    "quarter",
    "debit",
    "credit",
    "pence",
    "category",
    "service",
    "environment",
    "discipline",
    "cause",
)


@dataclass
class Ledger:
    """Double-entry book of one programme.

    Parameters
    ----------
    calendar : Calendar
        Says which quarter a day belongs to.
    """

    calendar: Calendar
    _rows: list[tuple[float, str, str, int, str, str, str, str, int]] = field(default_factory=list)
    _balance: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS, 0))
    _spent: dict[str, int] = field(default_factory=dict)

    def balance(self, account: str) -> int:
        """Return an account's balance now: debits less credits, in pence."""
        return self._balance[account]

    def spent(self, service: str) -> int:
        """Return what has been spent so far on a service, or on ``"shared"``, less what came back, in pence."""
        return self._spent.get(service, 0)

    def post(
        self,
        day: float,
        debit: str,
        credit: str,
        pence: int,
        *,
        category: str,
        cause: int,
        service: str = "shared",
        environment: str = "production",
        discipline: str = "integration",
    ) -> None:
        """Enter one movement.

        Parameters
        ----------
        day : float
            When, in days from the start.
        debit, credit : str
            Two different `ACCOUNTS`.
        pence : int
            Zero or more. A movement of nothing is not entered.
        category : str
            One of `CATEGORIES`.
        cause : int
            Number of the journal's event that caused it.
        service, environment, discipline : str
            To whom it is attributed.

        Raises
        ------
        MoneyError
            If the pence are negative or not whole, or an account or category is unknown.
        """
        if type(pence) is not int and (isinstance(pence, bool) or not isinstance(pence, Integral)) or pence < 0:
            raise MoneyError(f"pence is {pence!r}, but money moves in whole pence of zero or more.")
        for account in (debit, credit):
            if account not in self._balance:
                raise MoneyError(unknown("account", account, ACCOUNTS))
        if debit == credit:
            raise MoneyError(f"debit and credit are both {debit!r}, but money moves between two different accounts.")
        if category not in CATEGORIES:
            raise MoneyError(unknown("category", category, CATEGORIES))
        if pence:
            self._balance[debit] += int(pence)
            self._balance[credit] -= int(pence)
            if debit in COSTS:
                self._spent[service] = self._spent.get(service, 0) + int(pence)
            if credit in COSTS:
                self._spent[service] = self._spent.get(service, 0) - int(pence)
            self._rows.append((day, debit, credit, int(pence), category, service, environment, discipline, cause))

    def frame(self, first: float = -math.inf) -> pd.DataFrame:
        """Return every entry from a day on as a tidy frame, one row per double entry, in order."""
        number = [k for k, row in enumerate(self._rows) if row[0] >= first]
        columns = list(zip(*(self._rows[k] for k in number), strict=True)) if number else [()] * 9
        day = np.asarray(columns[0], dtype=float)
        quarter = np.searchsorted(self.calendar.bounds, day, side="right").astype("int64")
        data = {
            "entry_id": np.asarray(number, dtype="int64"),
            "day": day,
            "quarter": quarter,
            "debit": pd.array(columns[1], dtype="str"),
            "credit": pd.array(columns[2], dtype="str"),
            "pence": np.asarray(columns[3], dtype="int64"),
            "category": pd.array(columns[4], dtype="str"),
            "service": pd.array(columns[5], dtype="str"),
            "environment": pd.array(columns[6], dtype="str"),
            "discipline": pd.array(columns[7], dtype="str"),
            "cause": np.asarray(columns[8], dtype="int64"),
        }
        return pd.DataFrame(data, columns=list(COLUMNS))


def balances(entries: pd.DataFrame) -> pd.DataFrame:
    """Return opening balance, movements and closing balance by quarter and account.

    Parameters
    ----------
    entries : DataFrame
        A ledger's frame.

    Returns
    -------
    DataFrame
        Columns quarter, account, opening, debits, credits, closing, in pence; a balance is debits less credits.
    """
    rows = []
    closing = dict.fromkeys(ACCOUNTS, 0)
    for quarter in sorted(entries["quarter"].unique()):
        part = entries[entries["quarter"] == quarter]
        debits = part.groupby("debit")["pence"].sum()
        credits = part.groupby("credit")["pence"].sum()
        for account in ACCOUNTS:
            opening, debit, credit = closing[account], int(debits.get(account, 0)), int(credits.get(account, 0))
            closing[account] = opening + debit - credit
            rows.append((int(quarter), account, opening, debit, credit, closing[account]))
    return pd.DataFrame(rows, columns=["quarter", "account", "opening", "debits", "credits", "closing"])
