"""Landlock: rules of the kernel's own about which files a process and its children may read and write.

The second choice, where there are no namespaces. Its rules came by and by; from the version asked for here on they keep
a process from signalling those outside, too.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import JailError
from autograder.jail import kernel

CREATE, ADD, RESTRICT = 444, 445, 446
VERSION_FLAG, BENEATH = 1, 1
EXECUTE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
READ = EXECUTE | READ_FILE | READ_FOLDER
EVERYTHING = (1 << 16) - 1
OF_FILES = EXECUTE | READ_FILE | 1 << 1 | 1 << 14 | 1 << 15
NETWORK = 3
SCOPES = 3
"""No abstract sockets and no signals beyond the jail."""

LEAST = 6
"""The version that has scopes (Linux 6.12)."""


def version() -> int:
    """Return the kernel's version of Landlock; 0 if it has none."""
    return max(kernel.library().syscall(CREATE, None, 0, VERSION_FLAG), 0)


def restrict(read: Iterable[str | Path], write: Iterable[str | Path]) -> None:
    """Let this process and its children reach these files and folders and no others, for ever.

    Parameters
    ----------
    read, write : iterable of path
        What is missing is left out.

    Raises
    ------
    JailError
        If the kernel's Landlock is too old, or it has none.
    OSError
        If the kernel refuses.
    """
    if version() < LEAST:
        raise JailError(f"Landlock is at version {version()} here; version {LEAST} (Linux 6.12) or later is needed.")
    library = kernel.library()
    asked = struct.pack("QQQ", EVERYTHING, NETWORK, SCOPES)
    rules = kernel.checked(library.syscall(CREATE, asked, len(asked), 0), "landlock")
    try:
        for paths, rights in ((read, READ), (write, EVERYTHING)):
            for path in paths:
                _allow(library, rules, Path(path), rights)
        kernel.no_new_privileges()
        kernel.checked(library.syscall(RESTRICT, rules, 0), "landlock")
    finally:
        os.close(rules)


def _allow(library: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    there = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & OF_FILES, there)
        kernel.checked(library.syscall(ADD, rules, BENEATH, rule, 0), f"landlock, {path}")
    finally:
        os.close(there)
