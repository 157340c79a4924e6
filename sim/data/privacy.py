"""Privacy: pseudonyms, coarser values, noise, and what an attacker can still do. Nothing here simulates.

Noise takes the generator that it draws from, so that whoever calls it says which stream that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pandas as pd

from sim.data.privacy_budget import PrivacyBudget
from sim.errors import DecisionError, nearest

LARGEST_ATTACK = 1000
"""Most people in one call of `reidentified`, which compares everybody with everybody."""


def pseudonym(case_id: np.ndarray, key: bytes | str) -> np.ndarray:
    """Return another name for each case, always the same under the same key.

    Parameters
    ----------
    case_id : ndarray of whole numbers, shape (n,)
        Integers, or floats without fraction.
    key : bytes or str
        The secret, 1 to 64 bytes. Without it a name says nothing of the case; whoever holds it can try all cases in
        turn, which is why a pseudonym is not anonymous (UK GDPR, recital 26).

    Returns
    -------
    ndarray of int64, shape (n,)
        Below 2^53, so that a float holds it; keyed BLAKE2b (RFC 7693). Among a million cases the chance that any two
        share a name is below 1 in 10,000.

    Raises
    ------
    DecisionError
        If the key is empty or too long, or a case is not a whole number.
    """
    secret = key.encode() if isinstance(key, str) else bytes(key)
    if not 1 <= len(secret) <= 64:
        raise DecisionError(f"key has {len(secret)} bytes, but 1 to 64 bytes were expected.")
    given = np.asarray(case_id)
    if not np.issubdtype(given.dtype, np.number) or not np.array_equal(given, np.rint(given)):
        raise DecisionError("case_id holds something that is not a whole number, but whole numbers were expected.")
    keyed = blake2b(key=secret, digest_size=8)
    words = np.ascontiguousarray(given, dtype="<i8").tobytes()
    digests = bytearray()
    for place in range(0, len(words), 8):
        one = keyed.copy()
        one.update(words[place : place + 8])
        digests += one.digest()
    return (np.frombuffer(digests, dtype="<u8") >> np.uint64(11)).astype("int64")


def generalise(values: np.ndarray, width: float) -> np.ndarray:
    """Return the middle of the band in which each value lies.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN stays.
    width : float
        Of a band; bands begin at multiples of it. 0 leaves values as they are.

    Returns
    -------
    ndarray of float, shape (n,)
        In the values' unit.

    Raises
    ------
    DecisionError
        If the width is negative or not finite.
    """
    if not 0 <= width < np.inf:
        raise DecisionError(f"width is {width!r}, but a finite number of 0 or more was expected.")
    given = np.asarray(values, dtype=float)
    return given.copy() if width == 0 else np.floor(given / width) * width + width / 2


def laplace_noise(
    values: np.ndarray,
    low: float,
    high: float,
    epsilon: float,
    generator: np.random.Generator,
    budget: PrivacyBudget | None = None,
) -> tuple[np.ndarray, PrivacyBudget | None]:
    """Cut values off at public bounds and add Laplace noise, so that each is epsilon-private by itself.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        One value of each person; NaN stays, so that it is public who has none.
    low, high : float
        Bounds that do not depend on the data; one value moves by at most ``high - low``.
    epsilon : float
        Privacy loss of this column, above 0; the noise has standard deviation ``sqrt(2) (high - low) / epsilon``.
    generator : numpy.random.Generator
        Draws one variate for each value.
    budget : PrivacyBudget, optional
        The ledger of each person's privacy.

    Returns
    -------
    noisy : ndarray of float, shape (n,)
        In the values' unit; may lie outside the bounds.
    budget : PrivacyBudget or None
        After this answer. Source: Dwork, McSherry, Nissim and Smith (2006).

    Raises
    ------
    DecisionError
        If bounds or epsilon are out of range, or the budget does not reach.
    """
    clipped = _clipped(values, low, high)
    after = (budget or PrivacyBudget(epsilon, 0.0)).spend("laplace noise", epsilon=epsilon)
    noisy = clipped + generator.laplace(scale=(high - low) / epsilon, size=clipped.shape)
    return noisy, after if budget else None


def gaussian_noise(
    values: np.ndarray,
    low: float,
    high: float,
    rho: float,
    generator: np.random.Generator,
    budget: PrivacyBudget,
) -> tuple[np.ndarray, PrivacyBudget]:
    """Cut values off at public bounds and add Gaussian noise that costs ``rho``.

    Parameters
    ----------
    values, low, high, generator
        As for `laplace_noise`.
    rho : float
        Cost in zero-concentrated differential privacy, above 0; the noise has standard deviation
        ``(high - low) / sqrt(2 rho)``. ``budget.rho`` is the whole budget, so ``budget.rho / 12`` suits twelve columns.
    budget : PrivacyBudget
        The ledger of each person's privacy; its delta must be above 0.

    Returns
    -------
    noisy : ndarray of float, shape (n,)
        In the values' unit; may lie outside the bounds.
    budget : PrivacyBudget
        After this answer.

    Raises
    ------
    DecisionError
        If bounds or rho are out of range, or the budget does not reach.
    """
    clipped = _clipped(values, low, high)
    after = budget.spend("gaussian noise", rho=rho)
    return clipped + budget.gaussian_sd(high - low, rho) * generator.standard_normal(clipped.shape), after


def _clipped(values: np.ndarray, low: float, high: float) -> np.ndarray:
    if not -np.inf < low < high < np.inf:
        raise DecisionError(f"low is {low!r} and high {high!r}, but two finite numbers, low below high, were expected.")
    return np.clip(np.asarray(values, dtype=float), low, high)


def k_anonymity(frame: pd.DataFrame, quasi_identifiers: Sequence[str]) -> int:
    """Return the size of the smallest set of people who look the same.

    Parameters
    ----------
    frame : DataFrame
        One row per person; missing values look like one another.
    quasi_identifiers : sequence of str
        The columns that an attacker might know from elsewhere.

    Returns
    -------
    int
        k, 1 where somebody is unique; 0 for an empty frame. Source: Sweeney (2002).

    Raises
    ------
    DecisionError
        If no column is named, or one that the frame lacks.
    """
    _known(frame, quasi_identifiers)
    sizes = frame.groupby(list(quasi_identifiers), dropna=False, observed=True).size()
    return int(sizes.min()) if len(sizes) else 0


def reidentified(stored: pd.DataFrame, attacker: pd.DataFrame, quasi_identifiers: Sequence[str] | None = None) -> float:
    """Return the share of people whom an attacker finds: matched with one record only, and the right one.

    The attacker knows each person's true quasi-identifiers, and takes the record nearest to them, each column measured
    in its standard deviation among the people known. A record that has lost a value lies at the average distance in it;
    somebody on the edge between two bands is as near to either, and found in neither if both are taken.

    Parameters
    ----------
    stored : DataFrame
        What leaked, numbers; row i belongs to the person of row i of ``attacker``.
    attacker : DataFrame
        The truth, at most `LARGEST_ATTACK` rows: take a sample of both.
    quasi_identifiers : sequence of str, optional
        The columns that the attacker knows; all of ``attacker`` unless given.

    Returns
    -------
    float
        0 to 1; NaN without rows.

    Raises
    ------
    DecisionError
        If the frames differ in length, are too long, or lack a column.
    """
    names = list(attacker.columns) if quasi_identifiers is None else list(quasi_identifiers)
    _known(stored, names)
    _known(attacker, names)
    n = len(attacker)
    if len(stored) != n or n > LARGEST_ATTACK:
        raise DecisionError(
            f"stored has {len(stored)} rows and attacker {n}, but the same number was expected, up to {LARGEST_ATTACK}."
        )
    if n == 0:
        return float("nan")
    distance = np.zeros((n, n))
    for name in names:
        truth, kept = attacker[name].to_numpy(dtype=float), stored[name].to_numpy(dtype=float)
        if np.isnan(truth).all():
            continue
        square = ((truth[:, None] - kept) / (np.nanstd(truth) or 1.0)) ** 2
        gap = np.isnan(square)
        square[gap] = square[~gap].mean() if not gap.all() else 0.0
        distance += square
    best = distance.min(axis=1)
    alone = (distance <= best[:, None] + 1e-9).sum(axis=1) == 1
    return float(np.mean(alone & (distance.argmin(axis=1) == np.arange(n))))


def _known(frame: pd.DataFrame, names: Sequence[str]) -> None:
    if not len(names):
        raise DecisionError("quasi_identifiers is empty, but at least one column was expected.")
    for name in names:
        if name not in frame.columns:
            raise DecisionError(
                f"quasi_identifiers holds {name!r}, which is no column of the frame.{nearest(name, map(str, frame))}"
            )
