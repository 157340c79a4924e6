"""A class's feedback as one table, a row for each learner and task."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from autograder.feedback.record import read_feedback

COLUMNS = (
    "module", "learner", "task", "points", "of", "fate", "gain_gbp", "reference_gain_gbp", "wrong_decisions_avoided",
    "reference_wrong_decisions_avoided", "tried", "did", "worth", "next_step",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With which a spreadsheet takes a cell for a formula."""


def table(course: Path, module: str, learners: Iterable[str]) -> pd.DataFrame:
    """Return what was told to a class about a module.

    Parameters
    ----------
    course : Path
        The course's folder.
    module : str
        For instance ``"m09"``.
    learners : iterable of str
        Whose; those who have not been marked are left out.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: points earned and of how many; what became of the task; gains over naive practice in pounds
        and in wrong decisions avoided, means over the learner's worlds, empty where a task is not measured in them;
        and the words of the learner's page.

    Raises
    ------
    MarkingError
        If what was told to a learner cannot be read.
    """
    rows = [
        {"module": module, "learner": learner, "task": task, **told}
        for learner in learners
        for task, told in read_feedback(course, module, learner).items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def write_table(course: Path, module: str, learners: Iterable[str]) -> Path:
    """Write a class's feedback as CSV beside its grades; no cell of it is a formula to a spreadsheet.

    Returns
    -------
    Path
        ``feedback-<module>.csv`` in the course's folder.
    """
    path, told = course / f"feedback-{module}.csv", table(course, module, learners)
    for name in ("learner", "tried", "did", "worth", "next_step"):
        told[name] = told[name].map(lambda text: f"'{text}" if str(text).startswith(FORMULA) else text)
    told.to_csv(path, index=False)
    return path
