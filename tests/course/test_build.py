"""What building writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from course import build as course_build
from course.build import build, reset
from course.errors import CourseError
from sim.errors import TrinityError

LESSON, SYLLABUS = "modules/m90/lesson.py", "syllabus.yml"


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace something that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture
def desk(course: Path) -> Path:
    """The workspace of a course that has just been built."""
    build(course=course)
    return course.parent / "workspace"


def test_first_build_says_what_it_wrote(course: Path) -> None:
    said = build(course=course)
    assert any(line.startswith("Built m90") for line in said)
    assert any("Home.md" in line for line in said)
    assert all(line.endswith(".") for line in said)


def test_notebooks_are_valid_and_have_solutions_only_at_the_source(course: Path, desk: Path) -> None:
    source = nbformat.read(course / "source" / "m90" / "m90.ipynb", as_version=4)
    learners = nbformat.read(desk / "m90" / "m90.ipynb", as_version=4)
    nbformat.validate(source)
    nbformat.validate(learners)
    text = json.dumps(learners)
    assert "BEGIN SOLUTION" in json.dumps(source)
    assert not re.search("SOLUTION|HIDDEN|ordered|cheapest evidence", text)
    assert "YOUR ANSWER HERE" in text


def test_quiz_key_is_not_in_the_learners_notebook(desk: Path) -> None:
    learners = nbformat.read(desk / "m90" / "m90.ipynb", as_version=4)
    answers = [cell.source for cell in learners.cells if cell.source.startswith("quiz")]
    assert len(answers) == 5
    assert len({re.sub(r"quiz\d", "", answer) for answer in answers}) == 1


def test_building_again_changes_nothing(course: Path, desk: Path) -> None:
    files = [path for path in (*desk.rglob("*"), *(course / "source").rglob("*")) if path.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
    assert build(course=course) == []
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files} == before


def test_building_from_nothing_gives_the_same_bytes(course: Path, desk: Path) -> None:
    first = (course / "source" / "m90" / "m90.ipynb").read_bytes()
    elsewhere = course.parent / "elsewhere"
    (course / "source" / "m90" / "m90.ipynb").unlink()
    build(course=course, workspace=elsewhere)
    assert (course / "source" / "m90" / "m90.ipynb").read_bytes() == first
    assert (elsewhere / "m90" / "m90.ipynb").read_bytes() == (desk / "m90" / "m90.ipynb").read_bytes()


def test_untouched_notebook_follows_the_course(course: Path, desk: Path) -> None:
    rewrite(course / LESSON, "A meter sends", "Every meter sends")
    build(course=course)
    assert "Every meter sends" in (desk / "m90" / "m90.ipynb").read_text()


def test_edited_notebook_is_kept_and_the_newer_one_named(course: Path, desk: Path) -> None:
    mine = desk / "m90" / "m90.ipynb"
    rewrite(mine, "in place of the three dots", "my answer")
    edited = mine.read_bytes()
    assert build(course=course) == []
    rewrite(course / LESSON, "A meter sends", "Every meter sends")
    for _ in range(2):
        said = build(course=course)
        assert mine.read_bytes() == edited
        assert any("trinity course reset m90" in line for line in said)


def test_a_notebook_with_output_counts_as_the_learners(course: Path, desk: Path) -> None:
    mine = desk / "m90" / "m90.ipynb"
    notebook = nbformat.read(mine, as_version=4)
    next(cell for cell in notebook.cells if cell.cell_type == "code").outputs = [
        nbformat.v4.new_output("stream", text="x")
    ]
    nbformat.write(notebook, mine)
    worked = mine.read_bytes()
    rewrite(course / LESSON, "A meter sends", "Every meter sends")
    build(course=course)
    assert mine.read_bytes() == worked


def test_opening_and_saving_is_not_editing(course: Path, desk: Path) -> None:
    mine = desk / "m90" / "m90.ipynb"
    notebook = json.loads(mine.read_text())
    notebook["metadata"]["language_info"]["version"] = "3.11.7"
    mine.write_text(json.dumps(notebook))
    rewrite(course / LESSON, "A meter sends", "Every meter sends")
    build(course=course)
    assert "Every meter sends" in mine.read_text()


def test_a_lost_record_never_costs_a_learner_their_work(course: Path, desk: Path) -> None:
    mine = desk / "m90" / "m90.ipynb"
    rewrite(mine, "in place of the three dots", "my answer")
    edited = mine.read_bytes()
    (desk / ".trinity.json").write_text("{ broken")
    build(course=course)
    assert mine.read_bytes() == edited


def test_a_deleted_notebook_comes_back(course: Path, desk: Path) -> None:
    mine = desk / "m90" / "m90.ipynb"
    before = mine.read_bytes()
    mine.unlink()
    assert build(course=course) == [f"Wrote {mine}."]
    assert mine.read_bytes() == before


def test_reset_writes_beside_and_counts_up(course: Path, desk: Path) -> None:
    mine = desk / "m90" / "m90.ipynb"
    rewrite(mine, "in place of the three dots", "my answer")
    edited = mine.read_bytes()
    first, second = reset("m90", course=course), reset("m90", course=course)
    assert "m90-clean-1.ipynb" in first[0] and "m90-clean-2.ipynb" in second[0]
    assert mine.read_bytes() == edited
    assert "my answer" not in (desk / "m90" / "m90-clean-2.ipynb").read_text()


@pytest.mark.parametrize("act", [build, reset])
def test_unknown_module_names_the_nearest(course: Path, act: Callable) -> None:
    with pytest.raises(CourseError, match="no module named 'm91'.*m90"):
        act("m91", course=course)
    assert not (course.parent / "workspace").exists()


def test_full_disk_leaves_what_was_there(course: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    rewrite(course / LESSON, "A meter sends", "Every meter sends")
    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(CourseError, match="cannot be written: No space left on device"):
        build(course=course)
    assert {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()} == before


def test_a_workspace_that_is_a_file_is_one_paragraph(course: Path) -> None:
    (course.parent / "workspace").write_text("in the way")
    with pytest.raises(CourseError, match="cannot be written"):
        build(course=course)


BROKEN = [
    (
        LESSON,
        'section="predict" minutes=8',
        'section="predict" minutes=9',
        "9 minutes in the lesson and 8 in the syllabus",
    ),
    (
        LESSON,
        'section="run" minutes=12',
        'section="rum" minutes=12',
        "must begin with 'open' and have open, predict, run",
    ),
    (LESSON, 'check="middle"', 'check="midle"', "Did you mean 'middle'"),
    (LESSON, '# %% check="middle"', '# %% chek="middle"', "Did you mean 'check'"),
    (LESSON, '# %% answer="wild"', '# %% answer="middle"', "repeats the name of cell"),
    (LESSON, '# %% answer="wild"', '# %% answer="Wild-2"', "lower-case letters, digits and '_'"),
    (LESSON, '# %% answer="middle"', "# %%", "region, which would reach the learner"),
    (LESSON, "    ### END SOLUTION\n)", ")", "never closes it"),
    (LESSON, "### BEGIN SOLUTION", "### BEGIN SOLUTON", "marks no region"),
    (LESSON, "ordered = sorted(readings)\n    return ordered[len(ordered) // 2]", "", "holds no solution"),
    (LESSON, "max(readings)", "return ordered[len(ordered) // 2]", "would hold a line of a solution"),
    (LESSON, 'check("m90.wild", wild)', 'check("m90.middle", wild)', r'must end with check\("m90.wild"'),
    (LESSON, 'check("m90.wild", wild)', 'score = check("m90.wild", wild)', r'must end with check\("m90.wild"'),
    (LESSON, "| Asks for one decision | 1 |", "| Asks for one decision | 2 |", "gives 5 points .* the syllabus says 4"),
    (LESSON, 'rubric="note"', 'tags=["rubric"]', "no cell with rubric="),
    (LESSON, 'objectives="here"', 'tags=["objectives"]', "no cell with objectives="),
    (LESSON, 'insert="quiz"', 'tags=["quiz"]', 'no cell with insert="quiz"'),
    (LESSON, '# %% [markdown] rubric="note"', '# %% rubric="note"', "must be markdown"),
    (
        SYLLABUS,
        "minutes: {predict: 8,",
        "minutes: {predict: 38,",
        "takes 100 minutes in the syllabus; allowed: 60 to 90",
    ),
    (
        SYLLABUS,
        "predict: 8, run: 12, explain: 15, apply: 20,",
        "predict: 1, run: 1, explain: 1, apply: 1,",
        "takes 19 minutes",
    ),
    (SYLLABUS, "      - Choose a summary that one wild value does not spoil.\n", "", "has 1 objectives"),
    (SYLLABUS, "      wild: {points: 3, kind: code}\n", "", "the syllabus does not have"),
    (SYLLABUS, "quiz_points: 1", "quiz_point: 1", "no field named .*quiz_point.*Did you mean 'quiz_points'"),
    (SYLLABUS, "points: 4, kind: code", "points: -4, kind: code", "modules.m90.tasks.middle.points is -4"),
    (SYLLABUS, "tracks: [practitioner, leader]", "tracks: [practitioner", "is not YAML at line"),
    ("modules/m90/quiz.yml", "    answer: b\n", "    answer: d\n", "answer to question 1 is 'd'; allowed: a, b, c"),
    ("modules/m90/map.owm", "component Network", "component Netwrk", "Line 10 of the map .*Did you mean 'Netwrk'"),
    ("modules/m90/facilitator.md", "## Debrief", "## Debriefing", "no heading '## Debrief'. Did you mean"),
    ("modules/m90/facilitator.md", "| Apply | 20 |", "| Apply | 25 |", r"must say '\| Apply \| 20 \|'"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BROKEN)
def test_disagreement_is_one_readable_error(course: Path, file: str, old: str, new: str, message: str) -> None:
    rewrite(course / file, old, new)
    with pytest.raises(CourseError, match=message) as caught:
        build(course=course)
    assert isinstance(caught.value, TrinityError)
    assert "\n" not in str(caught.value)
    assert not (course / "source").exists()
    assert not (course.parent / "workspace").exists()


@pytest.mark.parametrize("file", ["lesson.py", "quiz.yml", "map.owm", "facilitator.md"])
def test_a_missing_file_is_named(course: Path, file: str) -> None:
    (course / "modules" / "m90" / file).unlink()
    with pytest.raises(CourseError, match=file):
        build(course=course)


def test_four_questions_are_refused(course: Path) -> None:
    path = course / "modules" / "m90" / "quiz.yml"
    path.write_text(path.read_text().rpartition("  - ask:")[0])
    with pytest.raises(CourseError, match="4 questions; a module has exactly 5"):
        build(course=course)


def test_hidden_tests_stay_behind(course: Path) -> None:
    hidden = "### BEGIN HIDDEN TESTS\nassert middle([1]) == 1  # unseen\n### END HIDDEN TESTS\n"
    rewrite(course / LESSON, 'check("m90.middle"', f'{hidden}check("m90.middle"')
    build(course=course)
    assert "unseen" in (course / "source" / "m90" / "m90.ipynb").read_text()
    assert "unseen" not in (course.parent / "workspace" / "m90" / "m90.ipynb").read_text()


def test_a_build_with_nothing_to_do_loads_no_slow_library(course: Path) -> None:
    from tests.course.conftest import run_python

    code = (
        "import sys; from course import build; assert build.build() == []; "
        "print([name for name in ('nbgrader', 'jupytext', 'matplotlib') if name in sys.modules])"
    )
    run_python(course, "from course import build; build.build()")
    assert run_python(course, code).strip() == "[]"


def test_lab_serves_the_workspace_beside_the_course() -> None:
    workspace = course_build.COURSE.parent / "workspace"
    arguments = course_build.lab_arguments(9321, False)
    assert f"--ServerApp.root_dir={workspace}" in arguments
    assert "--ServerApp.port=9321" in arguments and "--no-browser" in arguments
    assert "--no-browser" not in course_build.lab_arguments(9321, True)
    assert ("--allow-root" in arguments) == (os.geteuid() == 0)
    surroundings = course_build.lab_environment()
    assert surroundings["JUPYTER_CONFIG_DIR"].startswith(str(workspace))
    settings = Path(surroundings["JUPYTER_CONFIG_PATH"]) / "labconfig" / "default_setting_overrides.json"
    notices = json.loads(settings.read_text())["@jupyterlab/apputils-extension:notification"]
    assert notices["fetchNews"] == "false" and notices["checkForUpdates"] is False


def test_home_page_links_to_every_lesson(desk: Path) -> None:
    home = (desk / "Home.md").read_text()
    for link in re.findall(r"\]\(([^)]+)\)", home):
        assert (desk / link).exists()
    assert "About 70 minutes · 16 points" in home
    assert "trinity course reset m90" in home


def test_the_how_to_shows_what_the_example_holds() -> None:
    root = course_build.COURSE.parent
    guide = (root / "docs" / "how-to" / "write-a-module.md").read_text()
    lesson = (root / "tests" / "course" / "fixtures" / LESSON).read_text()
    shown = [block.strip() for block in re.findall(r"```python\n(# %%.*?)```", guide, re.DOTALL)]
    assert len(shown) == 2
    for block in shown:
        assert block in lesson
