"""What a decision remembers begins anew in each run."""

from __future__ import annotations

import copy
from typing import Any

from sim.errors import PlaybookError


def afresh(decision: Any) -> Any:
    """Return a decision that has seen nothing of another run.

    A function is returned as it is. An object is copied with all that it holds, so that what it notes in one run is not
    there in the next; one with a method ``fresh()`` says itself what a run begins with, and one that shall keep its
    notes returns itself there. A copy cannot help where a function remembers: a global variable, a closure or a
    default argument is shared by all runs, and so is ``np.random``.

    Parameters
    ----------
    decision : Any
        A function or an object that can be called.

    Returns
    -------
    Any
        What is asked in a run.

    Raises
    ------
    PlaybookError
        If it cannot be copied, and has no ``fresh()``.
    """
    if hasattr(decision, "fresh"):
        return decision.fresh()
    try:
        return copy.deepcopy(decision)
    except Exception as error:
        raise PlaybookError(
            f"{type(decision).__name__} is a decision that cannot be copied ({type(error).__name__}: {error}), so that "
            "it could not begin each run afresh; give it a method fresh() that returns one that has seen nothing."
        ) from error
