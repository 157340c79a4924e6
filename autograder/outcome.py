"""What a check found: criteria, each with what was tried, what happened, what was wanted and a next step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.effect import Effect
from autograder.errors import CheckError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLLOWS = "this one follows"
"""Stands in the next step of a criterion whose credit is earned by way of another."""


@dataclass(frozen=True)
class Criterion:
    """One thing that was looked for.

    Attributes
    ----------
    name : str
        In a few words.
    points : float
        What it is worth.
    earned : float
        From 0 to 1; partial credit is a fraction.
    tried, happened, wanted, next_step : str
        For the learner; the last is shown only when something is left to earn. It says where to look. Where another
        criterion has to be earned first, it says so, and that "this one follows".
    hint : str
        How to mend it, nearly in code; shown only from the second time that the task is checked.

    Raises
    ------
    CheckError
        If the points are negative or what was earned is not between 0 and 1.
    """

    name: str
    points: float
    earned: float
    tried: str
    happened: str
    wanted: str
    next_step: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        for field in ("points", "earned"):
            object.__setattr__(self, field, float(getattr(self, field)))
        if not (math.isfinite(self.points) and self.points >= 0):
            raise CheckError(f"Criterion {self.name!r} is worth {self.points} points; allowed: zero or more.")
        if not 0 <= self.earned <= 1:
            raise CheckError(f"Criterion {self.name!r} has earned {self.earned}; allowed: a fraction from 0 to 1.")


@dataclass(frozen=True)
class Outcome:
    """All that a check found.

    Attributes
    ----------
    criteria : list of Criterion
        Their points add up to what the task is worth.
    figure : Figure, optional
        Shown below the report; give it words with `sim.plots.style.describe`.
    effect : Effect, optional
        What the answer did where it was tried, in figures; for the page that the learner gets back.
    beyond : str
        A question to go on with when nothing is left to earn.
    """

    criteria: list[Criterion]
    figure: Figure | None = None
    effect: Effect | None = None
    beyond: str = ""

    @property
    def worth(self) -> float:
        """What the criteria could earn together, in points."""
        return math.fsum(criterion.points for criterion in self.criteria)

    @property
    def points(self) -> float:
        """What they did earn, in points to the hundredth; a plain float."""
        return round(math.fsum(criterion.points * criterion.earned for criterion in self.criteria), 2)

    @property
    def leading(self) -> Criterion | None:
        """The criterion with most left to earn by itself, whose next step is the one to take; None if all are met."""
        unmet = [criterion for criterion in self.criteria if criterion.earned < 1]
        alone = [criterion for criterion in unmet if FOLLOWS not in criterion.next_step] or unmet
        return max(alone, key=lambda criterion: criterion.points * (1 - criterion.earned), default=None)


def nothing(points: float, name: str, happened: str, wanted: str, next_step: str) -> Outcome:
    """Return the outcome of an answer that could not be tried at all: 0 of all the points.

    Parameters
    ----------
    points : float
        What the task is worth.
    name, happened, wanted, next_step : str
        As in `Criterion`.

    Returns
    -------
    Outcome
        One criterion, nothing earned.
    """
    return Outcome([Criterion(name, points, 0.0, "", happened, wanted, next_step)])
