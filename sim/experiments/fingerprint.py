"""What a study was of, in few characters, so that it is never gone on with as another."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any


def fingerprint(*things: Any) -> str:
    """Return the same text for the same things, in any process, and another for others.

    Parameters
    ----------
    *things : Any
        Playbooks, choices, functions. A function is known by its code and by what it closes over, so that a rule that
        was changed is another rule; functions that it calls are known by name alone.

    Returns
    -------
    str
        Sixteen hexadecimal digits.
    """
    return sha256(repr([_plain(thing) for thing in things]).encode()).hexdigest()[:16]


def _plain(thing: Any) -> Any:
    if isinstance(thing, types.FunctionType):
        return _function(thing)
    if isinstance(thing, partial):
        return ("partial", _plain(thing.func), _plain(thing.args), _plain(thing.keywords))
    if isinstance(thing, types.MethodType):
        return ("method", _plain(thing.__func__), _plain(thing.__self__))
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = [(f.name, _plain(getattr(thing, f.name))) for f in dataclasses.fields(thing) if f.compare]
        return (_name(type(thing)), fields)
    if isinstance(thing, Mapping):
        return ("mapping", sorted((str(k), _plain(v)) for k, v in thing.items()))
    if isinstance(thing, tuple | list):
        return [_plain(one) for one in thing]
    if isinstance(thing, set | frozenset):
        return ("set", sorted(repr(_plain(one)) for one in thing))
    if isinstance(thing, types.CodeType):
        return _code(thing)
    if isinstance(thing, type | types.BuiltinFunctionType | types.ModuleType):
        return _name(thing)
    if isinstance(thing, str | bytes | int | float | complex | bool | None | type(...)):
        return repr(thing)
    return (_name(type(thing)), _plain(getattr(thing, "__dict__", {})))


def _function(function: Callable[..., Any]) -> Any:
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return (_name(function), _code(function.__code__), _plain(function.__defaults__), _plain(cells))


def _code(code: types.CodeType) -> Any:
    return ("code", code.co_code, code.co_names, [_plain(constant) for constant in code.co_consts])


def _name(thing: Any) -> str:
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', thing.__name__)}"
