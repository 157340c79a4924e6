"""Building the course: notebooks with solutions for nbgrader, and the learner's workspace with its home page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from autograder import syllabus
from autograder.errors import SyllabusError
from autograder.syllabus import Module
from course import home, lab
from course import mark as marking
from course.errors import CourseError
from course.workspace import Workspace, content, digest, put
from sim.errors import unknown

COURSE = Path(__file__).resolve().parent
WORKSPACE = COURSE.parent / "workspace"
BUILDERS = ("course/*.py", "autograder/*.py", "sim/plots/style.py", "sim/plots/wardley.py")
TOOLS = ("nbgrader", "jupytext", "nbformat", "matplotlib")


def build(module: str | None = None, course: Path | None = None, workspace: Path | None = None) -> list[str]:
    """Build the course, or one module of it.

    Parameters
    ----------
    module : str, optional
        For instance ``"m09"``; by default every module of the syllabus.
    course : Path, optional
        The course's folder; by default this one.
    workspace : Path, optional
        The learner's folder; by default ``workspace`` beside the course's folder.

    Returns
    -------
    list of str
        Sentences that say what was written, and what was left alone; empty when nothing changed.

    Raises
    ------
    CourseError
        If the module is not known, its files are wrong, or they disagree with the syllabus. Nothing of that module is
        written.
    """
    course, workspace = _folders(course, workspace)
    desk, said = Workspace.open(workspace), []
    plan = _plan(course, module)
    try:
        for name, entry in plan.items():
            said += _module(name, entry, course, desk)
    finally:
        if desk.record:
            desk.close()
    if put(workspace / "Home.md", home.page(syllabus.load(course))):
        said.append(f"Wrote the home page, {workspace / 'Home.md'}.")
    return said


def reset(module: str, course: Path | None = None, workspace: Path | None = None) -> list[str]:
    """Put a clean copy of a lesson beside the learner's own, which stays as it is.

    Parameters
    ----------
    module : str
        For instance ``"m09"``.
    course, workspace : Path, optional
        As in `build`.

    Returns
    -------
    list of str
        One sentence that names the copy.

    Raises
    ------
    CourseError
        If the module is not known or cannot be built.
    """
    course, workspace = _folders(course, workspace)
    entry = _plan(course, module)[module]
    _, released = _notebooks(module, entry, course)
    path = Workspace.open(workspace).clean(module, released)
    return [f"Wrote a clean copy of {module}, {path}; your own notebook is as you left it."]


def mark(module: str, progress: Callable[[str], None] | None = None) -> list[str]:
    """Mark the learner's own notebook of a module with nbgrader; see `course.mark.mark`."""
    course, workspace = _folders(None, None)
    said = build(module)
    return said + marking.mark(module, course, workspace, progress)


def lab_arguments(port: int, browser: bool) -> list[str]:
    """Return the arguments of ``jupyter lab`` for the learner's workspace; see `course.lab.arguments`."""
    return lab.arguments(port, browser, WORKSPACE)


def lab_environment() -> dict[str, str]:
    """Return the whole environment to start ``jupyter lab`` in; see `course.lab.environment`."""
    return lab.environment(WORKSPACE)


def _folders(course: Path | None, workspace: Path | None) -> tuple[Path, Path]:
    """Return the two folders, by default this course's own and the workspace beside it."""
    course = course or COURSE
    return course, workspace or course.parent / "workspace"


def _plan(course: Path, module: str | None) -> dict[str, Module]:
    """Return what to build."""
    try:
        modules = syllabus.load(course).modules
    except SyllabusError as error:
        raise CourseError(str(error)) from None
    if module is None:
        return modules
    if module not in modules:
        raise CourseError(unknown("module", module, modules))
    return {module: modules[module]}


def _module(name: str, entry: Module, course: Path, desk: Workspace) -> list[str]:
    """Build one module where something changed; put it before the learner unless they have work of their own there."""
    source, inputs, state = course / "source" / name / f"{name}.ipynb", _inputs(name, entry, course), desk.state(name)
    known = desk.record.get(name, {})
    built = source.exists() and digest(source.read_bytes()) == known.get("source")
    if not (known.get("inputs") == inputs and built and state != "missing"):
        solved, released = _notebooks(name, entry, course)
        known = {**known, "inputs": inputs, "source": digest(solved.encode()), "released": content(released.encode())}
        desk.record[name] = known
        said = [f"Built {name}, {entry.title}."] if put(source, solved) else []
        if state != "theirs" and put(desk.notebook(name), released):
            said.append(f"Wrote {desk.notebook(name)}.")
        if desk.holds(name, known["released"]):
            known["written"] = known["released"]
    else:
        said = []
    if state == "theirs" and known.get("written") != known["released"]:
        said.append(
            f"Kept your own {desk.notebook(name)}. The course has a newer version of it: 'trinity course reset {name}' "
            "puts a clean copy beside yours."
        )
    return said


def _notebooks(name: str, entry: Module, course: Path) -> tuple[str, str]:
    """Return both notebooks as text; the slow libraries are loaded only here, when there is something to build."""
    from course import notebook
    from sim.plots.wardley import MapError

    try:
        built = notebook.source(name, entry, course)
        return notebook.dumps(built), notebook.dumps(notebook.release(name, built, course))
    except (SyllabusError, MapError) as error:
        raise CourseError(f"Module {name} cannot be built. {error}") from None


def _inputs(name: str, entry: Module, course: Path) -> str:
    """Return a digest of everything that a module's notebooks are made from, the builder and its tools included."""
    total = hashlib.sha256(entry.model_dump_json().encode())
    for tool in TOOLS:
        total.update(f"{tool} {version(tool)}".encode())
    root = COURSE.parent
    files = [path for pattern in BUILDERS for path in root.glob(pattern)] + list((course / "modules" / name).glob("*"))
    for path in sorted([*files, course / "nbgrader_config.py"]):
        if path.is_file():
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
