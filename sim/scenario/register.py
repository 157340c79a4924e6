"""Every field of every part of a scenario, as its own description tells it."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from sim.scenario.parameter import Part
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Entry:
    """One field of one kind of part.

    Attributes
    ----------
    part, field : str
        Name of the kind of part, and of its field.
    sort : str
        ``"number"``, ``"numbers"`` (a collection), ``"choice"``, ``"switch"`` (yes or no), ``"text"``, ``"date"`` or
        ``"part"`` (one or more parts of another kind).
    about, unit, source, confidence : str
        As its description says; all but the first are empty for what is no number.
    low, high : float or None
        Accepted range of a number, inclusive.
    allowed : tuple of str
        The words of a choice; the kinds of part that a part may be.
    default : object
        Value when a scenario says nothing; `Ellipsis` when it must say something.
    """

    part: str
    field: str
    sort: str
    about: str
    default: object
    unit: str = ""
    source: str = ""
    confidence: str = ""
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or a collection of them."""
        return self.sort in ("number", "numbers")


def parts(root: type[Part] = Scenario) -> list[type[Part]]:
    """Return every kind of part that a scenario may hold, each after the one that holds it.

    Parameters
    ----------
    root : type
        Kind of part to begin with.

    Returns
    -------
    list of type
        Without repetition.
    """
    found = [root]
    for kind in found:
        for field in kind.model_fields.values():
            found += [one for one in _kinds(field.annotation) if one not in found]
    return found


def register(root: type[Part] = Scenario) -> dict[tuple[str, str], Entry]:
    """Return every field of every kind of part, by part and field.

    Parameters
    ----------
    root : type
        Kind of part to begin with.

    Returns
    -------
    dict of (str, str) to Entry
        In the order in which the parts hold them.
    """
    entries = [_entry(kind, name, field) for kind in parts(root) for name, field in kind.model_fields.items()]
    return {(e.part, e.field): e for e in entries}


def _entry(kind: type[Part], name: str, field: FieldInfo) -> Entry:
    given = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    words = {key: given[key] for key in ("unit", "source", "confidence", "low", "high") if key in given}
    default = ... if field.is_required() else field.get_default(call_default_factory=True)
    sort, allowed = _sort(field)
    return Entry(kind.__name__, name, sort, field.description or "", default, allowed=allowed, **words)


def _sort(field: FieldInfo) -> tuple[str, tuple[str, ...]]:
    leaves = _leaves(field.annotation)
    if inner := _kinds(field.annotation):
        return "part", tuple(one.__name__ for one in inner)
    if {int, float} & set(leaves):
        return ("number" if field.annotation in (int, float) else "numbers"), ()
    if typing.get_origin(field.annotation) is typing.Literal:
        return "choice", tuple(str(word) for word in typing.get_args(field.annotation))
    if field.annotation is bool:
        return "switch", ("yes", "no")
    return ("text" if str in leaves else "date"), ()


def _leaves(annotation: object) -> list[object]:
    inner = typing.get_args(annotation)
    return [leaf for one in inner for leaf in _leaves(one)] if inner else [annotation]


def _kinds(annotation: object) -> list[type[Part]]:
    return [one for one in _leaves(annotation) if isinstance(one, type) and issubclass(one, Part)]
