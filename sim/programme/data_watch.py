"""The watch over a service's data: profile each batch, ask whether to look, and have a person look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.internals import create_dataframe_from_blocks

from sim.data.pipeline import NIGHTLY
from sim.data.profile import FIGURES, Usual, profile
from sim.decisions.point import columns_of

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

LOOK_HOURS = 3.0
"""Hours of a person's work to look into the data."""

REST_DAYS = 7
"""Days after a false alert within which nobody looks again."""


class DataWatch:
    """Alerts about one service's data.

    Parameters
    ----------
    service : ServiceDay
        Whose data.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service
        features = service.given.features
        self._low, self._high = (np.array([getattr(f, end) for f in features]) for end in ("low", "high"))
        self._usual = Usual(len(features))
        names = [*FIGURES, *(f"usual_{name}" for name in FIGURES)]
        self._index, self._columns = columns_of(service.names).rename("feature"), columns_of(["source", *names])
        self._sources = columns_of(f.source for f in features).array
        self._looking = False
        self._last_false_alert = -np.inf

    def _frame(self, figures: np.ndarray, usual: np.ndarray) -> pd.DataFrame:
        """Return the profile of a night beside what is usual, in a frame of its own."""
        block = np.concatenate([figures, usual])
        numbers, source = (block, np.arange(1, len(block) + 1)), (self._sources.copy(), np.arange(1))
        return create_dataframe_from_blocks([numbers, source], self._index, self._columns)

    def night(self, day: int, rows: np.ndarray, values: np.ndarray) -> None:
        """Ask whether to look, given a batch as it came.

        Parameters
        ----------
        day : int
            Days from the start.
        rows : ndarray of int, shape (n,)
            Cases.
        values : ndarray of float, shape (n, features)
            Their records.
        """
        service = self._service
        if service.naive("watch_data") or not len(rows):
            return
        figures = profile(values, self._low, self._high, rows, service.people.day[rows] < day)
        frame = self._frame(figures, self._usual.before(day))
        self._usual.see(day, figures)
        alert = service.ask("watch_data", (frame,), lambda: f"on day {day}, in the profile of {service.given.name}")
        if alert and not self._looking and not self._known() and day - self._last_false_alert >= REST_DAYS:
            self._looking = True
            active = service.programme.incidents.of(service.given.name)
            cause = active[0].event if active else None
            event = service.write(day + NIGHTLY, "data alert", f"batch {day}", cause)
            programme = service.programme
            programme.after(programme.team("dataops").work("data alert", LOOK_HOURS, event), lambda: self._look(event))

    def _known(self) -> bool:
        """Say whether a known fault in the service's data is being mended, which explains whatever is odd."""
        active = self._service.programme.incidents.of(self._service.given.name)
        return any(incident.found.triggered for incident in active)

    def _look(self, event: int) -> None:
        service = self._service
        active, now = service.programme.incidents.of(service.given.name), service.programme.env.now
        for incident in active:
            incident.find("data watch")
        if not active:
            service.write(now, "false alert", "data watch", event)
            self._last_false_alert = now
        self._looking = False
