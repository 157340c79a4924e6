"""Gates, contracts, lineage: what five kinds of learner earn, and that their notebooks run from end to end."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from autograder import check, quiz, syllabus
from autograder.tasks.m03.contract import deliveries
from autograder.tasks.m03.lineage import reference as walked
from autograder.tasks.m03.runs import reference
from autograder.tasks.m03.worlds import SERVICE, WORLDS, broken, ordinary, scenario_of, terms_of
from course import lesson, notebook
from sim.data import promise
from tests.course.conftest import ROOT, answers, complaints, marked_room, pictures, scores

MODULE = ROOT / "course" / "modules" / "m03"
POINTS = {"gate": 5.0, "schema": 2.0, "repair": 4.0, "contract": 3.0, "lineage": 3.0}
QUIZ = {"quiz1": 1.0, "quiz2": 1.0, "quiz3": 1.0, "quiz4": 1.0, "quiz5": 1.0}


@pytest.fixture(scope="module")
def model() -> dict:
    """What the lesson's own solutions define."""
    names: dict = {"np": np, "pd": pd, "copy": copy, "timedelta": timedelta, "promise": promise}
    names["pa"] = pytest.importorskip("pandera.pandas")
    for piece in lesson.read(MODULE / "lesson.py"):
        if piece.purpose == "answer" and piece.name in POINTS:
            exec(compile(piece.source, piece.name, "exec"), names)
    return names


@pytest.fixture(scope="module")
def draft() -> dict:
    """The contract as the simulator drafts it."""
    return sim.exports.odcs(sim.load_scenario("household-support").only(SERVICE), SERVICE, "earnings-feed")


def handed(model: dict) -> dict[str, object]:
    """What the model learner hands to each check."""
    return {
        "gate": model["gate"],
        "schema": (model["few_gaps"], model["keep_by_schema"]),
        "repair": model["repair"],
        "contract": model["agree"],
        "lineage": (model["downstream"], model["decisions_on"]),
    }


@pytest.mark.parametrize("task", POINTS)
def test_the_model_answer_earns_every_point(model: dict, task: str) -> None:
    assert check(f"m03.{task}", handed(model)[task]) == POINTS[task]


def told(capsys: pytest.CaptureFixture) -> str:
    """What the last checks printed, on one line."""
    return " ".join(capsys.readouterr().out.split())


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
    return reference(batch, terms_of(scenario_of(WORLDS[0]).service(SERVICE)))


def only_ranges(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    values = batch[list(terms.index)]
    return ~((values < terms["low"]) | (values > terms["high"])).any(axis=1)


def strict(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return only_missing(batch, terms) & reference(batch, terms)


def no_high_benefits(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    usual = batch["benefits_gbp"].median()
    return (batch["benefits_gbp"].fillna(0) < 1.5 * usual) & reference(batch, terms)


def nobody(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=batch.index)


def everybody(batch: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=batch.index)


def gaps_out_of_range(batch: pd.DataFrame, terms: pd.DataFrame) -> np.ndarray:
    """Ask what lies inside, so that a comparison with a missing value holds the record."""
    values = batch[list(terms.index)].to_numpy()
    inside = ((values >= terms["low"].to_numpy()) & (values <= terms["high"].to_numpy())).all(axis=1)
    return inside & reference(batch, terms)


def both_copies(batch: pd.DataFrame, terms: pd.DataFrame) -> np.ndarray:
    return reference(batch, terms) & ~batch["case_id"].duplicated(keep=False).to_numpy()


def turned_round(batch: pd.DataFrame, terms: pd.DataFrame) -> np.ndarray:
    return ~reference(batch, terms)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (gaps_out_of_range, "nearly all of them have one empty field: you held 100% of those, and 0% of the full ones"),
        (both_copies, "of each pair you held both"),
        (turned_round, "your answers are turned round"),
        (in_pounds, "held where amounts come in another unit"),
        (nobody, "nearly everybody is held, spoilt or not"),
        (only_missing, "the credit is cut from"),
    ],
)
def test_each_mistake_of_a_gate_is_called_by_its_name(gate: Callable, said: str, capsys: pytest.CaptureFixture) -> None:
    check("m03.gate", gate)
    assert said in told(capsys).lower()


@pytest.mark.slow
def test_a_right_gate_is_told_of_no_mistake(capsys: pytest.CaptureFixture) -> None:
    check("m03.gate", reference)
    said = told(capsys)
    assert "cut" not in said
    assert "turned" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gate", "least", "most"),
    [
        (only_missing, 0.7, 1.3),
        (in_pounds, 1.4, 2.0),
        (only_ranges, 2.3, 3.2),
        (strict, 2.8, 3.4),
        (no_high_benefits, 0.0, 0.5),
        (gaps_out_of_range, 2.8, 3.4),
        (both_copies, 4.2, 4.5),
        (turned_round, 0.0, 0.0),
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
    assert check("m03.schema", (model["few_gaps"], keep_by)) == earned


@pytest.mark.parametrize(
    ("few_gaps", "most", "said"),
    [
        (lambda batch: None, 1.5, "few_gaps: it has not been written yet"),
        (lambda batch: batch.isna(), 1.5, "one True or False for each of"),
        (lambda batch: batch.isna().sum(axis=1) <= 0, 1.9, "every row agreed"),
    ],
    ids=["unwritten", "a frame", "no gap allowed"],
)
def test_a_wrong_rule_about_gaps_costs_some_rows(
    model: dict, few_gaps: Callable, most: float, said: str, capsys: pytest.CaptureFixture
) -> None:
    assert 0.0 < check("m03.schema", (few_gaps, model["keep_by_schema"])) <= most
    assert said in told(capsys)


def test_an_unwritten_choice_is_called_that(model: dict, capsys: pytest.CaptureFixture) -> None:
    assert check("m03.schema", (model["few_gaps"], lambda batch, schema: ...)) == 0.0
    assert "keep_by_schema: it has not been written yet" in told(capsys)


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


def no_children(batch: pd.DataFrame) -> pd.DataFrame:
    """Put a nought where there are too many dependants."""
    fields = list(batch.columns[2:])
    mended = batch.copy()
    mended[fields] = mended[fields].fillna(mended[fields].median())
    mended.loc[mended["dependants"] >= mended["household_size"], "dependants"] = 0
    return mended


@pytest.mark.parametrize(
    ("repair", "least", "most"),
    [
        (as_it_came, 0.0, 0.0),
        (noughts, 0.9, 1.3),
        (usual_in_pounds, 1.7, 2.3),
        (in_place, 3.5, 3.8),
        (everything, 2.0, 3.3),
        (no_children, 3.2, 3.8),
        (sim.practices.repair_batch(), 3.1, 4.0),
        (lambda batch: batch.dropna(), 0.0, 0.0),
    ],
    ids=[
        "as it came",
        "noughts",
        "usual in pounds",
        "in place",
        "everything",
        "no children",
        "reference",
        "dropped rows",
    ],
)
def test_menders_earn_what_the_guide_says(repair: Callable, least: float, most: float) -> None:
    assert least <= check("m03.repair", repair) <= most


LIMITS = {"invalid": 12, "copies": 40, "mean": [800, 2000], "query": "SELECT AVG(earnings_gbp) FROM ${table}"}


def terms_with(**changed: object) -> Callable:
    """Return a function that agrees on the model's terms but for some."""
    say = {**LIMITS, "notice": 30, "word": 1, **changed}

    def agree(draft: dict) -> dict:
        contract = copy.deepcopy(draft)
        for name, rule in promise.rules(contract).items():
            if name.endswith("_valid") or name == "case_id_once":
                del rule["mustBe"]
                rule["mustBeLessOrEqualTo"] = say["copies"] if name == "case_id_once" else say["invalid"]
        mean = {"name": "earnings_gbp_usual", "type": "sql", "query": say["query"], "mustBeBetween": say["mean"]}
        contract["schema"][0]["quality"] = [mean]
        contract["slaProperties"] += [
            {"property": "noticeOfChange", "value": say["notice"], "unit": "d"},
            {"property": "timeToNotify", "value": say["word"], "unit": "d"},
        ]
        return contract

    return agree


def without_promises(draft: dict) -> dict:
    """Agree on limits alone."""
    contract = terms_with()(draft)
    contract["schema"][0]["quality"] = []
    contract["slaProperties"] = contract["slaProperties"][:-2]
    return contract


@pytest.mark.parametrize(
    ("agree", "least", "most"),
    [
        (terms_with(), 3.0, 3.0),
        (terms_with(invalid=10, mean=[1000, 1700]), 3.0, 3.0),
        (lambda draft: draft, 0.0, 0.0),
        (without_promises, 1.5, 1.8),
        (terms_with(mean=[1218, 1439]), 2.7, 2.9),
        (terms_with(invalid=4, copies=12, mean=[1218, 1439]), 2.3, 2.7),
        (terms_with(mean=[0, 6000]), 2.75, 2.75),
        (terms_with(notice=7), 2.5, 2.5),
        (terms_with(invalid=1e12, copies=1e12, mean=[0, 1e12]), 1.0, 2.5),
    ],
    ids=[
        "model",
        "tighter",
        "draft",
        "limits alone",
        "extremes",
        "all extremes",
        "wide",
        "short notice",
        "anything goes",
    ],
)
def test_contracts_earn_what_the_guide_says(agree: Callable, least: float, most: float) -> None:
    assert least <= check("m03.contract", agree) <= most


def test_no_ordinary_night_hangs_on_a_rule_that_the_lesson_leaves_alone(draft: dict) -> None:
    left = [name for name in promise.rules(draft) if name.endswith("_there")]
    found = pd.concat([promise.kept(draft, delivery) for delivery in deliveries()[0]]).set_index("rule")["found"]
    assert len(left) == 2
    assert (found[left].groupby("rule").max() <= 2.4).all()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT MEAN(earnings_gbp) FROM ${table}", "its query cannot be run: no such function: MEAN"),
        ("the average of earnings", "its query cannot be run"),
        ("SELECT AVG(earnings) FROM ${table}", "its query gives no number"),
    ],
)
def test_a_slip_in_sql_costs_its_own_rule_and_is_named(query: str, said: str, capsys: pytest.CaptureFixture) -> None:
    assert check("m03.contract", terms_with(query=query)) == 2.75
    assert said in (report := told(capsys))
    assert "nothing has been written" not in report.lower()


def test_three_dots_left_in_a_contract_are_named_and_the_rest_is_marked(capsys: pytest.CaptureFixture) -> None:
    assert check("m03.contract", terms_with(query=..., mean=..., word=...)) == 2.25
    report = told(capsys)
    assert "earnings_gbp_usual: the three dots are still there" in report
    assert "timeToNotify: the three dots are still there" in report
    dots = dict.fromkeys(["invalid", "copies", "mean", "query", "notice", "word"], ...)
    assert check("m03.contract", terms_with(**dots)) == 0.0
    assert "Nothing has been written here yet" in told(capsys)


def test_a_week_for_a_month_lies_within_every_range(draft: dict) -> None:
    contract = without_promises(draft)
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
    return walked(events, start, "")


def strictly_later(events: list[dict], start: str, since: str) -> set[str]:
    """Leave out what was complete at that very time."""
    return walked(events, start, since, strictly=True)


def any_type(events: list[dict], start: str, since: str) -> set[str]:
    """Take a run that began, or failed, for one that was complete."""
    return walked([{**event, "eventType": "COMPLETE"} for event in events], start, since)


def all_there_is(events: list[dict], start: str, since: str) -> set[str]:
    return {data["name"] for event in events for data in event["outputs"]}


@pytest.mark.parametrize(
    ("downstream", "least", "most"),
    [
        (one_step, 1.0, 1.0),
        (timeless, 1.0, 1.0),
        (all_there_is, 1.0, 1.0),
        (strictly_later, 2.0, 2.5),
        (any_type, 2.0, 2.5),
        (lambda events, start, since: set(), 1.0, 1.0),
    ],
    ids=["one step", "no time", "everything", "strictly later", "any type", "nothing"],
)
def test_queries_earn_what_the_guide_says(model: dict, downstream: Callable, least: float, most: float) -> None:
    assert least <= check("m03.lineage", (downstream, model["decisions_on"])) <= most


def test_a_count_of_the_sample_is_no_estimate(model: dict) -> None:
    count = lambda decisions, names: float(len(decisions))  # noqa: E731
    assert check("m03.lineage", (model["downstream"], count)) == 2.0


def test_what_a_query_overlooks_is_named(model: dict, capsys: pytest.CaptureFixture) -> None:
    check("m03.lineage", (strictly_later, model["decisions_on"]))
    assert "complete exactly at since" in told(capsys)
    check("m03.lineage", (any_type, model["decisions_on"]))
    assert "a run of type FAIL or START" in told(capsys)


def test_a_count_by_version_alone_takes_another_services_decisions(model: dict) -> None:
    def by_version(decisions: pd.DataFrame, names: set[str]) -> float:
        versions = [name.rpartition("/")[2] for name in names if "/models/" in name]
        return float(decisions.loc[decisions["version"].isin(versions), "weight"].sum())

    assert 2.0 < check("m03.lineage", (model["downstream"], by_version)) < 2.5


def test_hints_come_with_the_second_check_and_never_before(
    model: dict, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    from collections import Counter

    from autograder import checks

    monkeypatch.setattr(checks, "_tries", Counter())
    answer = (strictly_later, model["decisions_on"])
    check("m03.lineage", answer)
    first = told(capsys)
    assert "Hint" not in first
    assert "For a hint, run this cell again" in first
    check("m03.lineage", answer)
    assert "Hint: event['eventTime'] >= since" in told(capsys)


@pytest.mark.parametrize("number", range(1, 6))
def test_the_best_option_of_a_question_is_not_the_longest(number: int) -> None:
    question = quiz.load("m03").questions[number - 1]
    lengths = {letter: len(option.text) for letter, option in question.options.items()}
    assert lengths[question.answer] < max(lengths.values())


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("gate", lambda batch, terms: batch["no_such"] > 0, "KeyError"),
        ("gate", lambda batch, terms: batch.dropna(), "Series of bool"),
        ("gate", 7, "A function was expected"),
        ("schema", lambda batch: batch, "Two functions were expected"),
        ("repair", lambda batch: 1 / 0, "ZeroDivisionError"),
        ("contract", "signed", "A function was expected, agree(draft)"),
        ("contract", lambda draft: "signed", "The dict that agree(draft) makes was expected"),
        ("contract", lambda draft: draft["no_such"], "KeyError"),
        ("contract", lambda draft: {**draft, "apiVersion": []}, "Open Data Contract Standard"),
        ("contract", lambda draft: {"schema": []}, "has no schema"),
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
        "schema": (lambda batch: None, lambda batch, schema: None),
        "lineage": (lambda e, s, t: None, lambda d, n: None),
    }
    assert check(f"m03.{task}", stubs.get(task, ...)) == 0.0


@pytest.mark.parametrize("task", ["gate", "repair"])
def test_a_function_without_a_return_is_called_that(task: str, capsys: pytest.CaptureFixture) -> None:
    assert check(f"m03.{task}", lambda *given: len(given) and None) == 0.0
    assert f"{task} returned None: it is not written yet" in told(capsys)


def test_one_half_of_the_query_left_unwritten_costs_that_half(model: dict) -> None:
    assert check("m03.lineage", (model["downstream"], lambda decisions, names: None)) == 2.0
    assert check("m03.lineage", (lambda events, start, since: None, model["decisions_on"])) == 1.0


def test_the_lesson_agrees_with_the_syllabus() -> None:
    entry = syllabus.load().modules["m03"]
    built = notebook.source("m03", entry, ROOT / "course")
    grades = [cell.metadata.nbgrader.points for cell in built.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert sum(grades) == entry.points() == 27


# Plain nbgrader, from end to end


NAIVE = answers(
    "m03",
    gate="def gate(batch, terms):\n    return batch.notna().all(axis=1)",
    schema="def few_gaps(batch):\n    return batch.notna().all(axis=1)\n\n\n"
    "def keep_by_schema(batch, schema):\n    return pd.Series(True, index=batch.index)",
    repair="def repair(batch):\n    return batch.fillna(0)",
    contract="def agree(draft):\n    return copy.deepcopy(draft)",
    lineage="def downstream(events, start, since):\n    return set()\n\n\n"
    "def decisions_on(decisions, names):\n    return 0.0",
)
BROKEN = answers(
    "m03", gate="1 / 0", prediction="days_until_noticed = last_month_of_harm = hours_with_a_gate = missing"
)
COPIED = answers(
    "m03",
    gate="def gate(batch, terms):\n"
    "    limits = {'earnings_gbp': 6000, 'benefits_gbp': 3000, 'rent_gbp': 3000}\n"
    "    return (batch[list(limits)] <= pd.Series(limits)).all(axis=1)",
    repair="def repair(batch):\n"
    "    return batch.fillna({'rent_gbp': 720, 'savings_gbp': 900, 'arrears_gbp': 260, 'earnings_gbp': 1150})",
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which five learners were marked."""
    guessed = answers("m03", **{name: f'{name} = "b"' for name in QUIZ})
    learners = {"model": {}, "naive": NAIVE | guessed, "blank": None, "broken": BROKEN, "copied": COPIED}
    return marked_room(tmp_path_factory.mktemp("m03"), "m03", learners)


@pytest.mark.slow
def test_marks_of_five_submissions(marked: Path) -> None:
    assert scores(marked, "m03", "model", "letter") == {**POINTS, **QUIZ}
    assert set(scores(marked, "m03", "blank", "letter").values()) == {0.0}
    assert sum(scores(marked, "m03", "naive", "letter").values()) <= 0.3 * 22
    assert scores(marked, "m03", "broken", "letter") == {**POINTS, **QUIZ, "gate": 0.0}
    copied = scores(marked, "m03", "copied", "letter")
    assert copied["gate"] <= 2.0
    assert copied["repair"] <= 2.0


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["model", "blank", "naive"])
def test_no_cell_fails_and_none_writes_on_stderr(marked: Path, learner: str) -> None:
    assert complaints(marked, "m03", learner) == []


@pytest.mark.slow
def test_every_figure_has_words(marked: Path) -> None:
    drawn = pictures(marked, "m03")
    assert len(drawn) >= 4
    assert all(re.search(r'alt="[^"]{40,}', picture) for picture in drawn)
