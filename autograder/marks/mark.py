"""One task's sealed mark, and what is said where none could be made."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.outcome import Outcome, nothing
from autograder.syllabus import Task


@dataclass(frozen=True)
class Mark:
    """What one task earned.

    Attributes
    ----------
    task_id : str
        For instance ``"m09.monitor"``.
    outcome : Outcome
        As the check found it.
    printed : str
        What the learner's code printed while it was called.
    fate : str
        ``"marked"``, ``"blank"`` (nothing was written), ``"unreached"`` (the cell handed nothing over) or ``"lost"``
        (the process ended, hung or broke off).
    seconds : float
        That it took.
    """

    task_id: str
    outcome: Outcome
    printed: str = ""
    fate: str = "marked"
    seconds: float = field(default=0.0, compare=False)

    @property
    def points(self) -> float:
        """Points earned."""
        return self.outcome.points


def lost(task_id: str, task: Task, why: str) -> Mark:
    """Return the mark of a task whose answer ended its process, hung or broke off."""
    outcome = nothing(
        task.points,
        "Your code answers",
        f"while it was asked, your notebook's process was lost: {why}",
        "code that answers and lets the notebook go on",
        "Look for a loop that does not end, for exit(), and for work that fills the memory.",
    )
    return Mark(task_id, outcome, fate="lost")


def unreached(task_id: str, task: Task, why: str) -> Mark:
    """Return the mark of a task whose cell handed nothing over."""
    outcome = nothing(
        task.points,
        "An answer",
        f"the cell that marks this task handed nothing over: {why}",
        "an answer under the name that the cell uses",
        "Run all cells from the top, and see whether the cell above stops with an error.",
    )
    return Mark(task_id, outcome, fate="unreached")
