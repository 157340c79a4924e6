"""What an answer did when it was tried: measures, world by world, beside naive practice and the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from autograder.errors import CheckError

POUNDS, DECISIONS = "GBP", "decisions"
"""Units in which what an answer was worth is told; see `Effect.worth`."""


@dataclass(frozen=True)
class Measure:
    """One thing that was measured.

    Attributes
    ----------
    name : str
        In a few words, with a capital: ``"Wrong decisions"``.
    unit : str
        ``"GBP"``, ``"share"``, or a word that follows the figure, such as ``"decisions"`` or ``"days"``.
    mine : tuple of float
        The learner's, one for each world; NaN where their answer could not be tried.
    naive, best : tuple of float
        What naive practice and the reference come to on the same worlds; empty where there is no such thing.
    more : bool
        Whether more of it is better.

    Raises
    ------
    CheckError
        If naive or reference were not measured on as many worlds as the learner's answer.
    """

    name: str
    unit: str
    mine: tuple[float, ...]
    naive: tuple[float, ...] = ()
    best: tuple[float, ...] = ()
    more: bool = True

    def __post_init__(self) -> None:
        for field in ("mine", "naive", "best"):
            object.__setattr__(self, field, tuple(float(value) for value in getattr(self, field)))
        for field in ("naive", "best"):
            if len(getattr(self, field)) not in (0, len(self.mine)):
                raise CheckError(
                    f"Measure {self.name!r} has {len(getattr(self, field))} values under {field!r}; allowed: none, or "
                    f"{len(self.mine)} as under 'mine'."
                )

    @property
    def paired(self) -> bool:
        """Whether it was measured under naive and reference practice too, and under the learner's somewhere."""
        return bool(self.naive and self.best) and not all(map(math.isnan, self.mine))

    def gain(self, of: str = "mine") -> np.ndarray:
        """Return by how much it is better than under naive practice, world by world.

        Parameters
        ----------
        of : str
            ``"mine"`` or ``"best"``.

        Returns
        -------
        ndarray of float, shape (worlds,)
            Positive where it is better, whichever way that is; without the worlds where the learner's was not tried.
        """
        mine, naive, asked = (np.array(part) for part in (self.mine, self.naive, getattr(self, of)))
        return ((asked - naive) * (1 if self.more else -1))[~np.isnan(mine)]


@dataclass(frozen=True)
class Effect:
    """What an answer did in the programme, or in whatever else it was tried on.

    Attributes
    ----------
    did : str
        In a clause: what happened because of it.
    measures : tuple of Measure
        The headline first.
    worlds : tuple of str
        What the worlds are called; empty where there is one, or where they need no name.
    naive, best : str
        What naive practice and the reference are called, as in "against ...".
    """

    did: str
    measures: tuple[Measure, ...] = ()
    worlds: tuple[str, ...] = ()
    naive: str = "doing nothing"
    best: str = "the reference"

    def worth(self, unit: str) -> Measure | None:
        """Return the first measure in a unit that was measured under naive and reference practice too, if any."""
        return next((measure for measure in self.measures if measure.unit == unit and measure.paired), None)
