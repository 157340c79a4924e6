"""Re-marking: a mark made again from its trail and compared with it; nothing is written, and no secret is needed.

The trail holds the variant itself, so that an appeal can be heard on any checkout that has the submission, the built
course and the same code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import nbformat

from autograder.errors import MarkingError
from autograder.jail import choose
from autograder.marks.beside import beside
from autograder.marks.orphan import end_with
from autograder.trail.trail import PLACE, Trail, digest_of, digest_of_lesson, digests_of, load_trail, versions
from autograder.variants import OPEN, Variant


@dataclass(frozen=True)
class Remarking:
    """What became of one mark that was made again.

    Attributes
    ----------
    learner : str
        Whose.
    then, now : dict of str to float
        Points by task, as the trail has them and as they come out.
    moved : list of str
        Sentences that say which version, lesson or walls differ from those of the trail.
    differs : list of str
        Tasks of which the points, or what one criterion earned, are not the same to the last digit.
    problem : str
        Why it could not be made again; empty if it could.
    """

    learner: str
    then: dict[str, float]
    now: dict[str, float] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def same(self) -> bool:
        """Whether every mark came out as it was."""
        return not self.problem and not self.differs


def trails(course: Path, module: str, folder: Path | None = None) -> list[Path]:
    """Return a module's trails.

    Parameters
    ----------
    course : Path
        The course's folder.
    module : str
        For instance ``"m09"``.
    folder : Path, optional
        Where trails lie, one folder for each module; the course's own by default.

    Returns
    -------
    list of Path
        By learner.

    Raises
    ------
    MarkingError
        If there are none.
    """
    place = (folder or course / PLACE) / module
    found = sorted(place.glob("[!.]*.json"))
    if not found:
        raise MarkingError(f"There is no trail of {module} in {place}, so nothing can be marked again from it.")
    return found


def remark(
    course: Path, paths: list[Path], submitted: Path | None = None, jobs: int = 1, without_jail: bool = False
) -> Iterator[Remarking]:
    """Make marks again from their trails.

    Parameters
    ----------
    course : Path
        The course's folder, built and released.
    paths : list of Path
        From `trails`.
    submitted : Path, optional
        Where submissions lie; ``submitted`` in the course's folder by default.
    jobs : int
        Processes; -1 for every core.
    without_jail : bool
        Whether learners' code may run with the marker's rights.

    Yields
    ------
    Remarking
        In the order in which they are done.

    Raises
    ------
    JailError
        If no jail can be built and nobody said that it need not be.
    MarkingError
        If the module has not been built and released here.
    """
    choose(without_jail)
    for module in sorted({path.parent.name for path in paths}):
        for place in ("source", "release"):
            if not (course / place / module / f"{module}.ipynb").is_file():
                raise MarkingError(
                    f"There is no {place}/{module}/{module}.ipynb in {course}: say 'trinity course build', and there "
                    f"'nbgrader generate_assignment {module} --create', first."
                )
    about = (os.getpid(), str(course.resolve()), str((submitted or course / "submitted").resolve()), without_jail)
    if jobs == 1:
        yield from (_again(*about, str(path)) for path in paths)
        return
    with joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", pre_dispatch="2*n_jobs") as pool:
        yield from pool(joblib.delayed(_again)(*about, str(path)) for path in paths)


def _again(parent: int, course: str, submitted: str, without_jail: bool, path: str) -> Remarking:
    """Make one submission's marks again; whatever goes wrong is told."""
    end_with(parent)
    trail = load_trail(Path(path))
    notebook = Path(submitted) / trail.learner / trail.module / f"{trail.module}.ipynb"
    files = beside(Path(course), notebook)
    if digest_of(notebook) != trail.submission:
        return Remarking(trail.learner, trail.points, problem=f"{notebook} is not the notebook that was marked")
    if digests_of(files) != trail.beside:
        return Remarking(
            trail.learner, trail.points, problem=f"the files beside {notebook} are not those of the marking"
        )
    try:
        found, walls = _marked(Path(course), notebook, trail, files, without_jail)
    except Exception as error:
        problem = f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"
        return Remarking(trail.learner, trail.points, problem=problem)
    now = {task: [[c.name, c.points, c.earned] for c in mark.outcome.criteria] for task, mark in found.marks.items()}
    differs = [task for task in {**trail.marks, **now} if now.get(task) != trail.marks.get(task, {}).get("criteria")]
    points = {task: mark.points for task, mark in found.marks.items()}
    return Remarking(trail.learner, trail.points, points, _moved(Path(course), trail, walls), differs)


def _marked(course: Path, notebook: Path, trail: Trail, files: dict[str, bytes], without_jail: bool) -> tuple[Any, str]:
    """Mark as `trinity mark` does, without its gradebook."""
    from autograder.marks.preprocessor import marked, open_jail
    from autograder.marks.restoring import cells_of, relocked

    nb = nbformat.read(notebook, as_version=4)
    source, release = (cells_of(course / place / trail.module / notebook.name) for place in ("source", "release"))
    relocked(nb, source, {grade_id: cell.source for grade_id, cell in release.items()})
    variant = Variant(trail.module, trail.learner, trail.variant) if trail.variant else OPEN
    jail = open_jail(without_jail)
    return marked(nb, course, notebook, jail, variant, files), str(jail.walls)


def _moved(course: Path, trail: Trail, walls: str) -> list[str]:
    """Say what is not as it was."""
    here = {**versions(), "lesson": digest_of_lesson(course, trail.module), "walls": walls}
    then = {**trail.versions, "walls": trail.walls}
    names = [name for name in {**then, **here} if then.get(name) != here.get(name)]
    return [f"{name}: {then.get(name, 'none')} then, {here.get(name, 'none')} now" for name in names]
