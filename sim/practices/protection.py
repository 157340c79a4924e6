"""Reference practices of privacy: other names for cases, coarser values, noise, and all of it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.data.keyed import mixed, uniform
from sim.data.privacy_budget import PrivacyBudget
from sim.decisions.point import frame_of

KEY = "kept apart from the records"
"""The key of the reference practices. A department keeps its own where those who read the records cannot."""

WIDTHS: Mapping[str, float] = {
    "age_years": 20.0,
    "household_size": 2.0,
    "months_at_address": 60.0,
    "rent_gbp": 100.0,
}
"""Width of the band in which each quasi-identifier is kept, in its own unit."""

BOUNDS: Mapping[str, tuple[float, float]] = {
    "age_years": (16.0, 100.0),
    "household_size": (1.0, 12.0),
    "months_at_address": (0.0, 300.0),
    "rent_gbp": (0.0, 3000.0),
}
"""Public bounds between which noise keeps a value from standing out."""


@dataclass(eq=True)
class pseudonymise:  # noqa: N801 - a practice is named as it is called
    """Give each case another number, always the same, that says nothing of the case to whoever lacks the key.

    Parameters
    ----------
    key : str
        The secret.
    """

    key: str = KEY

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch under other names."""
        whole = batch.to_numpy(dtype=float, copy=True)
        whole[:, 0] = _names(whole[:, 0], self.key)
        return pd.DataFrame(whole, columns=batch.columns, index=batch.index, copy=False)


@dataclass(eq=True)
class generalise:  # noqa: N801
    """Keep no more of a value than the middle of the band in which it lies.

    Parameters
    ----------
    widths : mapping of str to float
        Width of a band by feature; bands begin at multiples of it. A feature that the batch lacks is passed over.
    """

    widths: Mapping[str, float] = field(default_factory=lambda: dict(WIDTHS))

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch, coarser."""
        whole = batch.to_numpy(dtype=float, copy=True)
        _coarsen(whole, batch.columns, self.widths)
        return pd.DataFrame(whole, columns=batch.columns, index=batch.index, copy=False)


@dataclass(eq=True)
class add_noise:  # noqa: N801
    """Add Laplace noise to each value, the same whenever the same record comes, within a budget for each record.

    The noise is made of the key, the case and the value, so that two looks at one record tell no more than one, and so
    that the decision is a pure function. A record's features share its budget evenly: what they tell together of the
    person is at most epsilon (differential privacy, by simple composition), but for the true case number, which noise
    does not hide.

    Parameters
    ----------
    epsilon : float
        Above 0; the privacy that each record may lose. 0.1 is strict, 1 usual, 10 hardly a protection, by convention.
    bounds : mapping of str to (float, float)
        Public bounds of each feature that is noised, low and high: a value outside is cut off first. A feature that the
        batch lacks is passed over, and its share of the budget is not spent.
    key : str
        The secret.
    """

    epsilon: float = 10.0
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=lambda: dict(BOUNDS))
    key: str = KEY

    @property
    def budget(self) -> PrivacyBudget:
        """Each record's budget, and what every feature takes of it."""
        budget = PrivacyBudget(self.epsilon, delta=0.0)
        for name in self.bounds:
            budget = budget.spend(name, epsilon=self.epsilon / len(self.bounds))
        return budget

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch, noised."""
        whole = batch.to_numpy(dtype=float, copy=True)
        case = mixed(whole[:, 0], self.key)
        for name, (low, high) in self.bounds.items():
            j = _place(batch.columns, name)
            if j is not None:
                value = np.clip(whole[:, j], low, high)
                u = uniform(case ^ value.view("uint64"), f"{self.key}/{name}") - 0.5
                scale = (high - low) * len(self.bounds) / self.epsilon
                whole[:, j] = value - scale * np.sign(u) * np.log1p(-2 * np.abs(u))
        return pd.DataFrame(whole, columns=batch.columns, index=batch.index, copy=False)


@dataclass(eq=True)
class protect_records:  # noqa: N801
    """Keep records under pseudonyms, and coarsely where others might know the values.

    Parameters
    ----------
    widths : mapping of str to float
        As for `generalise`.
    key : str
        As for `pseudonymise`.
    """

    widths: Mapping[str, float] = field(default_factory=lambda: dict(WIDTHS))
    key: str = KEY

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch, protected."""
        whole = batch.to_numpy(dtype=float, copy=True)
        whole[:, 0] = _names(whole[:, 0], self.key)
        _coarsen(whole, batch.columns, self.widths)
        return frame_of(whole.T, batch.columns, batch.index)


def _names(case: np.ndarray, key: str) -> np.ndarray:
    """Return a pseudonym for each case: a whole number below 2^53, so that a float holds it."""
    return (mixed(case, key) >> np.uint64(11)).astype(float)


def _coarsen(whole: np.ndarray, columns: pd.Index, widths: Mapping[str, float]) -> None:
    for j, name in enumerate(columns.tolist()):
        width = widths.get(name, 0)
        if width > 0:
            column = whole[:, j]
            column /= width
            np.floor(column, out=column)
            column *= width
            column += width / 2


def _place(columns: pd.Index, name: str) -> int | None:
    return int(columns.get_loc(name)) if name in columns else None
