"""The datasets of a service as OpenLineage knows them, each with what the records say of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.exports.edges import Edges, last_day
from sim.exports.source import about, source_of
from sim.run import Run
from sim.scenario import Scenario, Service
from sim.scenario.targets import TARGETS

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import InputDatasetFacet

PRODUCER = "urn:trinity-programme:sim.exports"
"""What every event and facet names as its maker."""

_RECORDS = ("collection", "ingestion", "validation", "repair", "protection", "serving", "training", "batch")
"""Kinds of node that hold records with every column of the service."""


class Datasets:
    """Names and facets of one service's data.

    Parameters
    ----------
    run : Run
        The records.
    scenario : Scenario
        Its first day, targets and features.
    given : Service
        Whose data it is.
    edges : Edges
        Its lineage.
    """

    def __init__(self, run: Run, scenario: Scenario, given: Service, edges: Edges) -> None:
        self._scenario, self._given, self._edges = scenario, given, edges
        self._namespace = f"trinity://{scenario.name}"
        quality = run.quality.groupby(["day", "source", "dimension"], sort=False)[["rows", "failed"]].sum()
        self._quality: dict[tuple[int, str], list[tuple[str, int, int]]] = {}
        for (day, source, dimension), rows, failed in zip(
            quality.index, quality["rows"], quality["failed"], strict=True
        ):
            self._quality.setdefault((int(day), source), []).append((dimension, int(rows), int(failed)))
        self._target = float({**TARGETS, **run.targets}["data_quality"])
        self._held = _held(run, given.name)
        self._examples = _examples(run, given)
        self._months = edges.months
        self._known: dict[str, dict[str, Any]] = {}
        self._schemas: dict[str, Any] = {}
        others = {s.name for service in scenario.services if service.name != given.name for s in service.sources}
        self._counted = next((s.name for s in given.sources if s.name not in others), "")

    def name(self, kind: str, node: str) -> str:
        """Return the dataset's name of a node of ``run.lineage``."""
        if kind == "source":
            return f"sources/{node}"
        if kind == "snapshot":
            return f"{self._given.name}/snapshots/{node}"
        if kind == "model":
            return f"{self._given.name}/models/{node.rpartition('/')[2]}"
        return node

    def source(self, name: str, night: int) -> InputDataset:
        """Return a source, with its schema and owner, and how many of a night's records passed each dimension.

        The quality is that of all that was delivered from the source that night, whichever service read it.
        """
        from openlineage.client import facet_v2 as facets

        measured = self._quality.get((night, name), [])
        checks: dict[str, InputDatasetFacet] = {}
        if measured:
            rows = facets.input_statistics_input_dataset.InputStatisticsInputDatasetFacet
            checks["inputStatistics"] = rows(rowCount=max(r for _, r, _ in measured), producer=PRODUCER)
            checks["dataQualityAssertions"] = self._assertions(name, measured)
        return self._read("source", name, checks)

    def examples(self, name: str, trained: float) -> InputDataset:
        """Return a month's examples as a training found them, measured on those recorded one by one."""
        from openlineage.client import facet_v2 as facets

        month = last_day(name)
        if month < 0:
            return self.read("training", name)
        first = max(trained - self._given.training.window_days, month)
        end = next((m for m in self._months if m > month), math.inf)
        decided, known = self._examples["decided_day"], self._examples["known_day"]
        rows = self._examples[(decided >= first) & (decided < end) & (known <= trained)]
        metrics = facets.data_quality_metrics_input_dataset
        columns = {c: _metrics(rows[c].to_numpy()) for c in self._given.feature_names} if len(rows) else {}
        facet = metrics.DataQualityMetricsInputDatasetFacet(
            columnMetrics={c: metrics.ColumnMetrics(**values) for c, values in columns.items()},
            rowCount=len(rows),
            producer=PRODUCER,
        )
        return self._read("training", name, {"dataQualityMetrics": facet})

    def delivered(self, month: int, night: int) -> OutputDataset:
        """Return a month's delivered records, with the number of a night's where some source is the service's alone."""
        name = f"{self._given.name}/serving/{month}"
        measured = self._quality.get((night, self._counted), [])
        rows = max((r for _, r, _ in measured), default=0) if self._counted else None
        return self._write(name, rows, self._about("serving", name))

    def quarantine(self, night: int) -> OutputDataset | None:
        """Return what a night's gate held back, or None if it held nothing."""
        held = self._held.get(night, 0)
        return self._write(f"{self._given.name}/quarantine", held, {"schema": self._schema("")}) if held else None

    def snapshot(self, name: str, rows: int) -> OutputDataset:
        """Return a snapshot of training examples."""
        return self._write(f"{self._given.name}/snapshots/{name}", rows, {"version": _version(name)})

    def model(self, version: str) -> OutputDataset:
        """Return a trained version as a dataset."""
        return self._write(f"{self._given.name}/models/{version}", None, {"version": _version(version)})

    def in_use(self, version: str) -> OutputDataset:
        """Return the model in use, whose version a release or a return changes."""
        return self._write(f"{self._given.name}/in-use", None, {"version": _version(version)})

    def read(self, kind: str, node: str) -> InputDataset:
        """Return a node of ``run.lineage`` as something read."""
        return self._read(kind, node, {})

    def written(self, kind: str, node: str) -> OutputDataset:
        """Return a node of ``run.lineage`` as something written."""
        return self._write(self.name(kind, node), None, self._about(kind, node))

    def _read(self, kind: str, node: str, checks: dict[str, InputDatasetFacet]) -> InputDataset:
        from openlineage.client.event_v2 import InputDataset

        return InputDataset(self._namespace, self.name(kind, node), checks, facets=self._about(kind, node))

    def _about(self, kind: str, node: str) -> dict[str, Any]:
        """Return what is always said of a node: its columns, a source's owner, the incidents that touched a batch."""
        from openlineage.client import facet_v2 as facets

        if node in self._known:
            return self._known[node]
        known: dict[str, Any] = {}
        if kind == "source":
            owner = facets.ownership_dataset.Owner(f"team:{source_of(self._given, node).terms.owner}", "OWNER")
            known["schema"] = self._schema(node)
            known["ownership"] = facets.ownership_dataset.OwnershipDatasetFacet([owner], producer=PRODUCER)
        elif kind in _RECORDS:
            known["schema"] = self._schema("")
        touched = self._edges.incidents(node)
        if touched:
            tag = facets.tags_dataset.TagsDatasetFacetFields
            tags = [tag(key="incident", value=incident, source="TRINITY") for incident in touched]
            known["tags"] = facets.tags_dataset.TagsDatasetFacet(tags, producer=PRODUCER)
        self._known[node] = known
        return known

    def _write(self, name: str, rows: int | None, known: dict[str, Any]) -> OutputDataset:
        from openlineage.client import facet_v2 as facets
        from openlineage.client.event_v2 import OutputDataset

        count = facets.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet
        written = {} if rows is None else {"outputStatistics": count(rowCount=rows, producer=PRODUCER)}
        return OutputDataset(self._namespace, name, written, facets=known)

    def _schema(self, feed: str) -> Any:
        """Return the columns of one feed, or of all together under the empty name."""
        from openlineage.client.facet_v2 import schema_dataset

        if feed not in self._schemas:
            field = schema_dataset.SchemaDatasetFacetFields
            fields = [field("case_id", "int64", "Number of the case.")]
            fields += [field(f.name, "double", about(f)) for f in self._given.features if not feed or f.source == feed]
            self._schemas[feed] = schema_dataset.SchemaDatasetFacet(fields, producer=PRODUCER)
        return self._schemas[feed]

    def _assertions(self, source: str, measured: list[tuple[str, int, int]]) -> InputDatasetFacet:
        from openlineage.client.facet_v2 import data_quality_assertions_dataset as facets

        assertions = [
            facets.Assertion(
                assertion=dimension,
                success=bool(1 - failed / rows >= self._target),
                severity="warn",
                name=f"{source}.{dimension}",
                description=f"Share of delivered records that pass in {dimension}.",
                expected=f">= {self._target:g}",
                actual=f"{1 - failed / rows:.6f}",
                params={"rows": rows, "failed": failed},
            )
            for dimension, rows, failed in measured
        ]
        return facets.DataQualityAssertionsDatasetFacet(assertions, producer=PRODUCER)


def _version(name: str) -> Any:
    from openlineage.client.facet_v2 import dataset_version_dataset

    return dataset_version_dataset.DatasetVersionDatasetFacet(name, producer=PRODUCER)


def _held(run: Run, service: str) -> dict[int, int]:
    """Records held back by night, from the journal's ``"5 of 364 records"``."""
    journal = run.journal
    rows = journal[(journal["kind"] == "quarantined") & (journal["service"] == service)]
    return {int(day): int(detail.split(" ")[0]) for day, detail in zip(rows["day"], rows["detail"], strict=True)}


def _examples(run: Run, given: Service) -> pd.DataFrame:
    """Recorded cases of a service with the times of their decision and of their outcome."""
    names = list(given.feature_names)
    cases = run.cases.loc[run.cases["service"] == given.name, ["case_id", *names]]
    times = run.decisions.loc[run.decisions["service"] == given.name, ["case_id", "decided_day", "known_day"]]
    return cases.merge(times, on="case_id")


def _metrics(column: np.ndarray) -> dict[str, Any]:
    there = column[~np.isnan(column)]
    missing = len(column) - len(there)
    counts = {"nullCount": missing, "distinctCount": len(np.unique(there)), "count": float(len(there))}
    if not len(there):
        return counts
    return counts | {"sum": float(there.sum()), "min": float(there.min()), "max": float(there.max())}
