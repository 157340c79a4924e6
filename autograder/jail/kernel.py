"""The few calls of the Linux kernel that Python does not offer, by ctypes: namespaces, mounts, capabilities."""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

NEW_MOUNTS, NEW_NAMES, NEW_IPC, NEW_USER, NEW_PIDS, NEW_NETWORK = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
READ_ONLY, NO_SETUID, NO_DEVICES, RECURSIVE, PRIVATE = 1, 2, 4, 1 << 14, 1 << 18

SET_NO_NEW_PRIVILEGES, DROP_FROM_BOUND, SET_SUBREAPER = 38, 24, 36
LAST_CAPABILITY = 40
CAPABILITY_VERSION = 0x20080522


def library() -> ctypes.CDLL:
    """Return the C library, whose errors are kept."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """Return the result of a call, or raise OSError with the call's name if it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leave namespaces for new ones."""
    checked(library().unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """Mount a file system."""
    words = [text.encode() for text in (source, target, kind)]
    checked(library().mount(*words, ctypes.c_ulong(flags), options.encode()), f"mount of {kind} on {target}")


def map_own_user(user: int, group: int) -> None:
    """Be the same user in the user namespace that was just entered.

    Parameters
    ----------
    user, group : int
        As they were before it was entered.
    """
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)


def no_new_privileges() -> None:
    """Promise the kernel that no program run from here on gains rights; a filter needs that promise."""
    checked(library().prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")


def drop_bound() -> None:
    """See to it that no program run from here on can be given a right."""
    for capability in range(LAST_CAPABILITY + 1):
        library().prctl(DROP_FROM_BOUND, capability, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every right beyond an ordinary user's, for ever."""
    header = struct.pack("II", CAPABILITY_VERSION, 0)
    checked(library().capset(header, bytes(24)), "capset")


def release_memory() -> None:
    """Give back what was freed and is held for later; a C library that has no such call keeps it."""
    trim = getattr(library(), "malloc_trim", None)
    if trim is not None:
        trim(0)


def adopt_orphans() -> None:
    """Become the parent of whatever children's children outlive their own parents."""
    checked(library().prctl(SET_SUBREAPER, 1, 0, 0, 0), "prctl")
