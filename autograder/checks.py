"""The open checks: what a graded cell calls, and what the author of a check needs.

In a learner's notebook, ``check("m09.monitor", monitor)`` prints a report and returns points. Authors import
`register`, `attempt`, `Criterion`, `Outcome`, `Effect` and `Measure` from here; see docs/how-to/write-a-module.md.
"""

from __future__ import annotations

from collections import Counter

from autograder import report, syllabus
from autograder.attempt import Attempt, attempt
from autograder.bench import OPEN_BENCH, Bench
from autograder.effect import Effect, Measure
from autograder.errors import CheckError
from autograder.jail import handover
from autograder.judge import judge
from autograder.outcome import Criterion, Outcome
from autograder.quiet import quiet
from autograder.registry import register
from autograder.stub import untouched

__all__ = ["Attempt", "Bench", "Criterion", "Effect", "Measure", "Outcome", "attempt", "check", "register"]

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

    In a jail nothing is marked: the answer is handed over, and the marking, which stands outside, calls it.

    Raises
    ------
    SyllabusError
        If there is no such task.
    CheckError
        If the task has no check, or its criteria do not add up to the task's points.
    """
    line = handover.line()
    if line is not None:
        return line.offer(task_id, thing)
    task = syllabus.load().task(task_id)
    if task.kind == "written":
        raise CheckError(f"Task {task_id!r} is marked by a person; there is nothing to check here.")
    with quiet() as printed:
        outcome = judge(task_id, task, thing, OPEN_BENCH)
    hints = _tries[task_id] > 0
    _tries[task_id] += not untouched(thing)
    print(report.text(task_id, outcome, printed.getvalue(), hints), flush=True)
    if outcome.figure is not None:
        with quiet():
            _show(outcome.figure)
    return min(outcome.points, task.points)


def _show(figure: object) -> None:
    """Display a figure where there is something to display it on."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display(figure)
