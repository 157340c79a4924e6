"""MLflow: every version of every model as a tracked run and a registered version."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.errors import ExportError, StorageError
from sim.run import Run

EXTRA = "mlflow"
"""The optional extra that brings the library."""

CHAMPION = "champion"
"""Alias of the version in use."""

_SCHEME = "sqlite:///"
_DAY_MS = 86_400_000
_ABOUT = (
    "version",
    "service",
    "started_day",
    "trained_day",
    "released_day",
    "retired_day",
    "rows",
    "snapshot",
    "reason",
)


def mlflow(run: Run, uri: str) -> dict[str, list[str]]:
    """Write a run's model versions to an MLflow tracking store and model registry.

    Each service has an experiment ``<scenario>/<service>`` and a registered model of its own name. Each version is one
    MLflow run, with its metrics (the numbers of ``run.models``), parameters (rows, seed), tags (snapshot, service,
    reason, version, days) and times, and one registered version, counted from 1 as MLflow does: ``v0`` is version 1.
    The alias `CHAMPION` names the one in use when the run ended.

    Parameters
    ----------
    run : Run
        A run of at least one day; its bill tells on which date it began.
    uri : str
        ``sqlite:///`` and a path; folder and database are made if there are none. Nothing is sent elsewhere.

    Returns
    -------
    dict of str to list of str
        By service, the MLflow run identifiers in order of version.

    Raises
    ------
    ExportError
        MLflow is not installed, the address is of another kind, no day has passed, or the registry already holds a
        model of a service's name.
    StorageError
        The folder of the database cannot be made.
    """
    if not uri.startswith(_SCHEME) or uri == _SCHEME:
        raise ExportError(
            f"uri is {uri!r}, but MLflow's records are kept in a SQLite file: {_SCHEME} and a path, for instance "
            f"'{_SCHEME}mlflow.db'."
        )
    midnight = _midnight_ms(run)
    library = _library()
    folder = Path(uri.removeprefix(_SCHEME)).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StorageError(f"{folder} cannot be made: {(problem.strerror or str(problem)).lower()}.") from problem
    with _quietly():
        client = library.MlflowClient(tracking_uri=uri, registry_uri=uri)
        services = list(dict.fromkeys(run.models["service"]))
        held = {model.name for model in client.search_registered_models()}
        for service in services:
            if service in held:
                raise ExportError(
                    f"The registry at {uri} already holds a model named {service!r}, and an export never overwrites. "
                    "Give another file."
                )
        artifacts = f"{folder.as_uri()}/artifacts"
        return {service: _service(library, client, run, service, midnight, artifacts) for service in services}


def _service(library: ModuleType, client: Any, run: Run, service: str, midnight: int, artifacts: str) -> list[str]:
    name = f"{run.scenario}/{service}"
    known = client.get_experiment_by_name(name)
    experiment = known.experiment_id if known else client.create_experiment(name, artifact_location=artifacts)
    client.create_registered_model(service, description=f"The model of {service}, in scenario {run.scenario}.")
    identifiers = []
    for row in run.models[run.models["service"] == service].to_dict("records"):
        tracked = _track(library, client, run, experiment, row, midnight)
        identifiers.append(tracked)
        version = client.create_model_version(
            service,
            source=f"trinity:{service}/{row['version']}",
            run_id=tracked,
            tags={"version": row["version"], "snapshot": row["snapshot"], "reason": row["reason"]},
        )
        if math.isfinite(row["released_day"]) and not math.isfinite(row["retired_day"]):
            client.set_registered_model_alias(service, CHAMPION, version.version)
    return identifiers


def _track(library: ModuleType, client: Any, run: Run, experiment: str, row: dict[str, Any], midnight: int) -> str:
    """Write one version as an MLflow run and return its identifier."""
    begun, ended = (midnight + round(row[day] * _DAY_MS) for day in ("started_day", "trained_day"))
    days = {c: f"{row[c]:g}" for c in _ABOUT if c.endswith("_day") and math.isfinite(row[c])}
    tags = {c: str(row[c]) for c in ("service", "version", "snapshot", "reason")} | days
    made = client.create_run(experiment, start_time=begun, tags=tags, run_name=f"{row['service']}/{row['version']}")
    identifier = made.info.run_id
    entities = library.entities
    numbers = {c: row[c] for c in row if c not in _ABOUT and isinstance(row[c], int | float) and math.isfinite(row[c])}
    client.log_batch(
        identifier,
        metrics=[entities.Metric(c, float(value), ended, 0) for c, value in numbers.items()],
        params=[entities.Param("rows", str(int(row["rows"]))), entities.Param("seed", str(run.seed))],
    )
    client.set_terminated(identifier, "FINISHED", end_time=ended)
    return identifier


def _midnight_ms(run: Run) -> int:
    """Return the first midnight of the run in milliseconds since 1970, as its bill tells it."""
    if not len(run.billing):
        raise ExportError("The run has no bill, so no day of it has passed and its dates are not known. Run a quarter.")
    first = run.billing.iloc[0]
    date = datetime.fromisoformat(first["ChargePeriodStart"])
    return round(date.timestamp() * 1000) - int(first["x_Day"]) * _DAY_MS


def _library() -> ModuleType:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        import mlflow as library
    except ModuleNotFoundError as missing:
        raise ExportError(
            f"MLflow is not installed ({missing.name} is missing). It comes with the optional extra {EXTRA!r}: "
            f"pip install -c constraints.txt -e '.[{EXTRA}]', or choose another format."
        ) from None
    return library


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep the database's making off the screen: a notebook that is marked may print no log."""
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
