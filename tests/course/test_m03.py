"""Gates, contracts, lineage: what five kinds of learner earn, and that their notebooks run from end to end."""

from __future__ import annotations

import copy
import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

import sim
from autograder import check, syllabus
from autograder.tasks.m03 import gate as gates
from autograder.tasks.m03.contract import deliveries
from autograder.tasks.m03.worlds import SERVICE, WORLDS, broken, ordinary, scenario_of, terms_of
from course import lesson, notebook
from sim.data import promise
from tests.course.conftest import BUILT, ROOT, nbgrader, run_python

MODULE = ROOT / "course" / "modules" / "m03"
POINTS = {"gate": 5.0, "schema": 2.0, "repair": 4.0, "contract": 3.0, "lineage": 3.0}
QUIZ = {"quiz1": 1.0, "quiz2": 1.0, "quiz3": 1.0, "quiz4": 1.0, "quiz5": 1.0}


@pytest.fixture(scope="module")
def model() -> dict:
    """What the lesson's own solutions define, and the schema that the lesson gives."""
    names: dict = {"np": np, "pd": pd, "copy": copy, "timedelta": timedelta, "promise": promise}
    names["pa"] = pytest.importorskip("pandera.pandas")
    for piece in lesson.read(MODULE / "lesson.py"):
        if piece.purpose == "answer" and piece.name in POINTS:
            exec(compile(piece.source, piece.name, "exec"), names)
        elif "def make_schema" in piece.source:
            exec(compile(piece.source.split("\n\n\nschema =")[0], "make_schema", "exec"), names)
    return names


@pytest.fixture(scope="module")
def draft() -> dict:
    """The contract as the simulator drafts it."""
    return sim.exports.odcs(sim.load_scenario("household-support").only(SERVICE), SERVICE, "earnings-feed")


def handed(model: dict, draft: dict) -> dict[str, object]:
    """What the model learner hands to each check."""
    return {
        "gate": model["gate"],
        "schema": (model["make_schema"], model["keep_by_schema"]),
        "repair": model["repair"],
        "contract": model["agree"](draft),
        "lineage": (model["downstream"], model["decisions_on"]),
    }


@pytest.mark.parametrize("task", POINTS)
def test_the_model_answer_earns_every_point(model: dict, draft: dict, task: str) -> None:
    assert check(f"m03.{task}", handed(model, draft)[task]) == POINTS[task]


# The worlds


def test_each_world_has_its_own_unit_and_its_own_faults() -> None:
    rents = [float(terms_of(scenario_of(world).service(SERVICE)).loc["rent_gbp", "high"]) for world in WORLDS]
    assert len(set(rents)) == len(WORLDS)
    fields = [{fields for _, fields, _, _ in world.incidents} for world in WORLDS]
    assert not (fields[0] & fields[1] or fields[1] & fields[2] or fields[0] & fields[2])


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.unit)
def test_faults_touch_what_they_say(world: object) -> None:
    assert not any(night.spoilt.any() for night in ordinary(world))
    for words, nights in broken(world):
        for night in nights:
            spoilt, calm = night.batch[night.spoilt], night.batch[~night.spoilt]
            assert len(spoilt) > 0.5 * len(night.batch), words
            fields = words.split(" in ")[1].split(" and ")
            if words.startswith("empty"):
                assert spoilt[fields].isna().all(axis=None)
                assert calm[fields].isna().all(axis=1).mean() < 0.02
            else:
                ratio = (spoilt[fields] / night.truth.loc[night.spoilt, fields]).median()
                assert np.allclose(ratio, 100, rtol=0.05)


@pytest.mark.slow
def test_the_simulator_breaks_the_same_records() -> None:
    world, seen = WORLDS[1], {}

    def keep(batch: pd.DataFrame) -> pd.Series:
        day = int(batch["arrived_day"].max())
        seen[day] = batch.set_index("case_id")
        return pd.Series(True, index=batch.index)

    sim.simulate(scenario_of(world), sim.Playbook(validate=keep), seed=world.seed, instant=True)
    _, nights = next(iter(broken(world)))
    ours = nights[0].batch.drop_duplicates("case_id").set_index("case_id")
    theirs = seen[nights[0].day]
    both = ours.index.intersection(theirs.index[~theirs.index.duplicated()])
    assert len(both) > 0.9 * len(ours)
    fields = ["earnings_gbp", "hours_per_week"]
    theirs = theirs[~theirs.index.duplicated()]
    assert (ours.loc[both, fields].isna() == theirs.loc[both, fields].isna()).mean(axis=None) > 0.99


# Near misses, as the facilitator's guide gives them


def only_missing(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return batch.notna().all(axis=1)


def in_pounds(batch: pd.DataFrame, terms: pd.DataFrame) -> np.ndarray:
    return gates.reference(batch, terms_of(scenario_of(WORLDS[0]).service(SERVICE)))


def only_ranges(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    values = batch[list(terms.index)]
    return ~((values < terms["low"]) | (values > terms["high"])).any(axis=1)


def strict(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return only_missing(batch, terms) & gates.reference(batch, terms)


def no_high_benefits(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    usual = batch["benefits_gbp"].median()
    return (batch["benefits_gbp"].fillna(0) < 1.5 * usual) & gates.reference(batch, terms)


def nobody(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=batch.index)


def everybody(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=batch.index)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gate", "least", "most"),
    [
        (only_missing, 0.7, 1.3),
        (in_pounds, 1.4, 2.0),
        (only_ranges, 2.3, 3.2),
        (strict, 2.8, 3.4),
        (no_high_benefits, 0.0, 0.5),
        (nobody, 0.0, 0.0),
        (everybody, 0.0, 0.0),
    ],
)
def test_gates_earn_what_the_guide_says(gate: Callable, least: float, most: float) -> None:
    assert least <= check("m03.gate", gate) <= most


def forgetful(batch: pd.DataFrame, schema: object) -> pd.Series:
    """Read failure cases by their rows alone."""
    import pandera.pandas as pa

    try:
        schema.validate(batch, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return pd.Series(~batch.index.isin(errors.failure_cases["index"]), index=batch.index)
    return pd.Series(True, index=batch.index)


@pytest.mark.parametrize(("keep_by", "earned"), [(forgetful, 1.5), (everybody, 0.0), (nobody, 0.0)])
def test_readings_of_a_schema_earn_what_they_get_right(model: dict, keep_by: Callable, earned: float) -> None:
    assert check("m03.schema", (model["make_schema"], keep_by)) == earned


def as_it_came(batch: pd.DataFrame) -> pd.DataFrame:
    return batch


def noughts(batch: pd.DataFrame) -> pd.DataFrame:
    mended = batch.fillna(0)
    return mended.assign(dependants=np.minimum(mended["dependants"], mended["household_size"] - 1))


def usual_in_pounds(batch: pd.DataFrame) -> pd.DataFrame:
    service = sim.load_scenario("household-support").service(SERVICE)
    mended = batch.fillna({f.name: round(f.centre) for f in service.features})
    return mended.assign(dependants=np.minimum(mended["dependants"], mended["household_size"] - 1))


def in_place(batch: pd.DataFrame) -> pd.DataFrame:
    fields = list(batch.columns[2:])
    batch[fields] = batch[fields].fillna(batch[fields].median())
    batch["dependants"] = np.minimum(batch["dependants"], batch["household_size"] - 1)
    return batch


def everything(batch: pd.DataFrame) -> pd.DataFrame:
    """Put the night's middle everywhere."""
    fields = list(batch.columns[2:])
    return batch.assign(**batch[fields].median().to_dict())


@pytest.mark.parametrize(
    ("repair", "least", "most"),
    [
        (as_it_came, 0.0, 0.0),
        (noughts, 0.9, 1.3),
        (usual_in_pounds, 1.7, 2.3),
        (in_place, 3.5, 3.8),
        (everything, 2.0, 3.3),
        (sim.practices.repair_batch(), 3.1, 4.0),
        (lambda batch: batch.dropna(), 0.0, 0.0),
    ],
    ids=["as it came", "noughts", "usual in pounds", "in place", "everything", "reference", "dropped rows"],
)
def test_menders_earn_what_the_guide_says(repair: Callable, least: float, most: float) -> None:
    assert least <= check("m03.repair", repair) <= most


def without_promises(model: dict, draft: dict) -> dict:
    """Agree on limits alone."""
    contract = model["agree"](draft)
    contract["schema"][0]["quality"] = []
    contract["slaProperties"] = contract["slaProperties"][:-2]
    return contract


def test_a_draft_earns_nothing(draft: dict) -> None:
    assert check("m03.contract", copy.deepcopy(draft)) == 0.0


def test_limits_without_promises_earn_about_half(model: dict, draft: dict) -> None:
    assert 1.5 <= check("m03.contract", without_promises(model, draft)) <= 1.8


def test_a_contract_that_allows_everything_earns_its_promises_alone(model: dict, draft: dict) -> None:
    contract = model["agree"](draft)
    for rule in promise.rules(contract).values():
        for name in [name for name in rule if name.startswith("must")]:
            del rule[name]
        rule["mustBeLessThan"] = 1e12
    assert check("m03.contract", contract) == 1.0


def test_a_week_for_a_month_lies_within_every_range(model: dict, draft: dict) -> None:
    contract = without_promises(model, draft)
    _, wrong = deliveries()
    assert promise.kept(contract, wrong["a week's earnings for a month's"])["kept"].all()
    assert not promise.kept(contract, wrong["pence for pounds"])["kept"].all()


def one_step(events: list[dict], start: str, since: str) -> set[str]:
    """Stop at what was written from the source itself."""
    return {
        data["name"]
        for event in events
        if event["eventType"] == "COMPLETE" and event["eventTime"] >= since
        if start in [read["name"] for read in event["inputs"]]
        for data in event["outputs"]
    }


def timeless(events: list[dict], start: str, since: str) -> set[str]:
    """Leave out when the batch came."""
    from autograder.tasks.m03.lineage import reference

    return reference(events, start, "")


def all_there_is(events: list[dict], start: str, since: str) -> set[str]:
    return {data["name"] for event in events for data in event["outputs"]}


@pytest.mark.parametrize(
    ("downstream", "least", "most"),
    [
        (one_step, 1.0, 1.0),
        (timeless, 1.0, 1.7),
        (all_there_is, 1.0, 1.7),
        (lambda events, start, since: set(), 1.0, 1.0),
    ],
    ids=["one step", "no time", "everything", "nothing"],
)
def test_queries_earn_what_the_guide_says(model: dict, downstream: Callable, least: float, most: float) -> None:
    assert least <= check("m03.lineage", (downstream, model["decisions_on"])) <= most


def test_a_count_of_the_sample_is_no_estimate(model: dict) -> None:
    count = lambda decisions, names: float(len(decisions))  # noqa: E731
    assert check("m03.lineage", (model["downstream"], count)) == 2.0


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("gate", lambda batch, terms: batch["no_such"] > 0, "KeyError"),
        ("gate", lambda batch, terms: batch.dropna(), "Series of bool"),
        ("gate", 7, "A function was expected"),
        ("schema", lambda batch: batch, "Two functions were expected"),
        ("repair", lambda batch: 1 / 0, "ZeroDivisionError"),
        ("contract", "signed", "The dict that agree(draft) returns"),
        ("contract", {"a": 1}, "Open Data Contract Standard"),
        ("contract", {"schema": []}, "has no schema"),
        ("lineage", lambda events: events, "Two functions were expected"),
        ("lineage", (lambda events, start, since: 5, lambda decisions, names: 0.0), "a set of datasets' names"),
    ],
)
def test_mistakes_become_one_sentence(task: str, answer: object, said: str, capsys: pytest.CaptureFixture) -> None:
    assert check(f"m03.{task}", answer) == 0.0
    assert said.lower() in " ".join(capsys.readouterr().out.split()).lower()


@pytest.mark.parametrize("task", POINTS)
def test_a_stub_earns_nothing(task: str) -> None:
    stubs = {
        "schema": (lambda terms: None, lambda batch, schema: None),
        "lineage": (lambda e, s, t: None, lambda d, n: None),
    }
    assert check(f"m03.{task}", stubs.get(task, ...)) == 0.0


def test_one_half_of_the_query_left_unwritten_costs_that_half(model: dict) -> None:
    assert check("m03.lineage", (model["downstream"], lambda decisions, names: None)) == 2.0
    assert check("m03.lineage", (lambda events, start, since: None, model["decisions_on"])) == 1.0


def test_the_lesson_agrees_with_the_syllabus() -> None:
    entry = syllabus.load().modules["m03"]
    built = notebook.source("m03", entry, ROOT / "course")
    grades = [cell.metadata.nbgrader.points for cell in built.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert sum(grades) == entry.points() == 27


# Plain nbgrader, from end to end


def answers(**cells: str) -> dict[str, str]:
    """Name cells as nbgrader does."""
    return {f"m03-{name}-answer": source for name, source in cells.items()}


NAIVE = answers(
    gate="def gate(batch, terms):\n    return batch.notna().all(axis=1)",
    schema="def keep_by_schema(batch, schema):\n    return pd.Series(True, index=batch.index)",
    repair="def repair(batch):\n    return batch.fillna(0)",
    contract="def agree(draft):\n    return copy.deepcopy(draft)",
    lineage="def downstream(events, start, since):\n    return set()\n\n\n"
    "def decisions_on(decisions, names):\n    return 0.0",
)
BROKEN = answers(gate="1 / 0", prediction="days_until_noticed = last_month_of_harm = hours_with_a_gate = missing")
COPIED = answers(
    gate="def gate(batch, terms):\n"
    "    limits = {'earnings_gbp': 6000, 'benefits_gbp': 3000, 'rent_gbp': 3000}\n"
    "    return (batch[list(limits)] <= pd.Series(limits)).all(axis=1)",
    repair="def repair(batch):\n"
    "    return batch.fillna({'rent_gbp': 720, 'savings_gbp': 900, 'arrears_gbp': 260, 'earnings_gbp': 1150})",
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which five learners were marked."""
    root = tmp_path_factory.mktemp("m03")
    for package in ("course", "autograder"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns(*BUILT))
    folder = root / "course"
    run_python(folder, "from course import build; build.build('m03')")
    nbgrader(folder, "generate_assignment", "m03")
    source = nbformat.read(folder / "source" / "m03" / "m03.ipynb", as_version=4)
    ours = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    solved = {cell.metadata.nbgrader.grade_id: cell.source for cell in ours}
    for learner, given in {
        "model": solved,
        "naive": {**solved, **NAIVE, **{f"m03-{quiz}-answer": f'{quiz} = "b"' for quiz in QUIZ}},
        "blank": {},
        "broken": {**solved, **BROKEN},
        "copied": {**solved, **COPIED},
    }.items():
        released = nbformat.read(folder / "release" / "m03" / "m03.ipynb", as_version=4)
        for cell in released.cells:
            cell.source = given.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
        place = folder / "submitted" / learner / "m03" / "m03.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(released, place)
    nbgrader(folder, "autograde", "m03")
    nbgrader(folder, "generate_feedback", "m03")
    return folder


def scores(folder: Path, learner: str) -> dict[str, float]:
    """What nbgrader's gradebook holds for a learner, by task; prose left out."""
    query = """
        select base_cell.name, grade.auto_score from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where submitted_assignment.student_id = ? and base_cell.name != 'm03-brief'
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {name.removeprefix("m03-"): score for name, score in book.execute(query, (learner,))}


@pytest.mark.slow
def test_marks_of_five_submissions(marked: Path) -> None:
    assert scores(marked, "model") == {**POINTS, **QUIZ}
    assert set(scores(marked, "blank").values()) == {0.0}
    assert sum(scores(marked, "naive").values()) <= 0.3 * 22
    assert scores(marked, "broken") == {**POINTS, **QUIZ, "gate": 0.0}
    copied = scores(marked, "copied")
    assert copied["gate"] <= 2.0
    assert copied["repair"] <= 2.0


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["model", "blank", "naive"])
def test_no_cell_fails_and_none_writes_on_stderr(marked: Path, learner: str) -> None:
    ran = nbformat.read(marked / "autograded" / learner / "m03" / "m03.ipynb", as_version=4)
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []


@pytest.mark.slow
def test_every_figure_has_words(marked: Path) -> None:
    page = (marked / "feedback" / "model" / "m03" / "m03.html").read_text()
    pictures = re.findall(r"<img[^>]*>", page)
    assert len(pictures) >= 4
    assert all(re.search(r'alt="[^"]{40,}', picture) for picture in pictures)
