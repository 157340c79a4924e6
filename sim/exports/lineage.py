"""OpenLineage: which run of which job read and wrote which data, night by night and version by version."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.errors import ExportError, StorageError
from sim.exports.datasets import PRODUCER, Datasets
from sim.exports.file import new_file
from sim.exports.subject import check_scenario, instant
from sim.run import Run
from sim.scenario import Scenario, Service

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent

NIGHT = 0.999
"""Time of the day at which the nightly pipeline runs, as a share of the day; the records say so (``decided_day``)."""

JOBS = {
    "pipeline": "Collects the day's records from every source, holds some back, and delivers the rest to the model.",
    "snapshot": "Fixes the examples on which a version is trained.",
    "training": "Trains a version on a snapshot; begins with the work on it, ends when the version is trained.",
    "release": "Brings a version into use.",
}
"""Jobs of each service, each named ``<service>.<job>``, and what they do."""


def openlineage(
    run: Run, scenario: Scenario, path: str | Path | None = None, nights: range | None = None
) -> list[dict[str, Any]]:
    """Return a run as OpenLineage events.

    Every service has four jobs, `JOBS`. A night on which an outage stopped the pipeline fails; a retraining that was
    abandoned for want of examples fails; work that was under way when the run ended has begun and not ended. A
    snapshot is made from every source and from the cases delivered. What happens at one instant in the simulation has
    one time.

    Parameters
    ----------
    run : Run
        A run, saved or fresh.
    scenario : Scenario
        The scenario that it is a run of: its first day, and its sources' features.
    path : str or Path or None
        A file that does not exist yet; one event is written a line, by the client's own file transport.
    nights : range or None
        Nights, counted from 0, whose pipeline runs are told; every night when left out.

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
        job = _Jobs(run, scenario, given)
        for day in chosen:
            if 0 <= day < run.days:
                yield from job.night(day)
        yield from job.versions()
        yield from job.abandoned()
        yield from job.releases()


class _Jobs:
    """The runs of one service's jobs."""

    def __init__(self, run: Run, scenario: Scenario, given: Service) -> None:
        self.run, self.scenario, self.given = run, scenario, given
        self.data = Datasets(run, scenario, given)
        self.journal = _of(run.journal, given.name)
        self.day_of = dict(zip(run.journal["event_id"], run.journal["day"], strict=True))
        incidents = _of(run.incidents, given.name)
        self.outages = incidents[incidents["kind"] == "outage"]

    def night(self, day: int) -> Iterator[RunEvent]:
        """Tell the pipeline's run of a night."""
        now = day + NIGHT
        down = self.outages[(self.outages["began_day"] <= now) & ~(self.outages["fixed_day"] <= now)]
        sources = [self.data.source(s.name, day) for s in self.given.sources]
        yield self._event("START", "pipeline", str(day), now)
        if len(down):
            feeds = ", ".join(dict.fromkeys(down["subject"]))
            stopped = f"No records were delivered: outage of {feeds} ({', '.join(down['incident_id'])})."
            yield self._event("FAIL", "pipeline", str(day), now, sources, error=stopped)
            return
        written = [self.data.cases(day)]
        held = self.data.quarantine(day)
        yield self._event("COMPLETE", "pipeline", str(day), now, sources, written if held is None else [*written, held])

    def versions(self) -> Iterator[RunEvent]:
        """Tell, for each version, how its snapshot was taken and how it was trained."""
        for model in _of(self.run.models, self.given.name).itertuples(index=False):
            number, trained = str(model.version), float(model.trained_day)
            snapshot = self.data.snapshot(model.snapshot, int(model.rows))
            read = [self.data.source(source.name, None) for source in self.given.sources]
            if model.reason != "pilot":
                read.append(self.data.examples(trained))
            yield self._event("START", "snapshot", number, trained)
            yield self._event("COMPLETE", "snapshot", number, trained, read, [snapshot])
            edges = self._into(f"{self.given.name}/{number}", "model", trained)
            yield self._event("START", "training", number, float(model.started_day))
            yield self._event(
                "COMPLETE",
                "training",
                number,
                trained,
                [self.data.read(f"{self.given.name}/snapshots/{name}") for name in edges],
                [self.data.model(number)],
            )

    def abandoned(self) -> Iterator[RunEvent]:
        """Tell the retrainings that came to nothing, or had not ended when the run did."""
        ends = self.journal[self.journal["kind"].isin(["trained", "retraining abandoned"])]
        end_of = {row.cause: row for row in ends.itertuples(index=False) if not pd.isna(row.cause)}
        for begun in self.journal[self.journal["kind"] == "retraining"].itertuples(index=False):
            end = end_of.get(begun.event_id)
            if end is not None and end.kind == "trained":
                continue
            key = f"event {begun.event_id}"
            yield self._event("START", "training", key, begun.day)
            if end is not None:
                yield self._event("FAIL", "training", key, end.day, error=f"Retraining abandoned: {end.detail}.")

    def releases(self) -> Iterator[RunEvent]:
        """Tell each release, from the version's training to its coming into use."""
        for released in self.journal[self.journal["kind"] == "released"].itertuples(index=False):
            key, trained = f"event {released.event_id}", self.day_of.get(released.cause, released.day)
            yield self._event("START", "release", key, trained)
            model = self.data.read(self.data.model_name(released.subject))
            yield self._event("COMPLETE", "release", key, released.day, [model], [self.data.serving(released.subject)])

    def _into(self, name: str, kind: str, day: float) -> list[str]:
        """Return where the edges into a snapshot or a model come from."""
        edges = self.run.lineage
        here = (edges["to_id"] == name) & (edges["to_kind"] == kind) & (edges["day"] == day)
        return list(edges["from_id"][here])

    def _event(
        self,
        state: str,
        job: str,
        key: str,
        day: float,
        inputs: list[InputDataset] | None = None,
        outputs: list[OutputDataset] | None = None,
        error: str = "",
    ) -> RunEvent:
        from openlineage.client import event_v2 as events
        from openlineage.client import facet_v2 as facets

        name = f"{self.given.name}.{job}"
        about: dict[str, Any] = {}
        if job == "pipeline":
            moment = _stamp(self.scenario, day)
            about["nominalTime"] = facets.nominal_time_run.NominalTimeRunFacet(moment, producer=PRODUCER)
        if error:
            about["errorMessage"] = facets.error_message_run.ErrorMessageRunFacet(error, "PYTHON", producer=PRODUCER)
        if not math.isfinite(day):
            raise ExportError(f"The records give no time for {state} of {name}, {key}; save the run again.")
        kind = facets.job_type_job.JobTypeJobFacet("BATCH", "TRINITY", "JOB", producer=PRODUCER)
        words = facets.documentation_job.DocumentationJobFacet(JOBS[job], producer=PRODUCER)
        return events.RunEvent(
            eventType=events.RunState[state],
            eventTime=_stamp(self.scenario, day),
            run=events.Run(str(run_id(self.run, name, key)), about),
            job=events.Job(self.scenario.name, name, {"jobType": kind, "documentation": words}),
            inputs=inputs or [],
            outputs=outputs or [],
            producer=PRODUCER,
        )


def run_id(run: Run, job: str, key: str) -> uuid.UUID:
    """Return the identifier of a job's run: the same for the same scenario, seed, job and key.

    Parameters
    ----------
    run : Run
        Gives scenario and seed.
    job : str
        For instance ``"claims-triage.pipeline"``.
    key : str
        Which of its runs: the night, the version, or the journal's event.

    Returns
    -------
    UUID
        Of version 5, in the namespace of URLs.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{PRODUCER}/{run.scenario}/{run.seed}/{job}/{key}")


def _of(frame: pd.DataFrame, service: str) -> pd.DataFrame:
    return frame[frame["service"] == service]


def _stamp(scenario: Scenario, day: float) -> str:
    return instant(scenario, day).isoformat(timespec="milliseconds").replace("+00:00", "Z")
