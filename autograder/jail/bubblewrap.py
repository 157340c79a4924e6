"""The outer walls: how bubblewrap is asked for a read-only system without network, and what of ours is in it."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import autograder
import sim
from autograder.jail.limits import Limits
from autograder.jail.walls import program

HOUSE = Path("/house")
"""Where the simulator and the open checks stand within the walls; nothing else of the project does."""

SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives", "/etc/ssl/certs")
KEPT_RIGHTS = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SYS_ADMIN", "CAP_KILL", "CAP_CHOWN")
"""Rights that the trusted process within keeps when root marks: to build each submission's inner walls. A learner's
process has none."""


def environment() -> dict[str, str]:
    """Return the whole environment within the walls: nothing of the marker's is passed on."""
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(HOUSE),
        "HOME": "/tmp/home",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": "/tmp/home/.ipython",
        "MPLCONFIGDIR": "/tmp/home/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "JOBLIB_MULTIPROCESSING": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "NBGRADER_EXECUTION": "autograde",
    }


def ours() -> dict[str, Path]:
    """Return the packages of the project that a lesson needs, by name."""
    return {package.__name__: Path(package.__file__).resolve().parent for package in (sim, autograder)}


def installed() -> list[Path]:
    """Return the folders that the interpreter and the installed packages lie in, the outermost alone."""
    paths = [sys.base_prefix, sys.prefix, os.path.realpath(sys.executable)]
    paths += [sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    found: list[Path] = []
    for path in sorted({Path(os.path.realpath(p)) for p in paths} | {Path(sys.prefix)}, key=lambda p: len(p.parts)):
        if path.exists() and not any(path.is_relative_to(outer) for outer in [Path("/usr"), *found]):
            found.append(path)
    return found


def command(words: list[str], limits: Limits | None = None) -> list[str]:
    """Return the words that start a program within the outer walls.

    Parameters
    ----------
    words : list of str
        The program and its arguments.
    limits : Limits, optional
        For the room that temporary files may take.

    Returns
    -------
    list of str
        Starts with bubblewrap.
    """
    size = str((limits or Limits()).disk)
    made = [str(program()), "--die-with-parent", "--new-session"]
    made += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    made += ["--hostname", "jail", "--clearenv"]
    if os.geteuid() == 0:
        made += ["--cap-drop", "ALL", *(word for right in KEPT_RIGHTS for word in ("--cap-add", right))]
    else:
        made += ["--unshare-user"]
    for name, value in environment().items():
        made += ["--setenv", name, value]
    made += ["--ro-bind", "/usr", "/usr"]
    for name in SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            made += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            made += ["--ro-bind", str(path), str(path)]
    for setting in SETTINGS:
        made += ["--ro-bind-try", setting, setting]
    folders = {path: path for path in installed()} | {HOUSE / name: path for name, path in ours().items()}
    made += _parents(folders)
    for inside, outside in folders.items():
        made += ["--ro-bind", str(outside), str(inside)]
    made += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm"):
        made += ["--perms", "1777", "--size", size, "--tmpfs", folder]
    return [*made, "--remount-ro", "/", "--chdir", "/", "--", *words]


def _parents(folders: dict[Path, Path]) -> list[str]:
    """Make the folders above what is shown, readable: bubblewrap 0.8 would make them for root alone."""
    above = {parent for inside in folders for parent in inside.parents if parent != Path("/")}
    return [
        word
        for parent in sorted(above, key=lambda p: len(p.parts))
        if not any(parent.is_relative_to(inside) for inside in folders)
        for word in ("--perms", "0755", "--dir", str(parent))
    ]
