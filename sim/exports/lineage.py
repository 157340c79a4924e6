"""OpenLineage: which run of which job read and wrote which data: by night, by month and by version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import StorageError
from sim.exports.file import new_file
from sim.exports.jobs import Jobs
from sim.exports.subject import check_scenario
from sim.run import Run
from sim.scenario import Scenario

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent


def openlineage(
    run: Run, scenario: Scenario, path: str | Path | None = None, nights: range | None = None
) -> list[dict[str, Any]]:
    """Return a run as OpenLineage events.

    Every service has the jobs of `sim.exports.jobs.JOBS`. Its pipeline runs once a night. What the stages of that
    pipeline do alike every night is told month by month, as ``run.lineage`` tells it, by one run of each stage that
    begins with the month's first night and completes with its last. Every edge of ``run.lineage`` along which data
    flow is an input and an output of one run; an incident is no data, but a tag of each batch that it touched.

    A night on which nothing could be delivered fails and says why; so do a retraining that was abandoned, a release
    that was stopped, and a way back that was not taken. Work that was under way when the run ended has begun and not
    ended. What happens at one instant in the simulation has one time.

    Parameters
    ----------
    run : Run
        A run, saved or fresh.
    scenario : Scenario
        The scenario that it is a run of: its first day, and its sources' features.
    path : str or Path or None
        A file that does not exist yet; one event is written a line, by the client's own file transport.
    nights : range or None
        Nights, counted from 0, whose nightly runs are told; every night when left out.

    Returns
    -------
    list of dict
        Events of version 2-0-2 in order of time, as the client serialises them. The same run gives the same events and
        the same run identifiers.

    Raises
    ------
    ExportError
        The run is not one of the scenario.
    StorageError
        The file exists or cannot be written.
    """
    from openlineage.client.serde import Serde

    check_scenario(run, scenario)
    events = sorted(_events(run, scenario, nights), key=lambda event: event.eventTime)
    if path is not None:
        _emit(events, path)
    return [Serde.to_dict(event) for event in events]


def _emit(events: list[RunEvent], path: str | Path) -> None:
    from openlineage.client.transport.file import FileConfig, FileTransport

    with new_file(path) as part:
        part.touch()
        transport = FileTransport(FileConfig(log_file_path=str(part), append=True))
        for event in events:
            try:
                transport.emit(event)
            except RuntimeError as problem:
                raise StorageError(f"{path} could not be written: {problem}. Nothing was left behind.") from problem


def _events(run: Run, scenario: Scenario, nights: range | None) -> Iterator[RunEvent]:
    chosen = range(run.days) if nights is None else nights
    for given in scenario.services:
        jobs = Jobs(run, scenario, given)
        for day in chosen:
            if 0 <= day < run.days:
                yield from jobs.night(day)
        yield from jobs.months()
        yield from jobs.examples()
        yield from jobs.versions()
        yield from jobs.abandoned()
        yield from jobs.releases()
        yield from jobs.returns()
