"""On what a decision rests: whether that is known through and through, and a text that says all of it."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from sim.experiments.fingerprint import fingerprint

PLAIN = (str, bytes, int, float, complex, bool, type(None))

MODULES = {"json", "math", "numpy", "pandas", "scipy", "scipy.stats"}
"""What a function may use and be known all the same, beside the simulator: what comes to the same at any time."""

CHANCE = "random"
"""But this, as ``numpy.random``."""


class StrangeError(Exception):
    """Raised within this room for a thing that rests on what is not known."""


def grounds(thing: Any) -> str:
    """Say on what a decision rests.

    Parameters
    ----------
    thing : Any
        A playbook, a choice, a function.

    Returns
    -------
    str
        The same for what decides alike, in any process: the simulator's own practices, whatever they are made of, and
        functions that rest on nothing but it, `MODULES` and plain values, which are told with their values. Empty for
        anything else, a function that remembers something for instance.
    """
    told: dict[str, str] = {}
    try:
        _visit(thing, told)
    except StrangeError:
        return ""
    return fingerprint(thing, sorted(told.items()))


def _visit(thing: Any, told: dict[str, str]) -> None:
    """Go through all that a thing is made of, and tell what it names."""
    if isinstance(thing, PLAIN) or thing is ...:
        return
    if isinstance(thing, types.FunctionType):
        _function(thing, told)
    elif isinstance(thing, functools.partial):
        _visit((thing.func, thing.args, thing.keywords), told)
    elif isinstance(thing, types.MethodType):
        _visit((thing.__func__, thing.__self__), told)
    elif isinstance(thing, Mapping):
        _visit((*thing.keys(), *thing.values()), told)
    elif isinstance(thing, (tuple, list, set, frozenset)):
        for one in thing:
            _visit(one, told)
    elif not _home(thing if isinstance(thing, type) else type(thing)):
        raise StrangeError
    elif not isinstance(thing, type):
        _visit(getattr(thing, "__dict__", {}), told)


def _function(function: types.FunctionType, told: dict[str, str]) -> None:
    """Go through a function: what it closes over and, where it is not the simulator's own, all that it names."""
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    if _home(function):
        _visit((function.__defaults__, held), told)
        return
    name = f"{function.__module__}.{function.__qualname__}"
    if name in told:
        return
    told[name] = fingerprint(function)
    if function.__dict__ or CHANCE in set(_names(function.__code__)):
        raise StrangeError
    _visit((function.__defaults__, function.__kwdefaults__, held), told)
    for used in sorted(set(_names(function.__code__)) & function.__globals__.keys()):
        value = function.__globals__[used]
        if isinstance(value, types.ModuleType):
            if sys.modules.get(value.__name__) is not value or not (value.__name__ in MODULES or _ours(value.__name__)):
                raise StrangeError
            told[f"{name}:{used}"] = value.__name__
        else:
            _visit(value, told)
            told[f"{name}:{used}"] = fingerprint(value)


def _names(code: types.CodeType) -> Iterator[str]:
    """Yield what a piece of code names outside itself, functions within it included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _home(thing: Any) -> bool:
    return _ours(str(getattr(thing, "__module__", "")))


def _ours(name: str) -> bool:
    return name == "sim" or name.startswith("sim.")
