"""Marks made outside the jail: honest work earns what the open check gives, and nothing in a notebook forges one."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sklearn.ensemble import RandomForestClassifier

import sim
from autograder import check, registry
from autograder.checks import Criterion, Outcome, attempt
from autograder.errors import MarkingError
from autograder.jail import Jail, Limits, choose
from autograder.marks.notebook import MOST_LIVES, PRACTICE, Marked, NotebookMarker
from autograder.variants import OPEN, Variant
from sim.models import learning

TASKS = Path(__file__).resolve().parents[1] / "course" / "fixtures" / "tasks" / "m90.py"
LIMITS = Limits(cell=5.0, call=1.0, grace=1.0, output=20_000)
MIDDLE = "def middle(readings):\n    return sorted(readings)[len(readings) // 2]"
WILD = "def wild(readings):\n    return max(readings) > 3 * sorted(readings)[len(readings) // 2]"
IMPORT = "from autograder import check"


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(choose(), LIMITS) as jail:
        yield jail


@pytest.fixture(autouse=True)
def tasks(example: None) -> None:
    """Register the checks of the example module."""
    spec = importlib.util.spec_from_file_location("example_tasks", TASKS)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def graded(name: str, source: str) -> nbformat.NotebookNode:
    """A cell as nbgrader restores it."""
    about = {"grade": True, "grade_id": f"m90-{name}", "locked": True, "schema_version": 3, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": {**about, "points": 1, "task": False}})


def notebook(middle: str = MIDDLE, wild: str = WILD, before: str = "", last: str = "") -> nbformat.NotebookNode:
    """A submission of the example module."""
    cells = [new_code_cell(IMPORT), new_markdown_cell("Prose"), new_code_cell(before), new_code_cell(middle)]
    cells += [graded("middle", 'check("m90.middle", middle)'), new_code_cell(wild)]
    cells += [
        graded("wild", 'check("m90.wild", wild)'),
        graded("quiz1", 'check("m90.quiz1", "a")'),
        new_code_cell(last),
    ]
    return new_notebook(cells=cells)


def marked(jail: Jail, nb: nbformat.NotebookNode, variant: Variant = OPEN) -> Marked:
    return NotebookMarker(nb, "m90", jail, variant).mark()


def points(found: Marked) -> dict[str, float]:
    return {name.removeprefix("m90."): mark.points for name, mark in found.marks.items()}


def fates(found: Marked) -> dict[str, str]:
    return {name.removeprefix("m90."): mark.fate for name, mark in found.marks.items()}


def shown(nb: nbformat.NotebookNode, name: str) -> list[nbformat.NotebookNode]:
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == f"m90-{name}").outputs


def test_honest_work_earns_what_the_open_check_gives(jail: Jail) -> None:
    nb = notebook()
    found = marked(jail, nb)
    names: dict = {}
    exec(MIDDLE + "\n" + WILD, names)
    assert points(found)["middle"] == check("m90.middle", names["middle"]) == 4.0
    assert points(found)["wild"] == check("m90.wild", names["wild"]) == 3.0
    assert found.losses == []
    last = shown(nb, "middle")[-1]
    assert (last.output_type, last.data["text/plain"]) == ("execute_result", "4.0")
    assert PRACTICE in shown(nb, "middle")[0].text
    assert 'alt="Bar chart' in shown(nb, "middle")[1].data["text/html"]


def test_a_mistake_is_told_at_the_learners_own_line(jail: Jail) -> None:
    nb = notebook(middle="def middle(readings):\n    return readings[99]")
    assert points(marked(jail, nb))["middle"] == 0.0
    said = " ".join(shown(nb, "middle")[0].text.split())
    assert (
        "t stopped with IndexError: list index out of range, at line 2 of the cell, in middle: return readings[99]"
        in said
    )


FORGERIES = {
    "another check": "import autograder\nautograder.check = check = lambda *a: 4.0",
    "another class of numbers": "class R(float):\n    def __eq__(s, o): return True\ndef middle(r): return R(0)",
    "always equal": "class R:\n    def __eq__(s, o): return True\n    __hash__ = None\ndef middle(r): return R()",
    "a forged report": "import autograder.judge, autograder.outcome\nautograder.outcome.Outcome.points = 4.0\n"
    "autograder.judge.judge = lambda *a: 4.0\ndef middle(r): return 0",
    "a forged result": "def middle(r): return 0\nget_ipython().display_pub.publish({'text/plain': '4.0'})",
    "a display hook": "import sys\nsys.displayhook = lambda v: print(4.0)\ndef middle(r): return 0",
    "an input transformer": "get_ipython().input_transformers_cleanup.append(lambda l: ['4.0\\n'])",
    "a shadowed module": "import sys, types\nm = types.ModuleType('autograder'); m.check = lambda *a: 4.0\n"
    "sys.modules['autograder'] = m\nfrom autograder import check",
    "a forged message": "import os, json, struct\nfor fd in range(3, 30):\n    try:\n"
    "        t = json.dumps({'$': 'dict', 'of': [['ran', [{'$': 'dict', 'of': [['output_type', 'execute_result']]}]]]})"
    ".encode()\n        os.write(fd, struct.pack('!IQI', len(t), 0, 0) + t)\n    except OSError: pass",
    "an offer of its own": "from autograder.jail import handover\nhandover.line().offer('m90.middle', lambda r: 4)\n"
    "def middle(r): return 0",
    "an offer with points": "from autograder.jail import handover\n"
    "handover.line()._to.send({'offer': 'm90.middle', 'thing': 1, 'points': 4.0, 'earned': 1})",
    "the marker by its frames": "import sys\nf = sys._getframe()\nwhile f:\n    f.f_globals.update(task=None)\n"
    "    f = f.f_back\ndef middle(r): return 0",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forgery_earns_a_point(jail: Jail, name: str) -> None:
    middle = FORGERIES[name]
    found = marked(jail, notebook(middle=middle))
    earned = points(found)
    assert earned["middle"] == 0.0, fates(found)
    assert set(earned) == {"middle", "wild", "quiz1"}


RUIN = {
    "ends": "import os\ndef middle(r): os._exit(0)",
    "hangs and cannot be interrupted": "import signal\ndef middle(r):\n"
    "    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True: pass",
    "says nonsense": "import os\ndef middle(r):\n    for fd in range(3, 40):\n        try: os.write(fd, b'x' * 99)\n"
    "        except OSError: pass\n    os._exit(0)",
    "answers too much": "import numpy as np\ndef middle(r): return np.zeros(10**8, dtype='u1')",
    "kills its own": "import os, signal\ndef middle(r): os.kill(os.getpid(), signal.SIGKILL)",
    "runs out of depth": "def middle(r):\n    x = []\n    for _ in range(10**5): x = [x]\n    return x",
}


@pytest.mark.parametrize("name", RUIN)
def test_ruin_costs_its_own_task_alone(jail: Jail, name: str) -> None:
    nb = notebook(middle=RUIN[name])
    found = marked(jail, nb)
    assert points(found) == {"middle": 0.0, "wild": 3.0, "quiz1": 0.0} | {"quiz1": points(found)["quiz1"]}
    assert shown(nb, "middle")[-1].data["text/plain"] == "0.0"


def test_a_call_that_hangs_is_interrupted_and_costs_its_own_criterion(jail: Jail) -> None:
    middle = f"def middle(r):\n    while 40 in r: pass\n    return {'sorted(r)[len(r) // 2]'}"
    found = marked(jail, notebook(middle=middle))
    assert points(found) == {**points(found), "middle": 1.0, "wild": 3.0}
    assert "it took longer than 1 seconds" in found.marks["m90.middle"].outcome.criteria[1].happened


def test_an_answer_cell_that_ends_the_process_costs_what_rests_on_it(jail: Jail) -> None:
    found = marked(jail, notebook(middle="import os; os._exit(0)"))
    assert points(found) == {**points(found), "middle": 0.0, "wild": 3.0}
    assert fates(found)["middle"] == "unreached"
    assert found.losses == ["it ended with code 0"]


def test_a_notebook_that_ends_again_and_again_is_given_up_on_and_still_has_every_mark(jail: Jail) -> None:
    end = "import os; os._exit(0)"
    nb = notebook()
    for position in range(1, 8):
        nb.cells.insert(position, new_code_cell(end))
    found = marked(jail, nb)
    assert len(found.losses) == MOST_LIVES
    assert points(found) == {"middle": 0.0, "wild": 0.0, "quiz1": 0.0}


def test_a_blank_answer_is_called_blank(jail: Jail) -> None:
    nb = notebook(middle="def middle(readings):\n    ...")
    found = marked(jail, nb)
    assert points(found)["middle"] == 0.0
    assert "nothing has been written here yet" in shown(nb, "middle")[0].text.lower()


def test_a_graded_cell_that_the_syllabus_does_not_know_is_the_courses_mistake(jail: Jail) -> None:
    nb = new_notebook(cells=[graded("other", "1 == 1")])
    with pytest.raises(MarkingError, match="m90.other"):
        marked(jail, nb)


def test_what_a_learner_prints_runs_nothing_in_a_browser(jail: Jail) -> None:
    before = (
        "from IPython.display import HTML, Javascript, display\n"
        "display(HTML('<b>bold</b><script>alert(1)</script><img src=x onerror=alert(1)>'), Javascript('alert(1)'))\n"
        "display({'image/svg+xml': '<svg onload=alert(1)>', 'text/markdown': '<script>', 'text/plain': 'p'}, raw=True)"
    )
    nb = notebook(before=before)
    marked(jail, nb)
    shown = [output.data for output in nb.cells[2].outputs]
    assert {kind for data in shown for kind in data} == {"text/html", "text/plain"}
    html = [data["text/html"] for data in shown if "text/html" in data]
    assert html == ["<b>bold</b><img>"]


def averages(thing: object, bench: object) -> Outcome:
    """A check that plays a memory and an estimator: a course author's, with a bench."""
    outputs = []
    for _ in range(2):
        rule = thing["rule"].fresh()
        outputs += [rule(1.0), rule(2.0)]
    rows = pd.DataFrame(np.random.default_rng(3).normal(size=(200, 3)), columns=list("abc"))
    rows.iloc[::7, 0] = np.nan
    fitted = learning.fit(rows.to_numpy(), rows["b"].to_numpy() > 0, train=thing["train"], names=list("abc"))
    scores = fitted.score(rows.to_numpy())
    said = f"{outputs} {float(scores.sum())!r} {fitted.fits!r} {fitted.accuracy!r}"
    return Outcome([Criterion("All", 4, 1.0, "", said, "")])


STATEFUL = """
class Rule:
    def __init__(self): self.total = 0.0
    def fresh(self): return Rule()
    def __call__(self, x):
        self.total += x
        return self.total
"""
LOGISTIC = (
    "from sim.models.learning import logistic_regression\ndef train(x, y): return logistic_regression().fit(x, y)"
)
FOREST = (
    "from sklearn.ensemble import RandomForestClassifier as F\n"
    "def train(x, y): return F(20, random_state=1).fit(x.fillna(0), y)"
)


@pytest.mark.parametrize("train", [LOGISTIC, FOREST], ids=["folded", "asked"])
def test_a_memory_and_an_estimator_answer_from_the_jail_as_they_do_here(
    jail: Jail, train: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._checks, "m90.middle", averages)
    nb = notebook(middle=STATEFUL + train)
    nb.cells[4].source = 'check("m90.middle", {"rule": Rule(), "train": train})'
    found = marked(jail, nb)
    names: dict = {}
    exec(STATEFUL + train, names)
    here = averages({"rule": names["Rule"](), "train": names["train"]}, None)
    there = found.marks["m90.middle"].outcome
    assert there.criteria[0].happened == here.criteria[0].happened
    assert "[1.0, 3.0, 1.0, 3.0]" in there.criteria[0].happened
    assert RandomForestClassifier.__name__ not in there.criteria[0].happened


LIARS = {
    "not a number": "import numpy as np\nclass E:\n    def predict_proba(s, x): return np.full((len(x), 2), np.nan)",
    "too few rows": "import numpy as np\nclass E:\n    def predict_proba(s, x): return np.ones((1, 2))",
    "text": "class E:\n    def predict_proba(s, x): return 'yes'",
    "beyond one": "import numpy as np\nclass E:\n    def predict_proba(s, x): return np.full((len(x), 2), 7.0)",
}


@pytest.mark.parametrize("name", LIARS)
def test_a_lying_estimator_is_refused_in_a_sentence(jail: Jail, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._checks, "m90.middle", averages)
    nb = notebook(middle=STATEFUL + LIARS[name] + "\ndef train(x, y): return E()")
    nb.cells[4].source = 'check("m90.middle", {"rule": Rule(), "train": train})'
    found = marked(jail, nb)
    assert points(found)["middle"] == 0.0
    assert found.marks["m90.middle"].outcome.criteria[0].happened


def slow_day(thing: object) -> Outcome:
    """A check that runs a simulation under a learner's gate."""
    scenario = sim.load_scenario("household-support").only("claims-triage").replace(quarters=1, organisation=None)
    done = attempt(sim.simulate, scenario, sim.Playbook(validate=thing), seed=3, instant=True)
    said = done.problem or repr(float(done.value.daily["benefit_gbp"].sum()))
    return Outcome([Criterion("All", 4, 1.0, "", said, "")])


@pytest.mark.parametrize(
    "gate",
    [
        "def gate(batch):\n    return batch['earnings_gbp'].between(0, 2000) | batch['earnings_gbp'].isna()",
        "def gate(batch):\n    return batch['earnings'] > 0",
        "def gate(batch):\n    return 1 / 0",
        "def gate(batch):\n    return 'all'",
    ],
    ids=["honest", "no such column", "raises", "wrong type"],
)
def test_a_simulation_comes_to_the_same_last_digit_and_the_same_words(
    jail: Jail, gate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._checks, "m90.middle", slow_day)
    nb = notebook(middle=gate)
    nb.cells[4].source = 'check("m90.middle", gate)'
    there = marked(jail, nb).marks["m90.middle"].outcome.criteria[0].happened
    names: dict = {}
    exec(gate, names)
    here = slow_day(names["gate"]).criteria[0].happened
    if "line" not in here:
        assert there == here
    else:
        assert there.split(", `")[0] == here.split(", `")[0]
        assert there.split("it raised")[1] == here.split("it raised")[1]
