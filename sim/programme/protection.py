"""Protection of people in a service's records: other names and coarser values before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.decisions.point import columns_of

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay


class Protection:
    """What is done to a batch between the mender and the model.

    Parameters
    ----------
    service : ServiceDay
        Whose records.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service
        self._columns = columns_of(["case_id", "arrived_day", *service.names])

    def night(self, day: int, rows: np.ndarray, values: np.ndarray, keep: np.ndarray | None) -> None:
        """Protect, in place, the records that go on to the model, and note which keep their true number.

        Parameters
        ----------
        day : int
            Days from the start.
        rows : ndarray of int, shape (n,)
            Cases.
        values : ndarray of float, shape (n, features)
            Their records; changed where kept.
        keep : ndarray of bool, shape (n,), or None
            What the gate keeps; None for everything.
        """
        service = self._service
        if service.naive("protect"):
            return
        kept = np.arange(len(rows)) if keep is None else np.nonzero(keep)[0]
        if not len(kept):
            return
        mine, people = rows[kept], service.people
        block = np.empty((len(kept), 2 + values.shape[1]))
        block[:, 0], block[:, 1] = people.case_id_of(mine), people.arrived_of(mine)
        block[:, 2:] = values[kept]
        case = block[:, 0].copy()
        frame = pd.DataFrame(block, columns=self._columns, copy=False)
        made = service.ask(
            "protect", (frame,), lambda: f"on day {day}, in the batch of {len(kept)} records of {service.given.name}"
        )
        values[kept] = made[:, 1:]
        service.file.named[mine] = made[:, 0] == case
