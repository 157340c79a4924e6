"""The cells of a built notebook: plain ones, and those that nbgrader knows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import nbformat

SCHEMA = 3


@dataclass
class Cell:
    """One cell, before it has an id.

    Attributes
    ----------
    kind : {"markdown", "code"}
        What it holds.
    source : str
        Its text.
    metadata : dict
        As it will stand in the notebook.
    """

    kind: str
    source: str
    metadata: dict = field(default_factory=dict)


def prose(source: str, fixed: bool = False) -> Cell:
    """Return a cell of text; a fixed one can be neither edited nor deleted in JupyterLab.

    A fixed cell carries nothing for nbgrader: a graded cell that a learner deletes can be put back only behind a cell
    that nbgrader grades or that holds an answer.
    """
    return Cell("markdown", source, {"deletable": False, "editable": False} if fixed else {})


def answer(module: str, name: str, source: str) -> Cell:
    """Return a cell of code that the learner writes."""
    return Cell("code", source, {"nbgrader": _nbgrader(f"{module}-{name}-answer", solution=True)})


def test(module: str, name: str, source: str, points: float) -> Cell:
    """Return the cell that marks a task."""
    return Cell("code", source, {"nbgrader": _nbgrader(f"{module}-{name}", points=points, locked=True)})


def written(module: str, name: str, source: str, points: float) -> Cell:
    """Return a cell of prose that the learner writes and a person marks."""
    return Cell("markdown", source, {"nbgrader": _nbgrader(f"{module}-{name}", points=points, solution=True)})


def _nbgrader(grade_id: str, points: float | None = None, solution: bool = False, locked: bool = False) -> dict:
    """Return what nbgrader wants to know of a cell, and nothing else."""
    record = {"grade": points is not None, "grade_id": grade_id, "locked": locked, "schema_version": SCHEMA}
    record |= {"solution": solution, "task": False}
    if points is not None:
        record["points"] = points
    return record


def notebook(module: str, cells: list[Cell]) -> nbformat.NotebookNode:
    """Put cells together; a cell's id follows from its content, so that building again changes nothing.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    cells : list of Cell
        In order.

    Returns
    -------
    NotebookNode
        Valid, without outputs.
    """
    built, seen = [], {}
    for cell in cells:
        new = nbformat.v4.new_markdown_cell if cell.kind == "markdown" else nbformat.v4.new_code_cell
        digest = hashlib.sha256(f"{module}\n{cell.kind}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        repeat = f"-{seen[digest]}" if seen[digest] > 1 else ""
        built.append(new(cell.source, id=f"{digest}{repeat}", metadata=cell.metadata))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=built, metadata=metadata, nbformat_minor=5)
