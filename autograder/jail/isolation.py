"""The inner walls: what the trusted process puts round each submission before it runs a line of it."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path

from autograder.jail import bubblewrap, kernel, landlock, seccomp
from autograder.jail.limits import Limits
from autograder.jail.walls import Walls

USER = 54321
"""Nobody's number: as whom a submission runs when root marks. Each that runs at once has its own, from here up."""

WORK, HOME = Path("/tmp/work"), Path("/tmp/home")


def leave_namespaces() -> None:
    """Enter namespaces of this submission's own; children of this process are the first in them."""
    user, group = os.geteuid(), os.getegid()
    flags = kernel.NEW_MOUNTS | kernel.NEW_IPC | kernel.NEW_PIDS | kernel.NEW_NETWORK
    kernel.unshare(flags if user == 0 else flags | kernel.NEW_USER)
    if user != 0:
        kernel.map_own_user(user, group)


def furnish(limits: Limits) -> None:
    """Mount what is this submission's alone: temporary folders in memory, and a view of its own processes only."""
    kernel.mount("", "/", "", kernel.RECURSIVE | kernel.PRIVATE)
    for folder in ("/tmp", "/dev/shm"):
        options = f"size={limits.disk},mode=1777"
        kernel.mount("tmpfs", folder, "tmpfs", kernel.NO_SETUID | kernel.NO_DEVICES, options)
    kernel.mount("proc", "/proc", "proc", kernel.NO_SETUID | kernel.NO_DEVICES)
    for folder in (WORK, HOME):
        folder.mkdir()
        folder.chmod(0o777)


def limit(limits: Limits) -> None:
    """Set what the kernel itself counts."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, limits.processes),
    ):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most, most) if hard == resource.RLIM_INFINITY or most <= hard else (hard, hard))


def drop(slot: int) -> None:
    """Become nobody in particular, without any right."""
    kernel.drop_bound()
    if becomes_another():
        user = USER + slot
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    kernel.drop_capabilities()


def becomes_another() -> bool:
    """Say whether a submission runs as nobody: root marks, and somebody else may enter the folders of Python.

    Where they lie in root's own folder, and no namespace opens it, a submission stays root's, without any of root's
    rights; and since the kernel does not count root's processes, it may then start none.
    """
    above = {parent for folder in bubblewrap.installed() for parent in (folder, *folder.parents)}
    return os.geteuid() == 0 and all(path.stat().st_mode & 0o001 for path in above)


def close_in(walls: Walls, limits: Limits, slot: int) -> Path:
    """Put the last walls round this process; from here on it is the submission's.

    Parameters
    ----------
    walls : Walls
        Which; with bubblewrap's, `leave_namespaces` and a fork came before.
    limits : Limits
        What it may use.
    slot : int
        Which of those that run at once.

    Returns
    -------
    Path
        The folder to work in, empty.
    """
    if walls is Walls.BUBBLEWRAP:
        furnish(limits)
        limit(limits)
        drop(slot)
        seccomp.install(alone=True)
        return WORK
    folder = Path(tempfile.mkdtemp(prefix="trinity-"))
    os.environ["HOME"] = os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = str(folder)
    if walls is Walls.NONE:
        return folder
    if becomes_another():
        os.chown(folder, USER + slot, USER + slot)
    limit(limits)
    read = ["/usr", *(f"/{name}" for name in bubblewrap.SYSTEM), *bubblewrap.SETTINGS, *bubblewrap.installed()]
    read += [*bubblewrap.ours().values(), "/dev/urandom", "/dev/zero", "/dev/full"]
    read += ["/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory"]
    landlock.restrict(read, [folder, "/dev/null"])
    drop(slot)
    seccomp.install(alone=False, own=os.getpid(), threads_only=os.geteuid() == 0)
    return folder


def rehearse() -> None:
    """Try the inner walls and end; within the outer ones, as a trial of whether both can be built."""
    child = os.fork()
    if child == 0:
        _try_walls()
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("the inner walls could not be built")


def _try_walls() -> None:
    """Build the inner walls in a process of its own, which has one thread as it must; never returns."""
    code = 1
    try:
        leave_namespaces()
        first = os.fork()
        if first == 0:
            close_in(Walls.BUBBLEWRAP, Limits(), 0)
            code = 0
        else:
            code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    except OSError as error:
        os.write(2, f"{error}\n".encode())
    finally:
        os._exit(code)
