"""The registry: every version of a service's model, with the data that made it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.models.learning import Fitted
from sim.models.serving import CodeDefect
from sim.table import typed


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
    newest : tuple of ndarray
        Features, outcome, group and day of decision of the newest rows that were kept apart from its training.
    in_use_day : float
        When it last came into use; a version that was rolled back to comes into use twice.
    defect : CodeDefect or None
        What the serving code released with it does wrong. Nobody knows until somebody finds it.
    kept, kept_data : bool
        Whether the version itself was kept, so that it can be brought back as it was; and the rows that made it.
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
    newest: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    misled_by: int = -1
    taught_right: Fitted | None = None
    released_day: float = float("nan")
    retired_day: float = float("nan")
    in_use_day: float = float("nan")
    defect: CodeDefect | None = None
    kept: bool = False
    kept_data: bool = False

    def serve(self, values: np.ndarray, testing: bool = False) -> np.ndarray:
        """Return the scores of some records, as the serving code reads them in production or where it is tested.

        Parameters
        ----------
        values : ndarray of float, shape (n, features)
            As delivered.
        testing : bool
            Where releases are tested, a hidden defect does not show.

        Returns
        -------
        ndarray of float, shape (n,)
        """
        shows = self.defect is not None and not (testing and self.defect.hidden)
        return self.fitted.score(self.defect.read(values) if shows else values)


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
    def in_use(self) -> bool:
        """Whether any version is in use yet."""
        return self._champion >= 0

    @property
    def champion(self) -> Version:
        """The version in use."""
        return self.versions[self._champion]

    def release(self, number: int, day: float) -> None:
        """Bring a version into use, for the first time or again, and retire the one before."""
        if self._champion >= 0:
            self.champion.retired_day = day
        self._champion = number
        champion = self.champion
        champion.in_use_day, champion.retired_day = day, float("nan")
        if np.isnan(champion.released_day):
            champion.released_day = day

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
                v.fitted.mape,
                v.fitted.mae,
            )
            for v in self.versions
        ]
        return typed(rows, COLUMNS)


COLUMNS = {
    "version": "str",
    "service": "str",
    "started_day": "float64",
    "trained_day": "float64",
    "released_day": "float64",
    "retired_day": "float64",
    "rows": "int64",
    "snapshot": "str",
    "reason": "str",
    "accuracy": "float64",
    "auc": "float64",
    "brier": "float64",
    "mape": "float64",
    "mae": "float64",
}
"""Types of the columns of a registry's frame."""
