"""The bill as a FOCUS file: CSV or Parquet, as version 1.2 of the specification has it, or 1.4.

1.2 names who sells as ProviderName and PublisherName, where 1.4 has ServiceProviderName and HostProviderName; the
rows are the same. Times stay text, and decimals are written out, since an exponent is refused by many a reader.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from sim.cloud.focus import COLUMNS, NUMBERS
from sim.errors import ExportError, nearest
from sim.exports.file import new_file
from sim.run import Run

VERSIONS = ("1.2", "1.4")
"""Versions of FOCUS that a bill is written in."""

ALWAYS_1_2: tuple[str, ...] = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
)
"""FOCUS 1.2, Cost and Usage: columns whose feature level is Mandatory."""

_LATER = ("HostProviderName", "InvoiceDetailId", "ServiceProviderName")
"""Columns that 1.2 did not have."""

_NOT_OFFERED = ("AvailabilityZone", "CapacityReservationId", "CapacityReservationStatus")
"""Columns of 1.2 that are there and empty: nothing is bought in one zone, and no capacity is reserved."""

_DECIMALS = 10
"""Digits after the point; unit prices have six and quantities four."""


def focus(run: Run, path: str | Path, version: str = "1.2") -> Path:
    """Write a run's bill as a FOCUS Cost and Usage file.

    Parameters
    ----------
    run : Run
        Its ``billing``.
    path : str or Path
        A file that does not exist yet, ending in ``.csv`` or ``.parquet``.
    version : str
        ``"1.2"``, which most tools speak, or ``"1.4"``, which is what `Run.billing` holds.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        The version or the ending is unknown, the run has no bill, or a figure on it is not finite.
    StorageError
        The file exists or cannot be written.
    """
    target = Path(path)
    if version not in VERSIONS:
        raise ExportError(
            f"version is {version!r}, but the bill is written as FOCUS 1.2 or 1.4.{nearest(version, VERSIONS)}"
        )
    if target.suffix not in (".csv", ".parquet"):
        raise ExportError(
            f"path is {str(target)!r}, but a bill is written as .csv or .parquet. The nearest is "
            f"{target.stem or 'bill'}.csv."
        )
    if not len(run.billing):
        raise ExportError("The run has no bill: not one day has been played. Step the programme, then export.")
    chosen = columns(run.billing, version)
    _refuse_infinite(chosen)
    with new_file(target) as part:
        if target.suffix == ".parquet":
            pyarrow.parquet.write_table(_table(chosen), part)
        else:
            _written(chosen).to_csv(part, index=False)
    return target


def columns(bill: pd.DataFrame, version: str) -> pd.DataFrame:
    """Return a bill with the columns of a version of FOCUS, in alphabetical order, our own last.

    Parameters
    ----------
    bill : DataFrame
        A run's ``billing``, or some rows of it.
    version : str
        ``"1.4"`` or ``"1.2"``.

    Returns
    -------
    DataFrame
        As many rows.
    """
    if version == "1.4":
        return bill[list(COLUMNS)]
    older = bill.drop(columns=list(_LATER))
    nothing = pd.Series(pd.NA, index=bill.index, dtype="str")
    older = older.assign(
        **dict.fromkeys(_NOT_OFFERED, nothing),
        PricingCurrencyContractedUnitPrice=bill["ContractedUnitPrice"],
        PricingCurrencyEffectiveCost=bill["EffectiveCost"],
        PricingCurrencyListUnitPrice=bill["ListUnitPrice"],
        ProviderName=bill["HostProviderName"],
        PublisherName=bill["ServiceProviderName"],
    )
    return older[sorted(older.columns)]


def _decimals(bill: pd.DataFrame) -> list[str]:
    return [
        str(n) for n in bill.columns if n in NUMBERS or str(n).startswith("PricingCurrency") and n != "PricingCurrency"
    ]


def _refuse_infinite(bill: pd.DataFrame) -> None:
    for name in _decimals(bill):
        if np.isinf(bill[name].to_numpy(dtype=float)).any():
            raise ExportError(f"{name} holds a figure that is not finite, which no bill can name.")


def _table(bill: pd.DataFrame) -> pa.Table:
    """Return a bill whose decimals are decimals, as in a database."""
    arrays = {str(name): pa.array(column, from_pandas=True) for name, column in bill.items()}
    exact = pa.decimal128(28, _DECIMALS)
    return pa.table(arrays | {name: arrays[name].cast(exact) for name in _decimals(bill)})


def _written(bill: pd.DataFrame) -> pd.DataFrame:
    """Return a bill whose decimals are written out, without exponents and without idle zeros."""
    words = {name: [_plain(value) for value in bill[name].tolist()] for name in _decimals(bill)}
    return bill.assign(**words)


def _plain(value: float) -> str:
    return "" if value != value else f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
