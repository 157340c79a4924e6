"""A source of a service's records, as its consumers know it: who answers for it, how often it comes, what it says."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import ExportError, unknown
from sim.scenario import Feature, Service
from sim.scenario.source import Source as Terms

_UNITS = {w: w for w in ("years", "months", "weeks", "days", "hours", "minutes")} | {"pct": "per cent"}


@dataclass(frozen=True)
class Source:
    """A source and its terms.

    Attributes
    ----------
    terms : sim.scenario.source.Source
        Who answers for it, how often it delivers, how long before a change it says so.
    features : tuple of Feature
        What it says of each case.
    """

    terms: Terms
    features: tuple[Feature, ...]

    @property
    def delivery(self) -> str:
        """How often it delivers, in words."""
        hours = self.terms.cadence_hours
        if not hours:
            return "with each case"
        return "every hour" if hours == 1 else f"every {hours:g} hours"


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
    return Source(service.source(name), tuple(f for f in service.features if f.source == name))


def unit_of(feature: Feature) -> str:
    """Return a feature's unit, as the scenario gives it or else its kind and its name tell it.

    Parameters
    ----------
    feature : Feature
        Its name carries the unit, as ``rent_gbp``, ``hours_per_week`` or ``months_at_address`` do.

    Returns
    -------
    str
        For instance ``"GBP a month"``, ``"hours per week"``, ``"months"``; ``"count"`` where the name says no more.
    """
    if feature.unit:
        return feature.unit
    if feature.kind == "flag":
        return "yes (1) or no (0)"
    if feature.kind == "money":
        return "GBP"
    if "_per_" in feature.name:
        return feature.name.replace("_", " ")
    return next((_UNITS[word] for word in feature.name.split("_") if word in _UNITS), "count")


def about(feature: Feature) -> str:
    """Return in words what a feature may be: its unit and its valid range."""
    return f"In {unit_of(feature)}; valid from {feature.low:g} to {feature.high:g}."
