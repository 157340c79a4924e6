"""One learner's variant of a module: numbers from which its worlds are made, the same whenever they are asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.variants.secret import Secret


@dataclass(frozen=True)
class Variant:
    """Where a learner's worlds come from.

    Attributes
    ----------
    module : str
        For instance ``"m09"``; empty for the open one.
    learner : str
        Whose; empty for the open one.
    number : int
        48 bits that follow from the course's secret, the module and the learner; nought for the open one.
    """

    module: str = ""
    learner: str = ""
    number: int = 0

    @property
    def open(self) -> bool:
        """Whether its worlds are the public ones, the same for everybody."""
        return not self.number

    def generator(self, name: str) -> np.random.Generator:
        """Return the numbers of one part of the variant, always from the same starting point.

        Parameters
        ----------
        name : str
            Of the part, for instance ``"gate"``.

        Returns
        -------
        Generator
            Of its own, whatever else was drawn.
        """
        return np.random.default_rng([self.number, *name.encode()])

    def seeds(self, name: str, count: int) -> tuple[int, ...]:
        """Return seeds of worlds, none of them small enough to be one of the public ones."""
        drawn = self.generator(f"seeds/{name}").choice(2**31 - 10_000, size=count, replace=False)
        return tuple(int(seed) + 10_000 for seed in drawn)


OPEN = Variant()
"""The public worlds."""


def variant_of(secret: Secret | None, module: str, learner: str) -> Variant:
    """Return a learner's variant of a module.

    Parameters
    ----------
    secret : Secret or None
        The course's; without one everybody has the public worlds.
    module, learner : str
        Names.

    Returns
    -------
    Variant
        The same for the same three.
    """
    return OPEN if secret is None else Variant(module, learner, secret.number("variant", module, learner) or 1)
