"""A filter of system calls: no network of any family, no new namespaces or mounts, no looking into other processes.

The numbers are those of the kernel's own tables for each machine; another machine has no filter and says so.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from autograder.errors import JailError
from autograder.jail import kernel

X86, ARM = "x86_64", "aarch64"
ARCHITECTURES = {X86: 0xC000003E, ARM: 0xC00000B7}

DENIED: dict[str, tuple[int, int]] = {
    "ptrace": (101, 117),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "setns": (308, 268),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
}
"""System calls that no lesson needs, with their numbers on x86-64 and on 64-bit ARM."""

CONNECTING: dict[str, tuple[int, int]] = {"connect": (42, 203), "sendmsg": (46, 211), "sendmmsg": (307, 269)}
SIGNALLING: dict[str, tuple[int, int]] = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "pidfd_send_signal": (424, 424),
}
"""Denied as well where no namespace keeps the jail's processes from those of the machine."""

SOCKET, CLONE, CLONE3, TGKILL, SENDTO = (41, 198), (56, 220), (435, 435), (234, 131), (44, 206)
FORKING: dict[str, tuple[int, int]] = {"fork": (57, -1), "vfork": (58, -1)}
"""Calls of x86-64 alone that start a process; elsewhere they are clone's."""

FAMILY_UNIX = 1
OF_A_THREAD = 0x10000

LOAD, EQUAL, ANY_BIT, ANSWER = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, MACHINE, FIRST_ARGUMENT, FIFTH_ARGUMENT = 0, 4, 16, 48
SET_FILTER = 22


def program(machine: str, alone: bool, own: int, threads_only: bool = False) -> bytes:
    """Return the filter as instructions of the kernel's packet filter.

    Parameters
    ----------
    machine : str
        As `platform.machine` says it.
    alone : bool
        Whether namespaces keep the jail apart; without them connecting and signalling are denied too.
    own : int
        The process that may signal its own threads.
    threads_only : bool
        Whether no further process may be started, where the kernel does not count them.

    Returns
    -------
    bytes
        Eight bytes an instruction.

    Raises
    ------
    JailError
        If the machine's numbers are not known here.
    """
    if machine not in ARCHITECTURES:
        raise JailError(f"There is no filter of system calls for {machine}; there are those of {X86} and {ARM}.")
    which = (X86, ARM).index(machine)
    lines = [_line(LOAD, MACHINE), _line(EQUAL, ARCHITECTURES[machine], 1, 0), _line(ANSWER, KILL), _line(LOAD, NUMBER)]
    if machine == X86:
        lines += [_line(ANY_BIT, 0x40000000, 0, 1), _line(ANSWER, KILL)]
    denied = DENIED if alone else {**DENIED, **CONNECTING, **SIGNALLING}
    if threads_only and machine == X86:
        denied = {**denied, **FORKING}
    for numbers in denied.values():
        lines += [_line(EQUAL, numbers[which], 0, 1), _line(ANSWER, REFUSE | errno.EPERM)]
    lines += [_line(EQUAL, CLONE3[which], 0, 1), _line(ANSWER, REFUSE | errno.ENOSYS)]
    unwanted = _line(ANY_BIT, OF_A_THREAD, 1, 0) if threads_only else _line(ANY_BIT, kernel.NEW_USER, 0, 1)
    lines += _argument(CLONE[which], unwanted, REFUSE | errno.EPERM)
    lines += _argument(SOCKET[which], _line(EQUAL, FAMILY_UNIX, 1, 0), REFUSE | errno.EACCES)
    if not alone:
        lines += _argument(TGKILL[which], _line(EQUAL, own, 1, 0), REFUSE | errno.EPERM)
        lines += _addressed(SENDTO[which])
    return b"".join([*lines, _line(ANSWER, ALLOW)])


def _argument(number: int, test: bytes, answer: int) -> list[bytes]:
    """Give an answer to one call if its first argument passes a test, and allow it otherwise."""
    return [
        _line(EQUAL, number, 0, 4),
        _line(LOAD, FIRST_ARGUMENT),
        test,
        _line(ANSWER, answer),
        _line(ANSWER, ALLOW),
    ]


def _addressed(number: int) -> list[bytes]:
    """Refuse sending to an address; what is connected already sends without one."""
    return [
        _line(EQUAL, number, 0, 6),
        _line(LOAD, FIFTH_ARGUMENT),
        _line(EQUAL, 0, 0, 2),
        _line(LOAD, FIFTH_ARGUMENT + 4),
        _line(EQUAL, 0, 1, 0),
        _line(ANSWER, REFUSE | errno.EPERM),
        _line(ANSWER, ALLOW),
    ]


def _line(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value & 0xFFFFFFFF)


def install(alone: bool, own: int = 0, threads_only: bool = False) -> None:
    """Put the filter on this process and all that it starts, for ever.

    Parameters
    ----------
    alone, own, threads_only
        As for `program`.

    Raises
    ------
    JailError
        If there is no filter for this machine.
    OSError
        If the kernel refuses it.
    """
    code = program(platform.machine(), alone, own, threads_only)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    kernel.no_new_privileges()
    kernel.checked(kernel.library().prctl(SET_FILTER, 2, head, 0, 0), "seccomp")
