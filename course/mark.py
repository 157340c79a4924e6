"""Marking one's own work: nbgrader's own commands, one after the other, on the notebook in the workspace.

It runs without a jail, for it is the learner's own code on their own machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.report import amount
from course.errors import CourseError

LEARNER = "me"
"""The name under which a learner on their own is entered in the gradebook."""


def mark(module: str, course: Path, workspace: Path, progress: Callable[[str], None] | None = None) -> list[str]:
    """Mark the learner's notebook of a module and put the feedback page beside it.

    Parameters
    ----------
    module : str
        A module that has been built.
    course, workspace : Path
        The course's folder and the learner's.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    list of str
        Sentences: the points so far, what waits for a person, and where the feedback is.

    Raises
    ------
    CourseError
        If there is no notebook to mark, or nbgrader fails; the notebook itself is never touched.
    """
    notebook = workspace / module / f"{module}.ipynb"
    if not notebook.is_file():
        raise CourseError(f"There is no notebook to mark: {notebook} does not exist. 'trinity course build' writes it.")
    handed_in = course / "submitted" / LEARNER / module / notebook.name
    handed_in.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, handed_in)
    steps = {
        "Preparing the checks": ["generate_assignment", module, "--force"],
        "Running your notebook anew; this takes one to three minutes": [
            "autograde",
            module,
            "--student",
            LEARNER,
            "--force",
            "--JailedExecute.without_jail=True",
        ],
        "Writing the feedback": ["generate_feedback", module, "--student", LEARNER, "--force"],
    }
    for doing, words in steps.items():
        if progress is not None:
            progress(f"{doing} ...")
        _nbgrader(words, course)
    page = workspace / module / "feedback.html"
    shutil.copyfile(course / "feedback" / LEARNER / module / f"{module}.html", page)
    return [_points(module, course), f"Wrote the feedback, {page}."]


def _nbgrader(words: list[str], course: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if "ERROR" in line or "Error" in line]
        last = said[-1].split("] ")[-1] if said else f"it ended with code {done.returncode}"
        raise CourseError(f"nbgrader {words[0]} did not finish: {last} Your notebook is as you left it.")


def _points(module: str, course: Path) -> str:
    """Say how many points the gradebook has, and how many wait for a person."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        entry = book.find_submission(module, LEARNER)
        waiting = sum(g.max_score for n in entry.notebooks for g in n.grades if g.needs_manual_grade)
        points = f"You have {amount(entry.score)} of {amount(entry.max_score)} points"
    return f"{points} so far; {amount(waiting)} wait for a person to read your prose." if waiting else f"{points}."
