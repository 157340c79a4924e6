"""Whether a lesson, its guide and the syllabus say the same; every disagreement is one readable error."""

from __future__ import annotations

import math
import re
from pathlib import Path

from autograder.syllabus import Module
from course.errors import CourseError
from course.lesson import Piece, marks, solutions
from sim.errors import nearest

MINUTES = {"lesson": (60, 90), "exercise": (15, 45)}
SINGLE = {
    "lesson": (("objectives", "here"), ("insert", "map"), ("insert", "quiz")),
    "exercise": (("objectives", "here"),),
}
"""What there is once in each form of module."""

GUIDE = ("Timings", "What to say", "Misconceptions", "Stuck points", "Debrief", "A shorter path")
TELLING = 25


def syllabus(name: str, module: Module) -> None:
    """See that a syllabus entry is whole.

    Parameters
    ----------
    name : str
        For instance ``"m09"``.
    module : Module
        Its entry.

    Raises
    ------
    CourseError
        If there are fewer than two objectives, the sections are not those of its form in order, the minutes do not add
        up to what its form may take, or a task's name cannot be a grade id.
    """
    if len(module.objectives) < 2:
        raise CourseError(
            f"Module {name} has {len(module.objectives)} objectives in the syllabus; give it at least two."
        )
    if tuple(module.minutes) != module.sections():
        given = ", ".join(module.minutes)
        raise CourseError(
            f"Module {name} has sections {given} in the syllabus; allowed: {', '.join(module.sections())}, in order."
        )
    total, (shortest, longest) = sum(module.minutes.values()), MINUTES[module.form]
    if not shortest <= total <= longest or min(module.minutes.values()) < 1:
        raise CourseError(f"Module {name} takes {total} minutes in the syllabus; allowed: {shortest} to {longest}.")
    for task, entry in module.tasks.items():
        if (
            not re.fullmatch(r"[a-z][a-z0-9_]*", task)
            or re.fullmatch(r"quiz\d*|.*_answer", task)
            or entry.kind == "quiz"
        ):
            raise CourseError(
                f"Module {name} has a task named {task!r} of kind {entry.kind}. A name holds lower-case letters, "
                "digits and '_', begins with a letter and is not 'quiz'; its kind is code or written."
            )


def lesson(name: str, module: Module, pieces: list[Piece]) -> None:
    """See that a lesson holds what the syllabus promises.

    Parameters
    ----------
    name : str
        For instance ``"m09"``.
    module : Module
        Its entry in the syllabus.
    pieces : list of Piece
        The lesson's cells.

    Raises
    ------
    CourseError
        If sections, minutes, tasks, rubrics or the places of map and quiz disagree; the message names the cell.
    """
    _unique(name, SINGLE[module.form], pieces)
    _sections(name, module, pieces)
    _tasks(name, module, pieces)
    for piece in pieces:
        if piece.purpose == "check" and not marks(piece, f"{name}.{piece.name}"):
            raise CourseError(f'Module {name}: {piece.where} must end with check("{name}.{piece.name}", your_answer).')
        if piece.purpose == "rubric":
            _rubric(name, module.tasks[piece.name].points, piece)


def _unique(name: str, single: tuple[tuple[str, str], ...], pieces: list[Piece]) -> None:
    """No name twice, and each of the single things once."""
    seen: dict[tuple[str, str], Piece] = {}
    for piece in pieces:
        key = (piece.purpose, piece.name)
        if piece.purpose and key in seen:
            raise CourseError(f"Module {name}: {piece.where} repeats the name of {seen[key].where}.")
        if piece.purpose in ("objectives", "insert") and key not in single:
            allowed = ", ".join(f'{purpose}="{word}"' for purpose, word in single)
            raise CourseError(f"Module {name}: {piece.where}; allowed: {allowed}.")
        if piece.purpose == "answer" and re.fullmatch(r"quiz\d*", piece.name):
            raise CourseError(f"Module {name}: {piece.where} takes a name of the quiz's own.")
        seen[key] = piece
    for purpose, word in single:
        if (purpose, word) not in seen:
            raise CourseError(f'Module {name}: the lesson has no cell with {purpose}="{word}".')
    _placed(name, pieces, seen)


def _placed(name: str, pieces: list[Piece], seen: dict[tuple[str, str], Piece]) -> None:
    """Objectives and map in the opening, the quiz in the last section, a rubric before the answer."""
    first = next((piece.number for piece in pieces if piece.purpose == "section" and piece.name != "open"), math.inf)
    last = next((piece.number for piece in pieces if (piece.purpose, piece.name) == ("section", "reflect")), math.inf)
    for key in (("objectives", "here"), ("insert", "map")):
        if key in seen and seen[key].number > first:
            raise CourseError(f"Module {name}: {seen[key].where} belongs in the opening, before the first section.")
    if ("insert", "quiz") in seen and seen["insert", "quiz"].number < last:
        raise CourseError(f"Module {name}: {seen['insert', 'quiz'].where} belongs in the section 'reflect'.")
    for (purpose, task), piece in seen.items():
        if purpose == "written" and seen.get(("rubric", task), piece).number > piece.number:
            raise CourseError(f"Module {name}: the rubric for {task!r} must come before {piece.where}.")


def _sections(name: str, module: Module, pieces: list[Piece]) -> None:
    """The opening and the sections of its form, in order, with the syllabus's minutes."""
    found = [piece for piece in pieces if piece.purpose == "section"]
    wanted = ("open", *module.sections())
    if tuple(piece.name for piece in found) != wanted or found[0] is not pieces[0]:
        given = ", ".join(piece.name for piece in found) or "none"
        raise CourseError(
            f"Module {name} has sections {given}; it must begin with 'open' and have {', '.join(wanted)}."
        )
    for piece in found:
        if not piece.source.startswith("#"):
            raise CourseError(f"Module {name}: {piece.where}; the cell that opens a section begins with a heading.")
    for piece in found[1:]:
        if piece.minutes != module.minutes[piece.name]:
            raise CourseError(
                f"Module {name}: {piece.where} takes {piece.minutes} minutes in the lesson and "
                f"{module.minutes[piece.name]} in the syllabus."
            )


def _tasks(name: str, module: Module, pieces: list[Piece]) -> None:
    """Each task in its cell, and no cell for a task that is not there."""
    homes = {"check": "code", "rubric": "written", "written": "written"}
    names = {purpose: {piece.name for piece in pieces if piece.purpose == purpose} for purpose in homes}
    for piece in pieces:
        kind = homes.get(piece.purpose)
        if kind and (piece.name not in module.tasks or module.tasks[piece.name].kind != kind):
            tasks = [task for task, entry in module.tasks.items() if entry.kind == kind]
            raise CourseError(
                f"Module {name}: {piece.where} is for a task of kind {kind} that the syllabus does not have. Allowed: "
                f"{', '.join(tasks) or 'none'}.{nearest(piece.name, tasks)}"
            )
    for task, entry in module.tasks.items():
        for purpose, kind in homes.items():
            if kind == entry.kind and task not in names[purpose]:
                raise CourseError(f'Module {name}: task {task!r} has no cell with {purpose}="{task}" in the lesson.')


def _rubric(name: str, points: float, piece: Piece) -> None:
    """A rubric's last column adds up to the task's points."""
    cells = [row.strip().strip("|").split("|")[-1].strip() for row in piece.source.splitlines() if "|" in row]
    total = sum(float(cell) for cell in cells if re.fullmatch(r"\d+(\.\d+)?", cell))
    if not math.isclose(total, points):
        raise CourseError(
            f"Module {name}: {piece.where} gives {total:g} points in the last column; the syllabus says {points:g}."
        )


def guide(name: str, module: Module, path: Path) -> None:
    """See that the facilitator's guide has its sections, and the syllabus's timings.

    Parameters
    ----------
    name : str
        For instance ``"m09"``.
    module : Module
        Its entry in the syllabus.
    path : Path
        The guide.

    Raises
    ------
    CourseError
        If the guide is missing, lacks a heading, or gives other minutes.
    """
    if not path.exists():
        raise CourseError(f"Module {name} has no facilitator's guide: {path} does not exist.")
    text = path.read_text(encoding="utf-8")
    headings = {line[3:].strip() for line in text.splitlines() if line.startswith("## ")}
    for heading in GUIDE:
        if heading not in headings:
            raise CourseError(f"{path} has no heading '## {heading}'.{nearest(heading, headings)}")
    rows = dict(re.findall(r"^\|\s*(\w+)\s*\|\s*(\d+)\s*\|", text, re.MULTILINE))
    for section, minutes in module.minutes.items():
        if rows.get(section.capitalize()) != str(minutes):
            raise CourseError(f"{path} must say '| {section.capitalize()} | {minutes} |' in its table of timings.")


def leak(name: str, built: list[str], released: list[str]) -> None:
    """See that no solution reaches the learner.

    Parameters
    ----------
    name : str
        For instance ``"m09"``.
    built, released : list of str
        The text of each cell of the notebook with solutions, and of the learner's.

    Raises
    ------
    CourseError
        If a marker, or a line of a solution that is long enough to tell, stands in the learner's notebook.
    """
    lines = {line.strip() for source in released for line in source.splitlines()}
    for line in lines:
        if re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", line):
            raise CourseError(f"Module {name}: the learner's notebook would hold the line {line!r}.")
    for line in (line for source in built for line in solutions(source)):
        if len(line) >= TELLING and line in lines and not line.startswith(("import ", "from ")):
            raise CourseError(
                f"Module {name}: the learner's notebook would hold a line of a solution, {line!r}, outside the "
                "cell that asks for it. Reword one of the two."
            )
