"""How fast a class is marked: `trinity mark` beside plain nbgrader, which has the same marks as hidden tests.

Both mark the same notebooks of one lesson, and must come to the same points. Plain nbgrader marks one half of the class
before and the other half after `trinity mark`, so that a machine whose speed wanders favours neither.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from rich.table import Table

from autograder import syllabus
from autograder.syllabus import folder
from autograder.variants import write_secret
from course import notebook

MODULE = "m10"
CLASS = 8
JOBS = 2
HALVES = ("before", "after")

WANTED = 4.0
"""Times as fast as plain nbgrader that `trinity mark` is to be, on two cores."""

PLAIN = """
import os, sys
from pathlib import Path
c = get_config()
HERE = Path(__file__).resolve().parent
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
c.CourseDirectory.course_id = "trinity"
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.db_url = f"sqlite:///{HERE / 'gradebook.db'}"
c.ClearSolutions.code_stub = {"python": "# YOUR ANSWER HERE, in place of the three dots\\n..."}
c.ExecutePreprocessor.timeout = 600
c.OverwriteCells.add_missing_cells = True
"""

HIDDEN = """### BEGIN HIDDEN TESTS
def check(task_id, thing):
    from pathlib import Path
    from autograder import judge, syllabus
    from autograder.bench import Bench
    from autograder.quiet import quiet
    from autograder.variants import read_secret, variant_of

    here = Path.cwd()
    variant = variant_of(read_secret(here.parents[2]), here.name, here.parent.name)
    with quiet():
        outcome = judge.judge(task_id, syllabus.load().task(task_id), thing, Bench(variant))
    return outcome.points


### END HIDDEN TESTS
"""


@dataclass
class Memory:
    """The most memory that a process and all that it started have held at once, in MB; shared pages count once."""

    most: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self, first: int) -> None:
        """Look every so often, until `ended`."""
        while not self.ended.wait(1.0):
            self.most = max(self.most, sum(map(_proportional_mb, _family(first))))


def tables() -> Iterator[Table]:
    """Mark one class both ways."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as place:
        ours, plain = Path(place, "ours"), Path(place, "plain")
        _furnish(ours, hidden=False)
        _furnish(plain, hidden=True)
        shutil.copytree(ours / ".trinity", plain / ".trinity")
        for k in range(CLASS):
            for course in (ours, plain):
                _submit(course, f"{HALVES[k % 2]}-{k}", whole=k % 4 < 3)
        first = _seconds(plain, [_plainly(HALVES[0])])
        ahead = _seconds(ours, [_trinity("--ahead")])
        memory = Memory()
        mine = _seconds(ours, [_trinity()], memory)
        second = _seconds(plain, [_plainly(HALVES[1])])
        alike = _points(ours) == _points(plain)
        slow = first + second
    table = Table(title=f"Marking {CLASS} notebooks of {MODULE}, {JOBS} processes, by the clock")
    for heading in ("how", "seconds", "a notebook", "times as fast", "at least", "MB a worker"):
        table.add_column(heading, justify="left" if heading == "how" else "right")
    table.add_row("nbgrader autograde", f"{slow:.0f}", f"{slow / CLASS:.1f}", "1.0", "", "")
    each = f"{memory.most / JOBS:.0f}"
    table.add_row("trinity mark", f"{mine:.0f}", f"{mine / CLASS:.1f}", f"{slow / mine:.1f}", f"{WANTED:.0f}", each)
    both = mine + ahead
    table.add_row("and the work ahead", f"{both:.0f}", f"{both / CLASS:.1f}", f"{slow / both:.1f}", "", "")
    table.caption = (
        f"The points are {'the same' if alike else 'NOT the same'}. The last row adds what `trinity mark --ahead` does "
        "when a module is released. Memory is shared out among the processes that share it."
    )
    yield table


def _furnish(course: Path, hidden: bool) -> None:
    """Lay out and release a course of one module."""
    course.mkdir()
    built = notebook.source(MODULE, syllabus.load().modules[MODULE], folder())
    if hidden:
        (course / "nbgrader_config.py").write_text(PLAIN)
        for cell in built.cells:
            about = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and about.get("grade"):
                cell.source = HIDDEN + cell.source
    else:
        shutil.copy(folder() / "nbgrader_config.py", course)
        write_secret(course)
    place = course / "source" / MODULE / f"{MODULE}.ipynb"
    place.parent.mkdir(parents=True)
    nbformat.write(built, place)
    _seconds(course, [[sys.executable, "-m", "nbgrader", "generate_assignment", MODULE, "--create"]])


def _submit(course: Path, learner: str, whole: bool) -> None:
    """Hand in the lesson's own answers, or only those of its second half."""
    source, nb = (
        nbformat.read(course / place / MODULE / f"{MODULE}.ipynb", as_version=4) for place in ("source", "release")
    )
    solved = {
        c.metadata.nbgrader.grade_id: c.source for c in source.cells if c.metadata.get("nbgrader", {}).get("solution")
    }
    kept = list(solved) if whole else list(solved)[len(solved) // 2 :]
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = solved[grade_id] if grade_id in kept else cell.source
    path = course / "submitted" / learner / MODULE / f"{MODULE}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(nb, path)


def _trinity(*words: str) -> list[str]:
    return [sys.executable, "-m", "cli.main", "mark", MODULE, "--course", ".", "--jobs", str(JOBS), *words]


def _plainly(half: str) -> list[str]:
    return [sys.executable, "-m", "nbgrader", "autograde", MODULE, "--create", "--student", f"{half}-*"]


def _seconds(course: Path, commands: list[list[str]], memory: Memory | None = None) -> float:
    """Run some commands one after the other in a course's folder; return what they take by the clock."""
    root = str(Path(__file__).resolve().parent.parent)
    surroundings = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    began = time.monotonic()
    for command in commands:
        with subprocess.Popen(
            command, cwd=course, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            watcher = threading.Thread(target=(memory or Memory()).watch, args=(process.pid,), daemon=True)
            if memory is not None:
                watcher.start()
            said = process.communicate()[0]
        if memory is not None:
            memory.ended.set()
            watcher.join()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: {said[-2000:]}")
    return time.monotonic() - began


def _family(first: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [first]
    for one in found:
        found += children.get(one, [])
    return found


def _proportional_mb(process: int) -> float:
    """Return a process's memory, of which what several share is divided among them."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _points(course: Path) -> dict[tuple[str, str], float | None]:
    """Return the automatic points of every learner's tasks."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "trinity") as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in book.assignment_submissions(MODULE)
            for grade in submission.notebooks[0].grades
        }
