"""One end of the pipe between a jail and the marking: messages with their length before them, and limits on both."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from autograder.bridge.values import pack, unpack
from autograder.errors import BridgeError

HEAD = struct.Struct("!IQI")
"""Bytes of JSON, bytes of numbers, and into how many buffers the numbers are cut."""

LENGTH = struct.Struct("!Q")
LARGEST = 64 * 2**20
MOST_BUFFERS = 100_000
CHUNK = 2**20


class Line:
    """One end of a stream socket.

    Parameters
    ----------
    end : socket
        Connected; the line owns it.
    largest : int
        Bytes that one message from the other end may have.
    """

    def __init__(self, end: socket.socket, largest: int = LARGEST) -> None:
        self._end = end
        self._largest = largest

    def send(self, message: Any, lend: Callable[[Any], Any] | None = None, seconds: float | None = None) -> None:
        """Send one message.

        Parameters
        ----------
        message : Any
            Plain values, frames and arrays.
        lend : callable, optional
            Says what stands for a thing that is not plain.
        seconds : float, optional
            How long the other end may take to read it.

        Raises
        ------
        BridgeError
            If it cannot cross, or the other end does not take it in time.
        """
        content, buffers = pack(message, lend)
        text = json.dumps(content, separators=(",", ":")).encode()
        lengths = b"".join(LENGTH.pack(len(buffer)) for buffer in buffers)
        head = HEAD.pack(len(text), sum(map(len, buffers)), len(buffers))
        until = None if seconds is None else time.monotonic() + seconds
        for part in (head + lengths + text, *buffers):
            self._write(memoryview(part), until)

    def receive(self, seconds: float | None = None, read: Callable[[dict], Any] | None = None) -> Any:
        """Wait for one message.

        Parameters
        ----------
        seconds : float, optional
            How long the whole message may take.
        read : callable, optional
            Makes something of a value that is not plain; without it such a value is refused.

        Returns
        -------
        Any
            What the other end sent.

        Raises
        ------
        BridgeError
            If nothing comes in time, the other end has gone, or what comes is too large or makes no sense.
        """
        until = None if seconds is None else time.monotonic() + seconds
        length, total, count = HEAD.unpack(self._read(HEAD.size, until))
        if length + total > self._largest or count > MOST_BUFFERS:
            raise BridgeError(f"A message of {length + total:,} bytes came; at most {self._largest:,} are allowed.")
        sizes = [size for (size,) in LENGTH.iter_unpack(self._read(LENGTH.size * count, until))]
        if sum(sizes) != total:
            raise BridgeError("A message came whose parts do not add up to the length that it states.")
        text = self._read(length, until)
        buffers = [self._read(size, until) for size in sizes]
        try:
            return unpack(json.loads(text), buffers, read)
        except (ValueError, RecursionError) as error:
            raise BridgeError(f"A message came that is no JSON: {error}.") from None

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._end.fileno()

    def _read(self, size: int, until: float | None) -> bytearray:
        data = bytearray(size)
        view, got = memoryview(data), 0
        while got < size:
            self._wait(until)
            try:
                count = self._end.recv_into(view[got : got + CHUNK])
            except TimeoutError:
                raise BridgeError(LATE) from None
            except OSError as error:
                raise BridgeError(f"{GONE} ({error.strerror}).") from None
            if not count:
                raise BridgeError(f"{GONE}.")
            got += count
        return data

    def _write(self, data: memoryview, until: float | None) -> None:
        data, sent = data.cast("B"), 0
        while sent < len(data):
            self._wait(until)
            try:
                sent += self._end.send(data[sent : sent + CHUNK])
            except TimeoutError:
                raise BridgeError(LATE) from None
            except OSError as error:
                raise BridgeError(f"{GONE} ({error.strerror}).") from None

    def _wait(self, until: float | None) -> None:
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise BridgeError(LATE)
        self._end.settimeout(left)


LATE = "No whole answer came within the time that is allowed."
GONE = "The other end has gone"
