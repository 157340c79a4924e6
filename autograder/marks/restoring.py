"""nbgrader's own cells put back as the course has them, whatever became of them in a learner's notebook.

nbgrader puts back what a locked cell says. It gives up on a notebook in which a cell's name is unknown, its metadata
are no metadata, or an answer and its check have both gone; then that learner has no mark at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.marks import cleaning


class Restore(NbGraderPreprocessor):
    """Give every cell that nbgrader knows its own metadata, take it from all others, and add those that are missing.

    Put it first into ``c.Autograde.sanitize_preprocessors``.
    """

    def preprocess(self, nb: nbformat.NotebookNode, resources: Any) -> tuple[nbformat.NotebookNode, Any]:
        """Restore one notebook.

        Parameters
        ----------
        nb : NotebookNode
            As handed in.
        resources : dict
            As nbgrader fills it.

        Returns
        -------
        tuple of (NotebookNode, dict)
            The notebook, as far as the course has been built; otherwise as it was.
        """
        course = Path(self.config.CourseDirectory.get("root") or ".")
        module, name = resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
        cells = cells_of(course / "source" / module / f"{name}.ipynb")
        if cells:
            released = cells_of(course / "release" / module / f"{name}.ipynb")
            restore(nb, cells, {grade_id: cell.source for grade_id, cell in released.items()})
        return nb, resources


def restore(nb: nbformat.NotebookNode, known: dict[str, nbformat.NotebookNode], stubs: dict[str, str]) -> None:
    """Restore a notebook, in place.

    Parameters
    ----------
    nb : NotebookNode
        As handed in.
    known : dict of str to NotebookNode
        The course's own cells by their nbgrader name, in order.
    stubs : dict of str to str
        What an answer says in the notebook that learners were given.
    """
    seen: set[str] = set()
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader")
        grade_id = about.get("grade_id") if isinstance(about, dict) else None
        if not isinstance(grade_id, str) or grade_id not in known or grade_id in seen:
            cell.metadata.pop("nbgrader", None)
            continue
        seen.add(grade_id)
        cell.metadata["nbgrader"] = nbformat.from_dict(dict(known[grade_id].metadata["nbgrader"]))
    place = 0
    for grade_id, own in known.items():
        if grade_id in seen:
            place = 1 + next(k for k, c in enumerate(nb.cells) if _name(c) == grade_id)
            continue
        added = nbformat.from_dict(own)
        if own.metadata["nbgrader"].get("solution"):
            added.source = stubs.get(grade_id, "")
        added.metadata = nbformat.from_dict({"nbgrader": dict(own.metadata["nbgrader"])})
        nb.cells.insert(place, added)
        place += 1
    nb.metadata = nbformat.from_dict({"kernelspec": cleaning.KERNEL, "language_info": cleaning.LANGUAGE})


def relocked(nb: nbformat.NotebookNode, known: dict[str, nbformat.NotebookNode], stubs: dict[str, str]) -> None:
    """Restore a notebook, and give every locked cell the course's own text, as nbgrader does from its gradebook.

    Parameters
    ----------
    nb, known, stubs
        As in `restore`.
    """
    restore(nb, known, stubs)
    for cell in nb.cells:
        own = known.get(_name(cell))
        if own is None:
            continue
        if cell.cell_type != own.cell_type:
            cell.cell_type = own.cell_type
            fresh = {"outputs": [], "execution_count": None}
            for key in fresh:
                cell.pop(key, None)
            cell.update(fresh if own.cell_type == "code" else {})
        if own.metadata["nbgrader"].get("locked"):
            cell.source = own.source


def _name(cell: nbformat.NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def cells_of(path: Path) -> dict[str, nbformat.NotebookNode]:
    """Return the cells of a notebook that nbgrader knows, by name, in order; none if there is no such file."""
    if not path.is_file():
        return {}
    return {_name(cell): cell for cell in nbformat.read(path, as_version=4).cells if _name(cell)}
