"""A source of a service's records, as its consumers know it: who answers for it, how often it comes, what it says."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import ExportError, unknown
from sim.scenario import Feature, Service

NIGHTLY_HOURS = 24.0
"""Hours between two deliveries of a feed: the pipeline collects every feed once a night."""

_UNITS = ("years", "months", "weeks", "days", "hours", "minutes")


@dataclass(frozen=True)
class Source:
    """A source and its terms.

    Attributes
    ----------
    name, owner : str
        Of the source, and of whoever delivers it.
    cadence_hours : float
        From one delivery to the next.
    features : tuple of Feature
        What it says of each person.
    """

    name: str
    owner: str
    cadence_hours: float
    features: tuple[Feature, ...]


def source_of(service: Service, name: str) -> Source:
    """Return a service's source by name.

    Parameters
    ----------
    service : Service
        As the scenario has it.
    name : str
        One of its sources.

    Returns
    -------
    Source

    Raises
    ------
    ExportError
        If the service has no such source.
    """
    names = [s.name for s in service.sources]
    if name not in names:
        raise ExportError(f"{service.name}: {unknown('source', name, names)}")
    given = service.source(name)
    features = tuple(f for f in service.features if f.source == name)
    return Source(name, given.owner, given.cadence_hours or NIGHTLY_HOURS, features)


def unit_of(feature: Feature) -> str:
    """Return a feature's unit, as its kind and its name tell it.

    Parameters
    ----------
    feature : Feature
        Its name carries the unit, as ``rent_gbp``, ``hours_per_week`` or ``months_at_address`` do.

    Returns
    -------
    str
        For instance ``"GBP"``, ``"hours per week"``, ``"months"``; ``"count"`` where the name says no more.
    """
    if feature.kind == "flag":
        return "yes (1) or no (0)"
    if feature.kind == "money":
        return "GBP"
    if "_per_" in feature.name:
        return feature.name.replace("_", " ")
    return next((word for word in feature.name.split("_") if word in _UNITS), "count")


def about(feature: Feature) -> str:
    """Return in words what a feature may be: its unit and its valid range."""
    return f"In {unit_of(feature)}; valid from {feature.low:g} to {feature.high:g}."
