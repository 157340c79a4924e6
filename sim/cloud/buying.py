"""Buying machine hours otherwise than on demand: what such a way is given, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Bought(NamedTuple):
    """A charge that somebody else than the estate has priced: spot, committed, unused, or a purchase.

    Attributes
    ----------
    variant : int
        Place among the resources billed (see `Estate.variant`); -1 for what belongs to none, such as a purchase.
    quantity : float
        Hours, as a rule.
    list_price, unit_price : float
        GBP for one of them: as published, and as bought.
    pence, effective_pence : int
        What is billed, and what it costs in the end.
    charge : int
        Place in `CHARGES`.
    commitment : int
        Place among the commitments; -1 for none.
    """

    variant: int
    quantity: float
    list_price: float
    unit_price: float
    pence: int
    effective_pence: int
    charge: int
    commitment: int = -1


class Buying(Protocol):
    """A way of buying machine hours otherwise than on demand."""

    def __call__(self, day: int, hours: list[float], price: list[float]) -> tuple[list[float], Iterable[Bought]]:
        """Return the hours left to be bought on demand, and what was bought otherwise.

        Parameters
        ----------
        day : int
            Which.
        hours, price : list of float
            Machine hours of each resource today, and the published price of one, GBP; zero for what is no machine.
        """
        ...
