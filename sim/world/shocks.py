"""Shocks: when incidents begin, whatever anybody decides. Each is keyed by its own name and number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.streams import Streams


@dataclass(frozen=True)
class Shock:
    """One incident that will begin.

    Attributes
    ----------
    incident_id : str
        For instance ``"claims-triage/pence-for-pounds/0"``.
    name : str
        The kind's name in the scenario.
    began : float
        Day on which it begins.
    effort : float
        Work to mend it, as a multiple of the kind's mean: lognormal with mean 1.
    """

    incident_id: str
    name: str
    began: float
    effort: float


def shocks(
    streams: Streams, owner: str, name: str, per_year: float, days: int, on_days: tuple[float, ...] = ()
) -> list[Shock]:
    """Draw the incidents of one kind over a run: a Poisson process, and any that are certain.

    Parameters
    ----------
    streams : Streams
        Of the run.
    owner, name : str
        What it befalls, and the kind's name.
    per_year : float
        Mean number in 365.25 days.
    days : int
        Length of the run.
    on_days : tuple of float
        Days on which one begins for certain.

    Returns
    -------
    list of Shock
        In order of their beginning.
    """
    began = [float(d) for d in on_days if d < days]
    if per_year > 0:
        generator = streams.generator(f"{owner}/incident/{name}")
        now = 0.0
        while True:
            with np.errstate(over="ignore"):
                now += -np.log1p(-generator.random()) * 365.25 / per_year
            if now >= days:
                break
            began.append(now)
    result = []
    for i, day in enumerate(sorted(began)):
        incident = f"{owner}/{name}/{i}"
        z = streams.generator(f"incident/{incident}").standard_normal()
        result.append(Shock(incident, name, day, float(np.exp(0.6 * z - 0.18))))
    return result
