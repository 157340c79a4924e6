"""Who reads a parameter: found by watching, not by trusting a list."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim.scenario.parameter import Part

Readers = dict[tuple[str, str], set[str]]
"""Modules that read a field, by kind of part and field."""


@contextmanager
def watched() -> Iterator[Readers]:
    """Note which module of `sim` reads which field of which kind of part, for as long as the context lasts.

    Yields
    ------
    dict of (str, str) to set of str
        Filled as fields are read, by part and field. Modules are named without ``sim.``, such as ``cloud.meter``. What
        reads a field only to check or copy a scenario (`sim.scenario`) goes by ``scenario...`` too.

    Notes
    -----
    Every reading of every part goes through one Python function meanwhile, so that a run takes several times as long.
    Contexts may not be nested, and are for one thread.
    """
    seen: Readers = defaultdict(set)
    fields = {kind: frozenset(kind.model_fields) for kind in _all_parts(Part)}

    def note(part: Part, name: str) -> Any:
        kind = type(part)
        if name in fields[kind]:
            reader = sys._getframe(1).f_globals.get("__name__", "")
            if reader.startswith("sim."):
                seen[kind.__name__, name].add(reader.removeprefix("sim."))
        return object.__getattribute__(part, name)

    Part.__getattribute__ = note  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        del Part.__getattribute__


def _all_parts(kind: type[Part]) -> list[type[Part]]:
    return [kind, *(one for below in kind.__subclasses__() for one in _all_parts(below))]
