"""Calling a decision: what goes wrong inside it is reported at its author's own line."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.decisions.point import DecisionPoint
from sim.errors import DecisionError, nearest

LONGEST = 300
"""Letters of what was raised that are passed on; scikit-learn gives advice by the page."""

_OURS = str(Path(__file__).parent.parent)


def call(point: DecisionPoint, decision: Callable[..., Any], given: tuple[Any, ...], where: Callable[[], str]) -> Any:
    """Ask a decision and return its answer in the engine's form.

    Parameters
    ----------
    point : DecisionPoint
        What is decided.
    decision : callable
        The team's own.
    given : tuple
        Its arguments.
    where : callable
        Says in words which day and batch this is, should something be wrong.

    Returns
    -------
    Any
        What ``point.accept`` returns.

    Raises
    ------
    DecisionError
        If the decision raises, naming its own line, the day and the batch; or if its answer is refused.
    """
    try:
        answer = decision(*given)
    except DecisionError:
        raise
    except (Exception, SystemExit) as error:
        raise DecisionError(f"{point.name} failed {where()}: {own_line(error, given)}") from error
    try:
        return point.accept(answer, *given)
    except DecisionError as error:
        raise DecisionError(f"{point.name}, {where()}: {error}") from None


def own_line(error: BaseException, given: tuple[Any, ...]) -> str:
    """Say what was raised, at the last line that is neither ours nor a library's.

    Parameters
    ----------
    error : BaseException
        With its traceback. An error that was told already, where its author's code ran, has the words in ``told``.
    given : tuple
        What the decision was given; names the nearest column where one was not found.

    Returns
    -------
    str
        A clause.
    """
    if getattr(error, "told", ""):
        return error.told
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f
        for f in frames
        if not f.filename.startswith(_OURS) and "site-packages" not in f.filename and "/lib/python" not in f.filename
    ]
    place = ""
    if own:
        last = own[-1]
        source = (linecache.getline(last.filename, last.lineno or 0) or last.line or "").strip()
        place = f"at line {last.lineno} of {last.name}, `{source}`, "
    words = " ".join(str(error).split())
    words = words if len(words) <= LONGEST else f"{words[:LONGEST]}..."
    said = f"{type(error).__name__}: {words}" if words else type(error).__name__
    hint = ""
    if isinstance(error, KeyError) and error.args:
        names = [str(c) for g in given if hasattr(g, "columns") for c in g.columns]
        hint = nearest(error.args[0], names) if names else ""
    return f"{place}it raised {said}.{hint}"
