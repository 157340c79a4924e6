"""The learner's folder: what was written there, and the rule that a learner's own work is never overwritten."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from course.errors import CourseError

MANIFEST = ".trinity.json"


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def content(data: bytes) -> str:
    """Return a digest of what a learner sees in a notebook.

    Parameters
    ----------
    data : bytes
        The file. JupyterLab rewrites a notebook's metadata as soon as it is opened and saved; that is no work of the
        learner's, so only each cell's kind, text and whether it has output are counted.

    Returns
    -------
    str
        SHA-256, in hexadecimal; of the bytes themselves where they are not a notebook.
    """
    try:
        cells = json.loads(data)["cells"]
        seen = [[cell["cell_type"], "".join(cell["source"]), bool(cell.get("outputs"))] for cell in cells]
    except (ValueError, KeyError, TypeError):
        return digest(data)
    return digest(json.dumps(seen).encode())


def put(path: Path, text: str) -> bool:
    """Write a file whole or not at all; leave it alone when it already says the same.

    Parameters
    ----------
    path : Path
        Where; its folder is made.
    text : str
        What.

    Returns
    -------
    bool
        True if anything was written.

    Raises
    ------
    CourseError
        If the disk refuses; what was there before is untouched.
    """
    data, draft = text.encode("utf-8"), path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise CourseError(f"{path} cannot be written: {error.strerror}. What was there before is untouched.") from None
    return True


@dataclass
class Workspace:
    """A learner's folder and the record of what the course wrote into it.

    Attributes
    ----------
    folder : Path
        Where the learner works.
    record : dict
        For each module, digests: ``inputs`` (of everything that it was built from), ``source`` (of the notebook with
        solutions), ``released`` (of the learner's notebook as built) and ``written`` (as last put before the learner).
    """

    folder: Path
    record: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Read the record; an unreadable one counts as empty, so that every file found is taken for theirs."""
        try:
            record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            record = {}
        return cls(folder, record if isinstance(record, dict) else {})

    def close(self) -> None:
        """Write the record."""
        put(self.folder / MANIFEST, json.dumps(self.record, indent=1, sort_keys=True) + "\n")

    def notebook(self, module: str) -> Path:
        """Return where the learner's notebook of a module lies."""
        return self.folder / module / f"{module}.ipynb"

    def state(self, module: str) -> str:
        """Say whose the notebook is: ``"missing"``, ``"ours"`` (as last written) or ``"theirs"`` (edited)."""
        if not self.notebook(module).exists():
            return "missing"
        return "ours" if self.holds(module, self.record.get(module, {}).get("written", "")) else "theirs"

    def holds(self, module: str, expected: str) -> bool:
        """Say whether the learner's notebook has this content."""
        path = self.notebook(module)
        return path.exists() and content(path.read_bytes()) == expected

    def clean(self, module: str, text: str) -> Path:
        """Write a clean copy beside the learner's notebook, under a name that is not taken.

        Parameters
        ----------
        module : str
            For instance ``"m09"``.
        text : str
            The notebook.

        Returns
        -------
        Path
            Where it lies.
        """
        home = self.notebook(module).parent
        copies = (home / f"{module}-clean-{number}.ipynb" for number in itertools.count(1))
        path = next(copy for copy in copies if not copy.exists())
        put(path, text)
        return path
