"""One parameter of a scenario by its place, such as ``services.claims-triage.noise``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from sim.errors import ScenarioError, nearest
from sim.scenario.parameter import Part
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Parameter:
    """A number of a scenario, and what is known of it.

    Attributes
    ----------
    place : str
        Where it stands; things in a list, and numbers of a collection, go by their names.
    value : float
        As the scenario gives it.
    about, unit, source, confidence : str
        As its description says.
    low, high : float or None
        Least and greatest that is accepted; how far it may plausibly lie is for whoever asks to say.
    """

    place: str
    value: float
    about: str
    unit: str
    source: str
    confidence: str
    low: float | None
    high: float | None


def parameters(scenario: Scenario) -> dict[str, Parameter]:
    """Return every described number of a scenario, by its place.

    Parameters
    ----------
    scenario : Scenario
        Whose values are given.

    Returns
    -------
    dict of str to Parameter
        In the order of the scenario's own parts.
    """
    return {p.place: p for p in _below(scenario, "")}


def at_places(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a copy in which some parameters have other values.

    Parameters
    ----------
    scenario : Scenario
        The original, which is untouched.
    values : mapping of str to float
        By place.

    Returns
    -------
    Scenario
        Checked as if it had been loaded.

    Raises
    ------
    ScenarioError
        If there is no such place, or a value is outside its range.
    """
    known = parameters(scenario)
    data = scenario.model_dump()
    for place, value in values.items():
        if place not in known:
            raise ScenarioError(no_such(place, known))
        *way, last = place.split(".")
        part: Any = data
        for step in way:
            part = part[step] if isinstance(part, dict) else next(one for one in part if one.get("name") == step)
        part[last] = int(round(value)) if isinstance(part[last], int) else float(value)
    return scenario.replace(**data)


def no_such(place: object, known: Mapping[str, Parameter]) -> str:
    """Say that there is no such parameter; they are too many to list them all."""
    return (
        f"There is no parameter at {place!r}. A place is written like {next(iter(known))} or {list(known)[-1]}; "
        f"sim.scenario.place.parameters(scenario) gives all {len(known)}.{nearest(place, known)}"
    )


def _below(part: Part, place: str) -> list[Parameter]:
    found = []
    for name, field in type(part).model_fields.items():
        value, here = getattr(part, name), f"{place}{name}"
        if isinstance(value, Part):
            found += _below(value, f"{here}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            for one in value:
                if hasattr(one, "name"):
                    found += _below(one, f"{here}.{one.name}.")
        elif about := _described(field):
            found.append(Parameter(here, value, field.description or "", **about))
        elif isinstance(value, Mapping) and (about := _described(field, each=True)):
            found += [Parameter(f"{here}.{key}", one, field.description or "", **about) for key, one in value.items()]
    return found


def _described(field: FieldInfo, each: bool = False) -> dict[str, Any]:
    """Return what is known of a number, or of each number of a collection; nothing for anything else."""
    about = field.json_schema_extra
    if not isinstance(about, dict) or "unit" not in about or ("each" in about) != each:
        return {}
    return {key: value for key, value in about.items() if key != "each"}
