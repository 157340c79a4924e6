"""On what a check tries an answer: whose worlds, and where the learner's own code runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.variants.variant import OPEN, Variant


def _here(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


@dataclass(frozen=True)
class Bench:
    """What a check is handed beside the answer.

    Attributes
    ----------
    variant : Variant
        Whose worlds the answer is tried on.
    beside : callable
        ``beside(function, *args)`` runs a function of ours where the learner's code is: here, or in the jail. For what
        carries out something that the learner wrote, a query for instance.
    recipe : callable
        ``recipe(function, *args)`` stands for what that function makes, where a learner's function is to be handed it
        and it cannot cross as data.
    """

    variant: Variant = OPEN
    beside: Callable[..., Any] = _here
    recipe: Callable[..., Any] = _here


OPEN_BENCH = Bench()
"""The learner's own notebook: public worlds, everything in one process."""
