"""Values as they cross: what JSON knows as it is, everything else under a tag, and numbers as raw bytes beside it.

What is rebuilt is equal to what was sent in value, in type and in the order in which its numbers lie in memory, so that
a sum comes to the same last digit on both sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from autograder.errors import BridgeError

TAG = "$"
DEEPEST = 50
MOST_ROWS = 5_000_000
"""Rows that an index which is stated, and not listed, may have: a few bytes must not fill the marker's memory."""

RAW = "biufc"
"""Kinds of numpy types that cross as raw bytes; so do times."""

LISTED = {"str", "string", "boolean", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"}
LISTED |= {"Float32", "Float64"}
"""Types of pandas' own that cross as a list of values with None where one is missing."""


@dataclass(frozen=True)
class Kept:
    """What stands, on the marking's side, for a thing that stays in the jail.

    Attributes
    ----------
    number : int
        By which the jail knows it.
    """

    number: int


@dataclass
class Box:
    """Buffers beside a message, and what to do with what is not plain.

    Attributes
    ----------
    buffers : list
        Raw bytes, in the order in which the message names them.
    other : callable, optional
        Packing: given a thing, returns a dict under a tag of its own. Unpacking: given such a dict, returns the thing.
    """

    buffers: list = field(default_factory=list)
    other: Callable[[Any], Any] | None = None


def pack(value: Any, lend: Callable[[Any], Any] | None = None) -> tuple[Any, list]:
    """Turn a value into what JSON can hold, and buffers.

    Parameters
    ----------
    value : Any
        None, truth, numbers, text, bytes, the three dots, lists, tuples, dicts, sets, numpy arrays and scalars, pandas
        frames, series and indexes; and whatever `lend` accepts.
    lend : callable, optional
        Returns a dict with a tag for anything else.

    Returns
    -------
    tuple of (Any, list)
        The content and its buffers.

    Raises
    ------
    BridgeError
        If something in it cannot cross.
    """
    box = Box(other=lend)
    return _pack(value, box, 0), box.buffers


def unpack(content: Any, buffers: list, read: Callable[[dict], Any] | None = None) -> Any:
    """Rebuild a value; the reverse of `pack`.

    Parameters
    ----------
    content : Any
        As JSON gave it.
    buffers : list of bytearray
        The numbers.
    read : callable, optional
        Given a dict with a tag that is unknown here, returns the thing.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    BridgeError
        If it makes no sense; nothing else is ever raised, whatever was sent.
    """
    try:
        return _unpack(content, Box(buffers, read), 0)
    except BridgeError:
        raise
    except Exception as error:
        raise BridgeError(f"A value came that makes no sense: {type(error).__name__}: {str(error)[:200]}.") from None


def _pack(value: Any, box: Box, depth: int) -> Any:
    if depth > DEEPEST:
        raise BridgeError(f"A value is nested more than {DEEPEST} deep.")
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    if kind is int:
        return value if abs(value) < 2**63 else {TAG: "int", "of": hex(value)}
    if kind is list:
        return [_pack(part, box, depth + 1) for part in value]
    if kind is dict:
        return {TAG: "dict", "of": [[_pack(k, box, depth + 1), _pack(v, box, depth + 1)] for k, v in value.items()]}
    if kind in (tuple, set, frozenset):
        return {TAG: kind.__name__, "of": [_pack(part, box, depth + 1) for part in value]}
    if value is ...:
        return {TAG: "dots"}
    if value is pd.NA:
        return {TAG: "na"}
    if kind in (bytes, bytearray):
        return {TAG: "bytes", "at": _lay(bytes(value), box)}
    if isinstance(value, np.generic):
        return {TAG: "scalar", "of": _array(np.asarray(value), box, depth)}
    if kind is np.ndarray:
        return {TAG: "array", "of": _array(value, box, depth)}
    if isinstance(value, pd.DataFrame):
        return _frame(value, box, depth)
    if isinstance(value, pd.Series):
        name, index = _pack(value.name, box, depth + 1), _index(value.index, box, depth)
        return {TAG: "series", "name": name, "index": index, "of": _column(value.array, box, depth)}
    if isinstance(value, pd.Index):
        return {TAG: "index", "of": _index(value, box, depth)}
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return {TAG: "column", "of": _column(value, box, depth)}
    if box.other is not None:
        made = box.other(value)
        return {key: part if key == TAG else _pack(part, box, depth + 1) for key, part in made.items()}
    raise BridgeError(f"{kind.__name__} cannot cross between the jail and the marking.")


def _lay(data: Any, box: Box) -> int:
    box.buffers.append(data)
    return len(box.buffers) - 1


def _array(values: np.ndarray, box: Box, depth: int) -> dict:
    """An array: its type, shape, the order of its numbers, and its bytes; objects one by one."""
    if values.dtype.kind in RAW or (values.dtype.kind in "Mm" and np.datetime_data(values.dtype)[0] != "generic"):
        order = "F" if values.flags.f_contiguous and not values.flags.c_contiguous else "C"
        data = values.tobytes(order="F" if order == "F" else "C")
        return {"type": values.dtype.str, "shape": list(values.shape), "order": order, "at": _lay(data, box)}
    if values.dtype.kind in "OU":
        parts = [_pack(part, box, depth + 1) for part in values.ravel().tolist()]
        return {"type": values.dtype.str, "shape": list(values.shape), "of": parts}
    raise BridgeError(f"An array of type {values.dtype} cannot cross between the jail and the marking.")


def _column(values: Any, box: Box, depth: int) -> dict:
    """One column's values, whatever pandas keeps them in."""
    values = _bare(values)
    dtype = values.dtype
    if isinstance(values, np.ndarray):
        return {"plain": _array(values, box, depth)}
    if isinstance(dtype, np.dtype):
        return {"plain": _array(values.to_numpy(), box, depth)}
    if isinstance(dtype, pd.CategoricalDtype):
        of = _index(values.categories, box, depth)
        return {"codes": _array(np.asarray(values.codes), box, depth), "of": of, "ordered": bool(values.ordered)}
    if str(dtype) in LISTED:
        kept = values.to_numpy(dtype=object, na_value=None).tolist()
        return {"listed": str(dtype), "of": kept, "storage": getattr(dtype, "storage", "")}
    raise BridgeError(f"A column of type {dtype} cannot cross between the jail and the marking.")


def _bare(values: Any) -> Any:
    """Return pandas' wrapper of a numpy array as that array; anything else as it is."""
    return values.to_numpy() if isinstance(values, pd.arrays.NumpyExtensionArray) else values


def _index(index: pd.Index, box: Box, depth: int) -> dict:
    names = [_pack(name, box, depth + 1) for name in index.names]
    if isinstance(index, pd.RangeIndex):
        return {"names": names, "range": [index.start, index.stop, index.step]}
    if isinstance(index, pd.MultiIndex):
        levels = (index.get_level_values(k) for k in range(index.nlevels))
        return {"names": names, "levels": [_column(level.array, box, depth) for level in levels]}
    return {"names": names, "of": _column(index.array, box, depth)}


def _frame(frame: pd.DataFrame, box: Box, depth: int) -> dict:
    """A frame in runs of neighbouring columns that lie in one piece of memory, each as it lies."""
    parts, k = [], 0
    columns = [_bare(frame.iloc[:, k].array) for k in range(frame.shape[1])]
    while k < len(columns):
        run = _run(columns, k)
        if run > 1:
            block = frame.iloc[:, k : k + run].to_numpy()
            parts.append({"block": _array(block, box, depth)})
        else:
            parts.append(_column(columns[k], box, depth))
        k += run
    made = {TAG: "frame", "columns": _index(frame.columns, box, depth), "index": _index(frame.index, box, depth)}
    return {**made, "parts": parts}


def _run(columns: list, k: int) -> int:
    """Return how many columns from the k-th on are views of one block."""
    first = columns[k]
    if not isinstance(first, np.ndarray) or first.dtype.kind not in RAW or not len(first):
        return 1
    home, step = first.base, None
    if home is None or home.size == first.size:
        return 1
    count, last = 1, first
    for column in columns[k + 1 :]:
        if not isinstance(column, np.ndarray) or column.dtype != first.dtype or column.base is not home:
            break
        here = column.__array_interface__["data"][0] - last.__array_interface__["data"][0]
        if here <= 0 or (step is not None and here != step):
            break
        count, last, step = count + 1, column, here
    return count


def _unpack(content: Any, box: Box, depth: int) -> Any:
    if depth > DEEPEST:
        raise BridgeError(f"A value is nested more than {DEEPEST} deep.")
    if isinstance(content, list):
        return [_unpack(part, box, depth + 1) for part in content]
    if not isinstance(content, dict):
        return content
    tag = content.get(TAG)
    maker = MAKERS.get(tag) if isinstance(tag, str) else None
    if maker is not None:
        return maker(content, box, depth)
    if box.other is None:
        raise BridgeError(f"A value came under the tag {str(tag)[:40]!r}, which may not cross this way.")
    parts = {key: _unpack(part, box, depth + 1) for key, part in content.items() if key != TAG}
    return box.other({TAG: tag, **parts})


def _several(content: dict, box: Box, depth: int) -> list:
    if not isinstance(content["of"], list):
        raise BridgeError("A list was expected in a value.")
    return [_unpack(part, box, depth + 1) for part in content["of"]]


def _dict(content: dict, box: Box, depth: int) -> dict:
    return {_unpack(k, box, depth + 1): _unpack(v, box, depth + 1) for k, v in content["of"]}


def _array_of(made: dict, box: Box, depth: int) -> np.ndarray:
    dtype, shape = np.dtype(str(made["type"])), tuple(int(n) for n in made["shape"])
    if len(shape) > 8 or any(n < 0 for n in shape):
        raise BridgeError(f"An array came whose shape is {shape}.")
    if dtype.kind in "OU":
        parts = _several(made, box, depth)
        values = np.empty(len(parts), dtype=object)
        values[:] = parts
        return values.reshape(shape).astype(dtype)
    if dtype.kind not in RAW + "Mm":
        raise BridgeError(f"An array of type {dtype} came, which may not cross.")
    values = np.frombuffer(box.buffers[int(made["at"])], dtype=dtype)
    return values.reshape(shape, order="F" if made.get("order") == "F" else "C")


def _column_of(made: dict, box: Box, depth: int) -> Any:
    if "plain" in made:
        return _array_of(made["plain"], box, depth)
    if "codes" in made:
        codes, categories = _array_of(made["codes"], box, depth), _index_of(made["of"], box, depth)
        return pd.Categorical.from_codes(codes, categories, ordered=bool(made["ordered"]))
    if made["listed"] not in LISTED:
        raise BridgeError(f"A column of type {str(made['listed'])[:40]!r} came, which may not cross.")
    if any(part is not None and not isinstance(part, (str, bool, int, float)) for part in made["of"]):
        raise BridgeError("A column came that holds something other than plain values.")
    if made["listed"] == "str":
        storage = "python" if made["storage"] == "python" else "pyarrow"
        return pd.array(made["of"], dtype=pd.StringDtype(storage, na_value=np.nan))
    return pd.array(made["of"], dtype=made["listed"])


def _index_of(made: dict, box: Box, depth: int) -> pd.Index:
    names = [_unpack(name, box, depth + 1) for name in made["names"]]
    if "range" in made:
        index = pd.RangeIndex(*(int(n) for n in made["range"]), name=names[0])
        if len(index) > MOST_ROWS:
            raise BridgeError(f"An index of {len(index):,} rows came; at most {MOST_ROWS:,} are allowed.")
        return index
    if "levels" in made:
        return pd.MultiIndex.from_arrays([_column_of(level, box, depth) for level in made["levels"]], names=names)
    values = _column_of(made["of"], box, depth)
    return pd.Index(values, name=names[0], dtype=values.dtype)


def _series_of(made: dict, box: Box, depth: int) -> pd.Series:
    index, values = _index_of(made["index"], box, depth), _column_of(made["of"], box, depth)
    return pd.Series(values, index=index, name=_unpack(made["name"], box, depth + 1), copy=False)


def _frame_of(made: dict, box: Box, depth: int) -> pd.DataFrame:
    columns, index = _index_of(made["columns"], box, depth), _index_of(made["index"], box, depth)
    parts = []
    for part in made["parts"]:
        block = _array_of(part["block"], box, depth) if "block" in part else None
        if block is not None:
            parts.append(pd.DataFrame(block, index=index, copy=False))
        else:
            parts.append(pd.Series(_column_of(part, box, depth), index=index, copy=False))
    if not parts:
        return pd.DataFrame(index=index, columns=columns)
    frame = parts[0] if len(parts) == 1 and isinstance(parts[0], pd.DataFrame) else pd.concat(parts, axis=1)
    frame.columns = columns
    return frame


MAKERS: dict[str, Callable[[dict, Box, int], Any]] = {
    "int": lambda made, box, depth: int(made["of"], 16),
    "dict": _dict,
    "tuple": lambda made, box, depth: tuple(_several(made, box, depth)),
    "set": lambda made, box, depth: set(_several(made, box, depth)),
    "frozenset": lambda made, box, depth: frozenset(_several(made, box, depth)),
    "dots": lambda made, box, depth: ...,
    "na": lambda made, box, depth: pd.NA,
    "bytes": lambda made, box, depth: bytes(box.buffers[int(made["at"])]),
    "scalar": lambda made, box, depth: _array_of(made["of"], box, depth)[()],
    "array": lambda made, box, depth: _array_of(made["of"], box, depth),
    "frame": _frame_of,
    "series": _series_of,
    "index": lambda made, box, depth: _index_of(made["of"], box, depth),
    "column": lambda made, box, depth: _column_of(made["of"], box, depth),
}
"""What is made of each tag that may cross both ways."""
