"""Named random streams: randomness has a name, never an order.

A stream is keyed by the bytes of its own name, so a new stream, or one more draw from another, changes nobody else's
numbers. A playbook and a scenario never enter the seed: two playbooks meet the same world.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np

from sim.errors import SeedError


@dataclass(frozen=True)
class Streams:
    """A family of independent generators, one for each name.

    Parameters
    ----------
    seed : int
        Zero or more; the public seed of a run.
    replication : int
        Zero or more; the public seed means replication 0.

    Raises
    ------
    SeedError
        If either is negative or not a whole number.
    """

    seed: int
    replication: int = 0

    def __post_init__(self) -> None:
        for field in ("seed", "replication"):
            value = getattr(self, field)
            if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
                nearest = abs(int(value)) if isinstance(value, Integral) else 0
                raise SeedError(
                    f"{field} is {value!r}, but it must be a whole number of zero or more. "
                    f"The nearest that would do is {nearest}."
                )

    @cached_property
    def _root(self) -> np.ndarray:
        """The words that all names follow: NumPy's own way of joining entropy, padded to four words, and a spawn key.

        ``SeedSequence(words)`` equals ``SeedSequence(entropy=seed, spawn_key=(replication, *name.encode()))`` at a
        quarter of its cost, most of which is spent on turning the key's numbers into words one by one.
        """
        seed = _words(int(self.seed))
        return np.array([*seed, *[0] * (4 - len(seed)), *_words(int(self.replication))], dtype="uint32")

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator for a name, always at the same starting point.

        Parameters
        ----------
        name : str
            For instance ``"claims-triage/cases/31"``.

        Returns
        -------
        numpy.random.Generator
            PCG64, seeded by (seed, replication, name).
        """
        return np.random.Generator(self._bits(name))

    def _bits(self, name: str) -> np.random.PCG64:
        words = np.concatenate([self._root, np.frombuffer(name.encode(), dtype="uint8")], dtype="uint32")
        return np.random.PCG64(np.random.SeedSequence(words))

    def uniforms(self, name: str, *shape: int) -> np.ndarray:
        """Return uniforms on [0, 1) drawn by rows from the named stream.

        Parameters
        ----------
        name : str
            The stream.
        *shape : int
            Of the array; the last axis is the fixed number of variates per row, so that more rows leave the earlier
            rows as they were.

        Returns
        -------
        numpy.ndarray
            float64 of the given shape.
        """
        return self.generator(name).random(shape)

    def words(self, name: str, count: int) -> np.ndarray:
        """Return random words of 32 bits from the named stream: the raw material of uniforms in single precision.

        Parameters
        ----------
        name : str
            The stream.
        count : int
            How many; more of them leave the earlier ones as they were.

        Returns
        -------
        numpy.ndarray
            uint32 of shape (count,). Their upper 24 bits are the variates that ``Generator.random`` gives as float32,
            and their upper 16 bits say in which of 65,536 equal intervals each of those lies.
        """
        return _words_of(self._bits(name), count)

    def seeds(self, family: str, days: np.ndarray) -> np.ndarray:
        """Return the seeds of a family of streams, one a day: their names are the family's and the day's.

        A run's streams of a family have all but the last letters of their names in common, so that seeding them
        together takes a tenth of the time of seeding one after the other.

        Parameters
        ----------
        family : str
            For instance ``"claims-triage/cases"``.
        days : ndarray of int, shape (n,)
            Days from the start.

        Returns
        -------
        ndarray of uint64, shape (n, 4)
            For `words_from`.
        """
        names = [str(day) for day in np.asarray(days).tolist()]
        length = np.array([len(name) for name in names], dtype=int)
        made = np.empty((len(names), 4), dtype="uint64")
        begun = _absorb(*_pool(self._root[:4].tolist()), [*self._root[4:].tolist(), *f"{family}/".encode()])
        for size in np.unique(length).tolist():
            here = np.nonzero(length == size)[0]
            letters = np.frombuffer("".join(names[i] for i in here).encode(), dtype="uint8").reshape(-1, size)
            pool, _ = _absorb(list(begun[0]), begun[1], letters.T.astype("uint64"))
            made[here] = _state(pool)
        return made

    def words_from(self, seed: np.ndarray, count: int) -> np.ndarray:
        """Return random words as `words` does, from the stream of a seed, shape (4,), that `seeds` gave."""
        return _words_of(self._set(seed), count)

    def uniforms_from(self, seed: np.ndarray, *shape: int) -> np.ndarray:
        """Return uniforms as `uniforms` does, from the stream of a seed, shape (4,), that `seeds` gave."""
        return np.random.Generator(self._set(seed)).random(shape)

    def _set(self, seed: np.ndarray) -> np.random.PCG64:
        """Return a generator's bits at the start of a seed's stream; to make another takes longer than to set this."""
        high, low, sequence, which = seed.tolist()
        step = ((sequence << 64 | which) << 1 | 1) & _BITS_128
        state = ((step + (high << 64 | low)) * _PCG_MULTIPLIER + step) & _BITS_128
        self._reused.state = {
            "bit_generator": "PCG64", "state": {"state": state, "inc": step}, "has_uint32": 0, "uinteger": 0,
        }  # fmt: skip
        return self._reused

    @cached_property
    def _reused(self) -> np.random.PCG64:
        return np.random.PCG64(0)


def _words_of(bits: np.random.PCG64, count: int) -> np.ndarray:
    return bits.random_raw(-(-count // 2)).astype("<u8", copy=False).view("<u4")[:count]


# NumPy's SeedSequence (O'Neill 2015) and the seeding of PCG64, on one number or on an array of them.

_BITS, _BITS_128 = 0xFFFFFFFF, (1 << 128) - 1
_HASH, _HASH_STEP, _STATE, _STATE_STEP = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
_MIX_POOL, _MIX_WORD = 0xCA01F9DD, 0x4973F715
_PCG_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645


def _hashed(word: Any, constant: int, step: int) -> tuple[Any, int]:
    following = constant * step & _BITS
    value = (word ^ constant) * following & _BITS
    return value ^ value >> 16, following


def _mixed(held: Any, value: Any) -> Any:
    mixed = held * _MIX_POOL - value * _MIX_WORD & _BITS
    return mixed ^ mixed >> 16


def _pool(first: Sequence[int]) -> tuple[list[Any], int]:
    """Return the pool that the first four words of entropy make, and the constant to go on hashing with."""
    pool, constant = [0] * 4, _HASH
    for k, word in enumerate(first):
        pool[k], constant = _hashed(word, constant, _HASH_STEP)
    for source in range(4):
        for k in range(4):
            if k != source:
                value, constant = _hashed(pool[source], constant, _HASH_STEP)
                pool[k] = _mixed(pool[k], value)
    return pool, constant


def _absorb(pool: list[Any], constant: int, words: Iterable[Any]) -> tuple[list[Any], int]:
    """Mix further words of entropy into a pool, in place."""
    for word in words:
        for k in range(4):
            value, constant = _hashed(word, constant, _HASH_STEP)
            pool[k] = _mixed(pool[k], value)
    return pool, constant


def _state(pool: list[np.ndarray]) -> np.ndarray:
    """Return the four words of 64 bits that a pool seeds a generator with, shape (n, 4)."""
    constant, halves = _STATE, []
    for k in range(8):
        value, constant = _hashed(pool[k % 4], constant, _STATE_STEP)
        halves.append(value)
    return np.stack([low | high << 32 for low, high in zip(halves[::2], halves[1::2], strict=True)], axis=1)


def _words(number: int) -> list[int]:
    """Return a whole number in words of 32 bits, the least significant first."""
    words = [number & 0xFFFFFFFF]
    while number := number >> 32:
        words.append(number & 0xFFFFFFFF)
    return words
