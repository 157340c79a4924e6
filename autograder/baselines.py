"""What a mark is held against, worked out once: naive and reference on a learner's worlds, and the worlds' own records.

It can be worked out ahead, when a module is released, and lies in a folder under the name of what it was worked out
from and by which code; anything else is never mistaken for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from autograder.bridge import records
from autograder.bridge.values import TAG, pack, unpack
from autograder.errors import BridgeError

P = ParamSpec("P")
T = TypeVar("T")

PLACE = Path(".trinity", "baselines")
"""Where they are kept, below the course's folder."""

REMEMBERED = 64
_remembered: OrderedDict[str, Any] = OrderedDict()
_folder: Path | None = None


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Keep baselines in a folder, and look there first, while the context lasts."""
    global _folder
    before, _folder = _folder, folder
    try:
        yield
    finally:
        _folder = before


def baseline(function: Callable[P, T]) -> Callable[P, T]:
    """Mark a pure function whose result is worth keeping.

    Parameters
    ----------
    function : callable
        Of arguments whose ``repr`` says all about them, and plain values, frames or records as its result.

    Returns
    -------
    callable
        The same, remembered in memory, and in a folder within `kept_in`.
    """

    @wraps(function)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        key = _key(function, args, kwargs)
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
        path = None if _folder is None else _folder / f"{function.__name__.strip('_')}-{key}.bin"
        found = None if path is None else _load(path)
        value = function(*args, **kwargs) if found is None else found[0]
        if path is not None and found is None:
            _save(path, value)
        _remembered[key] = value
        if len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
        return value

    return remembered


def _key(function: Callable[..., Any], args: tuple, kwargs: dict[str, Any]) -> str:
    from autograder.trail.trail import versions

    told = [f"{function.__module__}.{function.__qualname__}", repr(args), repr(sorted(kwargs.items()))]
    told += [versions()["code"]] if _folder is not None else []
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:24]


def _save(path: Path, value: Any) -> None:
    content, buffers = pack([value], records.packed)
    head = json.dumps({"content": content, "lengths": [len(buffer) for buffer in buffers]}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(b"".join([len(head).to_bytes(8, "big"), head, *map(bytes, buffers)]))
    draft.replace(path)


def _load(path: Path) -> list[Any] | None:
    """Return what a file holds, in a list; None if there is none or it was cut short."""
    try:
        data = path.read_bytes()
        start = 8 + int.from_bytes(data[:8], "big")
        head, buffers = json.loads(data[8:start]), []
        for length in head["lengths"]:
            buffers.append(bytearray(data[start : start + length]))
            start += length
        return unpack(head["content"], buffers, _rebuilt)
    except (OSError, ValueError, KeyError, BridgeError):
        return None


def _rebuilt(made: dict[str, Any]) -> Any:
    if made[TAG] != "record":
        raise BridgeError(f"A baseline holds a value under the tag {made[TAG]!r}.")
    return records.rebuilt(made)
