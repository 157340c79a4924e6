"""Lineage: from each source through the stages of a record's life to decisions, models and the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.data.stages import OUTCOMES, STAGES
from sim.table import typed

if TYPE_CHECKING:
    from sim.programme.incidents import Incident
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

COLUMNS = ("from_id", "from_kind", "to_id", "to_kind", "day")

_WAY = STAGES[: STAGES.index("serving") + 1]
"""Stages through which every batch goes on its way to the model."""


def lineage(programme: Programme, last: int) -> pd.DataFrame:
    """Return the edges of a run's lineage up to a day.

    What happens alike every night is told month by month; a night on which an incident touched records has a batch of
    its own, so that a decision's version leads back to the batches and sources that made it.

    Parameters
    ----------
    programme : Programme
        Run at least until ``last``.
    last : int
        Day after the last.

    Returns
    -------
    DataFrame
        Columns from_id, from_kind, to_id, to_kind, day, in order of service.
    """
    months = [m for m in programme.calendar.months if m < last]
    rows: list[tuple[str, str, str, str, float]] = []
    for service in programme.services:
        rows += _stages(service, months)
        for incident in programme.incidents.all:
            if incident.service == service.given.name:
                rows += _batches(service, months, incident)
        rows += _models(service, months, last)
    return typed(rows, dict.fromkeys(COLUMNS[:4], "str") | {"day": "float64"})


def _node(service: ServiceDay, stage: str, month: int) -> str:
    return f"{service.given.name}/{stage}/{month}"


def _stages(service: ServiceDay, months: list[int]) -> list[tuple[str, str, str, str, float]]:
    """From the sources through each stage of a month to its decisions and its archive."""
    rows = []
    for month in months:
        nodes = [(_node(service, stage, month), stage, float(month)) for stage in _WAY]
        rows += [(source.name, "source", *nodes[0]) for source in service.given.sources]
        rows += [(*before[:2], *after) for before, after in zip(nodes, nodes[1:], strict=False)]
        decided = (_node(service, "decision", month), "decision", float(month))
        archived = (_node(service, "archive", month), "archive", float(month))
        rows += [(*nodes[-1][:2], *decided), (*decided[:2], *archived)]
    return rows


def _batches(service: ServiceDay, months: list[int], incident: Incident) -> list[tuple[str, str, str, str, float]]:
    """The batches that an incident touched: from it and its source to each batch, and on to the month's records."""
    rows = []
    stage = "training" if incident.subject == OUTCOMES else "serving"
    for day in dict.fromkeys(incident.nights):
        month = months[int(np.searchsorted(months, day, side="right")) - 1]
        batch = (f"{service.given.name}/batch/{day}", "batch")
        rows.append((incident.shock.incident_id, "incident", *batch, float(day)))
        if incident.subject != OUTCOMES:
            rows.append((incident.subject, "source", *batch, float(day)))
        rows.append((*batch, _node(service, stage, month), stage, float(day)))
    return rows


def _models(service: ServiceDay, months: list[int], last: int) -> list[tuple[str, str, str, str, float]]:
    """From the months in a version's training store, or the pilot, to its snapshot, the version and its decisions."""
    rows = []
    for version in service.registry.versions:
        snapshot, name, day = version.fitted.snapshot, f"{service.given.name}/v{version.number}", version.trained_day
        first = day - service.given.training.window_days
        if first < 0:
            rows += [(s.name, "source", _node(service, "training", -1), "training", 0.0) for s in service.given.sources]
            rows.append((_node(service, "training", -1), "training", snapshot, "snapshot", day))
        for k, month in enumerate(months):
            ends = months[k + 1] if k + 1 < len(months) else last
            if month < day and ends > first:
                training = (_node(service, "training", month), "training")
                rows.append((_node(service, "serving", month), "serving", *training, day))
                rows.append((*training, snapshot, "snapshot", day))
            if not np.isnan(version.released_day) and ends > version.released_day and not version.retired_day < month:
                rows.append((name, "model", _node(service, "decision", month), "decision", version.released_day))
        rows.append((snapshot, "snapshot", name, "model", day))
    return list(dict.fromkeys(rows))
