"""What a decision point is: described once, for the engine, the checker, the documentation and the controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.errors import DecisionError


@dataclass(frozen=True)
class DecisionPoint:
    """One thing that a team decides.

    Attributes
    ----------
    name : str
        Field of the playbook.
    discipline : str
        dataops, mlops, finops or integration; the team that takes it up.
    scope : str
        ``"service"`` if each service may decide for itself, else ``"programme"``.
    signature : str
        For instance ``"(batch: DataFrame) -> Series of bool"``.
    about : str
        What it decides, when it is called, and what follows, in a sentence or two.
    given : mapping of str to str
        Every column or field that it is given, with its unit.
    naive : Any
        The default.
    accept : callable
        ``accept(answer, *given)`` returns the answer in the engine's own form, or raises `DecisionError` with one
        sentence that says what is wrong and what was expected.
    effort_days : float
        Staff days to take it up.
    effort_gbp : float
        Money to take it up: licences, help from outside.
    """

    name: str
    discipline: Literal["dataops", "mlops", "finops", "integration"]
    scope: Literal["service", "programme"]
    signature: str
    about: str
    given: Mapping[str, str]
    naive: Any
    accept: Callable[..., Any]
    effort_days: float
    effort_gbp: float


def kind_of(value: object) -> str:
    """Name what a value is, in words for a person: ``"a Series of 3 int64"``, ``"None"``."""
    if value is None:
        return "None (is a return missing?)"
    if value is ...:
        return "three dots: nothing has been written there yet"
    if isinstance(value, pd.Series):
        return f"a Series of {len(value)} {value.dtype}"
    if isinstance(value, pd.DataFrame):
        return f"a DataFrame of {value.shape[0]} rows and {value.shape[1]} columns"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and {value.dtype}"
    if isinstance(value, str | int | float | bool):
        return f"{type(value).__name__} {value!r}"
    return f"a {type(value).__name__}"


def same_rows(answer: object, frame: pd.DataFrame, wanted: str) -> pd.Series | np.ndarray:
    """Return an answer that has one value for each row of a frame, or refuse it.

    Parameters
    ----------
    answer : object
        A Series on the frame's index, or a one-dimensional array of its length.
    frame : DataFrame
        What the decision was given.
    wanted : str
        For the message: what was expected.

    Returns
    -------
    Series or ndarray, shape (n,)
        The answer itself.

    Raises
    ------
    DecisionError
        If the type, the length or the index is wrong.
    """
    if not isinstance(answer, pd.Series | np.ndarray) or answer.ndim != 1:
        raise DecisionError(f"it returned {kind_of(answer)}, but {wanted} was expected.")
    if len(answer) != len(frame):
        raise DecisionError(
            f"it returned {len(answer)} values for {len(frame)} rows, but {wanted} was expected: one for each row."
        )
    if isinstance(answer, pd.Series) and not (answer.index is frame.index or answer.index.equals(frame.index)):
        raise DecisionError(
            f"it returned a Series with another index than the {len(frame)} rows it was given, but {wanted} "
            f"was expected; keep the index, for instance by not calling reset_index."
        )
    return answer


def truth_of(answer: object, wanted: str) -> bool:
    """Return a yes or no, or refuse anything else."""
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    raise DecisionError(f"it returned {kind_of(answer)}, but {wanted} was expected.")
