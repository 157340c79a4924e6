"""A contract's rules, put to deliveries whose faults are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.data.promise import kept, rules
from sim.errors import DataContractError


def contract(*quality: dict, table: tuple[dict, ...] = ()) -> dict:
    """A contract of one table with one column, `pay`, and some rules."""
    return {
        "schema": [{"name": "t", "properties": [{"name": "pay", "quality": list(quality)}], "quality": list(table)}]
    }


DELIVERY = pd.DataFrame({"pay": [10.0, 20.0, 20.0, np.nan], "other": [1, 2, 3, 4]})


@pytest.mark.parametrize(
    ("rule", "found", "holds"),
    [
        ({"metric": "nullValues", "mustBe": 1}, 1.0, True),
        ({"metric": "nullValues", "mustBe": 0}, 1.0, False),
        ({"metric": "nullValues", "unit": "percent", "mustBeLessThan": 25}, 25.0, False),
        ({"metric": "nullValues", "unit": "percent", "mustBeLessOrEqualTo": 25}, 25.0, True),
        ({"metric": "duplicateValues", "mustBe": 1}, 1.0, True),
        ({"metric": "rowCount", "mustBeGreaterThan": 3}, 4.0, True),
        ({"metric": "rowCount", "mustBeGreaterOrEqualTo": 5}, 4.0, False),
        ({"metric": "rowCount", "mustNotBe": 4}, 4.0, False),
        ({"metric": "rowCount", "mustNotBeBetween": [1, 3]}, 4.0, True),
    ],
)
def test_library_rules_are_counted(rule: dict, found: float, holds: bool) -> None:
    result = kept(contract({"name": "r", "type": "library", "dimension": "completeness", **rule}), DELIVERY)
    assert result.iloc[0].to_list() == [
        "r",
        "completeness",
        found,
        f"{list(rule)[-1]} {list(rule.values())[-1]}",
        holds,
    ]


@pytest.mark.parametrize(
    ("query", "found", "holds"),
    [
        ("SELECT COUNT(*) FROM ${table} WHERE pay > 15", 2.0, True),
        ("SELECT AVG(pay) FROM ${table}", 50 / 3, False),
        ("SELECT COUNT(*) FROM ${table} WHERE salary > 15", np.nan, False),
        ("SELECT MAX(pay) FROM ${table} WHERE pay > 100", np.nan, False),
    ],
)
def test_queries_are_asked_of_the_delivery(query: str, found: float, holds: bool) -> None:
    rule = {"name": "r", "type": "sql", "query": query, "mustBeBetween": [0, 2]}
    result = kept(contract(table=(rule,)), DELIVERY).iloc[0]
    assert result["found"] == pytest.approx(found, nan_ok=True)
    assert result["kept"] == holds


def test_a_lost_column_breaks_its_rules() -> None:
    rule = {"name": "r", "type": "library", "metric": "nullValues", "mustBe": 0}
    assert not kept(contract(rule), DELIVERY.drop(columns="pay"))["kept"].any()


def test_an_empty_delivery_is_no_error() -> None:
    rule = {"name": "r", "type": "library", "metric": "nullValues", "unit": "percent", "mustBe": 0}
    assert kept(contract(rule), DELIVERY.head(0))["kept"].all()


def test_to_change_a_rule_is_to_change_the_contract() -> None:
    given = contract({"name": "r", "type": "library", "metric": "nullValues", "mustBe": 0})
    rules(given)["r"]["mustBe"] = 1
    assert kept(given, DELIVERY)["kept"].all()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"type": "library", "metric": "nullValues", "mustBe": 0, "mustBeLessThan": 3}, "exactly one"),
        ({"type": "library", "metric": "nullValues"}, "nothing of what must be"),
        ({"type": "library", "metric": "nulValues", "mustBe": 0}, "nullValues"),
        ({"type": "library", "metric": "rowCount", "mustBeLess": 3}, "mustBeLessThan"),
        ({"type": "library", "metric": "rowCount", "mustBe": "few", "unit": "rows"}, ""),
        ({"type": "library", "metric": "rowCount", "mustBeLessThan": "few"}, "a number was expected"),
        ({"type": "library", "metric": "rowCount", "mustBeBetween": 3}, "two numbers"),
        ({"type": "sql", "query": "SELEC 1", "mustBe": 0}, "cannot be run"),
        ({"type": "sql", "query": "DROP TABLE delivery", "mustBe": 0}, "not authorized"),
        ({"type": "sql", "query": "ATTACH 'x.db' AS x", "mustBe": 0}, "not authorized"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_named(rule: dict, said: str) -> None:
    given = contract({"name": "r", **rule})
    if not said:
        assert not kept(given, DELIVERY)["kept"].any()
        return
    with pytest.raises(DataContractError, match=said) as caught:
        kept(given, DELIVERY)
    assert "'r'" in str(caught.value)


@pytest.mark.parametrize("given", [{}, {"schema": []}, {"schema": "t"}, None])
def test_no_table_is_refused(given: object) -> None:
    with pytest.raises(DataContractError, match="no schema"):
        kept(given, DELIVERY)


def test_a_rule_without_a_name_is_refused() -> None:
    with pytest.raises(DataContractError, match="has no name"):
        rules(contract({"type": "library", "metric": "nullValues", "mustBe": 0}))
