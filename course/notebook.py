"""From a lesson to its notebooks: the source with solutions, and the learner's, as nbgrader releases it."""

from __future__ import annotations

import copy
import logging
from pathlib import Path

import nbformat

from autograder import quiz as questions
from autograder.report import amount
from autograder.syllabus import Module
from course import agreement, cell, lesson, quiz
from course.cell import Cell
from course.errors import CourseError
from course.lesson import Piece
from sim.plots import style, wardley


def source(name: str, module: Module, course: Path) -> nbformat.NotebookNode:
    """Build the notebook with solutions, which nbgrader reads.

    Parameters
    ----------
    name : str
        For instance ``"m09"``.
    module : Module
        Its entry in the syllabus.
    course : Path
        The course's folder.

    Returns
    -------
    NotebookNode
        The lesson, the drawn map, the quiz, and points from the syllabus.

    Raises
    ------
    CourseError, SyllabusError, MapError
        If any of the module's files is wrong or they disagree.
    """
    home = course / "modules" / name
    agreement.syllabus(name, module)
    pieces = lesson.read(home / "lesson.py")
    agreement.lesson(name, module, pieces)
    quiz_cells: list[Cell] = []
    if module.form == "lesson":
        agreement.guide(name, module, home / "facilitator.md")
        quiz_cells = quiz.cells(name, questions.load(name, course), module.quiz_points)
    cells: list[Cell] = []
    for piece in pieces:
        cells.append(_cell(name, module, piece))
        if (piece.purpose, piece.name) == ("insert", "map"):
            cells.append(_map(home / "map.owm"))
        if (piece.purpose, piece.name) == ("insert", "quiz"):
            cells += quiz_cells
    return cell.notebook(name, cells)


def _cell(name: str, module: Module, piece: Piece) -> Cell:
    """Turn one piece of a lesson into a cell."""
    if piece.purpose == "answer":
        return cell.answer(name, piece.name, piece.source)
    if piece.purpose == "check":
        return cell.test(name, piece.name, piece.source, module.tasks[piece.name].points)
    if piece.purpose == "written":
        return cell.written(name, piece.name, piece.source, module.tasks[piece.name].points)
    if piece.purpose == "rubric":
        return cell.prose(piece.source, fixed=True)
    if piece.purpose == "objectives":
        listed = "\n".join(f"- {objective}" for objective in module.objectives)
        taken = f"It takes about {sum(module.minutes.values())} minutes and is worth {amount(module.points())} points."
        return cell.prose(f"{piece.source}\n\n{listed}\n\n{taken}")
    if piece.purpose == "section" and piece.minutes:
        heading, _, rest = piece.source.partition("\n")
        timed = cell.prose(f"{heading}\n\n*About {piece.minutes} minutes*\n{rest}".rstrip())
        timed.metadata = {"trinity": {"section": piece.name, "minutes": piece.minutes}}
        return timed
    return Cell("markdown" if piece.prose else "code", piece.source)


def _map(path: Path) -> Cell:
    """Draw a module's map into a cell that carries the picture's own bytes and the map in words."""
    if not path.exists():
        raise CourseError(f"The module has no map: {path} does not exist.")
    figure = wardley.draw(wardley.parse(path.read_text(encoding="utf-8")))
    words = f"<details><summary>The map in words</summary>\n\n{figure.alt_text}\n\n</details>"
    return cell.prose(f"{style.image(figure, dpi=120)}\n\n{words}", fixed=True)


def release(name: str, built: nbformat.NotebookNode, course: Path) -> nbformat.NotebookNode:
    """Make the learner's version with nbgrader's own steps, the database left out.

    Parameters
    ----------
    name : str
        For instance ``"m09"``.
    built : NotebookNode
        From `source`.
    course : Path
        The course's folder, whose nbgrader_config.py applies.

    Returns
    -------
    NotebookNode
        What ``nbgrader generate_assignment`` releases.

    Raises
    ------
    CourseError
        If a solution would leak.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    log = logging.getLogger("course.release")
    log.setLevel(logging.CRITICAL)
    released, resources = copy.deepcopy(built), {"nbgrader": {"assignment": name, "notebook": name}}
    for step in GenerateAssignment.preprocessors.default_args[0]:
        if step is not SaveCells:
            released, resources = step(config=config, log=log).preprocess(released, resources)
    agreement.leak(name, [each.source for each in built.cells], [each.source for each in released.cells])
    return released


def dumps(built: nbformat.NotebookNode) -> str:
    """Return a notebook as the text of its file, as nbgrader writes it."""
    return nbformat.writes(built) + "\n"
