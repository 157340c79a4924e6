"""A sum over several parties of which the sum alone is seen. Nothing here simulates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.errors import DecisionError

_STEP = 2.0**-40


class SecureSum:
    """Sums of arrays under pairwise masks: each two parties share a secret, which one adds and the other takes away.

    A number becomes two words of 64 bits, its whole part and its fraction in steps of 2^-40, and masks are added
    modulo 2^64. So they cancel exactly, and what one party sends is uniform noise to whoever lacks its secrets. Source:
    Bonawitz et al. (2017), without its recovery from parties that drop out: here all answer.

    Parameters
    ----------
    parties : int
        1 or more; with one party there is nothing to hide behind.
    generator : numpy.random.Generator
        Makes the secrets. They leave no trace in the sums.

    Attributes
    ----------
    rounds : int
        Sums so far.
    bytes_exchanged : int
        Sent by the parties, and to them, so far.
    """

    def __init__(self, parties: int, generator: np.random.Generator) -> None:
        self.parties, self.rounds, self.bytes_exchanged = parties, 0, 0
        seeds = generator.integers(2**63, size=(parties, parties))
        self._secrets = {
            (i, j): np.random.Generator(np.random.PCG64(int(seeds[i, j]))) for j in range(parties) for i in range(j)
        }

    def messages(self, parts: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return what each party sends.

        Parameters
        ----------
        parts : sequence of ndarray of float, each of shape (n,)
            What each party would add.

        Returns
        -------
        list of ndarray of uint64, each of shape (2, n)
            Masked.

        Raises
        ------
        DecisionError
            If a number is too large for 64 bits, or not finite.
        """
        sent = [_encoded(part, self.parties) for part in parts]
        for (i, j), secret in self._secrets.items():
            mask = secret.integers(2**64, size=sent[i].shape, dtype="uint64")
            sent[i] += mask
            sent[j] -= mask
        return sent

    def __call__(self, parts: Sequence[np.ndarray], told: int = 0) -> np.ndarray:
        """Return the sum over the parties.

        Parameters
        ----------
        parts : sequence of ndarray of float, each of shape (n,)
            What each party would add.
        told : int
            How many numbers of 8 bytes each party had to be told for this.

        Returns
        -------
        ndarray of float, shape (n,)
            To within 2^-41 for each party.
        """
        sent = self.messages(parts)
        self.rounds += 1
        self.bytes_exchanged += sum(message.nbytes for message in sent) + 8 * told * self.parties
        whole, fraction = np.sum(sent, axis=0, dtype="uint64").view("int64")
        return whole.astype(float) + fraction * _STEP


def _encoded(part: np.ndarray, parties: int) -> np.ndarray:
    limit = 2.0**62 / parties
    if not (np.abs(part) < limit).all():
        worst = float(np.max(np.abs(part)))
        raise DecisionError(
            f"A holder's sum is {worst:g}, but a secret sum takes finite numbers below {limit:.2g}. "
            "Give the features in larger units."
        )
    whole = np.floor(part)
    return np.stack([whole, np.rint((part - whole) / _STEP)]).astype("int64").view("uint64")
