"""Plain nbgrader, with its own commands, on the example module: five submissions that each tell something."""

from __future__ import annotations

import csv
import re
import sqlite3
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbgrader.preprocessors import Execute
from traitlets.config import PyFileConfigLoader

from autograder.feedback.table import table
from tests.course.conftest import ROOT, model_answers, nbgrader, run_python, submit

NAIVE = {
    "m90-middle-answer": "def middle(readings):\n    return sum(readings) / len(readings)",
    "m90-wild-answer": "def wild(readings):\n    return False",
}


def test_release_is_what_the_learner_gets(classroom: Path) -> None:
    ours = (classroom.parent / "workspace" / "m90" / "m90.ipynb").read_bytes()
    assert ours == (classroom / "release" / "m90" / "m90.ipynb").read_bytes()


def test_release_holds_only_the_notebook(classroom: Path) -> None:
    assert [path.name for path in (classroom / "source" / "m90").iterdir()] == ["m90.ipynb"]
    assert [path.name for path in (classroom / "release" / "m90").iterdir()] == ["m90.ipynb"]


def test_nbgrader_metadata_holds_only_the_schema(classroom: Path) -> None:
    source = nbformat.read(classroom / "source" / "m90" / "m90.ipynb", as_version=4)
    known = {"schema_version", "grade", "locked", "solution", "task", "points", "grade_id"}
    for cell in source.cells:
        assert set(cell.metadata.get("nbgrader", {})) <= known


def test_a_cell_may_take_five_minutes_and_is_then_interrupted() -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT / "course")).load_config()
    execute = Execute(config=config)
    assert (execute.timeout, execute.interrupt_on_timeout) == (300, True)


def test_the_feedback_template_is_not_forced_on_the_page_where_a_teacher_marks() -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT / "course")).load_config()
    assert HTMLExporter(config=config).template_name != "feedback_page"


@pytest.fixture(scope="module")
def marked(classroom: Path) -> Path:
    """The classroom after five learners were marked."""
    model = model_answers(classroom)
    submit(classroom, "model", model)
    submit(classroom, "naive", {**model, **NAIVE})
    submit(classroom, "blank", {})
    broken = "def middle(readings):\n    return readings[99]"
    submit(classroom, "broken", {**model, "m90-middle-answer": broken, "m90-guess-answer": "1 / 0"})
    noisy = "import os, sys, warnings\n" + model["m90-wild-answer"].replace(
        "    ordered", "    print('loud', file=sys.stderr); os.write(2, b'loud'); warnings.warn('loud')\n    ordered", 1
    )
    submit(classroom, "noisy", {**model, "m90-wild-answer": noisy})
    nbgrader(classroom, "autograde", "m90")
    nbgrader(classroom, "generate_feedback", "m90")
    nbgrader(classroom, "export")
    return classroom


def scores(folder: Path, learner: str) -> dict[str, float | None]:
    """What nbgrader's gradebook holds for a learner, by grade id."""
    query = """
        select base_cell.name, grade.auto_score, grade.needs_manual_grade from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where submitted_assignment.student_id = ?
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {name: None if by_hand else score for name, score, by_hand in book.execute(query, (learner,))}


@pytest.mark.slow
def test_model_answer_gets_everything_but_the_prose(marked: Path) -> None:
    quiz = {f"m90-quiz{number}": 1.0 for number in range(1, 6)}
    assert scores(marked, "model") == {"m90-middle": 4.0, "m90-wild": 3.0, "m90-note": None, **quiz}


@pytest.mark.slow
def test_naive_code_gets_less_than_a_third(marked: Path) -> None:
    found = scores(marked, "naive")
    assert (found["m90-middle"], found["m90-wild"]) == (1.0, 0.0)


@pytest.mark.slow
def test_blank_gets_nothing_and_needs_nobody(marked: Path) -> None:
    assert set(scores(marked, "blank").values()) == {0.0}


@pytest.mark.slow
def test_an_exception_costs_its_own_cell_alone(marked: Path) -> None:
    found = scores(marked, "broken")
    assert found["m90-middle"] == 0.0
    assert found["m90-wild"] == 3.0
    assert sum(score or 0 for score in found.values()) == 8.0


@pytest.mark.slow
def test_noise_on_stderr_costs_nothing(marked: Path) -> None:
    assert scores(marked, "noisy") == scores(marked, "model")


@pytest.mark.slow
def test_export_agrees(marked: Path) -> None:
    with (marked / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {"model": 12.0, "naive": 6.0, "blank": 0.0, "broken": 8.0, "noisy": 12.0}


@pytest.mark.slow
def test_a_table_says_what_each_learner_was_told(marked: Path) -> None:
    told = table(marked, "m90", ["broken", "model", "nobody"])
    assert list(told["learner"].value_counts()) == [7, 7]
    broken = told[told["learner"] == "broken"].set_index("task").loc["m90.middle"]
    assert broken["points"] == 0.0
    assert "IndexError" in broken["did"]
    assert broken["next_step"]
    model = told[told["learner"] == "model"]
    assert model["next_step"].str.startswith("Nothing is left to earn here.").sum() >= 2


@pytest.mark.slow
def test_feedback_loads_and_runs_nothing(marked: Path) -> None:
    page = (marked / "feedback" / "broken" / "m90" / "m90.html").read_text()
    assert not re.findall(r"<script|<link|@import|https?://(?!\S*w3\.org)", page)
    assert "default-src 'none'" in page
    assert "8</strong> of 16 points" in page
    assert "it stopped with IndexError: list index out of range, at line 2" in page.replace("It", "it")
    assert 'alt="Wardley map: Watching a reading.' in page
    assert page.count('alt="Bar chart of a week') == 1
    assert page.count("How the points were given") == 7
    assert "m90.middle: 0 of 4" not in page, "the card says all that the plain report does"
    assert page.index("One next step.") < page.index('alt="Bar chart of a week')
    assert page.count("<img ") == page.count("<img alt=") == 2


@pytest.mark.slow
def test_the_commands_on_the_home_page_work(classroom: Path, tmp_path: Path) -> None:
    home = (classroom.parent / "workspace" / "Home.md").read_text()
    commands = re.search(r"```sh\n(.*?)```", home, re.DOTALL)[1]
    (tmp_path / "commands.sh").write_text(commands)
    code = f"""
import os, subprocess, sys
from pathlib import Path
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
subprocess.run(["sh", "-e", {str(tmp_path / "commands.sh")!r}], cwd="workspace", check=True)
"""
    run_python(classroom, code)
    assert (classroom.parent / "workspace" / "m90" / "feedback.html").exists()
