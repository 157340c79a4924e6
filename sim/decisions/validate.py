"""Decision point ``validate``: which records of a batch go on to the model."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of, same_rows
from sim.errors import DecisionError

BATCH = {
    "case_id": "number of the case, a whole number; a duplicate record repeats it",
    "arrived_day": "when the claim arrived, days from the start",
    "<feature>": "one column for each feature of the service, in its unit; NaN where missing",
}


class Validate(Protocol):
    """A gate between the pipeline and the model."""

    def __call__(self, batch: pd.DataFrame) -> pd.Series:
        """Return True for each record to keep; the others go to quarantine until somebody looks."""
        ...


def keep_all(batch: pd.DataFrame) -> pd.Series:
    """Keep every record: the naive default."""
    return pd.Series(True, index=batch.index)


def accept(answer: object, batch: pd.DataFrame) -> np.ndarray:
    """Return the answer as an array of bool, shape (n,), or raise `DecisionError`."""
    wanted = "a Series of bool on the batch's index (True keeps a record)"
    values = same_rows(answer, batch, wanted)
    if values.dtype != bool and str(values.dtype) != "boolean":
        raise DecisionError(f"it returned {kind_of(answer)}, but {wanted} was expected.")
    if isinstance(values, pd.Series) and values.isna().any():
        raise DecisionError(f"it returned {int(values.isna().sum())} missing values, but {wanted} was expected.")
    return np.asarray(values, dtype=bool)


POINT = DecisionPoint(
    name="validate",
    discipline="dataops",
    scope="service",
    signature="(batch: DataFrame) -> Series of bool, True keeps",
    about="Called for each night's batch, before the model sees it. What it does not keep waits in quarantine.",
    given=BATCH,
    naive=keep_all,
    accept=accept,
    effort_days=12,
    effort_gbp=4000,
)
