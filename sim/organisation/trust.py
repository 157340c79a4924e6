"""Trust: what people have lived through with a service, how it fades, and how many come because of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.scenario.organisation import Trust as Given


@dataclass(frozen=True)
class Experience:
    """What people lived through with a service over some days.

    Attributes
    ----------
    errors : float
        Share of decisions that were wrong.
    gap : float
        Gap between groups in the share of people served right.
    late : float
        Share of cases that did not reach the model on the day on which they came.
    identified : float
        People identified by thieves, as it became known, as a share of a year's people.
    """

    errors: float = 0.0
    gap: float = 0.0
    late: float = 0.0
    identified: float = 0.0


class Trust:
    """Trust in one service, as a share.

    It follows dT/dt = (opening - T) / recovery - T * loss, where loss is the sum of what people lived through beyond
    what they put up with, each at its own weight; a breach and a finding of an audit take their share at once. Over a
    few days in which the loss stays as it is, the equation has a solution in closed form, which is what is used.

    Parameters
    ----------
    given : Trust
        Weights, recovery, and who stays away.
    promised : float
        Share of wrong decisions that the service opened with; worse than that is held against it.

    Attributes
    ----------
    level : float
        Trust now.
    """

    def __init__(self, given: Given, promised: float) -> None:
        self._given, self._promised = given, promised
        self.level = given.opening

    def live(self, days: float, seen: Experience) -> None:
        """Let some days pass.

        Parameters
        ----------
        days : float
            How many.
        seen : Experience
            What people lived through in them.
        """
        given, usual = self._given, self._given.put_up_with
        loss = given.errors * max(seen.errors - self._promised - usual, 0.0)
        loss += given.unfairness * max(seen.gap - usual, 0.0) + given.outages * max(seen.late - usual, 0.0)
        rate = 1 / given.recovery_days + loss
        rest = given.opening / given.recovery_days / rate
        self.level = float(rest + (self.level - rest) * np.exp(-rate * days))
        self.shake(given.breaches * seen.identified)

    def shake(self, share: float) -> None:
        """Take a share of it at once."""
        self.level *= max(1 - share, 0.0)

    @property
    def uptake(self) -> float:
        """Share of those who would come that do."""
        given = self._given
        return 1 - given.stay_away * max(given.good - self.level, 0.0) / given.good
