"""Which function checks which task."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from autograder.errors import CheckError
from autograder.outcome import Outcome
from sim.errors import unknown

Checker = Callable[[object], Outcome]
_checks: dict[str, Checker] = {}


def register(task_id: str) -> Callable[[Checker], Checker]:
    """Mark a function as the check of a task.

    Parameters
    ----------
    task_id : str
        For instance ``"m09.monitor"``, as in the syllabus.

    Returns
    -------
    callable
        A decorator that leaves the function as it is.

    Raises
    ------
    CheckError
        If another function checks that task already.
    """

    def keep(function: Checker) -> Checker:
        known = _checks.get(task_id)
        if known and (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise CheckError(f"Task {task_id!r} has two checks: {known.__qualname__} and {function.__qualname__}.")
        _checks[task_id] = function
        return function

    return keep


def find(task_id: str) -> Checker:
    """Return the check of a task, loading its module's checks when they are first needed.

    Parameters
    ----------
    task_id : str
        For instance ``"m09.monitor"``.

    Returns
    -------
    callable
        Takes what the learner handed over, returns an Outcome.

    Raises
    ------
    CheckError
        If no check is registered for it.
    """
    name = f"autograder.tasks.{task_id.split('.')[0]}"
    if task_id not in _checks and find_spec(name):
        import_module(name)
    if task_id not in _checks:
        raise CheckError(unknown("check", task_id, _checks))
    return _checks[task_id]
