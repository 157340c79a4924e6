"""One model answer with one mistake, as the bank states it, and what it earns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from autograder import judge, syllabus
from autograder.bench import OPEN_BENCH
from course import lesson, submissions

BANK = Path(__file__).resolve().parent / "bank"
MOST_OF_ALL = 0.3
"""Share of the points that a mistake may leave which costs all: what a naive answer may earn at most."""


@dataclass(frozen=True)
class Mutant:
    """A model answer with one mistake.

    Attributes
    ----------
    module, task, name : str
        Whose answer, and what is wrong with it.
    old, new : str
        What stands in the answer once, and what stands there instead.
    loses : str
        ``"all"`` if it may keep 30 per cent of the points at most, ``"part"`` if it keeps more and not all,
        ``"nothing"`` if no check can or should tell it from the answer.
    why : str
        Why nothing is lost; for those alone.
    """

    module: str
    task: str
    name: str
    old: str
    new: str
    loses: Literal["all", "part", "nothing"]
    why: str = ""

    @property
    def label(self) -> str:
        """By which a test names it."""
        return f"{self.module}.{self.task}: {self.name}"

    def source(self) -> str:
        """Return the answer with its mistake.

        Raises
        ------
        ValueError
            If what is to be replaced does not stand there exactly once.
        """
        whole = answers(self.module)[self.task]
        if whole.count(self.old) != 1:
            raise ValueError(f"{self.label}: {self.old!r} stands in the answer {whole.count(self.old)} times.")
        return whole.replace(self.old, self.new)

    def share(self) -> float:
        """Return what it earns of its task's points."""
        return earned(self.module, self.task, self.source())

    def as_it_should(self, share: float) -> bool:
        """Say whether a share of the points is what it should earn."""
        if self.loses == "nothing":
            return share == 1
        return share <= MOST_OF_ALL if self.loses == "all" else MOST_OF_ALL < share < 1


def bank() -> list[Mutant]:
    """Return every mutant, module by module."""
    return [
        Mutant(path.stem, **entry)
        for path in sorted(BANK.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@lru_cache(maxsize=8)
def answers(module: str) -> dict[str, str]:
    """Return a lesson's own answers, by task."""
    pieces = lesson.read(submissions.MODULES / module / "lesson.py")
    return {piece.name: piece.source for piece in pieces if piece.purpose == "answer"}


def earned(module: str, task: str, source: str) -> float:
    """Return the share of a task's points that an answer earns on the public worlds, the model's others beside it."""
    task_id = f"{module}.{task}"
    about = syllabus.load().task(task_id)
    thing = submissions.handed(module, {task: source})[task_id]
    return judge.judge(task_id, about, thing, OPEN_BENCH).points / about.points
