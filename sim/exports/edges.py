"""The edges of a run's lineage that lead to one service's data, and which incidents touched which of its batches."""

from __future__ import annotations

from sim.run import Run

Node = tuple[str, str]
"""Kind and identifier of a node, as ``run.lineage`` has them."""

WAY = ("collection", "ingestion", "validation", "repair", "protection", "serving", "decision", "archive")
"""Stages of which each month has one node, in the order in which records pass them."""


class Edges:
    """What each node of one service was made from.

    Parameters
    ----------
    run : Run
        Its lineage.
    service : str
        Whose nodes.
    """

    def __init__(self, run: Run, service: str) -> None:
        self._into: dict[Node, list[tuple[Node, float]]] = {}
        self._incidents: dict[str, list[str]] = {}
        frame, models = run.lineage, run.models
        snapshots = set(models["snapshot"][models["service"] == service])
        columns = (frame[c] for c in ("from_id", "from_kind", "to_id", "to_kind", "day"))
        for from_id, from_kind, to_id, to_kind, day in zip(*columns, strict=True):
            if not (to_id in snapshots if to_kind == "snapshot" else to_id.startswith(f"{service}/")):
                continue
            if from_kind == "incident":
                self._incidents.setdefault(to_id, []).append(from_id)
            else:
                self._into.setdefault((to_kind, to_id), []).append(((from_kind, from_id), day))

    def into(self, kind: str, name: str, day: float | None = None) -> list[Node]:
        """Return what a node was made from, at a time or at any."""
        edges = self._into.get((kind, name), ())
        return list(dict.fromkeys(node for node, when in edges if day is None or when == day))

    def incidents(self, batch: str) -> list[str]:
        """Return the incidents that touched a batch."""
        return self._incidents.get(batch, [])

    @property
    def months(self) -> list[int]:
        """First days of the months whose stages are told."""
        return sorted(last_day(name) for kind, name in self._into if kind == WAY[0])

    @property
    def kept_for_training(self) -> list[tuple[str, float]]:
        """Months' stores of examples by name, each with every time at which it was written."""
        times = {
            (name, day): None for (kind, name), edges in self._into.items() if kind == "training" for _, day in edges
        }
        return sorted(times, key=lambda time: (time[1], last_day(time[0])))


def last_day(name: str) -> int:
    """Return the day that a month's or a batch's identifier ends with; -1 stands for the time before the run."""
    return int(name.rpartition("/")[2])
