"""Named random streams: randomness has a name, never an order.

A stream is keyed by the bytes of its own name, so a new stream, or one more draw from another, changes nobody else's
numbers. A playbook and a scenario never enter the seed: two playbooks meet the same world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral

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
        raw = self._bits(name).random_raw(-(-count // 2))
        return raw.astype("<u8", copy=False).view("<u4")[:count]


def _words(number: int) -> list[int]:
    """Return a whole number in words of 32 bits, the least significant first."""
    words = [number & 0xFFFFFFFF]
    while number := number >> 32:
        words.append(number & 0xFFFFFFFF)
    return words
