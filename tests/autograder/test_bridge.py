"""What crosses, and what may not: values come out as they went in, and what is sent can do no more than be wrong."""

from __future__ import annotations

import json
import pickle
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.bridge import Line, pack, records, unpack
from autograder.bridge.line import HEAD
from autograder.bridge.values import MAKERS, TAG
from autograder.errors import BridgeError
from sim.decisions import Signals


def crossed(value: object) -> object:
    """What comes out when a value has been through JSON."""
    content, buffers = pack(value)
    return unpack(json.loads(json.dumps(content)), [bytearray(part) for part in buffers])


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_plain_values_come_out_as_they_went_in(value: object) -> None:
    came = crossed(value)
    assert came == value
    assert type(came) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        ...,
        {1, 2},
        frozenset((3, 4)),
        b"bytes",
        np.float64(0.1),
        np.int32(7),
        np.bool_(True),
        float("inf"),
        2**80,
        {"$": "frame"},
        {(1, "a"): [None]},
    ],
    ids=repr,
)
def test_types_are_kept(value: object) -> None:
    came = crossed(value)
    assert came == value
    assert type(came) is type(value)


FRAMES = {
    "numbers": pd.DataFrame({"a": [1.5, np.nan], "b": [2.0, 3.0]}),
    "mixed": pd.DataFrame({"id": [1, 2], "name": ["x", None], "on": [True, False], "v": [0.1, 0.2]}),
    "empty": pd.DataFrame({"a": pd.Series(dtype=float)}),
    "no columns": pd.DataFrame(index=[3, 4]),
    "named index": pd.DataFrame({"a": [1.0]}, index=pd.Index(["k"], name="key")),
    "two levels": pd.DataFrame({"a": [1.0, 2.0]}).set_index([pd.Index(["x", "y"]), pd.Index([1, 2])]),
    "category": pd.DataFrame({"c": pd.Categorical(["u", "v", "u"])}),
    "days": pd.DataFrame({"d": pd.to_datetime(["2026-04-01", "2026-04-02"])}),
    "gaps": pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")}),
    "twice the same name": pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]),
    "objects": pd.DataFrame({"o": [{"k": 1}, [2]]}),
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_come_out_as_they_went_in(name: str) -> None:
    pd.testing.assert_frame_equal(crossed(FRAMES[name]), FRAMES[name])


def test_a_series_keeps_its_name_and_index() -> None:
    series = pd.Series([True, False], index=[7, 9], name="keep")
    pd.testing.assert_series_equal(crossed(series), series)


@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_lie_in_memory_as_they_did_so_that_sums_agree_to_the_last_digit(order: str) -> None:
    values = np.asarray(np.random.default_rng(1).lognormal(0, 9, (999, 7)), order=order)
    frame = pd.DataFrame(values, columns=list("abcdefg"), copy=False)
    frame.insert(0, "id", np.arange(999.0))
    came = crossed(frame)
    assert came.to_numpy()[:, 1:].sum() == frame.to_numpy()[:, 1:].sum()
    assert (came.sum() == frame.sum()).all()
    assert (came.iloc[:, 1:].mean(axis=1) == frame.iloc[:, 1:].mean(axis=1)).all()
    assert came.iloc[:, 1:].to_numpy().strides == frame.iloc[:, 1:].to_numpy().strides


def test_what_came_can_be_changed_in_place() -> None:
    came = crossed(pd.DataFrame({"a": [1.0, 2.0]}))
    came.loc[0, "a"] = 9.0
    came["b"] = 1
    assert came["a"].tolist() == [9.0, 2.0]


@pytest.mark.parametrize(
    "value", [object(), lambda: 0, open, np.array([object()]), pd.DataFrame({"a": [object()]})], ids=lambda v: type(v)
)
def test_what_is_not_plain_does_not_cross(value: object) -> None:
    with pytest.raises(BridgeError, match="cannot cross"):
        pack(value)


NONSENSE = {
    "unknown tag": {TAG: "pickle", "at": 0},
    "a function by name": {TAG: "named", "name": "os:system"},
    "a recipe": {TAG: "recipe", "name": "sim.run:Run", "args": []},
    "no such buffer": {TAG: "bytes", "at": 9},
    "wrong shape": {TAG: "array", "of": {"type": "<f8", "shape": [9], "order": "C", "at": 0}},
    "negative shape": {TAG: "array", "of": {"type": "<f8", "shape": [-1], "order": "C", "at": 0}},
    "objects from bytes": {TAG: "array", "of": {"type": "|O", "shape": [1], "order": "C", "at": 0}},
    "a structure": {TAG: "array", "of": {"type": "i4,i4", "shape": [1], "order": "C", "at": 0}},
    "an endless index": {TAG: "index", "of": {"names": ["service"], "range": [0, 2**62, 1]}},
    "an unhashable key": {TAG: "dict", "of": [[[1], 2]]},
    "half a pair": {TAG: "dict", "of": [[1]]},
    "a column of what is not plain": {TAG: "column", "of": {"listed": "str", "of": [[1]], "storage": "python"}},
    "a type of ours": {TAG: "column", "of": {"listed": "category", "of": [], "storage": ""}},
    "no parts": {TAG: "frame"},
    "a number for a list": {TAG: "tuple", "of": 3},
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_refused_and_does_nothing_else(name: str) -> None:
    with pytest.raises(BridgeError):
        unpack(NONSENSE[name], [bytearray(8)])


def test_depth_is_limited() -> None:
    deep: list = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(BridgeError, match="deep"):
        unpack(deep, [])
    with pytest.raises(BridgeError, match="deep"):
        pack(deep)


def test_no_tag_unpickles(tmp_path) -> None:
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "made"), "w"))

    for tag in MAKERS:
        for key in ("of", "at", "type"):
            try:
                unpack({TAG: tag, key: 0}, [bytearray(pickle.dumps(Evil()))])
            except BridgeError:
                continue
    assert not (tmp_path / "made").exists()


def test_a_days_signals_cross_into_the_jail_and_no_record_but_a_choice_comes_out() -> None:
    signals = Signals(1, 2.0, 3, float("nan"), 0.5, 0.6, 7, 8.0)
    content, buffers = pack(signals, records.packed)
    came = unpack(json.loads(json.dumps(content)), buffers, records.rebuilt)
    assert repr(came) == repr(signals)
    with pytest.raises(BridgeError, match="may not leave"):
        unpack(content, buffers, records.chosen)


def test_a_choice_comes_out_checked_by_its_own_class() -> None:
    import sim

    choice = sim.canary(share=0.1, days=7)
    content, buffers = pack(choice, records.packed)
    assert unpack(content, buffers, records.chosen) == choice


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Line(ours, largest=10_000), theirs


def test_a_message_that_says_it_is_too_large_is_not_read(ends) -> None:
    line, theirs = ends
    theirs.sendall(HEAD.pack(10, 2**60, 1))
    with pytest.raises(BridgeError, match="at most 10,000"):
        line.receive(1)


def test_a_message_drop_by_drop_does_not_keep_the_marking_waiting(ends) -> None:
    line, theirs = ends

    def drip() -> None:
        for byte in HEAD.pack(50, 0, 0) + b"x" * 50:
            try:
                theirs.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(0.05)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    with pytest.raises(BridgeError, match="within the time"):
        line.receive(0.3)
    theirs.close()
    thread.join()


@pytest.mark.parametrize("text", [b"not json", b"[" * 9000, b"\xff\xfe"])
def test_what_is_no_json_is_refused(ends, text: bytes) -> None:
    line, theirs = ends
    theirs.sendall(HEAD.pack(len(text), 0, 0) + text)
    with pytest.raises(BridgeError):
        line.receive(1)


def test_an_end_that_hangs_up_is_noticed(ends) -> None:
    line, theirs = ends
    theirs.close()
    with pytest.raises(BridgeError, match="gone"):
        line.receive(1)


def test_an_end_that_does_not_read_is_noticed(ends) -> None:
    line, _ = ends
    with pytest.raises(BridgeError, match="within the time"):
        line.send({"a": np.zeros(10**6)}, seconds=0.2)
