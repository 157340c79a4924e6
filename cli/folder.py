"""Where a command may write; asked before anything is simulated, so that no work is lost."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cli.refusal import Refusal


def empty_folder(path: Path) -> None:
    """Make sure that a run can be saved in a folder.

    Parameters
    ----------
    path : Path
        A folder that does not exist yet or is empty; nothing is made here.

    Raises
    ------
    Refusal
        If it is a file, holds something, or cannot be written.
    """
    if path.exists() and not path.is_dir():
        raise Refusal(f"--out {path} is a file; name a folder that is empty or does not exist yet.")
    if path.is_dir() and any(path.iterdir()):
        raise Refusal(
            f"--out {path} is not empty, and nothing in it will be overwritten. "
            "Name a folder that is empty or does not exist yet."
        )
    writable(path)


def new_file(path: Path) -> None:
    """Make sure that a file can be written where there is none yet.

    Parameters
    ----------
    path : Path
        The file; nothing is made here.

    Raises
    ------
    Refusal
        If it exists or cannot be written.
    """
    if path.exists():
        raise Refusal(f"--out {path} exists, and it will not be overwritten. Name a file that does not exist yet.")
    if not path.parent.is_dir():
        raise Refusal(f"--out {path}: there is no folder {path.parent}. Make it first, or name another file.")
    writable(path)


def drawable(path: Path) -> None:
    """Make sure that a picture can be drawn in a file; an older picture there is replaced.

    Parameters
    ----------
    path : Path
        The file; nothing is made here.

    Raises
    ------
    Refusal
        If it is a folder or cannot be written.
    """
    if path.is_dir():
        raise Refusal(f"--out {path} is a folder; name a file in it, such as {path / 'demo.png'}.")
    if not path.exists():
        writable(path)
    elif not os.access(path, os.W_OK):
        raise Refusal(f"--out {path} may not be written; name another file.")


def writable(path: Path) -> None:
    """Make sure that a file or folder can be written, with whatever folders it needs.

    Parameters
    ----------
    path : Path
        Where something will be written; nothing is made here.

    Raises
    ------
    Refusal
        If the nearest folder above it that exists is none, or may not be written in.
    """
    home = path.absolute()
    while not home.exists():
        home = home.parent
    if not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        raise Refusal(f"--out {path} cannot be written: {home} is not a folder that you may write in.")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : Path
        Where to write.
    content : bytes
        What to write.

    Raises
    ------
    Refusal
        If the system refuses, for instance because the disk is full; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise Refusal(f"{path} could not be written: {error.strerror}. Nothing was left behind.") from None
