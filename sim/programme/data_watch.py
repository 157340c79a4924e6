"""The watch over a service's data: profile each batch, ask whether to look, and have a person look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

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
        self._figures = np.empty((2 * len(FIGURES), len(features)))
        self._frame = self._frame_on(self._figures)
        self._looking = False
        self._last_false_alert = -np.inf

    def _frame_on(self, figures: np.ndarray) -> pd.DataFrame:
        """Return the frame that shows whatever the figures are; a copy of it is handed out each night."""
        service = self._service
        names = [*FIGURES, *(f"usual_{name}" for name in FIGURES)]
        index = columns_of(service.names).rename("feature")
        frame = pd.DataFrame(figures.T, index=index, columns=columns_of(names), copy=False)
        frame.insert(0, "source", columns_of(f.source for f in service.given.features).array)
        frame.columns = columns_of(["source", *names])
        return frame

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
        self._figures[: len(FIGURES)], self._figures[len(FIGURES) :] = figures, self._usual.before(day)
        self._usual.see(day, figures)
        frame = self._frame.copy()
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
