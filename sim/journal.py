"""What happened: an append-only list of events, each with the event that caused it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from sim.table import typed

COLUMNS = ("event_id", "day", "kind", "service", "subject", "cause", "detail")


@dataclass
class Journal:
    """Append-only record of events. An event's number is its place in the journal."""

    _rows: list[tuple[int, float, str, str, str, int | None, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._rows)

    def write(
        self, day: float, kind: str, service: str = "", subject: str = "", cause: int | None = None, detail: str = ""
    ) -> int:
        """Append an event and return its number.

        Parameters
        ----------
        day : float
            When, in days from the start.
        kind : str
            What sort of event, in the imperative past: ``"released"``, ``"alarm"``.
        service, subject : str
            Which service, and what thing, it concerns; empty when it concerns the whole programme.
        cause : int or None
            The event that led to this one; it must have been written already.
        detail : str
            In words, for a person.

        Returns
        -------
        int
            The event's number.

        Raises
        ------
        ValueError
            If the cause has not happened yet: effects do not come before causes.
        """
        event = len(self._rows)
        if cause is not None and not 0 <= cause < event:
            raise ValueError(f"event {event} names cause {cause}, which has not happened")
        self._rows.append((event, float(day), kind, service, subject, cause, detail))
        return event

    def service_of(self, event: int) -> str:
        """Return the service that an event concerns; empty when it concerns the whole programme."""
        return self._rows[event][3]

    def of(self, service: str) -> list[tuple[str, str]]:
        """Return kind and subject of each event that concerns a service, in order."""
        return [(kind, subject) for _, _, kind, owner, subject, *_ in self._rows if owner == service]

    def frame(self, first: float = -math.inf) -> pd.DataFrame:
        """Return the journal from a day on as a tidy frame, one row per event, in order."""
        return typed([row for row in self._rows if row[1] >= first], dict(zip(COLUMNS, _DTYPES, strict=True)))


_DTYPES = ("int64", "float64", "str", "str", "str", "Int64", "str")
