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
from dataclasses import dataclass
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
class Watched:
    """What some commands, one after the other, and all that they started have used.

    Attributes
    ----------
    clock : float
        Seconds by the clock.
    processor : float
        Seconds of the processor; what a process uses in its last second is not seen.
    megabytes : float
        The most that was held at once; what several share is divided among them.
    """

    clock: float = 0.0
    processor: float = 0.0
    megabytes: float = 0.0


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
        first = _watched(plain, _plainly(HALVES[0]))
        ahead, mine = _watched(ours, _trinity("--ahead")), _watched(ours, _trinity())
        second = _watched(plain, _plainly(HALVES[1]))
        alike = _points(ours) == _points(plain)
    clock, processor = first.clock + second.clock, first.processor + second.processor
    table = Table(title=f"Marking {CLASS} notebooks of {MODULE}, {JOBS} processes")
    for heading in (
        "how",
        "s by the clock",
        "times as fast",
        "at least",
        "s of processor",
        "times as fast",
        "MB a worker",
    ):
        table.add_column(heading, justify="left" if heading == "how" else "right")
    table.add_row("nbgrader autograde", f"{clock:.0f}", "1.0", "", f"{processor:.0f}", "1.0", "")
    for how, seconds, used, least in (
        ("trinity mark", mine.clock, mine.processor, f"{WANTED:.0f}"),
        ("and the work ahead", mine.clock + ahead.clock, mine.processor + ahead.processor, ""),
    ):
        faster = (f"{clock / seconds:.1f}", f"{processor / (used / JOBS):.1f}")
        table.add_row(how, f"{seconds:.0f}", faster[0], least, f"{used:.0f}", faster[1], f"{mine.megabytes / JOBS:.0f}")
    alike = "the same" if alike else "NOT the same"
    table.caption = (
        f"The points are {alike}. Work ahead is what `trinity mark --ahead` does when a module is released. By the "
        f"processor, work is taken to be spread over {JOBS} cores that do nothing else; memory is shared out among the "
        "processes that share it."
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
    _watched(course, [sys.executable, "-m", "nbgrader", "generate_assignment", MODULE, "--create"])


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


def _watched(course: Path, command: list[str]) -> Watched:
    """Run a command in a course's folder."""
    root = str(Path(__file__).resolve().parent.parent)
    surroundings = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    found, used, began, ended = Watched(), {}, time.monotonic(), threading.Event()

    def watch(first: int) -> None:
        while not ended.wait(1.0):
            family = _family(first)
            found.megabytes = max(found.megabytes, sum(map(_proportional_mb, family)))
            used.update({process: seconds for process in family if (seconds := _processor(process))})

    with subprocess.Popen(
        command, cwd=course, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        watcher = threading.Thread(target=watch, args=(process.pid,), daemon=True)
        watcher.start()
        said = process.communicate()[0]
    ended.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {said[-2000:]}")
    found.clock, found.processor = time.monotonic() - began, sum(used.values())
    return found


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


def _processor(process: int) -> float:
    """Return the seconds of the processor that a process has used."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
