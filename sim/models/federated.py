"""Federated training: one model from several holders of records, none of whom shows a row. Nothing here simulates.

Each round, the coordinator tells every holder the same few numbers and gets back one sum over all holders
(`sim.models.secure_sum`). For a linear or logistic regression these sums say all that the rows would have said: the
model is the one that the pooled rows give. A sum can still betray a person; with a privacy budget the holders cut off
what one row can add to it and add Gaussian noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from sim.data.privacy_budget import PrivacyBudget
from sim.errors import DecisionError
from sim.models.secure_sum import SecureSum

PENALTY = 1.0
"""Ridge penalty on standardised coefficients of the logistic regression: scikit-learn's default, C = 1."""

NOISY_ROUNDS = 6
"""Gradients asked for under a privacy budget."""

SHARES = (0.2, 0.3, 0.5)
"""Parts of a privacy budget for the histograms, the curvature and the gradients."""

_SPLIT, _SEARCHES, _REACH = 256, 8, 2.0**31
_GRID = np.sinh(np.linspace(-14, 14, 225))
_STEPS, _CLOSE = 25, 1e-10


@dataclass(frozen=True)
class Holder:
    """One holder of records. Its methods are what it computes at home; only sums of their answers leave.

    Parameters
    ----------
    name : str
        Who it is.
    features : ndarray of float, shape (n, k)
        NaN where missing.
    outcome : ndarray of float, shape (n,)
        0 and 1 for a classification.
    """

    name: str
    features: np.ndarray
    outcome: np.ndarray

    def not_above(self, edges: np.ndarray) -> np.ndarray:
        """Return how many values of each column are not above each edge, shape (k, m) as the edges."""
        columns = np.sort(self.features, axis=0)
        counts = [np.searchsorted(column, edge, side="right") for column, edge in zip(columns.T, edges, strict=True)]
        return np.array(counts, dtype=float)

    def histogram(self, grid: np.ndarray, with_outcome: bool) -> np.ndarray:
        """Return how many values of each column, and of the outcome if asked, lie in each cell of a public grid."""
        columns = np.column_stack([self.features, self.outcome]) if with_outcome else self.features
        cells = [np.searchsorted(grid, column[~np.isnan(column)]) for column in columns.T]
        return np.array([np.bincount(cell, minlength=len(grid) + 1) for cell in cells], dtype=float)

    def standardised(self, medians: np.ndarray, means: np.ndarray, scales: np.ndarray) -> np.ndarray:
        """Return an intercept and the standardised features, missing ones at their median, shape (n, 1 + k)."""
        filled = np.where(np.isnan(self.features), medians, self.features)
        return np.column_stack([np.ones(len(filled)), (filled - means) / scales])


@dataclass(frozen=True)
class Federation:
    """A model trained over several holders, and what it took.

    Attributes
    ----------
    estimator : sklearn.pipeline.Pipeline
        Median for missing values, standardisation, and a fitted `LogisticRegression` or `LinearRegression`.
    holders : tuple of str
        Who took part.
    rounds : int
        Times that every holder was asked.
    bytes_exchanged : int
        To and from all holders.
    budget : PrivacyBudget or None
        With its ledger; None without noise.
    """

    estimator: Any
    holders: tuple[str, ...]
    rounds: int
    bytes_exchanged: int
    budget: PrivacyBudget | None


def train(
    holders: Sequence[Holder],
    task: str,
    generator: np.random.Generator,
    budget: PrivacyBudget | None = None,
    names: Sequence[str] | None = None,
) -> Federation:
    """Train one model over all holders.

    Parameters
    ----------
    holders : sequence of Holder
        One or more, of the same columns.
    task : str
        ``"classification"``, a logistic regression by Newton's method as scikit-learn's default penalises it, or
        ``"regression"``, least squares.
    generator : numpy.random.Generator
        Draws masks, and the noise if there is any. Real holders would use a secret one.
    budget : PrivacyBudget, optional
        The privacy of one row against everyone who sees the sums and the model, if no holder is in league with the
        coordinator: each holder adds its part of the noise. Neighbouring data have one row more or less.
    names : sequence of str, optional
        Of the features, for the estimator to check.

    Returns
    -------
    Federation
        Without a budget, the model that the pooled rows give, to about 1e-8. With one, divided as in `SHARES`: noisy
        histograms on a public grid (cells of 13 %) give medians, means and scales, and a column lost in noise is left
        out; rows longer than ``1.5 sqrt(k + 1)`` are cut off there (``sqrt(k + 1)`` is usual); and one noisy matrix of
        curvature, at coefficients of zero, where it bounds every other from above (Böhning and Lindsay 1988), serves
        `NOISY_ROUNDS` noisy gradients. Least squares needs no gradient.

    Raises
    ------
    DecisionError
        If the task is unknown, the holders' columns differ, or without a budget all outcomes are the same.
    """
    if task not in ("classification", "regression"):
        raise DecisionError(f"task is {task!r}, but 'classification' or 'regression' was expected.")
    if len({holder.features.shape[1] for holder in holders}) != 1:
        widths = ", ".join(f"{holder.name} {holder.features.shape[1]}" for holder in holders) or "none"
        raise DecisionError(f"The holders' columns are {widths}, but holders of the same columns were expected.")
    ask = SecureSum(len(holders), generator)
    if budget is None:
        medians, means, scales, coefficients = _exact(holders, task, ask)
    else:
        medians, means, scales, coefficients, budget = _noisy(holders, task, ask, generator, budget)
    estimator = _pipeline(task, medians, means, scales, coefficients, names, ask.rounds)
    return Federation(estimator, tuple(h.name for h in holders), ask.rounds, ask.bytes_exchanged, budget)


def _exact(holders: Sequence[Holder], task: str, ask: SecureSum) -> tuple[np.ndarray, ...]:
    k = holders[0].features.shape[1]
    medians = _medians(holders, ask)
    unit = np.ones(k)
    centred = [h.standardised(medians, medians, unit) for h in holders]
    rows, *sums = ask([x.sum(axis=0) for x in centred], told=k)
    if task == "classification":
        (ones,) = ask([np.array([h.outcome.sum()]) for h in holders])
        if ones in (0, rows):
            raise DecisionError(f"All {rows:.0f} outcomes are {int(ones > 0)}, but both 0 and 1 were expected.")
    means = medians + np.array(sums) / rows
    squares = ask([((h.standardised(medians, means, unit)[:, 1:]) ** 2).sum(axis=0) for h in holders], told=k)
    scales = np.sqrt(squares / rows)
    scales[scales <= 1e-9 * np.maximum(np.abs(means), 1e-30)] = 1.0
    x, y = [h.standardised(medians, means, scales) for h in holders], [h.outcome.astype(float) for h in holders]
    if task == "regression":
        totals = ask([_pairs(np.column_stack([a, b])) for a, b in zip(x, y, strict=True)], told=k)
        return medians, means, scales, _least_squares(totals, k + 1, 0.0)
    w, penalty = np.zeros(k + 1), np.r_[0.0, np.full(k, PENALTY)]
    for _ in range(_STEPS):
        answers = [_derivatives(a, b, w) for a, b in zip(x, y, strict=True)]
        total = ask(answers, told=k + 1)
        gradient, hessian = total[: k + 1] + penalty * w, _matrix(total[k + 1 :], k + 1) + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w = w - step
        if np.abs(step).max() < _CLOSE:
            break
    return medians, means, scales, w


def _noisy(
    holders: Sequence[Holder], task: str, ask: SecureSum, generator: np.random.Generator, budget: PrivacyBudget
) -> tuple[Any, ...]:
    k, rest = holders[0].features.shape[1], budget.rho
    if rest <= 0:
        raise DecisionError(f"delta is {budget.delta!r}, but Gaussian noise needs one above 0, such as 1e-5.")

    def noisy_sum(parts: list[np.ndarray], what: str, sensitivity: float, share: float, told: int) -> np.ndarray:
        """Return a sum to which every holder has added its part of the noise, and charge the budget."""
        nonlocal budget
        sd = budget.gaussian_sd(sensitivity, share * rest) / np.sqrt(len(holders))
        budget = budget.spend(what, rho=share * rest)
        return ask([part + sd * generator.standard_normal(part.shape) for part in parts], told=told)

    columns = k + (task == "regression")
    cells = [h.histogram(_GRID, task == "regression").ravel() for h in holders]
    counts = noisy_sum(cells, "histograms", np.sqrt(columns), SHARES[0], 0).reshape(columns, -1)
    sure = 4 * budget.gaussian_sd(np.sqrt(columns), SHARES[0] * rest)
    medians, means, scales = np.array([_summary(row, sure) for row in counts]).T
    lost = counts.max(axis=1) <= sure
    medians[lost], means[lost], scales[lost] = 0.0, 0.0, np.where(np.arange(columns) < k, _GRID[-1], 1.0)[lost]
    length = 1.5 * np.sqrt(columns + 1)
    x = [h.standardised(medians[:k], means[:k], scales[:k]) for h in holders]
    if task == "regression":
        y = [(h.outcome - means[k]) / scales[k] for h in holders]
        parts = [_pairs(_cut(np.column_stack([a, b]), length)) for a, b in zip(x, y, strict=True)]
        totals = noisy_sum(parts, "second moments", length**2, SHARES[1] + SHARES[2], 2 * k)
        noise = budget.gaussian_sd(length**2, (SHARES[1] + SHARES[2]) * rest)
        w = _least_squares(totals, k + 1, noise) * scales[k]
        w[0] += means[k]
        return medians[:k], means[:k], scales[:k], w, budget
    x = [_cut(a, length) for a in x]
    curvature = noisy_sum([_pairs(a) / 4 for a in x], "curvature", length**2 / 4, SHARES[1], 2 * k)
    noise = budget.gaussian_sd(length**2 / 4, SHARES[1] * rest)
    penalty = np.r_[0.0, np.full(k, PENALTY)]
    noise = max(noise, 2 * budget.gaussian_sd(length, SHARES[2] / NOISY_ROUNDS * rest))
    hessian = _positive(_matrix(curvature, k + 1) + np.diag(penalty), noise)
    w = np.zeros(k + 1)
    for turn in range(1, NOISY_ROUNDS + 1):
        parts = [(expit(a @ w) - h.outcome) @ a for a, h in zip(x, holders, strict=True)]
        gradient = noisy_sum(parts, f"gradient {turn}", length, SHARES[2] / NOISY_ROUNDS, k + 1) + penalty * w
        w = w - np.linalg.solve(hessian, gradient)
    return medians, means, scales, w, budget


def _medians(holders: Sequence[Holder], ask: SecureSum) -> np.ndarray:
    """Find each column's median by counting: the middle two values are closed in upon at once, 256 times a round."""
    k = holders[0].features.shape[1]
    (present,) = ask([(~np.isnan(h.features)).sum(axis=0).astype(float) for h in holders]).reshape(1, k)
    wanted = np.maximum(np.concatenate([np.ceil(present / 2), np.floor(present / 2) + 1]), 1)
    low, width = np.full(2 * k, -_REACH), 2 * _REACH
    twice = [Holder(h.name, np.tile(h.features, 2), h.outcome) for h in holders]
    for _ in range(_SEARCHES):
        width /= _SPLIT
        edges = low[:, None] + width * np.arange(1, _SPLIT)
        counts = ask([h.not_above(edges).ravel() for h in twice], told=2 * k).reshape(2 * k, -1)
        low = low + width * (counts < wanted[:, None]).sum(axis=1)
    found = (low + width).reshape(2, k).mean(axis=0)
    return np.where(present > 0, found, 0.0)


def _summary(counts: np.ndarray, sure: float) -> tuple[float, float, float]:
    """Return median, mean and standard deviation of a noisy histogram; cells that may be noise alone are left out."""
    middles = np.concatenate([[_GRID[0]], (_GRID[1:] + _GRID[:-1]) / 2, [_GRID[-1]]])
    kept = np.where((counts > sure) | (counts == counts.max()), np.maximum(counts, 1.0), 0.0)
    kept /= kept.sum()
    mean = kept @ middles
    deviation = np.sqrt(kept @ (middles - mean) ** 2)
    cell = np.diff(_GRID, prepend=_GRID[0])[np.searchsorted(_GRID, mean).clip(1, len(_GRID) - 1)]
    return float(middles[np.searchsorted(np.cumsum(kept), 0.5)]), float(mean), float(max(deviation, cell))


def _derivatives(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    p = expit(x @ w)
    return np.concatenate([(p - y) @ x, _pairs(x, p * (1 - p))])


def _pairs(x: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Return the upper triangle of the weighted sums of products of columns."""
    product = x.T @ (x if weight is None else x * weight[:, None])
    return product[np.triu_indices(len(product))]


def _matrix(triangle: np.ndarray, size: int) -> np.ndarray:
    whole = np.zeros((size, size))
    whole[np.triu_indices(size)] = triangle
    return whole + np.triu(whole, 1).T


def _cut(rows: np.ndarray, length: float) -> np.ndarray:
    """Shorten the rows that are longer than allowed."""
    return rows * np.minimum(1.0, length / np.linalg.norm(rows, axis=1))[:, None]


def _positive(matrix: np.ndarray, noise: float) -> np.ndarray:
    """Raise the eigenvalues that noise of this standard deviation alone could have made."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, np.maximum(noise * np.sqrt(len(matrix)), 1e-9))) @ vectors.T


def _least_squares(totals: np.ndarray, size: int, noise: float) -> np.ndarray:
    whole = _matrix(totals, size + 1)
    left, right = whole[:size, :size], whole[:size, size]
    return np.linalg.solve(_positive(left, noise), right) if noise else np.linalg.lstsq(left, right, rcond=1e-12)[0]


def _pipeline(
    task: str,
    medians: np.ndarray,
    means: np.ndarray,
    scales: np.ndarray,
    coefficients: np.ndarray,
    names: Sequence[str] | None,
    rounds: int,
) -> Any:
    """Return a scikit-learn pipeline with the numbers that were learnt, as if it had been fitted."""
    import pandas as pd
    from sklearn import config_context
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    with config_context(assume_finite=True, skip_parameter_validation=True):
        imputer.fit(pd.DataFrame([medians], columns=list(names)) if names is not None else medians[None, :])
        scaler = StandardScaler().fit(np.stack([means - scales, means + scales]))
    scaler.mean_, scaler.scale_, scaler.var_ = means, scales, scales**2
    regression = LogisticRegression(max_iter=200) if task == "classification" else LinearRegression()
    regression.n_features_in_ = len(means)
    if task == "classification":
        regression.classes_, regression.n_iter_ = np.array([0, 1]), np.array([rounds])
        regression.coef_, regression.intercept_ = coefficients[None, 1:], coefficients[:1]
    else:
        regression.coef_, regression.intercept_ = coefficients[1:], float(coefficients[0])
    return make_pipeline(imputer, scaler, regression)
