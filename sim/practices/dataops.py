"""Reference practices of DataOps: a gate that learns what is usual, a mender of small faults, and a watch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.decisions.point import frame_of
from sim.practices.quantile import quantiles

_QUARTERS = np.array([0.25, 0.5, 0.75])


@dataclass(eq=True)
class _Usual:
    """Median and interquartile range of each column, learnt from the first batches."""

    learn_rows: int
    _seen: list[np.ndarray] = field(default_factory=list, compare=False, repr=False)
    _rows: int = field(default=0, compare=False, repr=False)
    middle: np.ndarray | None = field(default=None, compare=False, repr=False)
    spread: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def learning(self) -> bool:
        """Whether more has yet to be seen."""
        return self._rows < self.learn_rows

    def see(self, values: np.ndarray) -> None:
        """Take a batch into account."""
        self._seen.append(np.array(values.T, order="C"))
        self._rows += len(values)
        lower, self.middle, upper = quantiles(np.concatenate(self._seen, axis=1), _QUARTERS)
        self.spread = np.maximum(upper - lower, 0.4)
        if not self.learning:
            self._seen.clear()


def _columns(batch: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return a batch's case numbers and, as a view, its features."""
    whole = batch.to_numpy(dtype=float)
    return whole[:, 0], whole[:, 2:]


@dataclass(eq=True)
class validation_gate:  # noqa: N801 - a practice is named as it is called
    """Hold back a record whose values are far above the usual, negative, missing in numbers, or come twice.

    Parameters
    ----------
    reach : float
        How many interquartile ranges above the median the logarithm of a value may lie.
    most_missing : int
        How many missing values a record may have.
    learn_rows : int
        Records from which the usual is learnt.
    """

    reach: float = 4.0
    most_missing: int = 1
    learn_rows: int = 4000
    _usual: _Usual | None = field(default=None, compare=False, repr=False)

    def fresh(self) -> validation_gate:
        """Return a gate that has seen nothing."""
        return validation_gate(self.reach, self.most_missing, self.learn_rows, _Usual(self.learn_rows))

    def __call__(self, batch: pd.DataFrame) -> np.ndarray:
        """Return True for each record to keep."""
        case, values = _columns(batch)
        usual = self._usual if self._usual is not None else _Usual(self.learn_rows)
        if usual.learning:
            usual.see(np.log1p(np.maximum(values, 0)))
        assert usual.middle is not None and usual.spread is not None
        highest = np.expm1(usual.middle + self.reach * usual.spread)
        keep = ~((values > highest) | (values < 0)).any(axis=1)
        keep &= np.isnan(values).sum(axis=1, dtype="uint16") <= self.most_missing
        order = np.argsort(case, kind="stable")
        ordered = case[order]
        keep[order[1:][ordered[1:] == ordered[:-1]]] = False
        return keep


@dataclass(eq=True)
class repair_batch:  # noqa: N801
    """Mend what can be mended from the batch itself: missing values, and more dependants than people.

    A missing value is guessed from the others in its record, by a regression on what was seen complete; an
    impossible number of dependants becomes one less than the household.

    Parameters
    ----------
    learn_rows : int
        Records from which the regressions are learnt.
    """

    learn_rows: int = 4000
    _seen: list[np.ndarray] = field(default_factory=list, compare=False, repr=False)
    _rows: int = field(default=0, compare=False, repr=False)
    _mean: np.ndarray | None = field(default=None, compare=False, repr=False)
    _precision: np.ndarray | None = field(default=None, compare=False, repr=False)
    _inner: np.ndarray | None = field(default=None, compare=False, repr=False)
    _rule: tuple[int, ...] | None = field(default=None, compare=False, repr=False)

    def fresh(self) -> repair_batch:
        """Return a mender that has seen nothing."""
        return repair_batch(self.learn_rows)

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Return the batch, mended."""
        whole = batch.to_numpy(dtype=float, copy=True)
        values = whole[:, 2:]
        self._learn(values)
        if self._rule is None:
            self._rule = tuple(batch.columns[2:].get_indexer(["dependants", "household_size"]))
        dependants, size = self._rule
        if dependants >= 0 and size >= 0:
            values[:, dependants] = np.fmin(values[:, dependants], np.maximum(values[:, size] - 1, 0))
        rows = np.nonzero(np.isnan(values).any(axis=1))[0]
        if len(rows) and self._mean is not None and self._precision is not None:
            away = values[rows] - self._mean
            gap = np.isnan(away)
            away[gap] = 0.0
            for _ in range(3):
                step = away @ self._precision
                step /= self._inner
                np.subtract(away, step, out=away, where=gap)
            away += self._mean
            values[rows] = away
        return frame_of(whole.T, batch.columns, batch.index)

    def _learn(self, values: np.ndarray) -> None:
        if self._rows >= self.learn_rows:
            return
        self._seen.append(values[~np.isnan(values).any(axis=1)])
        self._rows += len(values)
        whole = np.concatenate(self._seen)
        if len(whole) > 10 * values.shape[1]:
            self._mean = whole.mean(axis=0)
            self._precision = np.linalg.inv(np.cov(whole.T) + 1e-6 * np.eye(values.shape[1]))
            self._inner = self._precision.diagonal()
        if self._rows >= self.learn_rows:
            self._seen.clear()


_SHARES = ("missing", "invalid", "duplicates")

_WATCHED = ("median", *_SHARES, "usual_median", *(f"usual_{name}" for name in _SHARES))


@dataclass(frozen=True)
class profile_alert:  # noqa: N801
    """Look when far more than usual is missing, invalid or repeated, or when a feature's median has moved far.

    Both are robust: the usual is a median over days, and one wrong record moves neither a share nor a median.

    Parameters
    ----------
    share : float
        By how much a share of the batch may exceed the usual.
    ratio : float
        How many times the usual a median may be, or the usual the median; either is counted from -1, so that 0 and 1
        are not worlds apart.
    """

    share: float = 0.1
    ratio: float = 2.0

    def __call__(self, profile: pd.DataFrame) -> bool:
        """Return whether to have somebody look today."""
        names = profile.columns.tolist()
        shown = profile.to_numpy()[:, [names.index(name) for name in _WATCHED]].astype(float)
        now, usual = shown[:, : len(_WATCHED) // 2], shown[:, len(_WATCHED) // 2 :]
        if (now[:, 1:] - usual[:, 1:] > self.share).any():
            return True
        size = np.log1p(np.abs(shown[:, :: len(_WATCHED) // 2]))
        return bool((np.abs(size[:, 0] - size[:, 1]) > np.log(self.ratio)).any())
