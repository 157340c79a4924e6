"""One attack on the marking, as the bank states it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

BANK = Path(__file__).resolve().parent / "bank"

Aim = Literal[
    "forged",
    "unmarked",
    "harmed",
    "leaked",
    "tampered",
    "taken",
    "swollen",
    "reached",
    "killed",
    "outlived",
    "scripted",
]


@dataclass(frozen=True)
class Attack:
    """One submission that means harm.

    Attributes
    ----------
    family, name, what : str
        Which file of the bank, what it is called, and what it does, as a sentence.
    aim : str
        What would be a success: see `Evidence.won` in scene.py.
    plain : bool
        Whether it succeeds where nbgrader marks without a jail.
    code : str
        What stands in the answer's cell.
    edit, link, prose : str
        What else is done to the notebook, a link handed in beside it, and the written answer.
    alone : bool
        Whether it may spoil its own later answers, which is its author's loss.
    """

    family: str
    name: str
    what: str
    aim: Aim
    plain: bool
    code: str
    edit: str = ""
    link: str = ""
    prose: str = ""
    alone: bool = False

    @property
    def learner(self) -> str:
        """The name under which it is handed in."""
        return f"{self.family}-{self.name.replace(' ', '-')}"


def bank() -> list[Attack]:
    """Return every attack, family by family."""
    return [
        Attack(path.stem, **entry)
        for path in sorted(BANK.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
