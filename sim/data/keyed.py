"""Keyed mixing: from a number and a secret, another number, the same each time. Nothing here simulates.

The mixing is that of SplitMix64 (Steele, Lea and Flood 2014), twice, with keys in between: one-to-one, quick on arrays,
and good enough for a simulator. It is no cipher; a department would use a keyed hash, as `sim.data.privacy.pseudonym`
does, which takes a hundred times as long.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

_STEPS = tuple(
    (np.uint64(shift), np.uint64(factor)) for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
)
_LAST = np.uint64(31)


def mixed(words: np.ndarray, key: str) -> np.ndarray:
    """Return another word for each word.

    Parameters
    ----------
    words : ndarray, shape (n,)
        Of 64 bits each, whatever they stand for.
    key : str
        The secret.

    Returns
    -------
    ndarray of uint64, shape (n,)
        Different words become different words.
    """
    secrets = np.frombuffer(blake2b(key.encode(), digest_size=16).digest(), dtype="<u8")
    result = np.array(words).view("<u8")
    for secret in secrets:
        result += secret
        for shift, factor in _STEPS:
            result ^= result >> shift
            result *= factor
        result ^= result >> _LAST
    return result


def uniform(words: np.ndarray, key: str) -> np.ndarray:
    """Return a number strictly between 0 and 1 for each word, shape (n,), evenly spread over different words."""
    return ((mixed(words, key) >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52
