"""The batch as it is handed out: the frame that the gate, the mender and the protector are each given."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.decisions.point import frame_of

if TYPE_CHECKING:
    from sim.world.population import Population


class Handout:
    """A night's records as those who decide about them see them: case, time of arrival and features.

    Parameters
    ----------
    people : Population
        Who they are.
    columns : Index
        Of the frames: case, time of arrival and the features.
    rows : ndarray of int, shape (n,)
        Cases.
    """

    def __init__(self, people: Population, columns: pd.Index, rows: np.ndarray) -> None:
        self._people, self._columns = people, columns
        self.rows = rows

    @cached_property
    def head(self) -> np.ndarray:
        """Number of each case and its time of arrival in days, shape (2, n)."""
        made = np.empty((2, len(self.rows)))
        made[0], made[1] = self._people.case_id_of(self.rows), self._people.arrived_of(self.rows)
        return made

    def frame(self, values: np.ndarray, kept: np.ndarray | None) -> pd.DataFrame:
        """Return a frame of its own, so that what is done to it is done to nothing else.

        Parameters
        ----------
        values : ndarray of float, shape (n, features)
            The records as they are now.
        kept : ndarray of int, shape (k,), or None
            Places of those to hand out; None for all.

        Returns
        -------
        DataFrame
            One row for each; each column lies together in memory, as pandas itself would have it.
        """
        head, shown = (self.head, values) if kept is None else (self.head.take(kept, axis=1), values.take(kept, axis=0))
        block = np.empty((2 + values.shape[1], len(shown)))
        block[:2], block[2:] = head, shown.T
        return frame_of(block, self._columns)
