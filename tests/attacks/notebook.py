"""The notebook that attacks are handed in with: two tasks of m09 and a written answer, as the course builds them."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course import lesson
from tests.attacks.attack import Attack

LESSON = Path(__file__).resolve().parents[2] / "course" / "modules" / "m09" / "lesson.py"
TASKS = ("psi", "ks")


def about(name: str, **said: object) -> dict:
    """Return nbgrader's metadata of a cell."""
    return {"nbgrader": {"grade_id": name, "schema_version": 3, "task": False, **said}}


def source() -> nbformat.NotebookNode:
    """Return the notebook with solutions."""
    answers = {p.name: p.source for p in lesson.read(LESSON) if p.purpose == "answer" and p.name in TASKS}
    cells = [new_code_cell("import numpy as np\nfrom autograder import check")]
    for task in TASKS:
        cells.append(
            new_code_cell(answers[task], metadata=about(f"{task}-answer", grade=False, solution=True, locked=False))
        )
        marks = about(task, grade=True, solution=False, locked=True, points=2.0)
        cells.append(new_code_cell(f'check("m09.{task}", {task})', metadata=marks))
    written = about("brief", grade=True, solution=True, locked=False, points=5.0)
    cells.append(new_markdown_cell("### BEGIN SOLUTION\nCANARY-mark-scheme\n### END SOLUTION", metadata=written))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def submission(attack: Attack, words: dict[str, str]) -> nbformat.NotebookNode:
    """Return what an attacker hands in: the next task's answer is right."""
    nb = source()
    code = attack.code
    for mark, value in words.items():
        code = code.replace(f"@{mark}@", value)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id", ""): cell for cell in nb.cells}
    cells["psi-answer"].source = code
    cells["ks-answer"].source = (
        cells["ks-answer"].source.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")
    )
    cells["brief"].source = attack.prose or "My advice to the board."
    if attack.edit:
        EDITS[attack.edit](nb, cells)
    return nb


def _delete(nb: nbformat.NotebookNode, cells: dict) -> None:
    nb.cells.remove(cells["psi"])


def _rewrite(nb: nbformat.NotebookNode, cells: dict) -> None:
    cells["psi"].source = "2.0"


def _unlock(nb: nbformat.NotebookNode, cells: dict) -> None:
    cells["psi"].source = "2.0"
    cells["psi"].metadata.nbgrader |= {"locked": False, "solution": True}


def _raise_points(nb: nbformat.NotebookNode, cells: dict) -> None:
    cells["psi"].metadata.nbgrader["points"] = 100.0


def _add(nb: nbformat.NotebookNode, cells: dict) -> None:
    marks = about("bonus", grade=True, solution=False, locked=True, points=100.0)
    nb.cells.append(new_code_cell("100.0", metadata=marks))


def _keep_outputs(nb: nbformat.NotebookNode, cells: dict) -> None:
    cell = cells["psi"]
    cell.outputs = [new_output("execute_result", data={"text/plain": "2.0"}, execution_count=1)]
    nb.cells.remove(cell)
    nb.cells.insert(0, cell)


def _title(nb: nbformat.NotebookNode, cells: dict) -> None:
    script = "</title><script>document.title='PWNED'</script>"
    nb.metadata |= {"title": script, "authors": [{"name": script}]}
    nb.metadata.kernelspec["display_name"] = script


EDITS = {
    "delete check": _delete,
    "rewrite check": _rewrite,
    "unlock check": _unlock,
    "raise points": _raise_points,
    "add check": _add,
    "keep outputs": _keep_outputs,
    "title": _title,
}
