"""The data files that a submission may read: those beside it, and those that the course put beside its own notebook."""

from __future__ import annotations

import os
from pathlib import Path

MOST_FILES, MOST_BYTES = 200, 32 * 2**20
LEFT_OUT = {".ipynb", ".py", ".pyc", ".so", ".pth"}


def beside(course: Path, submitted: Path) -> dict[str, bytes]:
    """Return what lies beside a submission, by its name below the folder.

    Parameters
    ----------
    course : Path
        The course's folder.
    submitted : Path
        The notebook as handed in: ``.../<learner>/<module>/<module>.ipynb``.

    Returns
    -------
    dict of str to bytes
        A learner's file goes before the course's of the same name.
    """
    return {**_in(course / "source" / submitted.parent.name), **_in(submitted.parent)}


def _in(folder: Path) -> dict[str, bytes]:
    """Return the data files of a folder; links, programs, and what goes beyond the limits are left out."""
    files: dict[str, bytes] = {}
    room = MOST_BYTES
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if path.is_symlink() or not path.is_file() or path.suffix in LEFT_OUT:
                continue
            size = path.stat().st_size
            if len(files) < MOST_FILES and size <= room:
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
                room -= size
    return files
