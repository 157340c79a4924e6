"""A small course of its own for each test: this course's plumbing round the example module."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(__file__).resolve().parent / "fixtures"
BUILT = ("source", "release", "submitted", "autograded", "feedback", "*.db", "__pycache__")


def furnish(root: Path) -> Path:
    """Lay out a course of the example module alone under `root`; return the course's folder."""
    for package in ("course", "autograder"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns(*BUILT, "m[01]*"))
    shutil.copytree(FIXTURES / "modules", root / "course" / "modules", dirs_exist_ok=True)
    shutil.copy(FIXTURES / "syllabus.yml", root / "course" / "syllabus.yml")
    shutil.copy(FIXTURES / "tasks" / "m90.py", root / "autograder" / "tasks" / "m90.py")
    return root / "course"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course's folder that a test may spoil."""
    return furnish(tmp_path / "house")


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built course whose example module has been released by nbgrader's own command."""
    folder = furnish(tmp_path_factory.mktemp("classroom"))
    run_python(folder, "from course import build; build.build()")
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


def submit(folder: Path, learner: str, answers: dict[str, str]) -> None:
    """Hand in the released notebook with some of its answer cells replaced, by grade id."""
    released = nbformat.read(folder / "release" / "m90" / "m90.ipynb", as_version=4)
    for cell in released.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = answers.get(grade_id, cell.source)
    place = folder / "submitted" / learner / "m90" / "m90.ipynb"
    place.parent.mkdir(parents=True)
    nbformat.write(released, place)


def model_answers(folder: Path) -> dict[str, str]:
    """The answers of the notebook with solutions, by grade id."""
    source = nbformat.read(folder / "source" / "m90" / "m90.ipynb", as_version=4)
    marked = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in marked}
