"""The datasets of a service as OpenLineage knows them, each with what the records say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.exports.source import about, source_of
from sim.run import Run
from sim.scenario import Scenario, Service
from sim.scenario.targets import TARGETS

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import InputDatasetFacet

PRODUCER = "urn:trinity-programme:sim.exports"
"""What every event and facet names as its maker."""


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
    """

    def __init__(self, run: Run, scenario: Scenario, given: Service) -> None:
        self._scenario, self._given = scenario, given
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
        self._schemas: dict[str, Any] = {}

    def model_name(self, version: str) -> str:
        """Return the name of a version's dataset."""
        return f"{self._given.name}/models/{version}"

    def source(self, name: str, night: int | None) -> InputDataset:
        """Return a source, with its schema and owner and, for a night, how many of its records passed each dimension.

        The quality is that of all that was delivered from the source that night, whichever service read it.
        """
        from openlineage.client import facet_v2 as facets

        source = source_of(self._given, name)
        owner = facets.ownership_dataset.Owner(f"team:{source.owner}", "OWNER")
        known: dict[str, Any] = {
            "schema": self._schema(name),
            "ownership": facets.ownership_dataset.OwnershipDatasetFacet([owner], producer=PRODUCER),
        }
        measured = self._quality.get((night, name), []) if night is not None else []
        checks: dict[str, InputDatasetFacet] = {}
        if measured:
            rows = facets.input_statistics_input_dataset.InputStatisticsInputDatasetFacet
            checks["inputStatistics"] = rows(rowCount=max(r for _, r, _ in measured), producer=PRODUCER)
            checks["dataQualityAssertions"] = self._assertions(name, measured)
        return self.read(f"sources/{name}", known, checks)

    def examples(self, trained: float) -> InputDataset:
        """Return the delivered cases that a training could draw on, measured on those recorded one by one."""
        from openlineage.client import facet_v2 as facets

        first = trained - self._given.training.window_days
        decided, known = self._examples["decided_day"], self._examples["known_day"]
        rows = self._examples[(decided >= first) & (known <= trained)]
        metrics = facets.data_quality_metrics_input_dataset
        columns = {name: _metrics(rows[name]) for name in self._given.feature_names} if len(rows) else {}
        facet = metrics.DataQualityMetricsInputDatasetFacet(
            columnMetrics={name: metrics.ColumnMetrics(**values) for name, values in columns.items()},
            rowCount=len(rows),
            producer=PRODUCER,
        )
        return self.read(f"{self._given.name}/cases", {"schema": self._schema("")}, {"dataQualityMetrics": facet})

    def cases(self, night: int) -> OutputDataset:
        """Return the delivered cases, with the number of a night's rows."""
        measured = self._quality.get((night, self._given.sources[0].name), [])
        rows = max((r for _, r, _ in measured), default=0)
        return self._write(f"{self._given.name}/cases", rows, {"schema": self._schema("")})

    def quarantine(self, night: int) -> OutputDataset | None:
        """Return what a night's gate held back, or None if it held nothing."""
        held = self._held.get(night, 0)
        return self._write(f"{self._given.name}/quarantine", held, {"schema": self._schema("")}) if held else None

    def snapshot(self, name: str, rows: int) -> OutputDataset:
        """Return a snapshot of training examples."""
        return self._write(f"{self._given.name}/snapshots/{name}", rows, {"version": _version(name)})

    def model(self, version: str) -> OutputDataset:
        """Return a trained version as a dataset."""
        return self._write(self.model_name(version), None, {"version": _version(version)})

    def serving(self, version: str) -> OutputDataset:
        """Return the model in use, whose version a release changes."""
        return self._write(f"{self._given.name}/serving", None, {"version": _version(version)})

    def read(
        self, name: str, known: dict[str, Any] | None = None, checks: dict[str, InputDatasetFacet] | None = None
    ) -> InputDataset:
        """Return a dataset as something read."""
        from openlineage.client.event_v2 import InputDataset

        return InputDataset(self._namespace, name, checks or {}, facets=known or {})

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


def _metrics(column: pd.Series) -> dict[str, Any]:
    there = column.dropna()
    counts = {"nullCount": int(column.isna().sum()), "distinctCount": int(there.nunique()), "count": float(len(there))}
    if not len(there):
        return counts
    return counts | {"sum": float(there.sum()), "min": float(there.min()), "max": float(there.max())}
