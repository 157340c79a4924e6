"""A small course of its own for each test: this course's plumbing round the example module."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course.build import build

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(__file__).resolve().parent / "fixtures"
BUILT = ("source", "release", "submitted", "autograded", "feedback", "*.db", "__pycache__")


def furnish(root: Path) -> Path:
    """Lay out a course of the example module alone under `root`; return the course's folder."""
    copy(root, "m[01]*")
    shutil.copytree(FIXTURES / "modules", root / "course" / "modules", dirs_exist_ok=True)
    shutil.copy(FIXTURES / "syllabus.yml", root / "course" / "syllabus.yml")
    shutil.copy(FIXTURES / "tasks" / "m90.py", root / "autograder" / "tasks" / "m90.py")
    return root / "course"


def copy(root: Path, *but: str) -> None:
    """Copy the course and the marking to `root`, without what was built, and but for some names."""
    shutil.copytree(ROOT / "course", root / "course", ignore=shutil.ignore_patterns(*BUILT, *but))
    shutil.copytree(ROOT / "autograder", root / "autograder", ignore=shutil.ignore_patterns("__pycache__", *but))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course's folder that a test may spoil."""
    return furnish(tmp_path / "house")


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built course whose example module has been released by nbgrader's own command."""
    folder = furnish(tmp_path_factory.mktemp("classroom"))
    build(course=folder)
    nbgrader(folder, "generate_assignment", "m90")
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    """The environment in which the copied packages stand before the installed ones."""
    path = os.pathsep.join([str(folder.parent), str(ROOT)])
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def run_python(folder: Path, code: str) -> str:
    """Run some Python beside a course; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder.parent, env=surroundings(folder), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def nbgrader(folder: Path, *words: str) -> str:
    """Run one of nbgrader's own commands in a course; return its log."""
    program = Path(sys.executable).with_name("nbgrader")
    done = subprocess.run([program, *words], cwd=folder, env=surroundings(folder), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def submit(folder: Path, learner: str, answers: dict[str, str], module: str = "m90") -> None:
    """Hand in the released notebook with some of its answer cells replaced, by grade id."""
    released = nbformat.read(folder / "release" / module / f"{module}.ipynb", as_version=4)
    for cell in released.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = answers.get(grade_id, cell.source)
    place = folder / "submitted" / learner / module / f"{module}.ipynb"
    place.parent.mkdir(parents=True)
    nbformat.write(released, place)


def model_answers(folder: Path, module: str = "m90") -> dict[str, str]:
    """The answers of the notebook with solutions, by grade id."""
    source = nbformat.read(folder / "source" / module / f"{module}.ipynb", as_version=4)
    marked = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in marked}


def answers(module: str, **cells: str) -> dict[str, str]:
    """Name cells as nbgrader does."""
    return {f"{module}-{name}-answer": source for name, source in cells.items()}


def marked_room(root: Path, module: str, learners: dict[str, dict[str, str] | None]) -> Path:
    """Lay out the whole course, and have a module's learners marked with nbgrader's own commands.

    Parameters
    ----------
    root : Path
        An empty folder.
    module : str
        Which module is marked.
    learners : dict of str to dict, or None
        By name, where each one's answers differ from the solution, by grade id; None for one who writes nothing.

    Returns
    -------
    Path
        The course's folder, with gradebook and feedback.
    """
    copy(root)
    folder = root / "course"
    run_python(folder, f"from course import build; build.build({module!r})")
    nbgrader(folder, "generate_assignment", module)
    solved = model_answers(folder, module)
    for learner, theirs in learners.items():
        submit(folder, learner, {} if theirs is None else {**solved, **theirs}, module)
    nbgrader(folder, "autograde", module)
    nbgrader(folder, "generate_feedback", module)
    return folder


def scores(folder: Path, module: str, learner: str, prose: str) -> dict[str, float]:
    """What nbgrader's gradebook holds for a learner, by task; what is marked by hand (`prose`) left out."""
    query = """
        select base_cell.name, grade.auto_score from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where submitted_assignment.student_id = ? and base_cell.name != ?
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        found = book.execute(query, (learner, f"{module}-{prose}"))
        return {name.removeprefix(f"{module}-"): score for name, score in found}


def complaints(folder: Path, module: str, learner: str) -> list[nbformat.NotebookNode]:
    """The errors in a marked notebook, and what it wrote on stderr."""
    ran = nbformat.read(folder / "autograded" / learner / module / f"{module}.ipynb", as_version=4)
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    return [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


def pictures(folder: Path, module: str, learner: str = "model") -> list[str]:
    """The figures of a learner's feedback, each as its tag."""
    page = (folder / "feedback" / learner / module / f"{module}.html").read_text()
    return re.findall(r"<img[^>]*>", page)
