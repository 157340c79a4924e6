"""nbgrader's cells put back, whatever became of them."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.marks.restoring import restore

ABOUT = {"schema_version": 3, "task": False, "locked": False, "grade": False, "solution": False}


def own(name: str, source: str, **about: object) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"nbgrader": {**ABOUT, "grade_id": name, **about}})


KNOWN = {
    "a-answer": own("a-answer", "the solution", solution=True),
    "a": own("a", "check(a)", grade=True, points=2, locked=True),
    "b-answer": own("b-answer", "the other solution", solution=True),
    "b": own("b", "check(b)", grade=True, points=3, locked=True),
}
STUBS = {"a-answer": "...", "b-answer": "..."}


def handed_in(*names: str) -> nbformat.NotebookNode:
    """A notebook of these cells, with prose before."""
    return new_notebook(cells=[new_markdown_cell("Prose"), *(nbformat.from_dict(KNOWN[name]) for name in names)])


def names(nb: nbformat.NotebookNode) -> list[str]:
    return [c.metadata.nbgrader.grade_id for c in nb.cells if "nbgrader" in c.metadata]


@pytest.mark.parametrize(
    "left", [(), ("a",), ("a-answer", "b"), ("a-answer", "a", "b-answer"), ("b-answer", "b"), tuple(KNOWN)], ids=str
)
def test_what_is_missing_comes_back_in_its_place(left: tuple[str, ...]) -> None:
    nb = handed_in(*left)
    restore(nb, KNOWN, STUBS)
    assert names(nb) == list(KNOWN)


def test_an_answer_that_is_missing_comes_back_as_it_was_given_out() -> None:
    nb = handed_in("a")
    restore(nb, KNOWN, STUBS)
    sources = [cell.source for cell in nb.cells]
    assert sources.count("...") == 2
    assert "the solution" not in sources


@pytest.mark.parametrize(
    "about", ["text", None, {"grade_id": 7}, {"grade_id": "other", "points": "many"}, {"schema_version": "x"}, []]
)
def test_metadata_of_any_shape_are_survived(about: object) -> None:
    nb = handed_in(*KNOWN)
    nb.cells[1].metadata["nbgrader"] = about
    restore(nb, KNOWN, STUBS)
    assert names(nb) == list(KNOWN)


def test_points_and_rights_are_the_courses() -> None:
    nb = handed_in(*KNOWN)
    nb.cells[2].metadata.nbgrader.update(points=4000, locked=False, solution=True, grade=False)
    restore(nb, KNOWN, STUBS)
    assert dict(nb.cells[2].metadata.nbgrader) == dict(KNOWN["a"].metadata.nbgrader)


def test_a_second_cell_of_the_same_name_is_no_cell_of_nbgraders() -> None:
    nb = handed_in("a-answer", "a", "a", "b-answer", "b")
    restore(nb, KNOWN, STUBS)
    assert names(nb) == list(KNOWN)


def test_a_learners_own_answer_stays() -> None:
    nb = handed_in(*KNOWN)
    nb.cells[1].source = "my own"
    restore(nb, KNOWN, STUBS)
    assert nb.cells[1].source == "my own"
