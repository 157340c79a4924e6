"""The privacy budget: how much the noisy answers given so far may together reveal of one person."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.errors import DecisionError


@dataclass(frozen=True)
class Spending:
    """One answer that was paid for.

    Attributes
    ----------
    what : str
        What was answered.
    rho : float
        Its cost in zero-concentrated differential privacy.
    epsilon : float or None
        Its cost in pure differential privacy; None for Gaussian noise, which has none.
    """

    what: str
    rho: float
    epsilon: float | None


@dataclass(frozen=True)
class PrivacyBudget:
    """An (epsilon, delta) of differential privacy, and the ledger of what has been spent of it.

    Costs are added up as zero-concentrated differential privacy (Bun and Steinke 2016): Gaussian noise of standard
    deviation s on an answer that one person moves by at most d costs rho = d^2 / (2 s^2) (their proposition 6),
    Laplace noise that is epsilon-private costs rho = epsilon^2 / 2 (proposition 4), and rho of costs in a row is the
    sum of the rhos (lemma 7). Together they are (rho + 2 sqrt(rho ln(1 / delta)), delta)-private (proposition 3).
    Where all noise was Laplace's, the plain sum of epsilons holds as well, and the smaller of the two is reported.

    Parameters
    ----------
    epsilon : float
        Above 0. 0.1 is strict, 1 usual, 10 hardly a protection: convention, no theorem.
    delta : float
        0 up to 1, and well below one over the number of people; 0 allows Laplace noise only.
    ledger : tuple of Spending
        What has been spent.

    Raises
    ------
    DecisionError
        If epsilon or delta is out of range.
    """

    epsilon: float
    delta: float = 1e-5
    ledger: tuple[Spending, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.epsilon < math.inf:
            raise DecisionError(f"epsilon is {self.epsilon!r}, but a finite number above 0 was expected, such as 1.0.")
        if not 0 <= self.delta < 1:
            raise DecisionError(f"delta is {self.delta!r}, but a number from 0 up to 1 was expected, such as 1e-5.")

    @property
    def rho(self) -> float:
        """The whole budget in zero-concentrated differential privacy; 0 where delta is 0."""
        if self.delta == 0:
            return 0.0
        log = math.log(1 / self.delta)
        return (math.sqrt(log + self.epsilon) - math.sqrt(log)) ** 2

    @property
    def spent(self) -> float:
        """The epsilon, at this delta, of all that has been spent."""
        rho = math.fsum(entry.rho for entry in self.ledger)
        concentrated = math.inf
        if self.delta > 0:
            concentrated = rho + 2 * math.sqrt(rho * math.log(1 / self.delta))
        if all(entry.epsilon is not None for entry in self.ledger):
            return min(concentrated, math.fsum(entry.epsilon or 0.0 for entry in self.ledger))
        return concentrated

    def spend(self, what: str, *, rho: float | None = None, epsilon: float | None = None) -> PrivacyBudget:
        """Return the budget after one more answer.

        Parameters
        ----------
        what : str
            What is answered.
        rho : float, optional
            Cost of Gaussian noise.
        epsilon : float, optional
            Cost of Laplace noise; give one of the two.

        Returns
        -------
        PrivacyBudget
            A new one; this one is as it was.

        Raises
        ------
        DecisionError
            If it would be overspent, or not exactly one positive cost is given.
        """
        cost = rho if epsilon is None else epsilon
        if (rho is None) == (epsilon is None) or not 0 < cost < math.inf:
            raise DecisionError(f"{what!r} costs rho={rho!r}, epsilon={epsilon!r}; one of them, above 0, was expected.")
        entry = Spending(what, cost if epsilon is None else cost**2 / 2, epsilon)
        after = PrivacyBudget(self.epsilon, self.delta, (*self.ledger, entry))
        if after.spent > self.epsilon * (1 + 1e-9):
            raise DecisionError(
                f"{what!r} would bring the privacy spent from {self.spent:.4g} to {after.spent:.4g}, but the budget is "
                f"epsilon {self.epsilon:g} at delta {self.delta:g}. Add more noise, or ask less often."
            )
        return after

    def gaussian_sd(self, sensitivity: float, rho: float) -> float:
        """Return the standard deviation that makes an answer cost ``rho``.

        Parameters
        ----------
        sensitivity : float
            The most by which one person moves the answer, as a Euclidean length.
        rho : float
            Above 0.

        Returns
        -------
        float
            In the answer's unit.
        """
        return sensitivity / math.sqrt(2 * rho)
