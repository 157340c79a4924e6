"""The nbgrader plugin: what takes the place of nbgrader's own Execute when notebooks are marked."""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Integer

from autograder.baselines import PLACE as BASELINES
from autograder.baselines import kept_in
from autograder.feedback.record import write_feedback
from autograder.jail import Jail, choose
from autograder.marks import cleaning
from autograder.marks.beside import beside
from autograder.marks.notebook import Marked, NotebookMarker, is_check
from autograder.trail import Trail, trail_of, write_trail
from autograder.variants import Variant, read_secret, variant_of

TRAIL = "trinity_trail"
"""Under which the steps of one marking pass the trail on."""

_jails: dict[bool, Jail] = {}
"""The jail of this process and of those that are forked from it, kept warm from one notebook to the next."""


class JailedExecute(NbGraderPreprocessor):
    """Run a submitted notebook in a jail, and make its marks outside.

    Put it into ``c.Autograde.autograde_preprocessors`` in the place of ``Execute``.
    """

    without_jail = Bool(
        False, help="Run learners' code with your own rights if need be. Say so only for code that you trust."
    ).tag(config=True)
    rehearse = Bool(
        False, help="Run the lesson's own cells once, ahead of the first notebook. It pays when there are several."
    ).tag(config=True)
    slot = Integer(0, help="Which of the processes that mark at once on this machine.").tag(config=True)

    def preprocess(self, nb: nbformat.NotebookNode, resources: Any) -> tuple[nbformat.NotebookNode, Any]:
        """Mark one notebook.

        Parameters
        ----------
        nb : NotebookNode
            After nbgrader has put back its own cells.
        resources : dict
            As nbgrader fills it: module, learner, folder.

        Returns
        -------
        tuple of (NotebookNode, dict)
            The notebook with outputs that are safe to show, and with marks in the graded cells.

        Raises
        ------
        JailError
            If no jail can be built and nobody said that it need not be.
        MarkingError
            If a graded cell is none of the syllabus's tasks.
        """
        module, learner = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        course, submitted = course_of(self), self._submitted(resources)
        secret = read_secret(course)
        variant = variant_of(secret, module, learner)
        jail = open_jail(self.without_jail)
        if self.rehearse:
            rehearsed(jail, course, module)
        files = beside(course, submitted)
        found = marked(nb, course, submitted, jail, variant, files, self.slot)
        resources[TRAIL] = trail_of(course, submitted, variant, secret, found, str(jail.walls), files)
        write_feedback(course, module, learner, found.marks)
        return nb, resources

    def _submitted(self, resources: Any) -> Path:
        """Return where the notebook lies as it was handed in."""
        module, learner = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        submitted = course_of(self) / (self.config.CourseDirectory.get("submitted_directory") or "submitted")
        return submitted / learner / module / f"{resources['nbgrader']['notebook']}.ipynb"


class KeepTrail(NbGraderPreprocessor):
    """Keep the trail of a notebook that `JailedExecute` has marked.

    Put it last into ``c.Autograde.autograde_preprocessors``: what has a trail counts as marked, and by then the
    gradebook has every mark.
    """

    draft = Bool(
        False, help="Let the trail wait for whoever runs this to say that the marked notebook is on the disk too."
    ).tag(config=True)

    def preprocess(self, nb: nbformat.NotebookNode, resources: Any) -> tuple[nbformat.NotebookNode, Any]:
        """Write the trail; the notebook stays as it is."""
        trail: Trail | None = resources.pop(TRAIL, None)
        if trail is not None:
            write_trail(course_of(self), trail, self.draft)
        return nb, resources


def course_of(step: NbGraderPreprocessor) -> Path:
    """Return the course's folder by nbgrader's settings."""
    return Path(step.config.CourseDirectory.get("root") or os.getcwd())


def marked(
    nb: nbformat.NotebookNode,
    course: Path,
    submitted: Path,
    jail: Jail,
    variant: Variant,
    files: dict[str, bytes],
    slot: int = 0,
) -> Marked:
    """Mark a notebook into which the course's own cells have been put back, in place.

    Parameters
    ----------
    nb : NotebookNode
        What was handed in.
    course : Path
        The course's folder.
    submitted : Path
        Where it lies: ``.../<learner>/<module>/<module>.ipynb``.
    jail : Jail
        Open.
    variant : Variant
        Whose worlds.
    files : dict of str to bytes
        What lies beside it.
    slot : int
        Which of those that run at once.

    Returns
    -------
    Marked
        Every task's mark.
    """
    module = submitted.parent.name
    if any(path.is_symlink() for path in (submitted, submitted.parent, submitted.parent.parent)):
        empty(nb)
    cleaning.notebook(nb, prose_of(course, module))
    with kept_in(course / BASELINES):
        return NotebookMarker(nb, module, jail, variant, files, slot).mark()


def empty(nb: nbformat.NotebookNode) -> None:
    """Take out what a notebook says that is no course's own: it was handed in as a link to somewhere else."""
    for cell in nb.cells:
        if not is_check(cell):
            cell.source = "" if cell.cell_type == "code" else "*This notebook was handed in as a link, and not read.*"


def open_jail(without_jail: bool) -> Jail:
    """Return the jail, started when it is first asked for, or when it has broken down.

    A process that is forked from one with a jail shares it.
    """
    if without_jail not in _jails or not _jails[without_jail].standing:
        close_jail(without_jail)
        _jails[without_jail] = Jail(choose(without_jail)).__enter__()
        atexit.register(close_jail, without_jail)
    return _jails[without_jail]


def close_jail(without_jail: bool) -> None:
    """End the jail, if there is one and it is this process's own."""
    jail = _jails.pop(without_jail, None)
    if jail is not None:
        jail.__exit__(None, None, None)


def rehearsed(jail: Jail, course: Path, module: str) -> None:
    """Have a jail run a module's released cells, unless it has."""
    path = course / "release" / module / f"{module}.ipynb"
    if module in jail.rehearsed or not path.is_file():
        return
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    jail.rehearse(cells)
    jail.rehearsed.add(module)


def prose_of(course: Path, module: str) -> set[str]:
    """Return the course's own prose of a module, cell by cell; empty if it has not been built."""
    path = course / "source" / module / f"{module}.ipynb"
    if not path.is_file():
        return set()
    return {cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"}
