"""Keeping a run on disk: a folder of Parquet files under a manifest, and what may go wrong with it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa

from sim.errors import StorageError

FORMAT = "trinity-run"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SAVE_AGAIN = "Save the run again with Run.save, or load another folder."

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def make_parents(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, noting each one made."""
    if not folder.exists():
        make_parents(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def put(path: Path, content: bytes) -> None:
    """Write a file and see that it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def occupied(target: Path) -> str:
    """Say that a place is taken, and what would do instead."""
    what = "is a folder that is not empty" if target.is_dir() else "is a file"
    return (
        f"The run was not saved: {target} {what}, and a saved run never overwrites. Give a folder that does not exist "
        f"yet, for instance {target.name}-2."
    )


def reason(problem: OSError) -> str:
    """Return the system's own words."""
    return (problem.strerror or str(problem)).lower()


def unwritable(target: Path, problem: OSError) -> str:
    """Say why a run was not saved, and what to do."""
    if problem.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR) and target.exists():
        return occupied(target)
    if problem.errno in _FULL:
        why = "there is no room left there. Free some space, or choose a folder on another disk"
    elif problem.errno in _FORBIDDEN:
        why = "you may not write there. Choose a folder of your own"
    else:
        why = f"the system said '{reason(problem)}'. Choose another folder"
    return f"The run was not saved to {target}: {why}. Nothing was left behind."


def read_manifest(folder: Path) -> dict:
    """Return a saved run's manifest, or raise `StorageError` with one sentence."""
    if not folder.exists():
        raise StorageError(f"There is no saved run at {folder}: nothing is there. Give the folder named in Run.save.")
    if not (folder / MANIFEST).is_file():
        raise StorageError(f"{folder} is not a saved run: it has no {MANIFEST}. Give a folder written by Run.save.")
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except ValueError as problem:
        raise StorageError(f"{folder / MANIFEST} is damaged and cannot be read as JSON. {SAVE_AGAIN}") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise StorageError(f"{folder} is not a saved run: its {MANIFEST} does not say format {FORMAT!r}. {SAVE_AGAIN}")
    if manifest.get("version") != FORMAT_VERSION:
        raise StorageError(
            f"{folder} was saved in format version {manifest.get('version')!r}, but this release reads version "
            f"{FORMAT_VERSION}. Load it with the release that wrote it, or simulate the run again from its seed."
        )
    return manifest


def read_frame(folder: Path, name: str, digest: str) -> pd.DataFrame:
    """Return one frame of a saved run, or raise `StorageError` if it is missing or not what was saved."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise StorageError(f"{folder} is incomplete: it has no {path.name}. {SAVE_AGAIN}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise StorageError(f"{path} is damaged: it is not what was saved. {SAVE_AGAIN}")
    return pd.read_parquet(pa.BufferReader(content), engine="pyarrow")
