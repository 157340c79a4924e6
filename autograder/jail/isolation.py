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
    if os.geteuid() == 0 and others_can_read(bubblewrap.installed()):
        user = USER + slot
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    kernel.drop_capabilities()


def others_can_read(folders: list[Path]) -> bool:
    """Say whether somebody else may enter these folders; a package under root's own home is closed to them."""
    above = {parent for folder in folders for parent in (folder, *folder.parents)}
    return all(path.stat().st_mode & 0o001 for path in above)


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
    if os.geteuid() == 0:
        os.chown(folder, USER + slot, USER + slot)
    limit(limits)
    read = ["/usr", *(f"/{name}" for name in bubblewrap.SYSTEM), *bubblewrap.SETTINGS, *bubblewrap.installed()]
    read += [*bubblewrap.ours().values(), "/dev/urandom", "/dev/zero", "/dev/full"]
    read += ["/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory"]
    landlock.restrict(read, [folder, "/dev/null", "/dev/shm"])
    drop(slot)
    seccomp.install(alone=False, own=os.getpid())
    return folder


def rehearse() -> None:
    """Try the inner walls and end; within the outer ones, as a trial of whether both can be built."""
    leave_namespaces()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            close_in(Walls.BUBBLEWRAP, Limits(), 0)
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("the inner walls could not be built")
