"""Synthetic records: a Gaussian copula learnt from real ones. Nothing here simulates.

Each column keeps its own distribution; what columns have to do with one another is kept as far as one number for each
two of them can say it. What three columns do together is lost, and so is what lies off a monotone relation. No row is a
person's, but nothing here is differentially private: a distribution can still show that somebody was in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import eval_hermitenorm, factorial, ndtr, ndtri

from sim.errors import DecisionError

_ORDERS = 12
_NODES = 4000


@dataclass(frozen=True)
class _Marginal:
    """One column's distribution: sorted values, how they are typed, and labels where they are words."""

    name: str
    values: np.ndarray
    missing: float
    stepped: bool
    whole: bool
    dtype: object
    labels: np.ndarray | None

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Return the values below which the shares u of the column lie, shape (n,)."""
        n = len(self.values)
        if self.stepped:
            return self.values[np.minimum((u * n).astype(int), n - 1)]
        found = np.interp(u * n - 0.5, np.arange(n), self.values)
        return np.rint(found) if self.whole else found

    def rank(self, u: np.ndarray) -> np.ndarray:
        """Return the mid-ranks, as shares, of the values at u: what Spearman's correlation is made of."""
        if not self.stepped:
            return u
        found = self.quantile(u)
        below, upto = (np.searchsorted(self.values, found, side) for side in ("left", "right"))
        return (below + upto) / (2 * len(self.values))


@dataclass(frozen=True)
class GaussianCopula:
    """The distribution of each column, and one normal correlation for each two. See `fit`.

    Attributes
    ----------
    columns : tuple of str
        In order.
    correlation : ndarray of float, shape (c, c)
        Of the normal variates behind the columns, and behind whether a value is missing.
    """

    columns: tuple[str, ...]
    correlation: np.ndarray
    marginals: tuple[_Marginal, ...]
    gaps: tuple[int, ...]

    def sample(self, n: int, generator: np.random.Generator) -> pd.DataFrame:
        """Return synthetic records.

        Parameters
        ----------
        n : int
            How many, 0 or more.
        generator : numpy.random.Generator
            Draws c normal variates for each, by rows: more rows leave the earlier ones as they were.

        Returns
        -------
        DataFrame
            The columns that it was fitted on, of the same types.
        """
        if n < 0:
            raise DecisionError(f"n is {n!r}, but a whole number of 0 or more was expected.")
        values, vectors = np.linalg.eigh(self.correlation)
        root = vectors * np.sqrt(np.maximum(values, 0))
        u = ndtr(generator.standard_normal((n, len(self.correlation))) @ root.T)
        made = {}
        for place, marginal in enumerate(self.marginals):
            column = marginal.quantile(u[:, place]) if len(marginal.values) else np.full(n, np.nan)
            if place in self.gaps:
                seat = len(self.marginals) + self.gaps.index(place)
                column = np.where(u[:, seat] >= 1 - marginal.missing, np.nan, column)
            made[marginal.name] = _typed(column, marginal)
        return pd.DataFrame(made)


def fit(frame: pd.DataFrame) -> GaussianCopula:
    """Learn a Gaussian copula.

    Parameters
    ----------
    frame : DataFrame
        Records; numbers, booleans or words, NaN where missing. An outcome is a column like any other.

    Returns
    -------
    GaussianCopula
        Its normal correlations are those at which each two columns, once they have their own distributions, get the
        Spearman correlation that they have in the frame (normal to anything: Cario and Nelson 1997, by Hermite series).
        Whether a value is missing is a column of its own, so gaps keep company as they did. Words are ordered
        alphabetically.

    Raises
    ------
    DecisionError
        If there are fewer than 2 rows or a name comes twice.
    """
    if len(frame) < 2 or not frame.columns.is_unique or not len(frame.columns):
        raise DecisionError(
            f"The frame has {len(frame)} rows and the columns {', '.join(map(str, frame))}, "
            "but at least 2 rows of columns, each named once, were expected."
        )
    numbers, marginals = zip(*(_marginal(str(name), frame[name]) for name in frame), strict=True)
    gaps = tuple(place for place, m in enumerate(marginals) if 0 < m.missing < 1)
    flags = [np.isnan(numbers[place]).astype(float) for place in gaps]
    every = (*marginals, *(_marginal("missing", pd.Series(flag))[1] for flag in flags))
    wanted = _spearman(np.column_stack([*numbers, *flags]))
    return GaussianCopula(tuple(map(str, frame)), _normal(wanted, [_hermite(m) for m in every]), marginals, gaps)


def _marginal(name: str, column: pd.Series) -> tuple[np.ndarray, _Marginal]:
    labels = None
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
    else:
        codes, labels = pd.factorize(column, sort=True)
        numbers = np.where(codes < 0, np.nan, codes)
    values = np.sort(numbers[~np.isnan(numbers)])
    distinct = len(np.unique(values))
    whole = bool((values == np.rint(values)).all())
    missing = 1 - len(values) / len(numbers)
    marginal = _Marginal(
        name=name,
        values=values,
        missing=missing,
        stepped=labels is not None or distinct <= max(2, len(values) / 10),
        whole=whole,
        dtype=column.dtype,
        labels=None if labels is None else np.asarray(labels),
    )
    return numbers, marginal


def _typed(column: np.ndarray, marginal: _Marginal) -> pd.Series:
    if marginal.labels is None:
        return pd.Series(column).astype(marginal.dtype)
    words = np.append(marginal.labels.astype(object), [None])
    return pd.Series(words[np.where(np.isnan(column), -1, column).astype(int)]).astype(marginal.dtype)


def _spearman(numbers: np.ndarray) -> np.ndarray:
    """Return rank correlations, each over the rows that hold both values; 0 where a column does not vary."""
    ranks = pd.DataFrame(numbers).rank().to_numpy()
    centred = np.nan_to_num(ranks - np.nanmean(np.where(np.isfinite(ranks).any(axis=0), ranks, 0.0), axis=0))
    there = np.isfinite(ranks).astype(float)
    products, squares = centred.T @ centred, (centred**2).T @ there
    sizes = np.sqrt(squares * squares.T)
    return np.divide(products, sizes, out=np.zeros_like(products), where=sizes > 1e-9)


def _hermite(marginal: _Marginal) -> np.ndarray:
    """Return the Hermite coefficients of a column's mid-rank as a function of the normal variate, scaled to length 1.

    The first moments of the product of two such functions at correlation r are the sum of a_m b_m r^m.
    """
    if not len(marginal.values):
        return np.zeros(_ORDERS)
    edges = np.linspace(0, 1, _NODES + 1)
    u = (edges[1:] + edges[:-1]) / 2
    z, rank = ndtri(u), marginal.rank(u)
    rank = rank - rank.mean()
    spread = np.sqrt(np.mean(rank**2))
    if spread < 1e-9:
        return np.zeros(_ORDERS)
    orders = np.arange(1, _ORDERS + 1)
    waves = np.array([eval_hermitenorm(m, z) / np.sqrt(factorial(m)) for m in orders])
    return waves @ rank / len(u) / spread


def _normal(wanted: np.ndarray, series: list[np.ndarray]) -> np.ndarray:
    """Return the normal correlations that give the rank correlations wanted, as a proper correlation matrix."""
    waves = np.array(series)
    products = waves[:, None, :] * waves[None, :, :]
    low, high = -np.ones_like(wanted), np.ones_like(wanted)
    for _ in range(40):
        middle = (low + high) / 2
        reached = np.zeros_like(wanted)
        for m in range(_ORDERS, 0, -1):
            reached = (reached + products[:, :, m - 1]) * middle
        low, high = np.where(reached < wanted, middle, low), np.where(reached < wanted, high, middle)
    found = np.where(products[:, :, 0] > 1e-9, (low + high) / 2, 0.0)
    np.fill_diagonal(found, 1.0)
    values, vectors = np.linalg.eigh(found)
    proper = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    length = np.sqrt(np.diag(proper))
    return proper / np.outer(length, length)
