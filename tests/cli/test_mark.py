"""`trinity mark`: a class marked, gone on with after a kill, and a refusal in a sentence wherever it cannot be."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.errors import JailError
from autograder.jail import walls
from autograder.marks import roster
from tests.course.conftest import ROOT, furnish, model_answers, nbgrader, run_python, submit, surroundings

LEARNERS = ("model", "naive", "blank", "broken", "ends", "deleted", "renamed", "unknown", "link")


def test_nobody_handed_in(trinity, tmp_path: Path) -> None:
    result = trinity("mark", "m09", "--submitted", str(tmp_path))
    assert result.exit_code == 2
    assert "Nobody has handed in m09" in " ".join(result.output.split())


def test_no_such_module(trinity) -> None:
    result = trinity("mark", "m99")
    assert result.exit_code == 2
    assert "m99" in result.output


def test_no_jail_no_marks(trinity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "ann" / "m09" / "m09.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    monkeypatch.setattr(
        walls, "standing", lambda: {walls.Walls.BUBBLEWRAP: "not here", walls.Walls.LANDLOCK: "nor here"}
    )
    result = trinity("mark", "m09", "--submitted", str(tmp_path))
    assert result.exit_code == 2
    assert "nothing was marked" in " ".join(result.output.split())
    assert "--without-jail" in result.output


def test_a_module_that_nbgrader_does_not_know(trinity, tmp_path: Path) -> None:
    course = tmp_path / "course"
    place = course / "submitted" / "ann" / "m09" / "m09.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    result = trinity("mark", "m09", "--course", str(course))
    assert result.exit_code == 2
    assert "no course's folder" in " ".join(result.output.split())
    shutil.copy(ROOT / "course" / "nbgrader_config.py", course)
    result = trinity("mark", "m09", "--course", str(course))
    assert result.exit_code == 2
    assert "generate_assignment m09" in " ".join(result.output.split())


def test_without_a_trail_nothing_is_marked_again(trinity, tmp_path: Path) -> None:
    result = trinity("remark", "m09", "--course", str(tmp_path))
    assert result.exit_code == 2
    assert "There is no trail of m09" in " ".join(result.output.split())
    place = tmp_path / ".trinity" / "trail" / "m09"
    place.mkdir(parents=True)
    (place / "ann.json").write_text("{}")
    result = trinity("remark", "m09", "anna", "--course", str(tmp_path))
    assert result.exit_code == 2
    assert "ann" in result.output


def test_seal_writes_a_secret_once(trinity, tmp_path: Path) -> None:
    assert trinity("course", "seal", "--course", str(tmp_path)).exit_code == 0
    path = tmp_path / ".trinity" / "secret"
    first = path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    trinity("course", "seal", "--course", str(tmp_path))
    assert path.read_text() == first


def test_a_failure_to_start_the_jail_is_not_taken_for_the_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(without_jail: bool) -> None:
        raise JailError("no walls")

    monkeypatch.setattr(roster, "choose", refuse)
    with pytest.raises(JailError):
        list(roster.Roster.mark(_stub(), ["ann"], 1))


def _stub() -> roster.Roster:
    stub = object.__new__(roster.Roster)
    stub.without_jail = False
    return stub


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose example module was released, with nine submissions of it."""
    folder = furnish(tmp_path_factory.mktemp("house"))
    run_python(folder, "from course import build; build.build()")
    nbgrader(folder, "generate_assignment", "m90")
    model = model_answers(folder)
    naive = {"m90-middle-answer": "def middle(readings):\n    return sum(readings) / len(readings)"}
    submit(folder, "model", model)
    submit(folder, "naive", {**model, **naive})
    submit(folder, "blank", {})
    submit(folder, "broken", {**model, "m90-middle-answer": "1 / 0"})
    submit(folder, "ends", {**model, "m90-wild-answer": "import os\ndef wild(readings): os._exit(0)"})
    submit(folder, "deleted", model)
    submit(folder, "renamed", model)
    submit(folder, "unknown", model)
    submit(folder, "link", {})
    link = folder / "submitted" / "link" / "m90" / "m90.ipynb"
    link.unlink()
    link.symlink_to(folder / "submitted" / "model" / "m90" / "m90.ipynb")
    for learner, change in (("deleted", _delete), ("renamed", _rename), ("unknown", _unknown)):
        path = folder / "submitted" / learner / "m90" / "m90.ipynb"
        nb = nbformat.read(path, as_version=4)
        change(nb)
        nbformat.write(nb, path)
    return folder


def _delete(nb: nbformat.NotebookNode) -> None:
    gone = {"m90-wild", "m90-quiz1", "m90-quiz1-answer"}
    nb.cells = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in gone]


def _unknown(nb: nbformat.NotebookNode) -> None:
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "m90-wild":
            cell.metadata.nbgrader.update(grade_id="m90-mine", points="many", schema_version="x")


def _rename(nb: nbformat.NotebookNode) -> None:
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "m90-middle":
            cell.metadata.nbgrader.update(points=4000)
            cell.source = "4000.0"


def command(folder: Path, *words: str, verb: str = "mark") -> subprocess.Popen:
    words = (sys.executable, "-m", "cli.main", verb, "m90", "--course", str(folder), *words)
    return subprocess.Popen(
        words,
        cwd=folder,
        env=surroundings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def scores(folder: Path) -> dict[tuple[str, str], list[float]]:
    """Every automatic score that the gradebook holds, by learner and cell."""
    query = """
        select submitted_assignment.student_id, base_cell.name, grade.auto_score from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where base_cell.name != 'm90-note'
    """
    found: dict[tuple[str, str], list[float]] = {}
    with sqlite3.connect(folder / "gradebook.db") as book:
        for learner, name, score in book.execute(query):
            found.setdefault((learner, name.removeprefix("m90-")), []).append(score)
    return found


@pytest.fixture(scope="module")
def marked(house: Path) -> str:
    """What the command said when the class was marked."""
    done = command(house, "--jobs", "2")
    said = done.communicate(timeout=500)[0]
    assert done.returncode == 0, said
    return " ".join(said.split())


@pytest.mark.slow
def test_every_submission_has_its_marks(house: Path, marked: str) -> None:
    found = scores(house)
    assert {(learner, found[learner, "middle"][0], found[learner, "wild"][0]) for learner in LEARNERS} == {
        ("model", 4.0, 3.0),
        ("naive", 1.0, 3.0),
        ("blank", 0.0, 0.0),
        ("broken", 0.0, 3.0),
        ("ends", 4.0, 0.0),
        ("deleted", 4.0, 3.0),
        ("renamed", 4.0, 3.0),
        ("unknown", 4.0, 3.0),
        ("link", 0.0, 0.0),
    }
    assert "Marked 9 of 9 submissions of m90." in marked
    assert "practice marks" in marked
    assert "ends: wild lost" in marked.replace("m90.", "")


@pytest.mark.slow
def test_the_trail_says_what_was_run(house: Path, marked: str) -> None:
    trail = json.loads((house / ".trinity" / "trail" / "m90" / "ends.json").read_text())
    assert trail["marks"]["m90.wild"]["fate"] == "lost"
    assert trail["losses"] == ["it ended with code 0"]
    assert {"python", "numpy", "code"} <= set(trail["versions"])
    assert trail["sealed"] is False


@pytest.mark.slow
def test_nbgraders_own_export_and_feedback_know_the_marks(house: Path, marked: str) -> None:
    nbgrader(house, "generate_feedback", "m90", "--student", "ends")
    nbgrader(house, "export")
    with (house / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows["model"] == 12.0
    assert "process was lost" in (house / "feedback" / "ends" / "m90" / "m90.html").read_text()


@pytest.mark.slow
def test_what_was_marked_is_left_alone_until_it_changes(house: Path, marked: str) -> None:
    place = house / ".trinity" / "trail" / "m90"
    before = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    path = house / "submitted" / "naive" / "m90" / "m90.ipynb"
    path.write_text(path.read_text() + "\n")
    done = command(house, "--jobs", "1")
    said = done.communicate(timeout=300)[0]
    after = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    assert "8 of 9 were marked before" in said
    assert {name for name in after if after[name] != before[name]} == {"naive.json"}


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_no_mark_and_makes_none_twice(house: Path, marked: str) -> None:
    before, chance = scores(house), random.Random(6)
    unmark(house)
    assert scores(house) == {}
    for turn in range(int(os.environ.get("TRINITY_KILLS", "20"))):
        process = command(house, "--jobs", "2")
        time.sleep(chance.uniform(1, 16))
        (os.kill if turn % 2 else os.killpg)(process.pid, signal.SIGKILL)
        process.communicate()
        for path in (house / ".trinity" / "trail" / "m90").glob("[!.]*.json"):
            learner, found = json.loads(path.read_text())["learner"], scores(house)
            assert {key: found.get(key) for key in before if key[0] == learner} == {
                key: score for key, score in before.items() if key[0] == learner
            }
            json.loads((house / "autograded" / learner / "m90" / "m90.ipynb").read_text())
    done = command(house, "--jobs", "2")
    assert done.wait(timeout=500) == 0
    assert scores(house) == before
    assert all(len(each) == 1 for each in before.values())


def unmark(folder: Path) -> None:
    """Take back every mark, as before the first marking."""
    shutil.rmtree(folder / ".trinity" / "trail")
    shutil.rmtree(folder / "autograded")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "trinity") as book:
        for learner in LEARNERS:
            book.remove_submission("m90", learner)


@pytest.mark.slow
def test_with_a_secret_marks_are_sealed_and_come_out_the_same_again(house: Path, marked: str) -> None:
    from autograder.variants import write_secret

    write_secret(house)
    trails = []
    for _ in range(2):
        done = command(house, "--jobs", "1", "--again")
        said = done.communicate(timeout=500)[0]
        assert done.returncode == 0
        assert "practice marks" not in said
        read = [json.loads(path.read_text()) for path in sorted((house / ".trinity" / "trail" / "m90").iterdir())]
        trails.append([{task: about["points"] for task, about in trail["marks"].items()} for trail in read])
        assert all(trail["sealed"] for trail in read)
    assert trails[0] == trails[1]


@pytest.mark.slow
def test_on_another_checkout_a_mark_comes_out_the_same_without_the_secret(
    house: Path, marked: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from autograder.variants import write_secret

    write_secret(house)
    assert command(house, "--jobs", "2").wait(timeout=500) == 0
    other = furnish(tmp_path_factory.mktemp("elsewhere"))
    run_python(other, "from course import build; build.build()")
    nbgrader(other, "generate_assignment", "m90")
    places = ("--trail", str(house / ".trinity" / "trail"), "--submitted", str(house / "submitted"))
    done = command(other, *places, verb="remark")
    said = " ".join(done.communicate(timeout=500)[0].split())
    assert done.returncode == 0, said
    assert said == "9 of 9 submissions of m90 come out the same, to the last digit."
    assert not (other / ".trinity" / "secret").exists()
    assert not (other / ".trinity" / "trail").exists()


@pytest.mark.slow
def test_a_mark_that_comes_out_otherwise_is_told(house: Path, marked: str, tmp_path: Path) -> None:
    trails = tmp_path / "trail"
    shutil.copytree(house / ".trinity" / "trail", trails)
    path = trails / "m90" / "naive.json"
    path.write_text(path.read_text().replace('"code": "', '"code": "0'))
    trail = json.loads(path.read_text())
    trail["marks"]["m90.middle"] |= {"points": 3.5, "criteria": [["Middle", 4.0, 0.875]]}
    path.write_text(json.dumps(trail))
    shutil.copytree(house / "submitted" / "model", tmp_path / "model", symlinks=True)
    shutil.copytree(house / "submitted" / "naive", tmp_path / "naive", symlinks=True)
    (tmp_path / "model" / "m90" / "m90.ipynb").open("a").write(" ")
    done = command(house, "model", "naive", "--trail", str(trails), "--submitted", str(tmp_path), verb="remark")
    said = " ".join(done.communicate(timeout=500)[0].split())
    assert done.returncode == 1
    assert "0 of 2 submissions" in said
    assert "m90.ipynb is not the notebook that was marked" in said
    assert "naive: m90.middle 3.5 then, 1 now. What has changed: code: 0" in said


CLUSTER = """
import sys
from pathlib import Path
import joblib
from distributed import Client, LocalCluster
from autograder.marks.roster import Roster

roster = Roster(Path(sys.argv[1]), "m90")
with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
    with joblib.parallel_config("dask"):
        for result in roster.mark(roster.waiting(), jobs=-1):
            print(result.learner, result.problem)
"""


@pytest.mark.slow
def test_on_a_cluster_the_gradebook_is_the_same(house: Path, marked: str) -> None:
    pytest.importorskip("distributed")
    (house / ".trinity" / "secret").unlink(missing_ok=True)
    assert command(house, "--jobs", "2").wait(timeout=500) == 0
    before = scores(house)
    unmark(house)
    words = [sys.executable, "-c", CLUSTER, str(house)]
    done = subprocess.run(words, cwd=house, env=surroundings(house), capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == sorted(LEARNERS), done.stdout
    assert scores(house) == before
