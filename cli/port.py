"""A network port on this machine."""

from __future__ import annotations

import errno
import socket

USUAL = 8888


def why_not(port: int) -> str | None:
    """Say why a server could not listen on a port of this machine.

    Parameters
    ----------
    port : int
        1 to 65535.

    Returns
    -------
    str or None
        A clause such as ``is in use by another program``; None when the port is free.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "is in use by another program"
            return f"cannot be opened: {(error.strerror or str(error)).lower()}"
    return None


def free_near(port: int) -> int | None:
    """Return the next free port among the ten that follow, if there is one."""
    return next((p for p in range(port + 1, min(port + 11, 65536)) if why_not(p) is None), None)
