"""A trail counts only when it has been settled, and says all that a mark rests on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from traitlets.config import PyFileConfigLoader

from autograder.errors import MarkingError
from autograder.marks import remarking
from autograder.marks.beside import beside
from autograder.marks.notebook import Marked
from autograder.marks.restoring import relocked
from autograder.trail.trail import (
    digest_of_lesson,
    digests_of,
    forget_trail,
    read_trail,
    settle_trail,
    trail_of,
    write_trail,
)
from autograder.variants import OPEN

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    place = tmp_path / "submitted" / "ann" / "m90" / "m90.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    (place.parent / "data.csv").write_text("a\n1\n")
    return place


def test_a_trail_that_waits_does_not_count(tmp_path: Path, submitted: Path) -> None:
    trail = trail_of(tmp_path, submitted, OPEN, None, Marked(), "none", beside(tmp_path, submitted))
    write_trail(tmp_path, trail, draft=True)
    assert read_trail(tmp_path, "m90", "ann") is None
    assert settle_trail(tmp_path, "m90", "ann")
    assert read_trail(tmp_path, "m90", "ann") == trail
    assert not settle_trail(tmp_path, "m90", "ann")
    forget_trail(tmp_path, "m90", "ann")
    assert read_trail(tmp_path, "m90", "ann") is None


def test_it_is_kept_after_the_gradebook_has_every_mark() -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT / "course")).load_config()
    steps = [step.rsplit(".", 1)[1] for step in config.Autograde.autograde_preprocessors]
    assert steps[-1] == "KeepTrail"
    assert steps.index("SaveAutoGrades") > steps.index("JailedExecute")


def test_it_tells_a_files_change_and_the_lessons(tmp_path: Path, submitted: Path) -> None:
    first, lesson = digests_of(beside(tmp_path, submitted)), digest_of_lesson(tmp_path, "m90")
    (submitted.parent / "data.csv").write_text("a\n2\n")
    (tmp_path / "syllabus.yml").write_text("title: Other\n")
    assert digests_of(beside(tmp_path, submitted)).keys() == first.keys() == {"data.csv"}
    assert digests_of(beside(tmp_path, submitted)) != first
    assert digest_of_lesson(tmp_path, "m90") != lesson


def test_without_a_trail_or_a_release_nothing_is_marked_again(tmp_path: Path, submitted: Path) -> None:
    with pytest.raises(MarkingError, match="no trail of m90"):
        remarking.trails(tmp_path, "m90")
    write_trail(tmp_path, trail_of(tmp_path, submitted, OPEN, None, Marked(), "none", {}))
    with pytest.raises(MarkingError, match="source/m90/m90.ipynb"):
        list(remarking.remark(tmp_path, remarking.trails(tmp_path, "m90"), without_jail=True))


def test_another_submission_is_not_marked_in_the_place_of_the_first(tmp_path: Path, submitted: Path) -> None:
    trail = trail_of(tmp_path, submitted, OPEN, None, Marked(), "none", beside(tmp_path, submitted))
    for place in ("source", "release"):
        path = tmp_path / place / "m90" / "m90.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nbformat.v4.new_notebook(), path)
    for changed, said in (
        (replace(trail, submission="0"), "not the notebook"),
        (replace(trail, beside={}), "the files"),
    ):
        write_trail(tmp_path, changed)
        (found,) = remarking.remark(tmp_path, remarking.trails(tmp_path, "m90"), without_jail=True)
        assert said in found.problem
        assert not found.same


def test_locked_cells_say_what_the_course_says() -> None:
    about = {"grade": True, "grade_id": "m90-x", "locked": True, "solution": False, "points": 1}
    own = nbformat.v4.new_code_cell("check(1)", metadata={"nbgrader": about})
    theirs = nbformat.v4.new_markdown_cell("4.0", metadata={"nbgrader": dict(about)})
    nb = nbformat.v4.new_notebook(cells=[theirs])
    relocked(nb, {"m90-x": own}, {})
    assert [(cell.cell_type, cell.source, cell.outputs) for cell in nb.cells] == [("code", "check(1)", [])]
