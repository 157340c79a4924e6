"""The file that an export writes: a new one, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import StorageError


@contextmanager
def new_file(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to, and move what was written to its place when the block is done.

    Parameters
    ----------
    path : str or Path
        A file that does not exist yet; folders above it are made.

    Yields
    ------
    Path
        Beside the file, under a hidden name.

    Raises
    ------
    StorageError
        The file exists, or cannot be written; nothing is left behind.
    """
    target = Path(path).expanduser().absolute()
    if target.exists():
        raise StorageError(
            f"Nothing was written: {target} exists, and an export never overwrites. Give a path that does not exist "
            f"yet, for instance {target.stem}-2{target.suffix}."
        )
    part = target.with_name(f".{target.name}-{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(target)
    except OSError as problem:
        raise StorageError(
            f"{target} could not be written: {(problem.strerror or str(problem)).lower()}. Nothing was left behind."
        ) from problem
    finally:
        part.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write text to a file that does not exist yet, as `new_file` does."""
    with new_file(path) as part:
        part.write_text(text, encoding="utf-8")
