"""What a measure is: one line of the scorecard, of one of seven families."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.scorecard.evidence import Evidence

DATA = "data quality and access"
MODEL = "model performance and reliability"
OPERATIONS = "operational efficiency"
COST = "cost"
TIME = "time to value"
GOVERNANCE = "compliance and governance"
VALUE = "public value"

FAMILIES = (DATA, MODEL, OPERATIONS, COST, TIME, GOVERNANCE, VALUE)


@dataclass(frozen=True)
class Measure:
    """One line of the scorecard.

    Attributes
    ----------
    family, unit : str
        One of `FAMILIES`; unit of the value.
    better : str
        ``"higher"`` or ``"lower"``.
    target : float
        Unless the scenario gives another.
    about : str
        What it is, in a sentence.
    value : callable
        From `Evidence` to a number; NaN where there is nothing to measure.
    applies : callable
        From `Evidence` to whether the measure makes sense for its service at all.
    """

    family: str
    unit: str
    better: str
    target: float
    about: str
    value: Callable[[Evidence], float]
    applies: Callable[[Evidence], bool] = lambda e: True

    def of(self, evidence: Evidence) -> float:
        """Return its value; NaN where no day has passed."""
        return self.value(evidence) if evidence.last > evidence.first else float("nan")


def ratio(above: float, below: float) -> float:
    """Return a quotient; NaN where there is nothing to divide by."""
    return above / below if below else float("nan")


def mean(values: np.ndarray) -> float:
    """Return a mean; NaN of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")
