"""Serving code: how a release may read records otherwise than the training did. Nothing here simulates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.streams import Streams

FACTORS = (0.01, 1 / 12, 52 / 12, 12.0, 100.0)
"""Pounds for pence, a month for a year, a week for a month, and the other way round."""


@dataclass(frozen=True)
class CodeDefect:
    """A training-serving skew: the serving code reads something otherwise than the training code.

    Attributes
    ----------
    kind : str
        ``"scaled"``: one feature in another unit; ``"swapped"``: two neighbouring features in each other's place;
        ``"zero"``: a missing value as 0.
    column : int
        The feature that it befalls; with the next one when swapped. A missing value is read as 0 in every feature.
    factor : float
        By which a scaled feature is multiplied.
    hidden : bool
        Whether it shows in production only, and not where releases are tested.
    """

    kind: Literal["scaled", "swapped", "zero"]
    column: int
    factor: float
    hidden: bool = False

    def read(self, values: np.ndarray) -> np.ndarray:
        """Return records as the serving code reads them.

        Parameters
        ----------
        values : ndarray of float, shape (n, k)
            As delivered; NaN where missing. They are left as they are.

        Returns
        -------
        ndarray of float, shape (n, k)
        """
        if self.kind == "zero":
            return np.nan_to_num(values, nan=0.0)
        read, j = values.copy(), self.column
        if self.kind == "scaled":
            read[:, j] *= self.factor
        else:
            other = (j + 1) % values.shape[1]
            read[:, j], read[:, other] = values[:, other], values[:, j]
        return read

    def describe(self, names: list[str]) -> str:
        """Say in words what the serving code does wrong."""
        if self.kind == "zero":
            return "the serving code read missing values as 0"
        if self.kind == "scaled":
            return f"the serving code read {names[self.column]} times {self.factor:.3g}"
        return f"the serving code took {names[self.column]} and {names[(self.column + 1) % len(names)]} for each other"


def drawn(
    streams: Streams, service: str, change: int, bug_share: float, hidden_share: float, features: int
) -> CodeDefect | None:
    """Return the defect that a change of the code brings with it, or None.

    Parameters
    ----------
    streams : Streams
        The world's chance; the stream is ``{service}/code/{change}``, so that the n-th change is as lucky whatever
        anybody decides.
    service : str
        Whose code.
    change : int
        Which change, counted from 1.
    bug_share : float
        Share of changes that bring a defect.
    hidden_share : float
        Share of defects that show in production only.
    features : int
        How many features a record has.
    """
    if bug_share <= 0:
        return None
    u = streams.uniforms(f"{service}/code/{change}", 5)
    if u[0] >= bug_share:
        return None
    kind = ("scaled", "swapped", "zero")[int(u[1] * 3)]
    factor = FACTORS[int(u[3] * len(FACTORS))]
    return CodeDefect(kind, int(u[2] * features), factor, bool(u[4] < hidden_share))
