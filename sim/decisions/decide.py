"""Decision point ``decide``: from the model's scores to approve, refer or refuse."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from sim.decisions.point import DecisionPoint, kind_of, same_rows
from sim.errors import DecisionError, nearest

CHOICES = ("approve", "refer", "refuse")


class Decide(Protocol):
    """A rule that turns scores into decisions."""

    def __call__(self, scores: pd.Series, cases: pd.DataFrame) -> pd.Series:
        """Return approve, refer or refuse for each case."""
        ...


def threshold_one_half(scores: pd.Series, cases: pd.DataFrame) -> pd.Series:
    """Approve from one half up, refuse below, refer nobody: the naive default."""
    return pd.Series(np.where(scores >= 0.5, "approve", "refuse"), index=scores.index)


def accept(answer: object, scores: pd.Series, cases: pd.DataFrame) -> np.ndarray:
    """Return the choices as an array of int8, shape (n,): 1 approve, 2 refer, 3 refuse; or raise `DecisionError`."""
    wanted = "a Series of 'approve', 'refer' or 'refuse' on the cases' index"
    values = same_rows(answer, cases, wanted)
    texts = values.to_numpy(dtype=object) if isinstance(values, pd.Series) else values
    codes = np.zeros(len(texts), dtype="int8")
    if texts.dtype == object and pd.isna(texts).any():
        gaps = int(pd.isna(texts).sum())
        raise DecisionError(f"it returned {kind_of(answer)}, {gaps} of them missing, but {wanted} was expected.")
    for code, choice in enumerate(CHOICES, start=1):
        codes[texts == choice] = code
    if len(codes) and not codes.all():
        odd = texts[int(np.argmin(codes != 0))]
        hint = nearest(odd, CHOICES)
        raise DecisionError(f"it returned {odd!r} ({kind_of(answer)}), but {wanted} was expected.{hint}")
    return codes


POINT = DecisionPoint(
    name="decide",
    discipline="mlops",
    scope="service",
    signature="(scores: Series, cases: DataFrame) -> Series of approve, refer or refuse",
    about="Called for each night's batch. Referred cases wait for a caseworker, who is good, dear and busy.",
    given={"scores": "probability of the outcome, 0 to 1", "<feature>": "one column for each feature, as delivered"},
    naive=threshold_one_half,
    accept=accept,
    effort_days=6,
    effort_gbp=1000,
    category="people",
)
