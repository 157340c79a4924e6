"""Decision point ``repair``: mend records before the model sees them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of
from sim.decisions.validate import BATCH
from sim.errors import DecisionError, nearest


class Repair(Protocol):
    """A mender of records."""

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch with the same rows and columns, values mended."""
        ...


def as_it_came(batch: pd.DataFrame) -> pd.DataFrame:
    """Change nothing: the naive default."""
    return batch


def accept(answer: object, batch: pd.DataFrame) -> np.ndarray:
    """Return the features as an array of float, shape (n, features), or raise `DecisionError`."""
    if not isinstance(answer, pd.DataFrame):
        raise DecisionError(f"it returned {kind_of(answer)}, but {_wanted(batch)} was expected.")
    if not (answer.index is batch.index or (len(answer) == len(batch) and answer.index.equals(batch.index))):
        raise DecisionError(
            f"it returned {len(answer)} rows, not the batch's own {len(batch)}; {_wanted(batch)} was expected."
        )
    if answer.columns is batch.columns or answer.columns.equals(batch.columns):
        values = answer.to_numpy()
        if values.dtype == np.float64:
            return _finite(values[:, 2:], batch)
    wanted = _wanted(batch)
    twice = answer.columns[answer.columns.duplicated()]
    if len(twice):
        raise DecisionError(f"it returned two columns named {twice[0]!r}, but {wanted} was expected.")
    features = list(batch.columns[2:])
    for name in features:
        if name not in answer.columns:
            raise DecisionError(
                f"it returned a DataFrame without the column {name!r}.{nearest(name, map(str, answer.columns))} "
                f"{wanted} was expected."
            )
    columns = []
    for name in features:
        column = answer[name]
        if column.dtype.kind not in "fiub":
            raise DecisionError(f"column {name!r} came back as {column.dtype}, but numbers were expected.")
        columns.append(column.to_numpy(dtype=float))
    return _finite(np.stack(columns, axis=1), batch)


def _wanted(batch: pd.DataFrame) -> str:
    return f"a DataFrame with the batch's {len(batch)} rows and {batch.shape[1]} columns"


def _finite(values: np.ndarray, batch: pd.DataFrame) -> np.ndarray:
    endless = np.isinf(values)
    if endless.any():
        name = batch.columns[2 + int(np.nonzero(endless.any(axis=0))[0][0])]
        raise DecisionError(f"it returned an infinite value in column {name!r}; use NaN for a value that is missing.")
    return values


POINT = DecisionPoint(
    name="repair",
    discipline="dataops",
    scope="service",
    signature="(batch: DataFrame) -> DataFrame",
    about="Called for each night's batch after the gate. What it returns is what the model sees and what is stored.",
    given=BATCH,
    naive=as_it_came,
    accept=accept,
    effort_days=8,
    effort_gbp=2000,
)
