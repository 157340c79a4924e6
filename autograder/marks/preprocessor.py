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
from autograder.errors import MarkingError
from autograder.jail import Jail, choose
from autograder.marks import cleaning
from autograder.marks.notebook import NotebookMarker
from autograder.trail import write_trail
from autograder.variants import read_secret, variant_of

MOST_FILES, MOST_BYTES = 200, 32 * 2**20
LEFT_OUT = {".ipynb", ".py", ".pyc", ".so", ".pth"}

_jails: dict[tuple[int, bool], Jail] = {}
"""The jail of this process, kept warm from one notebook to the next."""


class JailedExecute(NbGraderPreprocessor):
    """Run a submitted notebook in a jail, and make its marks outside.

    Put it into ``c.Autograde.autograde_preprocessors`` in the place of ``Execute``.
    """

    without_jail = Bool(
        False, help="Run learners' code with your own rights if need be. Say so only for code that you trust."
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
            If the course's own files do not fit.
        """
        module, learner = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        course, submitted = self._course(), self._submitted(resources)
        if submitted.is_symlink() or submitted.parent.is_symlink():
            raise MarkingError(f"{submitted} is a link to somewhere else, and was not marked.")
        secret = read_secret(course)
        variant = variant_of(secret, module, learner)
        cleaning.notebook(nb, prose_of(course, module))
        files = {**beside(course / "source" / module), **beside(submitted.parent)}
        marker = NotebookMarker(nb, module, open_jail(self.without_jail), variant, files, self.slot)
        with kept_in(course / BASELINES):
            found = marker.mark()
        write_trail(course, submitted, variant, secret, found, _walls(self.without_jail))
        return nb, resources

    def _course(self) -> Path:
        return Path(self.config.CourseDirectory.get("root") or os.getcwd())

    def _submitted(self, resources: Any) -> Path:
        """Return where the notebook lies as it was handed in."""
        module, learner = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        submitted = self._course() / (self.config.CourseDirectory.get("submitted_directory") or "submitted")
        return submitted / learner / module / f"{resources['nbgrader']['notebook']}.ipynb"


def open_jail(without_jail: bool) -> Jail:
    """Return this process's jail, started when it is first asked for; a forked process starts its own."""
    key = (os.getpid(), without_jail)
    if key not in _jails:
        jail = Jail(choose(without_jail)).__enter__()
        _jails[key] = jail
        atexit.register(_close, key)
    return _jails[key]


def _close(key: tuple[int, bool]) -> None:
    jail = _jails.pop(key, None)
    if jail is not None and key[0] == os.getpid():
        jail.__exit__(None, None, None)


def _walls(without_jail: bool) -> str:
    return str(open_jail(without_jail).walls)


def prose_of(course: Path, module: str) -> set[str]:
    """Return the course's own prose of a module, cell by cell; empty if it has not been built."""
    path = course / "source" / module / f"{module}.ipynb"
    if not path.is_file():
        return set()
    return {cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"}


def beside(folder: Path) -> dict[str, bytes]:
    """Return the data files that lie beside a notebook, links and programs left out.

    Raises
    ------
    MarkingError
        If there are too many of them, or they are too large.
    """
    files: dict[str, bytes] = {}
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if path.is_symlink() or not path.is_file() or path.suffix in LEFT_OUT:
                continue
            if len(files) >= MOST_FILES or sum(map(len, files.values())) + path.stat().st_size > MOST_BYTES:
                raise MarkingError(
                    f"{folder} holds more than {MOST_FILES} files or {MOST_BYTES // 2**20} MB beside the notebook."
                )
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files
