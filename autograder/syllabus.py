"""The syllabus: the one source for what a module is called, how long it takes and what its tasks are worth."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.errors import SyllabusError
from sim.errors import nearest, unknown

QUESTIONS = 5
SECTIONS = ("predict", "run", "explain", "apply", "reflect")
EXERCISE = ("apply",)


class Strict(BaseModel):
    """A record read from YAML: frozen, and a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(Strict):
    """One thing that earns points.

    Attributes
    ----------
    points : float
        What it is worth.
    kind : {"code", "written", "quiz"}
        Marked by a check, by a person, or by the quiz's key.
    """

    points: float = Field(gt=0)
    kind: Literal["code", "written", "quiz"]


class Module(Strict):
    """One lesson, as the syllabus states it.

    Attributes
    ----------
    form : {"lesson", "exercise"}
        An exercise is graded code and little else: no map, no quiz, and of the sections only ``apply``.
    title, builds : str
        Its name, and what follows "You will build".
    objectives : list of str
        What a learner can do afterwards.
    minutes : dict of str to int
        By section, in the order of `SECTIONS`.
    tasks : dict of str to Task
        In the order of the lesson, without the quiz.
    quiz_points : float
        For each of the five questions.
    tracks, book : list of str
        Who takes it, and the rows of the book that it teaches.
    """

    form: Literal["lesson", "exercise"] = "lesson"
    title: str
    builds: str
    objectives: list[str] = []
    minutes: dict[str, int]
    tasks: dict[str, Task]
    quiz_points: float = Field(default=1, gt=0)
    tracks: list[Literal["practitioner", "leader"]]
    book: list[str]

    def everything(self) -> dict[str, Task]:
        """Return every task by name, the five questions of a lesson's quiz among them."""
        if self.form == "exercise":
            return dict(self.tasks)
        quiz = {f"quiz{n}": Task(points=self.quiz_points, kind="quiz") for n in range(1, QUESTIONS + 1)}
        return {**self.tasks, **quiz}

    def sections(self) -> tuple[str, ...]:
        """Return its sections, in order, the opening left out."""
        return EXERCISE if self.form == "exercise" else SECTIONS

    def points(self) -> float:
        """Return what the whole module is worth."""
        return sum(task.points for task in self.everything().values())


class Syllabus(Strict):
    """The course.

    Attributes
    ----------
    title : str
        The name of the course.
    modules : dict of str to Module
        In the order in which they are taken.
    """

    title: str
    modules: dict[str, Module]

    def task(self, task_id: str) -> Task:
        """Return the task that an id such as ``"m09.monitor"`` names.

        Raises
        ------
        SyllabusError
            If there is none; the message lists what there is and names the nearest.
        """
        tasks = {
            f"{name}.{key}": task for name, module in self.modules.items() for key, task in module.everything().items()
        }
        if task_id not in tasks:
            raise SyllabusError(unknown("task", task_id, tasks))
        return tasks[task_id]


def folder() -> Path:
    """Return the folder of the installed course, which holds the syllabus and the modules."""
    return Path(str(files("course")))


@lru_cache(maxsize=8)
def _parsed(path: Path, stamp: tuple[int, int]) -> Syllabus:
    return read(path, Syllabus)


def load(course: Path | None = None) -> Syllabus:
    """Read the syllabus of a course.

    Parameters
    ----------
    course : Path, optional
        The course's folder; by default that of the installed course.

    Returns
    -------
    Syllabus
        Frozen, and read again only when the file has changed.

    Raises
    ------
    SyllabusError
        If the file is missing or cannot be understood; the message names the field.
    """
    path = (course or folder()) / "syllabus.yml"
    if not path.exists():
        raise SyllabusError(f"The course has no syllabus: {path} does not exist.")
    status = path.stat()
    return _parsed(path, (status.st_mtime_ns, status.st_size))


def read(path: Path, model: type[Strict]) -> Strict:
    """Read a YAML file into a record.

    Parameters
    ----------
    path : Path
        The file.
    model : type
        What it must hold.

    Returns
    -------
    Strict
        An instance of `model`.

    Raises
    ------
    SyllabusError
        If the file is not YAML, or holds a field or a value that is not allowed; one paragraph, naming file and field.
    """
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SyllabusError(f"{path} does not exist.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise SyllabusError(
            f"{path} is not YAML{where}: {problem}. Put quotation marks round text with a colon."
        ) from None
    except ValidationError as error:
        raise SyllabusError(f"{path}: {_first(error, model)}") from None


def _first(error: ValidationError, model: type[Strict]) -> str:
    """Say the first thing that is wrong, with the field, the value and the nearest field that exists."""
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"]) or "the whole file"
    if problem["type"] == "extra_forbidden":
        known = {name for kind in (model, *Strict.__subclasses__()) for name in kind.model_fields}
        return f"there is no field named {field}.{nearest(problem['loc'][-1], sorted(known))}"
    if problem["type"] == "missing":
        return f"{field} is missing."
    return f"{field} is {problem['input']!r}. {problem['msg']}."
