"""What a data contract promises of a delivery, put to the delivery: the quality rules of an ODCS contract, one by one.

Plain functions; nothing here simulates. Rules of type ``library`` (how many values are missing, how many come twice,
how many rows there are) are counted in pandas, rules of type ``sql`` are asked of the delivery as a table in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import DataContractError, unknown

Rule = dict[str, Any]

OPERATORS: dict[str, Callable[[float, Any], bool]] = {
    "mustBe": lambda found, wanted: found == wanted,
    "mustNotBe": lambda found, wanted: found != wanted,
    "mustBeGreaterThan": lambda found, wanted: found > wanted,
    "mustBeGreaterOrEqualTo": lambda found, wanted: found >= wanted,
    "mustBeLessThan": lambda found, wanted: found < wanted,
    "mustBeLessOrEqualTo": lambda found, wanted: found <= wanted,
    "mustBeBetween": lambda found, wanted: wanted[0] <= found <= wanted[1],
    "mustNotBeBetween": lambda found, wanted: not wanted[0] <= found <= wanted[1],
}
"""The standard's ways to say what a number must be; a rule has one of them."""

METRICS = ("nullValues", "duplicateValues", "rowCount")
"""The standard's metrics that are counted here."""

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}


def rules(contract: dict[str, Any]) -> dict[str, Rule]:
    """Return the quality rules of a contract by name, those of its columns first.

    Parameters
    ----------
    contract : dict
        As `sim.exports.odcs` returns it. The rules are the contract's own, so that to change one changes the contract.

    Returns
    -------
    dict of str to dict
        In the order of the contract.

    Raises
    ------
    DataContractError
        If the contract has no table, or a rule has no name.
    """
    return {rule["name"]: rule for _, rule in _placed(contract)}


def kept(contract: dict[str, Any], delivery: pd.DataFrame) -> pd.DataFrame:
    """Put every quality rule of a contract to one delivery.

    Parameters
    ----------
    contract : dict
        As `sim.exports.odcs` returns it, of one table.
    delivery : DataFrame
        The columns of that table, one row a record; others are left alone.

    Returns
    -------
    DataFrame
        Columns rule, dimension, found (in the rule's unit: rows, or percent of rows), wanted and kept (bool).

    Raises
    ------
    DataContractError
        If a rule cannot be understood or its query cannot be run; the message names the rule.
    """
    rows = []
    placed = _placed(contract)
    with _Table(delivery) as table:
        for field, rule in placed:
            operator = _operator(rule)
            found = table.ask(rule) if rule.get("type") == "sql" else _count(rule, field, delivery)
            rows.append(
                (
                    rule["name"],
                    rule.get("dimension", ""),
                    found,
                    f"{operator} {rule[operator]}",
                    not np.isnan(found) and bool(_compare(rule, operator, found)),
                )
            )
    return pd.DataFrame(rows, columns=["rule", "dimension", "found", "wanted", "kept"])


def _placed(contract: dict[str, Any]) -> list[tuple[str, Rule]]:
    """Return each rule with the column that it stands with, or ``""`` for the table."""
    tables = contract.get("schema") if isinstance(contract, dict) else None
    if not isinstance(tables, list) or not tables:
        raise DataContractError("The contract has no schema: a list with one table was expected under 'schema'.")
    table = tables[0]
    found = [(c.get("name", ""), rule) for c in table.get("properties") or [] for rule in c.get("quality") or []]
    found += [("", rule) for rule in table.get("quality") or []]
    for field, rule in found:
        if not rule.get("name"):
            raise DataContractError(f"A quality rule of {field or 'the table'} has no name; give it one: {rule!r}.")
    return found


def _operator(rule: Rule) -> str:
    """Return which of `OPERATORS` a rule uses; it must be one."""
    used = [name for name in rule if name.startswith("must")]
    for name in used:
        if name not in OPERATORS:
            raise DataContractError(f"Rule {rule['name']!r}: {unknown('operator', name, OPERATORS)}")
    if len(used) != 1:
        raise DataContractError(
            f"Rule {rule['name']!r} says {', '.join(used) or 'nothing of what must be'}; it must say exactly one of "
            f"{', '.join(OPERATORS)}."
        )
    return used[0]


def _compare(rule: Rule, operator: str, found: float) -> bool:
    """Compare what was found with what a rule wants; refuse a wish that is no number, or no pair of them."""
    try:
        return OPERATORS[operator](found, rule[operator])
    except (TypeError, IndexError, KeyError):
        kind = "a list of two numbers" if "Between" in operator else "a number"
        raise DataContractError(
            f"Rule {rule['name']!r} says {operator} {rule[operator]!r}; {kind} was expected."
        ) from None


def _count(rule: Rule, field: str, delivery: pd.DataFrame) -> float:
    """Count a library metric, in rows or in percent of the rows."""
    metric = rule.get("metric", "")
    if metric not in METRICS:
        raise DataContractError(f"Rule {rule['name']!r}: {unknown('metric', str(metric), METRICS)}")
    if metric == "rowCount":
        return float(len(delivery))
    if field not in delivery.columns:
        return float("nan")
    column = delivery[field]
    count = column.isna().sum() if metric == "nullValues" else column.dropna().duplicated().sum()
    return float(100 * count / max(len(column), 1) if rule.get("unit") == "percent" else count)


class _Table:
    """A delivery as a table in memory, which can be read and nothing else."""

    def __init__(self, delivery: pd.DataFrame) -> None:
        self._delivery = delivery
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def ask(self, rule: Rule) -> float:
        """Return the one number that a rule's query gives; NaN where it gives none, or asks for a missing column."""
        if self._connection is None:
            self._connection = sqlite3.connect(":memory:")
            self._delivery.to_sql("delivery", self._connection, index=False)
            self._connection.set_authorizer(
                lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
            )
        try:
            answer = self._connection.execute(str(rule.get("query", "")).replace("${table}", "delivery")).fetchone()
        except sqlite3.Error as problem:
            if "no such column" in str(problem):
                return float("nan")
            raise DataContractError(f"Rule {rule['name']!r}: its query cannot be run: {problem}.") from None
        value = answer[0] if answer else None
        return float(value) if isinstance(value, (int, float)) else float("nan")
