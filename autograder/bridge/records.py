"""Records of the simulator's own as they cross: a day's signals go in, a choice such as a canary comes out.

What goes in may be any record of ours. What comes out may be a choice that a playbook is made of, and nothing else: it
is built by its own class, which checks it.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from importlib import import_module
from typing import Any

import sim.decisions
from autograder.bridge.values import TAG
from autograder.errors import BridgeError

OURS = ("sim.", "autograder.")


def name_of(thing: Any) -> str:
    """Return where a class or function of ours stands, as ``"module:name"``."""
    return f"{thing.__module__}:{thing.__qualname__}"


def find(name: str) -> Any:
    """Return the class or function of ours that a name says; for the jail's side alone."""
    module, _, inner = name.partition(":")
    if not module.startswith(OURS):
        raise BridgeError(f"{name} is not one of ours.")
    found = import_module(module)
    for part in inner.split("."):
        found = getattr(found, part)
    return found


def is_record(thing: Any) -> bool:
    """Say whether a thing is a record of ours."""
    return dataclasses.is_dataclass(thing) and not isinstance(thing, type) and type(thing).__module__.startswith(OURS)


def packed(record: Any) -> dict[str, Any]:
    """Return a record as a dict under its own tag."""
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return {TAG: "record", "class": name_of(type(record)), "fields": fields}


def rebuilt(made: dict[str, Any]) -> Any:
    """Rebuild a record that was sent into the jail, field by field."""
    kind = find(made["class"])
    record = object.__new__(kind)
    for name, value in made["fields"].items():
        object.__setattr__(record, name, value)
    return record


@lru_cache(maxsize=1)
def choices() -> dict[str, type]:
    """Return the records that may come out of a jail, by name: the choices of `sim.decisions`."""
    points = sim.decisions.POINTS.values()
    homes = {point.accept.__module__ for point in points if point.chosen}
    made = {thing for home in homes for thing in vars(import_module(home)).values() if _is_kind(thing)}
    kinds = [kind for kind in made if kind.__module__ in homes]
    naive = [type(point.naive) for point in points if is_record(point.naive)]
    return {name_of(kind): kind for kind in (*kinds, *naive)}


def _is_kind(thing: Any) -> bool:
    return isinstance(thing, type) and dataclasses.is_dataclass(thing)


def chosen(made: dict[str, Any]) -> Any:
    """Build a choice that came out of a jail; its class says what is wrong with it."""
    kind = choices().get(str(made.get("class")))
    if kind is None:
        raise BridgeError(f"A record {str(made.get('class'))[:80]!r} came, which may not leave the jail.")
    return kind(**{str(name): value for name, value in made["fields"].items()})
