"""A whole notebook marked: its cells run in the jail, and each task is marked outside at the cell that hands it over.

A cell that ends the process, hangs or floods costs its own task alone: the cells before it are run again in a new
process, it is left out, and the marking goes on behind it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat.v4 import new_output

from autograder import report, syllabus
from autograder.bench import Bench
from autograder.errors import LostError, MarkingError
from autograder.feedback.card import card
from autograder.jail import Jail
from autograder.judge import judge
from autograder.marks import cleaning
from autograder.marks.mark import Mark, lost, unreached
from autograder.marks.session import Recipe, Session
from autograder.quiet import quiet
from autograder.syllabus import Task
from autograder.variants import Variant

MOST_LIVES = 4
"""Processes that one submission may use up."""

PRACTICE = "Practice marks: made on the public worlds, which are the same for everybody."
SEALED = "Sealed marks: made outside your notebook, on worlds of your own."


@dataclass
class Marked:
    """What marking a notebook came to.

    Attributes
    ----------
    marks : dict of str to Mark
        By task, in the order of the notebook; quiz included, prose left out.
    losses : list of str
        How each process that was lost ended.
    seconds : float
        By the clock.
    calls : int
        How often learner's code was called.
    """

    marks: dict[str, Mark] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    seconds: float = 0.0
    calls: int = 0


class NotebookMarker:
    """Marks one notebook, in place.

    Parameters
    ----------
    nb : NotebookNode
        As nbgrader has it after its own cells were put back.
    module : str
        For instance ``"m09"``.
    jail : Jail
        Open.
    variant : Variant
        Whose worlds.
    files : mapping of str to bytes, optional
        What was handed in beside it.
    slot : int
        Which of those that run at once.
    """

    def __init__(
        self,
        nb: nbformat.NotebookNode,
        module: str,
        jail: Jail,
        variant: Variant,
        files: Mapping[str, bytes] | None = None,
        slot: int = 0,
    ) -> None:
        self._nb, self._module, self._jail, self._variant = nb, module, jail, variant
        self._files, self._slot = files or {}, slot
        self._session: Session | None = None
        self._done: list[str] = []
        self.found = Marked()

    def mark(self) -> Marked:
        """Run and mark every cell; whatever the learner's code does, each task has a mark afterwards."""
        began = time.monotonic()
        tasks = {index: task_of(self._module, cell) for index, cell in enumerate(self._nb.cells) if is_check(cell)}
        try:
            for index, cell in enumerate(self._nb.cells):
                if cell.cell_type != "code":
                    continue
                if index in tasks:
                    self._check(cell, *tasks[index])
                else:
                    self._run(cell)
        finally:
            self._leave()
        self.found.seconds = time.monotonic() - began
        return self.found

    def _run(self, cell: nbformat.NotebookNode) -> None:
        """Run a cell that marks nothing."""
        cell.outputs, cell.execution_count = [], None
        if not cell.source.strip():
            return
        try:
            raw, _ = self._alive().run(cell.source)
            cell.outputs = cleaning.outputs(raw)
            self._done.append(cell.source)
        except LostError as error:
            self._lost(error)
            cell.outputs = [_failed("LostError", f"the notebook's process was lost here: {error}")]

    def _check(self, cell: nbformat.NotebookNode, task_id: str, task: Task) -> None:
        """Run a cell that marks a task; its outputs are the marking's own."""
        began, made = time.monotonic(), []

        def offered(name: str, thing: Any) -> None:
            if name == task_id and not made:
                made.append(self._judged(task_id, task, thing))

        printed, raw = "", []
        try:
            raw, printed = self._alive().run(cell.source, offered)
        except LostError as error:
            self._lost(error)
            made = made or [lost(task_id, task, str(error))]
        mark = made[0] if made else unreached(task_id, task, _why(raw))
        mark = Mark(task_id, mark.outcome, printed or mark.printed, mark.fate, time.monotonic() - began)
        self.found.marks[task_id] = mark
        cell.outputs, cell.execution_count = self._told(mark, task), None

    def _judged(self, task_id: str, task: Task, thing: Any) -> Mark:
        session = self._session
        bench = Bench(self._variant, session.beside, Recipe)
        with quiet():
            outcome = judge(task_id, task, thing, bench)
        return Mark(task_id, outcome)

    def _told(self, mark: Mark, task: Task) -> list[nbformat.NotebookNode]:
        """Return what a marked cell shows: the report as text and as a card, and the points as its last line."""
        note = PRACTICE if self._variant.open else SEALED
        said = cleaning.text(report.text(mark.task_id, mark.outcome, mark.printed))
        with quiet():
            told = card(mark, note)
        shown = [
            new_output("stream", name="stdout", text=f"{said}\n\n{note}\n"),
            new_output("display_data", data={"text/html": told, "text/plain": "The same as a page"}),
        ]
        points = {"text/plain": repr(min(float(mark.points), float(task.points)))}
        return [*shown, new_output("execute_result", data=points, execution_count=None)]

    def _alive(self) -> Session:
        """Return the session; a new one, in which the cells before this are run again, if the last was lost."""
        if self._session is not None:
            return self._session
        if len(self.found.losses) >= MOST_LIVES:
            raise LostError(f"it had been lost {len(self.found.losses)} times, and was not started again")
        self._session = Session(self._jail, self._files, self._slot)
        for source in self._done:
            self._session.run(source)
        return self._session

    def _lost(self, error: LostError) -> None:
        if len(self.found.losses) < MOST_LIVES:
            self.found.losses.append(str(error))
        self._leave()

    def _leave(self) -> None:
        if self._session is not None:
            self.found.calls += self._session.calls
            with suppress(LostError):
                self._session.close()
        self._session = None


def is_check(cell: nbformat.NotebookNode) -> bool:
    """Say whether a cell marks a task: graded, locked, of code."""
    about = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(about.get("grade")) and not about.get("solution")


def task_of(module: str, cell: nbformat.NotebookNode) -> tuple[str, Task]:
    """Return the task that a graded cell marks.

    Raises
    ------
    MarkingError
        If its name is none of the syllabus, which is the course's mistake.
    """
    name = cell.metadata.nbgrader.get("grade_id", "")
    task_id = f"{module}.{name.removeprefix(f'{module}-')}"
    entry = syllabus.load().modules.get(module)
    task = entry.everything().get(task_id.split(".", 1)[1]) if entry else None
    if task is None or task.kind == "written":
        raise MarkingError(
            f"The cell {name!r} of {module} is graded, but the syllabus has no task {task_id!r} that a check marks. "
            "Build the course anew (trinity course build), and generate the assignment from it."
        )
    return task_id, task


def _why(raw: Any) -> str:
    """Say why a marking cell handed nothing over."""
    for one in raw if isinstance(raw, list) else []:
        if isinstance(one, dict) and one.get("output_type") == "error":
            return cleaning.text(f"it stopped with {one.get('ename', 'an error')}: {one.get('evalue', '')}")[:300]
    return "it ran, but check was not called with this task's name"


def _failed(name: str, said: str) -> nbformat.NotebookNode:
    return new_output("error", ename=name, evalue=cleaning.text(said), traceback=[cleaning.text(said)])
