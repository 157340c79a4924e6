"""A lesson as its author writes it: a py:percent script whose cell lines say what each cell is for."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

from course.errors import CourseError
from sim.errors import nearest

PURPOSES = ("section", "objectives", "insert", "answer", "check", "rubric", "written")
PROSE = ("section", "objectives", "insert", "rubric", "written")
EXTRAS = ("minutes", "tags")
NAME = re.compile(r"[a-z][a-z0-9_]*$")
MARKERS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)")
SUSPECT = re.compile(r"^\s*#+\s*(begin|end)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One cell of a lesson's source.

    Attributes
    ----------
    number : int
        Its place in the lesson, from 1.
    purpose, name : str
        For instance ``"check"`` and ``"monitor"``; both empty for a plain cell.
    prose : bool
        True for markdown.
    source : str
        Its text.
    minutes : int or None
        Of a section.
    """

    number: int
    purpose: str
    name: str
    prose: bool
    source: str
    minutes: int | None = None

    @property
    def where(self) -> str:
        """How a message names the cell."""
        label = f' ({self.purpose}="{self.name}")' if self.purpose else ""
        first = next((line.strip() for line in self.source.splitlines() if line.strip()), "")
        return f"cell {self.number}{label}, which begins {first[:60]!r}"


def solutions(source: str) -> list[str]:
    """Return the lines inside a cell's solution regions, without their indentation."""
    lines, inside = [], False
    for line in source.splitlines():
        if found := MARKERS.search(line):
            inside = found[0] == "BEGIN SOLUTION"
        elif inside:
            lines.append(line.strip())
    return lines


def read(path: Path) -> list[Piece]:
    """Read a lesson.

    Parameters
    ----------
    path : Path
        The py:percent script.

    Returns
    -------
    list of Piece
        In order.

    Raises
    ------
    CourseError
        If the file is missing, a cell line holds a word that is not known, a name is not allowed, or a region is not
        closed or stands where it may not; the message names the cell.
    """
    if not path.exists():
        raise CourseError(f"The module has no lesson: {path} does not exist.")
    try:
        script = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    except Exception as error:
        raise CourseError(f"{path} cannot be read as a py:percent script: {error}") from None
    pieces = [_piece(path, number, cell) for number, cell in enumerate(script.cells, 1) if cell.source.strip()]
    for piece in pieces:
        _regions(path, piece)
    return pieces


def _piece(path: Path, number: int, cell: dict) -> Piece:
    """Turn a cell of jupytext's into ours."""
    said = {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"}
    purposes = [key for key in said if key in PURPOSES]
    purpose = purposes[0] if purposes else ""
    piece = Piece(
        number, purpose, str(said.get(purpose, "")), cell.cell_type == "markdown", cell.source, said.get("minutes")
    )
    for key in said:
        if key not in PURPOSES + EXTRAS:
            allowed = PURPOSES + EXTRAS
            advice = f"Allowed: {', '.join(allowed)}.{nearest(key, allowed)}"
            raise CourseError(f"{path}: {piece.where} has {key!r} on its cell line. {advice}")
    if len(purposes) > 1:
        raise CourseError(f"{path}: {piece.where} is for {' and '.join(purposes)} at once; a cell is for one thing.")
    if cell.cell_type not in ("markdown", "code"):
        raise CourseError(f"{path}: {piece.where} is a {cell.cell_type} cell. Allowed: markdown, code.")
    if purpose and piece.prose != (purpose in PROSE):
        wanted = "markdown: write '# %% [markdown] ...'" if purpose in PROSE else "code: leave out '[markdown]'"
        raise CourseError(f"{path}: {piece.where} must be {wanted}.")
    if purpose and not NAME.match(piece.name):
        raise CourseError(
            f"{path}: {piece.where} is named {piece.name!r}. A name begins with a lower-case letter and holds "
            "lower-case letters, digits and '_' only."
        )
    return piece


def _regions(path: Path, piece: Piece) -> None:
    """See that every region is opened and closed, and stands where it may."""
    opened = ""
    for line in piece.source.splitlines():
        found = MARKERS.search(line)
        if not found:
            if SUSPECT.match(line):
                raise CourseError(
                    f"{path}: {piece.where} holds {line.strip()!r}, which marks no region. Allowed: "
                    "### BEGIN SOLUTION, ### END SOLUTION, ### BEGIN HIDDEN TESTS, ### END HIDDEN TESTS."
                )
            continue
        edge, region = found.groups()
        if (edge == "BEGIN") == bool(opened) or (edge == "END" and region != opened):
            raise CourseError(f"{path}: {piece.where} has {found[0]} where no such region may begin or end.")
        opened = region if edge == "BEGIN" else ""
        homes = ("answer", "written") if region == "SOLUTION" else ("check",)
        if piece.purpose not in homes:
            raise CourseError(
                f"{path}: {piece.where} holds a {region.lower()} region, which would reach the learner. Such a region "
                f"belongs in a cell with {' or '.join(f'{home}=' for home in homes)} on its cell line."
            )
    if opened:
        raise CourseError(f"{path}: {piece.where} opens a region with BEGIN {opened} and never closes it.")
    if piece.purpose in ("answer", "written") and not any(solutions(piece.source)):
        raise CourseError(f"{path}: {piece.where} holds no solution between ### BEGIN SOLUTION and ### END SOLUTION.")


def marks(piece: Piece, task_id: str) -> bool:
    """Say whether a cell's last line is ``check("<task_id>", ...)``, which gives nbgrader its number."""
    try:
        last = ast.parse(piece.source).body[-1]
    except (SyntaxError, IndexError):
        return False
    call = last.value if isinstance(last, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"):
        return False
    return len(call.args) == 2 and isinstance(call.args[0], ast.Constant) and call.args[0].value == task_id
