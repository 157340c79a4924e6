"""A trial: a candidate scores real cases beside the version in use, before it takes over."""

from __future__ import annotations

import numpy as np

from sim.decisions.release import Canary, Shadow
from sim.models.evaluation import score_shift
from sim.models.registry import Version
from sim.streams import Streams


class Trial:
    """A shadow or a canary while it lasts.

    Parameters
    ----------
    way : Shadow or Canary
        Which, and its tolerance.
    champion, candidate : Version
        The version in use, and the one on trial.
    streams : Streams
        The world's chance.
    service : str
        Whose cases. A canary's are drawn from the stream ``{service}/canary/{day}``.
    """

    def __init__(
        self, way: Shadow | Canary, champion: Version, candidate: Version, streams: Streams, service: str
    ) -> None:
        self.way, self._champion, self.candidate = way, champion, candidate
        self._streams, self._service = streams, service
        self._usual: list[np.ndarray] = []
        self._new: list[np.ndarray] = []

    def serve(self, day: int, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score a night's records.

        Parameters
        ----------
        day : int
            Days from the start.
        values : ndarray of float, shape (n, features)
            As delivered.

        Returns
        -------
        tuple of ndarray, each of shape (n,)
            Scores that decide, and the number of the version that each is from.
        """
        usual = self._champion.serve(values)
        version = np.full(len(values), self._champion.number, dtype="int16")
        if isinstance(self.way, Shadow):
            self._usual.append(usual)
            self._new.append(self.candidate.serve(values))
            return usual, version
        chosen = self._streams.uniforms(f"{self._service}/canary/{day}", len(values)) < self.way.share
        self._usual.append(usual[~chosen])
        usual[chosen] = self.candidate.serve(values[chosen])
        self._new.append(usual[chosen])
        version[chosen] = self.candidate.number
        return usual, version

    def shift(self) -> float:
        """Return the distance between the two sets of scores; NaN if no record came."""
        return score_shift(np.concatenate([[], *self._usual]), np.concatenate([[], *self._new]))
