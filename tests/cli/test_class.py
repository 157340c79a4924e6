"""A class of two hundred is marked unattended, five who mean harm and five broken notebooks among them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest

from tests.cli.test_mark import command, scores
from tests.course.conftest import furnish, model_answers, nbgrader, run_python, submit

SIZE = int(os.environ.get("TRINITY_CLASS", "200"))

HOSTILE = {
    "leaves": "import os\ndef middle(readings):\n    os._exit(0)",
    "forks": "import os\ndef middle(readings):\n    while True: os.fork()",
    "fills": "def middle(readings):\n    return bytearray(2**36)",
    "shouts": "def middle(readings):\n    return [print('x' * 10**6) for _ in range(500)]",
    "kills": "import os, signal\nos.kill(-1, signal.SIGKILL)\ndef middle(readings):\n    return 0",
}
"""By learner, what stands in one answer's cell; the other answers are right."""

BROKEN = {
    "empty": "",
    "torn": '{"cells": [{"cell_type": "code", "so',
    "words": "Dear teacher, my laptop died.",
    "list": "[]",
    "bare": json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
}
"""By learner, what the file of the notebook holds; the last is a notebook, and an empty one."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which the class has handed in."""
    folder = furnish(tmp_path_factory.mktemp("class"))
    run_python(folder, "from course import build; build.build()")
    nbgrader(folder, "generate_assignment", "m90")
    model = model_answers(folder)
    naive = {**model, "m90-middle-answer": "def middle(readings):\n    return sum(readings) / len(readings)"}
    for k in range(SIZE - len(HOSTILE) - len(BROKEN)):
        submit(folder, f"learner-{k:03d}", {0: {}, 1: naive}.get(k % 4, model))
    for learner, code in HOSTILE.items():
        submit(folder, learner, {**model, "m90-middle-answer": code})
    for learner, text in BROKEN.items():
        submit(folder, learner, {})
        (folder / "submitted" / learner / "m90" / "m90.ipynb").write_text(text)
    return folder


@pytest.mark.slow
def test_a_class_is_marked_unattended(room: Path) -> None:
    done = command(room, "--jobs", "2")
    said = " ".join(done.communicate(timeout=3600)[0].split())
    unread = sorted(set(BROKEN) - {"bare"})
    assert done.returncode == 1, said
    assert f"Marked {SIZE - len(unread)} of {SIZE} submissions" in said
    assert all(f"{learner} was not marked: " in said for learner in unread)
    found = scores(room)
    expected = {0: (0.0, 0.0), 1: (1.0, 3.0)}
    for k in range(SIZE - len(HOSTILE) - len(BROKEN)):
        learner = f"learner-{k:03d}"
        earned = tuple(found[learner, task] for task in ("middle", "wild"))
        assert earned == tuple([points] for points in expected.get(k % 4, (4.0, 3.0))), learner
    assert {learner: found[learner, "middle"] for learner in HOSTILE} == dict.fromkeys(HOSTILE, [0.0])
    assert {learner: found[learner, "wild"] for learner in HOSTILE} == dict.fromkeys(HOSTILE, [3.0])
    assert {task: found["bare", task] for task in ("middle", "wild")} == {"middle": [0.0], "wild": [0.0]}
    assert all(points == [None] for (learner, _), points in found.items() if learner in unread), (
        "and they are named above"
    )
    again = command(room, "--jobs", "2")
    assert f"{SIZE - len(unread)} of {SIZE} were marked before" in again.communicate(timeout=600)[0]
    assert scores(room) == found
    marked = nbformat.read(room / "autograded" / "learner-002" / "m90" / "m90.ipynb", as_version=4)
    assert any("Practice marks" in str(cell.get("outputs")) for cell in marked.cells)
