"""The bill as a file: accepted by FOCUS's own tools, as 1.4 and as 1.2, and read back as it was."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cloud.focus import COLUMNS, NUMBERS
from sim.errors import ExportError, StorageError
from sim.exports.focus import ALWAYS_1_2
from tests.bill import bill

UNSEEN = (90_101, 90_102, 90_103, 90_104, 90_105)


@pytest.fixture(scope="module")
def whole(plain) -> sim.Run:
    """A run whose bill has every kind of charge on it."""
    return dataclasses.replace(plain, billing=bill())


def accepted(path) -> str:
    """Return what ``focus-toolkit validate`` says of a file, or refuse it."""
    conditions = ("SupportsUnitPricing", "SupportsMultiplePricingCategories")
    declared = [word for condition in conditions for word in ("--supports", condition)]
    command = [sys.executable, "-m", "focus_data_toolkit", "validate", *declared]
    done = subprocess.run(
        [*command, "--dataset", "cost-and-usage", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


needs_the_toolkit = pytest.mark.skipif(
    importlib.util.find_spec("focus_data_toolkit") is None, reason="focus-data-toolkit is not installed"
)


@needs_the_toolkit
@pytest.mark.parametrize("seed", UNSEEN)
def test_the_toolkit_accepts_the_bill_of_an_unseen_seed(small, tmp_path, seed):
    run = sim.simulate(small(1, 20), sim.practices.reference(), seed=seed)
    assert "STRUCTURAL_VALID, SEMANTIC_VALID" in accepted(sim.exports.focus(run, tmp_path / "bill.csv", "1.4"))


@needs_the_toolkit
def test_the_toolkit_accepts_every_kind_of_charge(whole, tmp_path):
    assert "SEMANTIC_VALID" in accepted(sim.exports.focus(whole, tmp_path / "bill.csv", "1.4"))


@needs_the_toolkit
def test_the_toolkit_can_refuse(whole, tmp_path):
    wrong = whole.billing.assign(ConsumedUnit="Hours")
    path = sim.exports.focus(dataclasses.replace(whole, billing=wrong), tmp_path / "bill.csv", "1.4")
    with pytest.raises(AssertionError, match="consumption_not_applicable"):
        accepted(path)


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_csv_and_parquet_say_the_same_and_what_the_frame_says(whole, tmp_path, version):
    text = pd.read_csv(sim.exports.focus(whole, tmp_path / "bill.csv", version), dtype=str, keep_default_na=False)
    table = pd.read_parquet(sim.exports.focus(whole, tmp_path / "bill.parquet", version))
    assert list(text.columns) == list(table.columns)
    for name, column in table.items():
        if name in NUMBERS or name.startswith("PricingCurrency") and name != "PricingCurrency":
            written, stored = pd.to_numeric(text[name]), column.astype(float)
            assert np.allclose(written, stored, rtol=0, atol=1e-12, equal_nan=True), name
            was = whole.billing.get(name, stored)
            assert np.allclose(was, stored, rtol=0, atol=5e-11, equal_nan=True), name
        else:
            written = ["" if pd.isna(value) else str(value) for value in column]
            assert written == text[name].tolist(), name
            assert ["" if pd.isna(v) else str(v) for v in whole.billing.get(name, column)] == written, name


def test_there_is_no_exponent_and_times_are_text(whole, tmp_path):
    path = sim.exports.focus(whole, tmp_path / "bill.csv")
    assert not re.search(r'(?<![\w"-])-?\d+(\.\d+)?[eE][-+]?\d', path.read_text())
    times = pd.read_csv(path, dtype=str)[["ChargePeriodStart", "BillingPeriodEnd"]]
    assert times.stack().str.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z").all()


def test_version_1_2_has_its_columns_and_none_of_a_later_one(whole, tmp_path):
    older = pd.read_csv(sim.exports.focus(whole, tmp_path / "bill.csv"))
    assert len(ALWAYS_1_2) == 21 and set(ALWAYS_1_2) <= set(older.columns)
    assert not {"ServiceProviderName", "HostProviderName", "InvoiceDetailId"} & set(older.columns)
    assert older["ProviderName"].eq("Amazon Web Services").all() and older["PublisherName"].notna().all()
    nullable = {"ChargeClass", "PricingQuantity", "PricingUnit"}
    assert older[[c for c in ALWAYS_1_2 if c not in nullable]].notna().all(axis=None)


def test_version_1_4_is_the_frame(whole, tmp_path):
    assert list(pd.read_csv(sim.exports.focus(whole, tmp_path / "bill.csv", "1.4")).columns) == list(COLUMNS)


def test_what_cannot_be_written_is_refused(whole, small, tmp_path, refused):
    focus = sim.exports.focus
    assert "'1.3'" in refused(ExportError, lambda: focus(whole, tmp_path / "bill.csv", "1.3"))
    assert "nearest is bill.csv" in refused(ExportError, lambda: focus(whole, tmp_path / "bill.xlsx"))
    empty = sim.Programme(small()).run()
    assert "no bill" in refused(ExportError, lambda: focus(empty, tmp_path / "bill.csv"))
    wrong = dataclasses.replace(whole, billing=whole.billing.assign(ListCost=np.inf))
    assert "ListCost" in refused(ExportError, lambda: focus(wrong, tmp_path / "bill.csv"))
    assert list(tmp_path.iterdir()) == []
    focus(whole, tmp_path / "bill.csv")
    assert "never overwrites" in refused(StorageError, lambda: focus(whole, tmp_path / "bill.csv"))
