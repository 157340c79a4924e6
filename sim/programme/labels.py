"""Outcomes as they are recorded: right, unless an incident has some of them recorded wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.programme.incidents import Incident
from sim.programme.tally import harm_gbp, within

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay


class Labels:
    """What the training store and the monitors hold for outcomes.

    Parameters
    ----------
    service : ServiceDay
        Whose outcomes they are.

    Attributes
    ----------
    recorded : ndarray of bool, or of float for a regression, shape (n,)
        The outcome of each case as it is, or will be, recorded: the truth itself until one is recorded wrongly.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service
        self.recorded = service.people.truth
        self._wrong: dict[int, list[np.ndarray]] = {}

    def day(self, day: int) -> None:
        """Record wrongly some of the outcomes that have become known since yesterday, while an incident lasts."""
        service = self._service
        for incident in service.faults.active():
            if incident.kind == "poisoned_labels":
                file, deciding = service.file, service.deciding
                reach = service.given.outcomes.median_days * 6 + service.given.reject_after_days
                since = file.recent(day - 1.0, float(day), reach)
                known = file.known_day[since]
                rows = since[(known > day - 1) & (known <= day)]
                rows = rows[service.people.u["incident"][rows] < incident.spec.share]
                if len(rows):
                    if self.recorded is service.people.truth:
                        self.recorded = service.people.truth.copy()
                    deciding.known_right[day] -= deciding.goodness(rows, self.recorded[rows]).sum()
                    self.recorded[rows] = self._misread(self.recorded[rows], incident)
                    deciding.known_right[day] += deciding.goodness(rows, self.recorded[rows]).sum()
                    self._wrong.setdefault(incident.number, []).append(rows)
                    records = len(rows) * service.given.weight
                    service.faults.touch(day, incident, "outcomes recorded wrongly", records, 0, 0.0)

    def _misread(self, outcomes: np.ndarray, incident: Incident) -> np.ndarray:
        """Return outcomes as they are recorded wrongly: the opposite, or in another unit."""
        return outcomes * incident.spec.factor if self._service.given.regression else ~outcomes

    def restore(self, incident: Incident) -> None:
        """Put right the outcomes that an incident has had recorded wrongly."""
        for rows in self._wrong.pop(incident.number, []):
            self.recorded[rows] = self._service.people.truth[rows]

    def blamed(self, rows: np.ndarray) -> int:
        """Return the incident that had the most of some cases' outcomes recorded wrongly, or -1 if none had."""
        counts = {n: int(np.isin(np.concatenate(wrong), rows).sum()) for n, wrong in self._wrong.items()}
        return max(counts, key=counts.__getitem__) if any(counts.values()) else -1

    def misled(self, day: int, rows: np.ndarray, values: np.ndarray, granted: np.ndarray) -> None:
        """Count the wrong decisions of a model taught wrong outcomes that one taught the right ones gets right.

        Parameters
        ----------
        day : int
            Tonight.
        rows : ndarray of int, shape (n,)
            Cases decided by the model in use.
        values : ndarray of float, shape (n, features)
            As it read them.
        granted : ndarray of bool, shape (n,)
            What it decided.
        """
        service, champion = self._service, self._service.registry.champion
        incident = service.programme.incidents.all[champion.misled_by]
        given, truth, decided = service.given, service.people.truth[rows], service.file.score[rows]
        assert champion.taught_right is not None
        scores = champion.taught_right.score(champion.defect.read(values) if champion.defect is not None else values)
        if given.regression:
            harmed = ~within(given, truth, decided) & within(given, truth, scores)
        else:
            harmed = (granted != truth) & ((scores >= 0.5) == truth)
        wrong = int(harmed.sum()) * given.weight
        gbp = float((harm_gbp(given, truth, granted, decided) * harmed).sum()) * given.weight
        incident.harmed += wrong
        incident.harm_gbp += gbp
        service.faults.touch(day, incident, "model misled", len(rows) * given.weight, wrong, gbp)
