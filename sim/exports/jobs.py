"""The runs of one service's jobs, as OpenLineage events."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.errors import ExportError
from sim.exports.datasets import PRODUCER, Datasets
from sim.exports.edges import WAY, Edges, last_day
from sim.exports.fates import fates
from sim.exports.subject import instant
from sim.run import Run
from sim.scenario import Scenario, Service

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent

NIGHT = 0.999
"""Time of the day at which the nightly pipeline runs, as a share of the day; the records say so (``decided_day``)."""

MONTH = "A stage of the nightly pipeline; one run tells all nights of a month. "

JOBS = {
    "pipeline": "Collects the day's records from every source, holds some back, and delivers the rest to the model. "
    "Where it runs hourly, or streams, one run tells a day.",
    "pipeline.collection": f"{MONTH}Records come from their sources.",
    "pipeline.ingestion": f"{MONTH}Records are read and joined.",
    "pipeline.validation": f"{MONTH}A gate holds some back, where there is one.",
    "pipeline.repair": f"{MONTH}Values are mended, where there is a mender.",
    "pipeline.protection": f"{MONTH}Names and values are made less telling, where people are protected.",
    "pipeline.serving": f"{MONTH}Records are delivered to the model.",
    "pipeline.decision": f"{MONTH}The versions in use score the records, and each case is decided.",
    "pipeline.archive": f"{MONTH}Records and decisions are kept, for as long as they are.",
    "pipeline.training": "Keeps, of a month's delivered records, those whose outcome is known: examples to learn from.",
    "snapshot": "Fixes the examples on which a version is trained.",
    "training": "Trains a version on a snapshot; begins with the work on it, ends when the version is trained.",
    "release": "Brings a version into use; begins when it is trained, and fails where tests or a trial stop it.",
    "roll-back": "Takes the version in use back, and brings an earlier one, or one rebuilt, into use.",
}
"""Jobs of each service, each named ``<service>.<job>``, and what they do."""


class Jobs:
    """Tells what one service's jobs did.

    Parameters
    ----------
    run : Run
        The records.
    scenario : Scenario
        Its first day.
    given : Service
        Whose jobs they are.
    """

    def __init__(self, run: Run, scenario: Scenario, given: Service) -> None:
        self.run, self.scenario, self.given = run, scenario, given
        self.edges = Edges(run, given.name)
        self.data = Datasets(run, scenario, given, self.edges)
        self.models, self.journal = (f[f["service"] == given.name] for f in (run.models, run.journal))
        self._months = self.edges.months
        self._day_of = dict(zip(run.journal["event_id"], run.journal["day"], strict=True))
        self._waits = self._nights_without_delivery()
        self._facets: dict[str, dict[str, Any]] = {}

    def night(self, day: int) -> Iterator[RunEvent]:
        """Tell the pipeline's run of a night."""
        now, name = day + NIGHT, f"{self.given.name}/batch/{day}"
        sources = [self.data.source(s.name, day) for s in self.given.sources]
        batch = [self.data.written("batch", name)] if self.edges.into("batch", name) else []
        yield self._event("START", "pipeline", str(day), now)
        if day in self._waits:
            yield self._event("FAIL", "pipeline", str(day), now, sources, batch, error=self._waits[day])
            return
        month = max((m for m in self._months if m <= day), default=0)
        held = self.data.quarantine(day)
        written = [self.data.delivered(month, day), *batch, *([held] if held is not None else [])]
        yield self._event("COMPLETE", "pipeline", str(day), now, sources, written)

    def months(self) -> Iterator[RunEvent]:
        """Tell the stages of each month."""
        for month, end in zip(self._months, [*self._months[1:], self.run.days], strict=True):
            for stage in WAY:
                name = f"{self.given.name}/{stage}/{month}"
                read = [self.data.read(*node) for node in self.edges.into(stage, name)]
                yield self._event("START", f"pipeline.{stage}", str(month), month + NIGHT)
                done = end - 1 + NIGHT
                yield self._event(
                    "COMPLETE", f"pipeline.{stage}", str(month), done, read, [self.data.written(stage, name)]
                )

    def examples(self) -> Iterator[RunEvent]:
        """Tell each time at which a month's records became examples, or its outcomes were found to be touched."""
        for name, day in self.edges.kept_for_training:
            read = [self.data.read(*node) for node in self.edges.into("training", name, day)]
            key = f"{last_day(name)} at {day}"
            yield self._event("START", "pipeline.training", key, day)
            yield self._event("COMPLETE", "pipeline.training", key, day, read, [self.data.written("training", name)])

    def versions(self) -> Iterator[RunEvent]:
        """Tell, for each version, how its snapshot was taken and how it was trained."""
        for model in self.models.itertuples(index=False):
            number, trained = str(model.version), float(model.trained_day)
            read = [
                self.data.examples(node[1], trained) for node in self.edges.into("snapshot", model.snapshot, trained)
            ]
            yield self._event("START", "snapshot", number, trained)
            yield self._event(
                "COMPLETE", "snapshot", number, trained, read, [self.data.snapshot(model.snapshot, int(model.rows))]
            )
            learnt = self.edges.into("model", f"{self.given.name}/{number}", trained)
            yield self._event("START", "training", number, float(model.started_day))
            yield self._event(
                "COMPLETE",
                "training",
                number,
                trained,
                [self.data.read(*node) for node in learnt],
                [self.data.model(number)],
            )

    def abandoned(self) -> Iterator[RunEvent]:
        """Tell the retrainings that came to nothing, or had not ended when the run did."""
        end_of = self._ends("trained", "retraining abandoned")
        for begun in self.journal[self.journal["kind"] == "retraining"].itertuples(index=False):
            end = end_of.get(begun.event_id)
            if end is not None and end.kind == "trained":
                continue
            key = f"event {begun.event_id}"
            yield self._event("START", "training", key, begun.day)
            if end is not None:
                yield self._event("FAIL", "training", key, end.day, error=f"Retraining abandoned: {end.detail}.")

    def releases(self) -> Iterator[RunEvent]:
        """Tell how each version came into use, or why it did not."""
        trained = dict(zip(self.models["version"], self.models["trained_day"], strict=True))
        released = self.journal[self.journal["kind"] == "released"]
        again = released["subject"].duplicated()
        for row, later in zip(released.itertuples(index=False), again, strict=True):
            key = f"event {row.event_id}"
            yield self._event("START", "release", key, self._day_of[row.cause] if later else trained[row.subject])
            yield self._into_use("release", key, row.day, row.subject)
        rebuilt = self.models["version"][self.models["reason"] == "rebuilt"]
        for version, fate in fates(self.run, self.given.name).items():
            if version in set(released["subject"]) | set(rebuilt):
                continue
            yield self._event("START", "release", version, trained[version])
            if fate.why:
                read = [self.data.read("model", f"{self.given.name}/{version}")]
                yield self._event("FAIL", "release", version, fate.stopped_day, read, error=f"{version}: {fate.why}.")

    def returns(self) -> Iterator[RunEvent]:
        """Tell each return to an earlier version, or to one rebuilt."""
        end_of = self._ends("rolled back", "roll-back abandoned")
        for begun in self.journal[self.journal["kind"] == "roll-back began"].itertuples(index=False):
            key, end = f"event {begun.event_id}", end_of.get(begun.event_id)
            yield self._event("START", "roll-back", key, begun.day)
            if end is not None and end.kind == "rolled back":
                yield self._into_use("roll-back", key, end.day, end.detail.removeprefix("to "))
            elif end is not None:
                why = f"Roll-back of {begun.subject} abandoned: nothing to go back to, or it was in use no more."
                yield self._event("FAIL", "roll-back", key, end.day, error=why)

    def _into_use(self, job: str, key: str, day: float, version: str) -> RunEvent:
        model = self.data.read("model", f"{self.given.name}/{version}")
        return self._event("COMPLETE", job, key, day, [model], [self.data.in_use(version)])

    def _ends(self, *kinds: str) -> dict[int, Any]:
        """Return, by the event that caused them, the journal's events of some kinds."""
        rows = self.journal[self.journal["kind"].isin(kinds) & self.journal["cause"].notna()]
        return {int(row.cause): row for row in rows.itertuples(index=False)}

    def _nights_without_delivery(self) -> dict[int, str]:
        """Say of each night on which nothing was delivered why: a run that failed, or an incident in the data."""
        waits: dict[int, str] = {}
        repaired = self._ends("run repaired")
        for failed in self.journal[self.journal["kind"] == "run failed"].itertuples(index=False):
            first, end = int(failed.day), repaired.get(failed.event_id)
            last = self.run.days if end is None else min(math.ceil(end.day - NIGHT), self.run.days)
            waits[first] = f"No records were delivered: the run failed {failed.detail}."
            for day in range(first + 1, last):
                waits[day] = f"No records were delivered: the run that failed on night {first} was not repaired yet."
        told = self.run.incidents.set_index("incident_id")[["kind", "subject"]]
        for row in self.journal[self.journal["kind"] == "records wait"].itertuples(index=False):
            kind, subject = told.loc[row.subject]
            waits[int(row.day)] = f"No records were delivered: {kind.replace('_', ' ')} of {subject} ({row.subject})."
        return waits

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
        if not math.isfinite(day):
            raise ExportError(f"The records give no time for {state} of {name}, {key}; save the run again.")
        moment = _stamp(self.scenario, day)
        about: dict[str, Any] = {}
        if job == "pipeline":
            about["nominalTime"] = facets.nominal_time_run.NominalTimeRunFacet(moment, producer=PRODUCER)
        if error:
            about["errorMessage"] = facets.error_message_run.ErrorMessageRunFacet(error, "PYTHON", producer=PRODUCER)
        if job not in self._facets:
            kind = facets.job_type_job.JobTypeJobFacet("BATCH", "TRINITY", "JOB", producer=PRODUCER)
            words = facets.documentation_job.DocumentationJobFacet(JOBS[job], producer=PRODUCER)
            self._facets[job] = {"jobType": kind, "documentation": words}
        return events.RunEvent(
            eventType=events.RunState[state],
            eventTime=moment,
            run=events.Run(str(run_id(self.run, name, key)), about),
            job=events.Job(self.scenario.name, name, self._facets[job]),
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
        Which of its runs: the night, the month, the version, or the journal's event.

    Returns
    -------
    UUID
        Of version 5, in the namespace of URLs.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{PRODUCER}/{run.scenario}/{run.seed}/{job}/{key}")


def _stamp(scenario: Scenario, day: float) -> str:
    return instant(scenario, day).isoformat(timespec="milliseconds").replace("+00:00", "Z")
