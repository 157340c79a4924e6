"""The registry: every version of a service's model, with the data that made it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.models.learning import Fitted


@dataclass
class Version:
    """One version of a model.

    Attributes
    ----------
    number : int
        Counted from 0, the pilot's.
    fitted : Fitted
        Estimator and test metrics.
    started_day, trained_day, released_day, retired_day : float
        When the work on it began, and so on, in days; NaN until then.
    reason : str
        Why it was trained.
    reference : ndarray of float, shape (n, k)
        Features of its training rows; ``score``, ``outcome``, ``group`` and ``decided`` (day) go with them.
    event : int
        The journal's event of its training.
    misled_by : int
        Number of the incident by which some of its outcomes had been recorded wrongly; -1 if none had.
    taught_right : Fitted or None
        What the same rows with their true outcomes would have taught, where they were not the ones recorded.
    """

    number: int
    fitted: Fitted
    started_day: float
    trained_day: float
    reason: str
    reference: np.ndarray
    score: np.ndarray
    outcome: np.ndarray
    group: np.ndarray
    decided: np.ndarray
    event: int
    misled_by: int = -1
    taught_right: Fitted | None = None
    released_day: float = float("nan")
    retired_day: float = float("nan")


@dataclass
class Registry:
    """Versions of one service, in order of training."""

    service: str
    versions: list[Version] = field(default_factory=list)
    _champion: int = -1

    def add(self, version: Version) -> None:
        """Enter a version; its number must be its place."""
        self.versions.append(version)

    @property
    def champion(self) -> Version:
        """The version in use."""
        return self.versions[self._champion]

    def release(self, number: int, day: float) -> None:
        """Bring a version into use and retire the one before."""
        if self._champion >= 0:
            self.champion.retired_day = day
        self._champion = number
        self.champion.released_day = day

    def frame(self) -> pd.DataFrame:
        """Return one row per version: when, on what, why, and its metrics on held-out rows."""
        rows = [
            (
                f"v{v.number}",
                self.service,
                v.started_day,
                v.trained_day,
                v.released_day,
                v.retired_day,
                v.fitted.rows,
                v.fitted.snapshot,
                v.reason,
                v.fitted.accuracy,
                v.fitted.auc,
                v.fitted.brier,
            )
            for v in self.versions
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
            {c: "str" for c in ("version", "service", "snapshot", "reason")}
        )


COLUMNS = (
    "version",
    "service",
    "started_day",
    "trained_day",
    "released_day",
    "retired_day",
    "rows",
    "snapshot",
    "reason",
    "accuracy",
    "auc",
    "brier",
)
