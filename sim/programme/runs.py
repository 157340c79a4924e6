"""The pipeline's runs: they fail at random, are tried again, and at last somebody repairs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.data.pipeline import NIGHTLY

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay


class Runs:
    """Whether tonight's run gets through.

    Parameters
    ----------
    service : ServiceDay
        Whose pipeline it is. When its runs fail is the world's: one draw for each night and each try.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service, given = service, service.given
        ingestion, days = given.ingestion, service.programme.calendar.days
        u = service.programme.streams.uniforms(f"{given.name}/runs", days, 1 + ingestion.retries)
        fails = u < ingestion.retry_fail_share
        fails[:, 0] = u[:, 0] < ingestion.fail_share
        self._fails = fails
        self._broken = False

    def tries(self, day: int) -> int:
        """Return how often tonight's batch is run until it gets through; 0 if it does not and has to wait.

        A failure that every retry has met too is repaired by a person, and batches wait until that is done.
        """
        if self._broken:
            return 0
        fails = self._fails[day]
        if not fails[0]:
            return 1
        for tried in range(1, len(fails)):
            if not fails[tried]:
                return tried + 1
        service, self._broken = self._service, True
        event = service.write(day + NIGHTLY, "run failed", f"batch {day}", None, f"after {len(fails)} tries")
        hours = service.given.ingestion.repair_hours
        work = service.programme.team("dataops").work("repair run", hours, event, urgent=True)
        service.programme.after(work, lambda: self._repaired(event))
        return 0

    def _repaired(self, event: int) -> None:
        self._broken = False
        self._service.write(self._service.programme.env.now, "run repaired", "", event)
