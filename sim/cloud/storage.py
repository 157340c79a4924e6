"""Tiers of storage: what each store holds, by the day on which it came in, so that it can be moved down by age."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.scenario import Resource

STOCK_DAYS = 365
"""Days before the start over which what is held on the first day had come in, evenly."""

COLDER = ("infrequent", "flexible-archive")
"""Lines of the price list for cool storage and for the archive; hot storage is of the store's own size."""


class Storage:
    """What the stores of an estate hold, service by service and day by day.

    Parameters
    ----------
    estate : sequence of sim.scenario.Resource
        Of which those of the kind ``"storage"`` are stores.
    services : sequence of str
        Names; what a shared store holds at the start belongs to all of them alike.
    """

    def __init__(self, estate: Sequence[Resource], services: Sequence[str]) -> None:
        self._held: list[tuple[int, str, float, list[float]]] = []
        for i, given in enumerate(estate):
            if given.kind == "storage":
                owners = [given.service] if given.service in services else list(services)
                stock = np.arange(STOCK_DAYS + 1) * (given.gb / len(owners) / STOCK_DAYS)
                self._held += [(i, owner, given.gb_per_case, list(stock)) for owner in owners]
        self._since: dict[str, tuple[int, int, int]] = {}

    @property
    def aged(self) -> bool:
        """Whether anything has been moved or deleted."""
        return bool(self._since)

    def keep(self, service: str, cases: int) -> None:
        """Take in a day's cases of a service; to be called once for each service and day."""
        for _, owner, gb_per_case, total in self._held:
            if owner == service:
                total.append(total[-1] + gb_per_case * cases)

    def age(self, service: str, since: tuple[int, int, int]) -> None:
        """Move a service's data down.

        Parameters
        ----------
        service : str
            Whose.
        since : tuple of int
            Days since which data are hot, at least cool, and kept at all.
        """
        self._since[service] = since

    def tiers(self) -> dict[int, tuple[float, float, float]]:
        """Return what each store holds hot, cool and in the archive, GB, by its place in the estate."""
        result: dict[int, tuple[float, float, float]] = {}
        for i, owner, _, total in self._held:
            since = self._since.get(owner, (-STOCK_DAYS,) * 3)
            hot, cool, kept = (total[min(max(day + STOCK_DAYS, 0), len(total) - 1)] for day in since)
            before = result.get(i, (0.0, 0.0, 0.0))
            result[i] = (before[0] + total[-1] - hot, before[1] + hot - cool, before[2] + cool - kept)
        return result
