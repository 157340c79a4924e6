"""What a study has measured so far, kept on disk so that it can be gone on with."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from sim.errors import StudyError

FILE = "study.jsonl"
"""Name of the file in a study's folder: one JSON object a line, the first of which says what the study is of."""

VERSION = 1


class Notes:
    """A file to which each finished run is added; whatever a kill leaves half written is left out when it is read.

    Parameters
    ----------
    folder : path-like
        Made if it is not there.
    about : str
        Fingerprint of what is studied.

    Raises
    ------
    StudyError
        If the folder holds notes of another study, or cannot be used.

    Attributes
    ----------
    labels : list of list of str, or None
        Names of what each run measures, then one list for each figure.
    """

    def __init__(self, folder: str | os.PathLike[str], about: str) -> None:
        self.path = Path(folder) / FILE
        self.labels: list[list[Any]] | None = None
        self._measured: dict[tuple[str, int], list[float]] = {}
        head = {"study": about, "version": VERSION}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            whole = self._read(head) if self.path.exists() else 0
            self._file = self.path.open("r+b" if whole else "wb")
            self._file.truncate(whole)
            self._file.seek(whole)
            if not whole:
                self._add(head)
        except OSError as error:
            raise StudyError(f"A study cannot be kept in {folder}: {error.strerror or error}.") from None

    def _read(self, head: dict[str, Any]) -> int:
        """Take over what whole lines say, and return how many bytes they are."""
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        lines = content[:whole].splitlines()
        try:
            notes = [json.loads(line) for line in lines]
        except ValueError:
            raise StudyError(f"{self.path} is not a study's file: a line of it cannot be read.") from None
        if notes and notes[0] != head:
            raise StudyError(
                f"{self.path.parent} holds another study: of another scenario, other playbooks or another question. "
                "Give a folder of its own, or remove this one."
            )
        for note in notes[1:]:
            if "labels" in note:
                self.labels = note["labels"]
            else:
                values = [math.nan if v is None else v for v in note["values"]]
                self._measured[note["cell"], note["seed"]] = values
        return whole

    def known(self, cell: str, seed: int) -> list[float] | None:
        """Return what a run measured, if it has been made."""
        return self._measured.get((cell, seed))

    def name(self, labels: list[list[Any]]) -> None:
        """Note what it is that runs measure."""
        self.labels = labels
        self._add({"labels": labels})

    def add(self, cell: str, seed: int, values: list[float]) -> None:
        """Note what a run measured; it is on disk when this returns."""
        self._measured[cell, seed] = values
        self._add({"cell": cell, "seed": seed, "values": [None if math.isnan(v) else v for v in values]})

    def _add(self, note: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(note, allow_nan=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StudyError(f"{self.path} cannot be written: {error.strerror or error}.") from None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
