"""The life of a record in stages, and where in it a fault may come from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sim.scenario import Service

STAGES = ("collection", "ingestion", "validation", "repair", "protection", "serving", "training", "archive")
"""Stages of a record's life, in order; ``archive`` is where it is kept or deleted."""

OUTCOMES = "outcomes"
"""Where outcomes are recorded: no source of features, but a place where faults come from as well."""

SEARCHED = ("collection", "ingestion", "validation", "repair", "serving")
"""Stages at which a fault in what a source says may have come in."""

CAUSES = {
    "unit_change": "collection",
    "schema_change": "collection",
    "late_feed": "collection",
    "outage": "collection",
    "silent_nulls": "ingestion",
    "duplicate_load": "ingestion",
    "poisoned_labels": "training",
}
"""Stage at which each kind of incident comes in."""


@dataclass(frozen=True)
class Suspect:
    """One place where a fault may come from.

    Attributes
    ----------
    source : str
        A source, or `OUTCOMES`.
    owner : str
        Who answers for it.
    stage : str
        One of `STAGES`.
    """

    source: str
    owner: str
    stage: str


def suspects(service: Service) -> list[Suspect]:
    """Return every place where a fault of a service's data may come from: each source at each stage, and outcomes."""
    found = [Suspect(s.name, s.owner, stage) for s in service.sources for stage in SEARCHED]
    return found + [Suspect(OUTCOMES, service.name, stage) for stage in ("collection", "training")]


def search(order: Sequence[Suspect], cause: Suspect, known: str, upstream: Collection[str]) -> list[Suspect]:
    """Return whom a search for a cause looks at, in order, up to and with the cause itself.

    Parameters
    ----------
    order : sequence of Suspect
        All suspects, as somebody who knows nothing would take them.
    cause : Suspect
        Where the fault really comes from.
    known : str
        What is known beforehand: ``"nothing"``, the ``"owner"`` of the values that are wrong, or their ``"source"``.
    upstream : collection of str
        Stages that the values have passed, where lineage tells; the cause's stage is one of them.

    Returns
    -------
    list of Suspect
        Knowing more leaves out suspects and changes nobody's turn, so that it never lengthens a search.
    """
    looked_at = []
    for suspect in order:
        if known == "owner" and suspect.owner != cause.owner:
            continue
        if known == "source" and suspect.source != cause.source:
            continue
        if upstream and suspect.stage not in upstream:
            continue
        looked_at.append(suspect)
        if suspect == cause:
            break
    return looked_at
