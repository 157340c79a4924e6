"""The open checks: what a graded cell calls, and what the author of a check needs.

In a learner's notebook, ``check("m09.monitor", monitor)`` prints a report and returns points. Authors import
`register`, `attempt`, `Criterion` and `Outcome` from here; see docs/how-to/write-a-module.md.
"""

from __future__ import annotations

import math
from collections import Counter

from autograder import quiz, report, syllabus
from autograder.attempt import Attempt, attempt, explain
from autograder.errors import CheckError
from autograder.outcome import Criterion, Outcome, nothing
from autograder.quiet import quiet
from autograder.registry import find, register
from autograder.stub import untouched

__all__ = ["Attempt", "Criterion", "Outcome", "attempt", "check", "register"]

_tries: Counter[str] = Counter()
"""How often each task has been checked since the notebook was started; it decides on hints, and never on points."""


def check(task_id: str, thing: object) -> float:
    """Mark one task: print what was tried, what happened, what was wanted and a next step, and return the points.

    From the second time on it also gives hints, where its author wrote some.

    Parameters
    ----------
    task_id : str
        For instance ``"m09.monitor"``.
    thing : object
        The learner's answer: a function, a value, or a tuple or dict of them.

    Returns
    -------
    float
        The points earned, a plain float between 0 and what the syllabus says that the task is worth. Nothing is written
        on stderr, and no mistake of the learner's raises.

    Raises
    ------
    SyllabusError
        If there is no such task.
    CheckError
        If the task has no check, or its criteria do not add up to the task's points.
    """
    task = syllabus.load().task(task_id)
    if task.kind == "written":
        raise CheckError(f"Task {task_id!r} is marked by a person; there is nothing to check here.")
    with quiet() as printed:
        outcome = _outcome(task_id, task, thing)
    if not math.isclose(outcome.worth, task.points):
        raise CheckError(
            f"The criteria of {task_id!r} are worth {outcome.worth:g} points; the syllabus says {task.points:g}."
        )
    hints = _tries[task_id] > 0
    _tries[task_id] += not untouched(thing)
    print(report.text(task_id, outcome, printed.getvalue(), hints), flush=True)
    if outcome.figure is not None:
        with quiet():
            _show(outcome.figure)
    return min(outcome.points, task.points)


def _outcome(task_id: str, task: syllabus.Task, thing: object) -> Outcome:
    """Try the answer; a mistake of the learner's becomes an outcome of nothing."""
    if untouched(thing):
        happened = "nothing has been written here yet"
        wanted = "an answer in place of the three dots"
        step = "Write your answer in the cell above, run that cell, then run this one again."
        return nothing(task.points, "An answer", happened, wanted, step)
    if task.kind == "quiz":
        module, number = task_id.split(".quiz")
        return quiz.judge(module, int(number), thing, task.points)
    function = find(task_id)
    try:
        return function(thing)
    except (CheckError, KeyboardInterrupt):
        raise
    except (Exception, SystemExit) as error:
        wanted = "code that runs to its end on every example"
        step = "Mend that line, run its cell again, then this one."
        return nothing(task.points, "Your code runs", explain(error), wanted, step)


def _show(figure: object) -> None:
    """Display a figure where there is something to display it on."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display(figure)
