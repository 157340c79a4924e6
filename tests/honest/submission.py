"""One honest submission, as the bank states it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

BANK = Path(__file__).resolve().parent / "bank"


@dataclass(frozen=True)
class Submission:
    """What somebody wrote who meant no harm.

    Attributes
    ----------
    module, task : str
        For instance ``"m09"`` and ``"psi"``.
    name : str
        What it is, in a few words.
    earns : str
        Full points, a part of them, or nothing.
    code : str
        What stands in the answer's cell.
    """

    module: str
    task: str
    name: str
    earns: Literal["full", "part", "nothing"]
    code: str

    @property
    def task_id(self) -> str:
        """For instance ``"m09.psi"``."""
        return f"{self.module}.{self.task}"


def bank() -> list[Submission]:
    """Return every submission, module by module."""
    return [
        Submission(module=path.stem, **entry)
        for path in sorted(BANK.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
