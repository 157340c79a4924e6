"""A worker that ends with whoever started it: after a kill, warm jails must not stay behind for minutes."""

from __future__ import annotations

import os
import threading
import time

EVERY = 0.5
"""Seconds between two looks."""

_watched: set[int] = set()


def end_with(parent: int) -> None:
    """Have this process end soon after its parent has, whatever it is doing.

    What is broken off in the middle has no trail and is done again. Nothing happens in a process that somebody else
    started, such as a cluster's.

    Parameters
    ----------
    parent : int
        The process that may have started this one.
    """
    if os.getppid() != parent or parent in _watched:
        return
    _watched.add(parent)
    threading.Thread(target=_wait, args=(parent,), daemon=True).start()


def _wait(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os._exit(1)
