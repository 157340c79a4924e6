"""Outcomes as they are recorded: right, unless an incident has some of them recorded wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.models import learning
from sim.programme.incidents import Incident

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
    recorded : ndarray of bool, shape (n,)
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
                    right = file.granted[rows] == self.recorded[rows]
                    deciding.known_right[day] += (~right).sum() - right.sum()
                    self.recorded[rows] = ~self.recorded[rows]
                    self._wrong.setdefault(incident.number, []).append(rows)
                    service.faults.touch(day, incident, "outcomes recorded wrongly", len(rows), 0, 0.0)

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
        truth, value = service.people.truth[rows], service.given.value
        taught_right = champion.taught_right
        assert taught_right is not None
        scores = learning.score(taught_right.estimator, values, taught_right.folded)
        harmed = (granted != truth) & ((scores >= 0.5) == truth)
        wrong = int(harmed.sum())
        gbp = float((harmed & truth).sum() * value.wrong_refusal_gbp + (harmed & ~truth).sum() * value.wrong_award_gbp)
        incident.harmed += wrong
        incident.harm_gbp += gbp
        service.faults.touch(day, incident, "model misled", len(rows), wrong, gbp)
