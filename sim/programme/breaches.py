"""Breaches: records copied by way of an account, whose they turn out to be, and what that does to people."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import simpy

from sim.data.privacy import LARGEST_ATTACK, reidentified
from sim.scenario import Breach as Given
from sim.world.shocks import Shock, shocks

if TYPE_CHECKING:
    from sim.programme.service import ServiceDay

NOTIFY_DAYS = 3.0
"""Days within which the regulator must be told: 72 hours (UK GDPR art. 33)."""


@dataclass
class Breach:
    """One theft of records.

    Attributes
    ----------
    shock : Shock
        When.
    account : int
        By way of which account.
    copied, identified : int
        People whose records were copied, and those of them whom the thief can name.
    found_day, notified_day : float
        NaN until then.
    cost_gbp : float
        Harm, once it is known.
    """

    shock: Shock
    account: int
    copied: int
    identified: int
    found_day: float = float("nan")
    notified_day: float = float("nan")
    cost_gbp: float = 0.0


class Breaches:
    """The breaches of one service's store.

    Parameters
    ----------
    service : ServiceDay
        Whose store.

    Attributes
    ----------
    all : list of Breach
        In order of their beginning.
    harm_gbp, identified : ndarray of float, shape (days,)
        Harm, and people identified, by the day on which it became known.
    """

    def __init__(self, service: ServiceDay) -> None:
        self._service = service
        days = service.programme.calendar.days
        self.all: list[Breach] = []
        self.harm_gbp, self.identified = np.zeros(days), np.zeros(days)

    def expect(self) -> None:
        """Let each account be misused when its time comes; the same account at the same time, whatever is decided."""
        service, given = self._service, self._service.given.breach
        if given is None:
            return
        programme = service.programme
        for account in range(given.accounts):
            name = f"breach-account-{account}"
            for shock in shocks(
                programme.streams, service.given.name, name, given.per_account_year, programme.calendar.days
            ):
                if shock.incident_id not in programme.scenario.switched_off:
                    programme.env.process(self._happen(given, shock, account))

    def _happen(self, given: Given, shock: Shock, account: int) -> Generator[simpy.Event, Any, None]:
        service, programme = self._service, self._service.programme
        yield programme.env.timeout(shock.began)
        if account >= service.store.accounts:
            return
        breach = self._steal(given, shock, account)
        self.all.append(breach)
        about = f"{breach.copied} records copied by way of account {account}"
        began = service.write(programme.env.now, "breach began", shock.incident_id, None, about)
        yield programme.env.timeout(given.found_days * shock.effort)
        breach.found_day, day = programme.env.now, int(programme.env.now)
        breach.cost_gbp = breach.identified * given.harm_gbp
        self.harm_gbp[day] += breach.cost_gbp
        self.identified[day] += breach.identified
        about = f"{breach.identified} of {breach.copied} people identified"
        found = service.write(breach.found_day, "breach found", shock.incident_id, began, about)
        yield programme.team("dataops").work("breach notification", given.notify_hours, found)
        breach.notified_day = programme.env.now
        took = breach.notified_day - breach.found_day
        about = "within 72 hours" if took <= NOTIFY_DAYS else f"too late, after {took * 24:.0f} hours"
        notified = service.write(breach.notified_day, "breach notified", shock.incident_id, found, about)
        programme.ledger.post(
            breach.notified_day,
            "compliance",
            "cash",
            round(breach.identified * given.letter_gbp * 100),
            category="compliance",
            cause=notified,
            service=service.given.name,
            discipline="dataops",
        )

    def rows(self) -> list[tuple[object, ...]]:
        """Return a row for each breach, as the run's incidents have it; its cost is known once it is found."""
        name = self._service.given.name
        return [
            (
                b.shock.incident_id,
                "breach",
                f"account {b.account}",
                name,
                b.shock.began,
                b.found_day,
                b.notified_day,
                "" if np.isnan(b.found_day) else "somebody outside",
                b.identified,
                b.cost_gbp,
            )
            for b in self.all
        ]

    def _steal(self, given: Given, shock: Shock, account: int) -> Breach:
        """Copy a share of what is within reach, and find out whose it is."""
        service = self._service
        reach = service.store.within_reach(int(shock.began))
        stream = service.programme.streams.generator(f"breach/{shock.incident_id}")
        copied = reach[stream.random(reach.max(initial=-1) + 1)[reach] < given.share]
        named, matched = self.who(copied)
        weight = service.given.weight
        return Breach(shock, account, len(copied) * weight, round((named + matched) * weight))

    def who(self, places: np.ndarray) -> tuple[int, float]:
        """Say how many people a thief can name from some records.

        Parameters
        ----------
        places : ndarray of int, shape (n,)
            Among the pilot's cases and, after them, the run's.

        Returns
        -------
        named : int
            Those stored under their true number.
        matched : float
            Of the others, those whose quasi-identifiers single them out, judged by a sample spread evenly.
        """
        service, start = self._service, len(self._service.pilot)
        rows = places[places >= start] - start
        others = rows[~service.file.named[rows]]
        features = service.given.features
        columns = [j for j, f in enumerate(features) if f.quasi]
        if not len(others) or not columns:
            return len(places) - len(others), 0.0
        shown = others[np.linspace(0, len(others) - 1, min(len(others), LARGEST_ATTACK)).astype(int)]
        names = [features[j].name for j in columns]
        stored = pd.DataFrame(service.file.features[np.ix_(shown, columns)].astype(float), columns=names)
        true = pd.DataFrame(service.people.clean[np.ix_(shown, columns)].astype(float), columns=names)
        return len(places) - len(others), reidentified(stored, true) * len(others)
