"""Whether an answer is one, and what it earns: the same for the open checks and for the sealed marks."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from autograder import quiz, registry
from autograder.attempt import explain
from autograder.bench import Bench
from autograder.errors import CheckError, LostError
from autograder.outcome import Outcome, nothing
from autograder.stub import untouched
from autograder.syllabus import Task

BLANK = (
    "nothing has been written here yet",
    "an answer in place of the three dots",
    "Write your answer in the cell above, run that cell, then run this one again.",
)


def judge(task_id: str, task: Task, thing: Any, bench: Bench) -> Outcome:
    """Try an answer and say what it earns, as the open check does.

    Parameters
    ----------
    task_id : str
        For instance ``"m09.monitor"``.
    task : Task
        Its entry in the syllabus.
    thing : Any
        What was handed over, or what stands for it.
    bench : Bench
        On what to try it.

    Returns
    -------
    Outcome
        Never more than the task is worth.

    Raises
    ------
    CheckError
        If the check itself is at fault.
    LostError
        If the jail broke off.
    """
    if untouched(thing):
        return nothing(task.points, "An answer", *BLANK)
    if task.kind == "quiz":
        module, number = task_id.split(".quiz")
        return quiz.judge(module, int(number), thing, task.points)
    function = registry.find(task_id)
    try:
        outcome = function(thing, bench) if takes_bench(function) else function(thing)
    except (CheckError, KeyboardInterrupt, LostError):
        raise
    except (Exception, SystemExit) as error:
        wanted = "code that runs to its end on every example"
        return nothing(
            task.points,
            "Your code runs",
            explain(error),
            wanted,
            "Mend that line, run its cell again, then this one.",
        )
    if not math.isclose(outcome.worth, task.points):
        raise CheckError(
            f"The criteria of {task_id!r} are worth {outcome.worth:g} points; the syllabus says {task.points:g}."
        )
    return outcome


def takes_bench(function: Callable[..., Any]) -> bool:
    """Say whether a check can be tried on a learner's own worlds."""
    return len(inspect.signature(function).parameters) > 1
