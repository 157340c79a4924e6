"""Decision point ``protect``: what is kept of a record, and of whose it is."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from sim.data.profile import distinct
from sim.decisions import repair
from sim.decisions.point import DecisionPoint
from sim.decisions.validate import BATCH
from sim.errors import DecisionError


class Protect(Protocol):
    """A protector of people in their records."""

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch with the same rows and columns: other names for the cases, coarser or noisier values."""
        ...


def raw(batch: pd.DataFrame) -> pd.DataFrame:
    """Keep every record as it is, under its own number: the naive default."""
    return batch


def accept(answer: object, batch: pd.DataFrame) -> np.ndarray:
    """Return names and features as an array of float, shape (n, 1 + features), or raise `DecisionError`."""
    values = repair.accept(answer, batch)
    assert isinstance(answer, pd.DataFrame)
    wanted = "a finite number for each case, its own or a pseudonym, was expected"
    if "case_id" not in answer.columns:
        raise DecisionError(f"it returned a DataFrame without the column 'case_id', but {wanted}.")
    whole = answer.to_numpy() if answer.columns is batch.columns else None
    given = answer["case_id"] if whole is None or whole.dtype != np.float64 else whole[:, 0]
    if given.dtype.kind not in "fiu":
        raise DecisionError(f"column 'case_id' came back as {given.dtype}, but {wanted}.")
    names = np.asarray(given, dtype=float)
    if not np.isfinite(names).all():
        odd = names[~np.isfinite(names)][0]
        raise DecisionError(f"it returned the case_id {odd}, but {wanted}.")
    different = distinct(names)
    if different < len(names) and different < (cases := distinct(batch["case_id"].to_numpy())):
        raise DecisionError(
            f"it gave {cases} cases only {different} names, so that nobody could tell which outcome belongs to which "
            "record; a pseudonym of its own for each case was expected."
        )
    made = np.empty((len(names), 1 + values.shape[1]), order="F")
    made[:, 0], made[:, 1:] = names, values
    return made


POINT = DecisionPoint(
    name="protect",
    discipline="dataops",
    scope="service",
    signature="(batch: DataFrame) -> DataFrame",
    about="Called for each night's batch after the gate and the mender. What it returns is what the model sees, what "
    "is stored and what later models learn from. Records stored before stay as they were. In a breach, whoever is "
    "stored under the true case_id is identified; of the others, those whose age, rent and the like tell them apart.",
    given=BATCH,
    naive=raw,
    accept=accept,
    effort_days=10,
    effort_gbp=6000,
    category="compliance",
)
