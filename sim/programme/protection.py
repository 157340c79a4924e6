"""Protection of people in a service's records: other names and coarser values before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.programme.handout import Handout
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

    def night(self, day: int, handout: Handout, values: np.ndarray, kept: np.ndarray | None) -> None:
        """Protect, in place, the records that go on to the model, and note which keep their true number.

        Parameters
        ----------
        day : int
            Days from the start.
        handout : Handout
            The batch.
        values : ndarray of float, shape (n, features)
            Their records; changed where kept.
        kept : ndarray of int, shape (k,), or None
            Places of what the gate keeps; None for everything.
        """
        service = self._service
        if service.naive("protect"):
            return
        frame = handout.frame(values, kept)
        if not len(frame):
            return
        made = service.ask(
            "protect", (frame,), lambda: f"on day {day}, in the batch of {len(frame)} records of {service.given.name}"
        )
        mine = slice(None) if kept is None else kept
        values[mine] = made[:, 1:]
        service.file.named[handout.rows[mine]] = made[:, 0] == handout.head[0, mine]
