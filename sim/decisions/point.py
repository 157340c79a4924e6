"""What a decision point is: described once, for the engine, the checker, the documentation and the controls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.internals import create_dataframe_from_blocks

from sim.errors import DecisionError, PlaybookError, nearest


@dataclass(frozen=True)
class DecisionPoint:
    """One thing that a team decides: by a function that is asked again and again, or by a choice made once.

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
        sentence that says what is wrong and what was expected. For a choice, the choice itself is the answer and
        nothing is given.
    effort_days : float
        Staff days to take it up.
    effort_gbp : float
        Money to take it up: licences, help from outside.
    chosen : bool
        Whether it is a choice, such as ``"hourly"``, and not a function.
    fits : callable or None
        ``fits(decision, service)`` raises `PlaybookError` where a decision does not fit a `Service`: a name that it
        does not have, say. None where every decision fits.
    category : str
        Cost category of the money to take it up: ``"software"`` for licences, ``"people"`` for training them,
        ``"data"`` for agreements about data, ``"compliance"`` for what the law asks.
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
    chosen: bool = False
    fits: Callable[[Any, Any], None] | None = None
    category: Literal["software", "people", "data", "compliance"] = "software"

    def is_naive(self, decision: Any) -> bool:
        """Say whether a decision is the naive default."""
        return decision is self.naive or (self.chosen and decision == self.naive)

    def check(self, decision: Any) -> None:
        """Refuse, with `PlaybookError`, what is not a decision of this kind at all."""
        if isinstance(decision, type):
            raise PlaybookError(
                f"{self.name} is the class {decision.__name__} itself; put brackets after it: {decision.__name__}()."
            )
        if self.chosen:
            try:
                self.accept(decision)
            except DecisionError as error:
                raise PlaybookError(f"{self.name} is {kind_of(decision)}: {error}") from None
        elif not callable(getattr(decision, "score_fn", decision)) or (
            hasattr(self.naive, "score_fn") != hasattr(decision, "score_fn")
        ):
            made = self.signature.split(";")[0]
            wanted = f"sim.{made}" if hasattr(self.naive, "score_fn") else f"a function {self.signature}"
            raise PlaybookError(f"{self.name} is {kind_of(decision)}, but {wanted} was expected.")


def columns_of(names: Iterable[str]) -> pd.Index:
    """Return names as the columns of a frame that is handed out nightly: kept as plain Python text, read fastest."""
    return pd.Index(list(names), dtype=pd.StringDtype("python", na_value=np.nan))


def frame_of(block: np.ndarray, columns: pd.Index, index: pd.Index | None = None) -> pd.DataFrame:
    """Return a frame on one block of numbers, taken as it is: what ``DataFrame(block.T, copy=False)`` gives, sooner.

    Parameters
    ----------
    block : ndarray of float, shape (k, n)
        A row for each column of the frame.
    columns : Index
        k names.
    index : Index, optional
        n labels; 0, 1, 2, ... when left out.

    Returns
    -------
    DataFrame
        Whatever is written into the block afterwards shows in it.
    """
    rows = pd.RangeIndex.from_range(range(block.shape[1])) if index is None else index
    return create_dataframe_from_blocks([(block, np.arange(len(block)))], rows, columns)


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


def name_of(point: DecisionPoint, decision: Any) -> str:
    """Name a decision: a choice as it is written, a function by its own name."""
    if point.chosen:
        return decision if isinstance(decision, str) else repr(decision)
    return str(getattr(decision, "__name__", type(decision).__name__))


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


def one_of(answer: object, allowed: tuple[str, ...]) -> str:
    """Return a choice that is one of some words, or refuse it."""
    if isinstance(answer, str) and answer in allowed:
        return answer
    raise DecisionError(f"allowed are {', '.join(allowed)}.{nearest(answer, allowed)}")
