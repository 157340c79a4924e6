"""Seeing cost: what near misses earn, what five kinds of learner earn, and that their notebooks run from end to end."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

import sim
from autograder import check, checks, syllabus
from autograder.tasks.m10.bills import allocated, cases
from autograder.tasks.m10.tag import ESTATES
from autograder.tasks.m10.unit import by_mean_accuracy, wanted
from course import lesson, notebook
from sim.cloud.schema import check as keeps_the_schema
from sim.decisions import POINTS
from tests.course.conftest import ROOT, answers, complaints, marked_room, pictures, scores

MODULE = ROOT / "course" / "modules" / "m10"
POINTS_OF = {"query": 4.0, "tag": 4.0, "allocate": 5.0, "unit": 4.0}
GIVEN = {"query": "query", "tag": "tag", "allocate": "allocate", "unit": "unit_cost"}
QUIZ = {f"quiz{number}": 1.0 for number in range(1, 6)}


@pytest.fixture(scope="module")
def model() -> dict:
    """What the lesson's own solutions define."""
    names: dict = {"np": np, "pd": pd, "json": json}
    for piece in lesson.read(MODULE / "lesson.py"):
        if piece.purpose == "answer" and piece.name in POINTS_OF:
            exec(compile(piece.source, piece.name, "exec"), names)
    return names


@pytest.mark.parametrize("task", POINTS_OF)
def test_the_model_answer_earns_every_point(model: dict, task: str) -> None:
    assert check(f"m10.{task}", model[GIVEN[task]]) == POINTS_OF[task]


def test_bills_keep_the_schema_and_bear_every_kind_of_line() -> None:
    for case in cases():
        keeps_the_schema(case.bill)
    for case in cases()[:2]:
        assert set(case.bill["ChargeCategory"]) == {"Usage", "Purchase", "Credit"}
        assert (case.bill["ChargeClass"] == "Correction").any()
        assert not case.bill["BilledCost"].equals(case.bill["EffectiveCost"])
    assert any((case.bill["CommitmentDiscountStatus"] == "Unused").any() for case in cases())
    assert set(cases()[2].bill["Tags"]) == {"{}"}
    assert {json.loads(text).get("owner", "") for text in cases()[3].bill["Tags"]} == {"", "shared"}


def test_other_tags_stand_on_lines_with_and_without_an_owner() -> None:
    for case in cases()[:2]:
        tags = [json.loads(text) for text in case.bill["Tags"].unique()]
        assert any(tag and "owner" not in tag for tag in tags)
        assert all(tag.get("owner") not in {tag.get("Application")} for tag in tags if "owner" in tag)


def test_names_of_the_notebook_are_not_those_of_the_marking() -> None:
    services = {service.name for service in sim.load_scenario("household-support").services}
    for case in cases():
        assert not services & set(case.daily["service"])
        assert not any(name in text for text in case.bill["Tags"].unique() for name in services)
    assert not services & {asked for estate in ESTATES for *_, asked in estate}


QUERY = """
    SELECT SubAccountName AS environment, left({when}, 7) AS month, sum({cost}) AS cost_gbp,
           {share} AS untagged
    FROM bill {where} GROUP BY ALL
"""
POUNDS = "coalesce(sum({cost}) FILTER (Tags->>'owner' IS NULL), 0) / sum({cost})"


def near_query(
    cost: str = "EffectiveCost", when: str = "ChargePeriodStart", where: str = "", share: str = POUNDS
) -> str:
    return QUERY.format(cost=cost, when=when, where=where, share=share.format(cost=cost))


@pytest.mark.parametrize(
    ("query", "earned"),
    [
        (near_query(), 4.0),
        (near_query("BilledCost"), 1.2),
        (near_query("BilledCost + EffectiveCost"), 1.2),
        (near_query("greatest(BilledCost, EffectiveCost)"), 1.2),
        (near_query(share="round(" + POUNDS + ", 3)"), 3.25),
        (near_query(share="greatest(0, " + POUNDS + ")"), 3.25),
        (near_query(where="WHERE ChargeCategory = 'Usage'"), 2.25),
        (near_query(where="WHERE ChargeCategory <> 'Credit'"), 2.25),
        (near_query(when="BillingPeriodStart"), 2.25),
        (near_query(share="count(*) FILTER (Tags->>'owner' IS NULL) / count(*)"), 3.25),
        (near_query(share="sum(EffectiveCost) FILTER (Tags->>'owner' IS NULL) / sum(EffectiveCost)"), 2.5),
        (near_query().replace("SubAccountName", "x_Environment"), 3.5),
        (near_query(share=POUNDS.replace("Tags->>'owner' IS NULL", "Tags = '{{}}'")), 3.0),
        (near_query(share=POUNDS.replace("Tags->>'owner' IS NULL", "Tags NOT LIKE '%owner%'")), 3.0),
        (near_query(share=POUNDS.replace("IS NULL", "IS NOT NULL")), 2.5),
        (near_query(share="0"), 2.5),
        (near_query(share="100 * " + POUNDS), 3.25),
        ("SELECT 1", 0.0),
        ("SELECT cost FROM bill", 0.0),
        ("SELECT * FROM read_csv('/etc/passwd')", 0.0),
        (12, 0.0),
    ],
    ids=["right", "billed", "both", "twice", "rounded", "clipped", "usage", "no credits",
         "invoice", "lines", "null", "small letters", "no tag",
         "letters", "not null", "nought", "percent", "1", "no column", "file", "12"],
)  # fmt: skip
def test_queries_earn_what_they_get_right(query: object, earned: float) -> None:
    assert check("m10.query", query) == pytest.approx(earned)


def tags(resource: object) -> dict[str, str]:
    """Tag as the lesson asks."""
    named = {"environment": resource.environment}
    if resource.requested_by:
        named["owner"] = resource.requested_by
    return named | ({"split": "use"} if resource.requested_by == "shared" else {})


def by_name(resource: object) -> dict[str, str]:
    """Guess the owner from the name."""
    return {"owner": resource.name.split("-")[0], "environment": "production"}


def guesses(resource: object) -> dict[str, str]:
    """Read the owner, and guess everything else."""
    return {"owner": resource.requested_by or "shared", "environment": "production", "split": "use"}


def leaves_nothing_out(resource: object) -> dict[str, str | None]:
    """Write an entry for what is not known or does not apply as well."""
    split = "use" if resource.requested_by == "shared" else ""
    return {"environment": resource.environment, "owner": resource.requested_by or None, "split": split}


def empty_owners_and_split_everywhere(resource: object) -> dict[str, str]:
    """Write two things that were to be left out."""
    return {"environment": resource.environment, "owner": resource.requested_by, "split": "use"}


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        (tags, 4.0, 4.0),
        (leaves_nothing_out, 2.0, 2.0),
        (lambda resource: {}, 0.0, 0.0),
        (by_name, 0.0, 0.4),
        (lambda resource: {"owner": "claims-triage"}, 0.0, 0.0),
        (lambda resource: {"owner": "shared", "environment": "production", "split": "use"}, 0.0, 0.4),
        (guesses, 1.5, 1.5),
        (lambda resource: {"owner": "unknown"} | tags(resource), 3.0, 3.0),
        (lambda resource: tags(resource) | {"split": "use"}, 3.0, 3.0),
        (lambda resource: tags(resource) | {"environment": "production"}, 3.5, 3.5),
        (lambda resource: {"owner": resource.requested_by}, 1.5, 1.5),
        (sim.practices.tag_by_owner(), 1.8, 2.0),
        (lambda resource: resource.owner, 0.0, 0.0),
    ],
    ids=["right", "empty entries", "nothing", "by name", "hard-coded", "shared", "guesses", "unknown", "split all",
         "all production", "owner alone", "reference", "exception"],
)  # fmt: skip
def test_tags_earn_what_they_get_right(rule: Callable, least: float, most: float) -> None:
    assert least <= check("m10.tag", rule) <= most


def purchases_too(billing: pd.DataFrame) -> pd.DataFrame:
    bought = billing["ChargeCategory"] == "Purchase"
    return allocated(billing.assign(EffectiveCost=billing["EffectiveCost"].where(~bought, billing["BilledCost"])))


def rounded(billing: pd.DataFrame) -> pd.DataFrame:
    return allocated(billing).round({"cost_gbp": 2})


def by_service(billing: pd.DataFrame) -> pd.DataFrame:
    return allocated(billing).groupby(["service", "key"], as_index=False)["cost_gbp"].sum()


def fails_untagged(billing: pd.DataFrame) -> pd.DataFrame:
    table = allocated(billing)
    table["cost_gbp"] * (1 / (table["service"] != "shared").sum().item())
    return table


def reference(billing: pd.DataFrame) -> pd.DataFrame:
    return sim.practices.allocate_by_tags()(billing)


def one_key(billing: pd.DataFrame) -> pd.DataFrame:
    return reference(billing).assign(key="own")


def by_application(billing: pd.DataFrame) -> pd.DataFrame:
    read = billing["Tags"].map(lambda text: json.dumps({"owner": json.loads(text).get("Application", "")}))
    return allocated(billing.assign(Tags=read))


def loses_what_is_shared(billing: pd.DataFrame) -> pd.DataFrame:
    table = allocated(billing)
    if (table["service"] != "shared").any():
        return table
    shared = set(billing.loc[billing["Tags"].str.contains('"shared"'), "ResourceId"])
    return table[~table["ResourceId"].isin(shared)]


def no_credits(billing: pd.DataFrame) -> pd.DataFrame:
    return allocated(billing[billing["ResourceId"].notna()])


def usage_alone(billing: pd.DataFrame) -> pd.DataFrame:
    return allocated(billing[billing["ChargeCategory"] == "Usage"])


def drops_nobodys(billing: pd.DataFrame) -> pd.DataFrame:
    return allocated(billing).loc[lambda table: table["service"] != "shared"]


def spreads_nobodys(billing: pd.DataFrame) -> pd.DataFrame:
    table = allocated(billing)
    own, nobodys = table[table["service"] != "shared"], table[table["service"] == "shared"]
    names = own["service"].unique()
    each = [nobodys.assign(service=name, cost_gbp=nobodys["cost_gbp"] / len(names)) for name in names]
    return pd.concat([own, *each])


def leaves_nobodys_unnamed(billing: pd.DataFrame) -> pd.DataFrame:
    table = allocated(billing)
    return table.assign(service=table["service"].replace("shared", ""))


def owns_alone(billing: pd.DataFrame) -> pd.DataFrame:
    return allocated(billing).loc[lambda table: table["key"] == "own"]


def merges_what_is_shared(billing: pd.DataFrame) -> pd.DataFrame:
    table = allocated(billing)
    use = table[table["key"] == "use"].groupby(["service", "key"], as_index=False)["cost_gbp"].sum()
    return pd.concat([table[table["key"] != "use"], use])


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        (allocated, 5.0, 5.0),
        (sim.practices.allocate_by_tags(), 0.0, 0.0),
        (one_key, 2.5, 2.5),
        (by_application, 0.0, 0.0),
        (loses_what_is_shared, 4.75, 4.75),
        (POINTS["allocate"].naive, 0.0, 0.0),
        (lambda billing: allocated(billing, by="even"), 3.0, 3.0),
        (lambda billing: allocated(billing, by="dropped"), 1.5, 2.0),
        (lambda billing: allocated(billing, "BilledCost"), 0.5, 1.5),
        (usage_alone, 3.0, 3.0),
        (drops_nobodys, 3.0, 3.0),
        (spreads_nobodys, 4.0, 4.0),
        (leaves_nobodys_unnamed, 4.0, 4.0),
        (merges_what_is_shared, 3.0, 3.0),
        (owns_alone, 1.0, 1.0),
        (purchases_too, 3.0, 3.0),
        (no_credits, 3.0, 3.0),
        (rounded, 3.5, 4.5),
        (by_service, 0.0, 0.0),
        (fails_untagged, 4.5, 4.5),
        (lambda billing: 1 / 0, 0.0, 0.0),
    ],
    ids=["right", "reference", "one key", "another tag", "loses", "naive", "evenly", "dropped", "billed",
         "usage", "nobody's dropped", "nobody's spread", "nobody's unnamed", "merged", "own alone", "twice",
         "no credits", "rounded", "no resource", "bare", "fails"],
)  # fmt: skip
def test_allocations_earn_what_they_get_right(rule: Callable, least: float, most: float) -> None:
    assert least <= check("m10.allocate", rule) <= most


def test_the_right_allocation_adds_up_and_owes_nobody() -> None:
    for case in cases():
        table = allocated(case.bill)
        assert table["cost_gbp"].sum() == pytest.approx(case.bill["EffectiveCost"].sum(), abs=1e-6)
        assert (table.groupby("service")["cost_gbp"].sum().drop("shared") > 0).all()


def one_for_all(allocation: pd.DataFrame, daily: pd.DataFrame) -> pd.DataFrame:
    cost, index = allocation["cost_gbp"].sum(), daily["service"].unique()
    units = {"per_decision": cost / daily["decided"].sum(), "per_accurate": cost / daily["right"].sum()}
    return pd.DataFrame(units, index=index)


def needs_shared(allocation: pd.DataFrame, daily: pd.DataFrame) -> pd.DataFrame:
    allocation.groupby("service")["cost_gbp"].sum().drop("shared")
    return wanted(allocation, daily)


def swapped(allocation: pd.DataFrame, daily: pd.DataFrame) -> pd.DataFrame:
    return wanted(allocation, daily).rename(columns={"per_decision": "per_accurate", "per_accurate": "per_decision"})


@pytest.mark.parametrize(
    ("rule", "earned"),
    [
        (wanted, 4.0),
        (lambda a, d: wanted(a, d, "dropped"), 1.0),
        (lambda a, d: wanted(a, d, "evenly"), 2.0),
        (lambda a, d: wanted(a, d, "by decisions"), 2.0),
        (swapped, 2.0),
        (lambda a, d: wanted(a, d).assign(per_accurate=by_mean_accuracy(a, d)), 3.25),
        (lambda a, d: wanted(a, d).round(2), 2.0),
        (needs_shared, 3.5),
        (lambda a, d: wanted(a, d).reset_index(), 3.25),
        (lambda a, d: wanted(a, d)[["per_decision"]], 2.0),
        (lambda a, d: wanted(a, d)[["per_accurate"]], 1.5),
        (lambda a, d: wanted(a, d).rename(columns=str.upper), 0.0),
        (one_for_all, 0.0),
        (lambda a, d: 0.7, 0.0),
    ],
    ids=["right", "dropped", "evenly", "by decisions", "swapped",
         "mean of days", "rounded", "needs shared", "column", "half", "other half", "capitals", "one for all",
         "number"],
)  # fmt: skip
def test_unit_costs_earn_what_they_get_right(rule: Callable, earned: float) -> None:
    assert check("m10.unit", rule) == earned


def test_leaving_money_out_never_earns_more_than_spreading_it() -> None:
    dropped, *spread = (
        check("m10.unit", lambda a, d, by=by: wanted(a, d, by)) for by in ("dropped", "evenly", "by decisions")
    )
    assert all(dropped < earned for earned in spread)
    assert check("m10.allocate", drops_nobodys) < check("m10.allocate", spreads_nobodys)


@pytest.mark.parametrize("task", ["query", "allocate"])
def test_the_cost_that_is_owed_earns_no_more_than_a_naive_answer(task: str) -> None:
    answer = near_query("BilledCost") if task == "query" else lambda billing: allocated(billing, "BilledCost")
    assert check(f"m10.{task}", answer) <= 0.3 * POINTS_OF[task]


def no_cost_at_all(a: pd.DataFrame, d: pd.DataFrame) -> pd.DataFrame:
    return wanted(a, d) * 2


def by_thirds(billing: pd.DataFrame) -> pd.DataFrame:
    each = billing["EffectiveCost"].sum() / 3
    return pd.DataFrame({"service": list("abc"), "ResourceId": "", "cost_gbp": each, "key": "use"})


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        ("query", near_query("BilledCost"), "what is owed this month"),
        ("query", near_query(when="BillingPeriodStart"), "it agrees with the months of the invoice"),
        ("query", near_query(share="count(*) FILTER (Tags->>'owner' IS NULL) / count(*)"), "it is the share of lines."),
        ("query", near_query().replace("SubAccountName", "x_Environment"), "where 'Production' was expected"),
        ("query", near_query(share=POUNDS.replace("IS NULL", "IS NOT NULL")), "is a NOT too many"),
        ("query", near_query(share="round(" + POUNDS + ", 3)"), "it is right, and rounded to 3 places"),
        ("query", near_query(share="greatest(0, " + POUNDS + ")"), "a credit names no owner, and can be larger"),
        ("query", near_query(share="100 * " + POUNDS), "it is a percentage"),
        ("query", near_query(share="0"), "on the first bill (tagged in production alone), development"),
        ("query", "SELEC", "syntax error"),
        ("query", 12, "the query itself, not its answer"),
        ("tag", by_name, "Names mislead"),
        ("tag", guesses, "every environment was 'production', whatever the resource"),
        ("tag", leaves_nothing_out, "is left out of the dict altogether"),
        ("tag", empty_owners_and_split_everywhere, "the entry 'owner' is ''"),
        ("tag", empty_owners_and_split_everywhere, "Which resources is it to stand on?"),
        ("tag", {"owner": "me"}, "without brackets"),
        ("allocate", by_service, "no column ResourceId"),
        ("allocate", sim.practices.allocate_by_tags(), "key is not there"),
        ("allocate", one_key, "key says 'own' where 'use' was expected"),
        ("allocate", no_credits, "£1,000.00 too much: as much as the lines without a ResourceId come to"),
        ("allocate", no_credits, "what does groupby do with them"),
        ("allocate", usage_alone, "£1,000.00 too much: as much as the credits come to"),
        ("allocate", usage_alone, "they are filtered out"),
        ("allocate", lambda billing: allocated(billing[billing["ChargeClass"].isna()]), "as the corrections come to"),
        ("allocate", drops_nobodys, "what names no owner is dropped"),
        ("allocate", spreads_nobodys, "spread, nobody sees it"),
        ("allocate", leaves_nobodys_unnamed, "what names no owner stands under service ''"),
        ("allocate", leaves_nobodys_unnamed, "'' is no service, and not 'shared'"),
        ("allocate", lambda billing: allocated(billing, by="dropped"), "what is tagged 'shared' is dropped"),
        ("allocate", merges_what_is_shared, "ResourceId is lost on the way"),
        ("allocate", lambda billing: allocated(billing, "BilledCost"), "Allocate EffectiveCost"),
        ("allocate", by_thirds, "the sums agree; this counts once item 1 is right"),
        ("allocate", loses_what_is_shared, "with nothing tagged but what is shared: not all of it"),
        ("allocate", purchases_too, "too much"),
        ("allocate", lambda billing: allocated(billing, by="even"), "split evenly, whoever uses it"),
        ("unit", lambda a, d: wanted(a, d, "dropped"), "it costs money all the same"),
        ("unit", lambda a, d: wanted(a, d, "evenly"), "what is nobody's is split evenly"),
        ("unit", swapped, "the two columns are swapped"),
        ("unit", lambda a, d: wanted(a, d)[["per_decision"]], "per_accurate is not there"),
        ("unit", lambda a, d: wanted(a, d)[["per_decision"]], "add the column per_accurate"),
        ("unit", lambda a, d: wanted(a, d).reset_index(), "was to be the index"),
        ("unit", lambda a, d: wanted(a, d).round(2), "right to the penny, and was rounded"),
        ("unit", needs_shared, "takes it for granted"),
        ("unit", no_cost_at_all, "inf; this counts once item 1 is met"),
        ("unit", 0.7, "hand over its name"),
    ],
)
def test_messages_say_what_happened(task: str, answer: object, said: str, capsys: pytest.CaptureFixture) -> None:
    check(f"m10.{task}", answer)
    assert said.lower() in " ".join(capsys.readouterr().out.split()).lower()


@pytest.mark.parametrize(
    ("task", "answer", "hint"),
    [
        ("query", near_query(share="NULL"), "coalesce(x, 0) gives 0"),
        ("tag", lambda resource: {"owner": resource.requested_by}, "resource.environment"),
        ("allocate", no_credits, "dropna=False"),
        ("unit", needs_shared, "errors='ignore'"),
    ],
)
def test_hints_come_with_the_second_check_and_never_before(
    task: str, answer: object, hint: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_tries", Counter())
    for seen in (False, True):
        check(f"m10.{task}", answer)
        assert (hint in " ".join(capsys.readouterr().out.split())) == seen


@pytest.mark.parametrize("task", POINTS_OF)
def test_a_stub_earns_nothing(task: str) -> None:
    assert check(f"m10.{task}", ...) == 0.0
    if task != "query":
        assert check(f"m10.{task}", lambda *given: None) == 0.0


def test_the_lesson_agrees_with_the_syllabus() -> None:
    entry = syllabus.load().modules["m10"]
    built = notebook.source("m10", entry, ROOT / "course")
    grades = [cell.metadata.nbgrader.points for cell in built.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert sum(grades) == entry.points() == 27


# Plain nbgrader, from end to end


NAIVE = answers(
    "m10",
    query='query = "SELECT SubAccountName AS environment, left(ChargePeriodStart, 7) AS month, count(*) AS cost_gbp, '
    '0 AS untagged FROM bill GROUP BY ALL"',
    tag='def tag(resource):\n    return {"owner": "claims-triage"}',
    allocate='def allocate(billing):\n    return pd.DataFrame({"service": ["claims-triage", "call-assistant", '
    '"staffing-forecast"], "cost_gbp": billing["BilledCost"].sum() / 3})',
    unit="def unit_cost(allocation, daily):\n"
    '    each = allocation["cost_gbp"].sum() / daily["decided"].sum()\n'
    '    return pd.DataFrame({"per_decision": each, "per_accurate": each}, index=daily["service"].unique())',
)
BROKEN = answers(
    "m10", allocate="1 / 0", prediction="share_of_production = flattered_by_thirds = pays_within_a_year = missing"
)
NEAR = answers(
    "m10",
    query=f'query = """{near_query("BilledCost")}"""',
    tag='def tag(resource):\n    return {"owner": resource.requested_by, "environment": resource.environment}',
    unit="def unit_cost(allocation, daily):\n"
    '    cost = allocation[allocation["service"] != "shared"].groupby("service")["cost_gbp"].sum()\n'
    '    counts = daily.groupby("service")[["decided", "right"]].sum()\n'
    '    return pd.DataFrame({"per_decision": cost / counts["decided"], "per_accurate": cost / counts["right"]})',
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which five learners were marked."""
    guessed = answers("m10", **{name: f'{name} = "b"' for name in QUIZ})
    learners = {"model": {}, "naive": NAIVE | guessed, "blank": None, "broken": BROKEN, "near": NEAR}
    return marked_room(tmp_path_factory.mktemp("m10"), "m10", learners)


@pytest.mark.slow
def test_marks_of_five_submissions(marked: Path) -> None:
    assert scores(marked, "m10", "model", "memo") == {**POINTS_OF, **QUIZ}
    assert set(scores(marked, "m10", "blank", "memo").values()) == {0.0}
    assert sum(scores(marked, "m10", "naive", "memo").values()) <= 0.3 * 22
    assert scores(marked, "m10", "broken", "memo") == {**POINTS_OF, **QUIZ, "allocate": 0.0}
    near = scores(marked, "m10", "near", "memo")
    assert near == {**POINTS_OF, **QUIZ, "query": 1.2, "tag": 2.0, "unit": 1.0}


@pytest.mark.slow
@pytest.mark.parametrize("learner", ["model", "blank", "naive"])
def test_no_cell_fails_and_none_writes_on_stderr(marked: Path, learner: str) -> None:
    assert complaints(marked, "m10", learner) == []


@pytest.mark.slow
def test_the_bill_of_the_lesson_bears_every_kind_of_line(marked: Path) -> None:
    ran = nbformat.read(marked / "autograded" / "model" / "m10" / "m10.ipynb", as_version=4)
    shown = next(cell for cell in ran.cells if "drop_duplicates(kind)" in cell.source)
    text = "".join(output["data"]["text/html"] for output in shown.outputs)
    assert all(word in text for word in ("Used", "Unused", "Purchase", "Credit", "Correction"))


def shown(marked: Path, within: str) -> str:
    """What a cell of the model's notebook printed and showed, as plain text."""
    ran = nbformat.read(marked / "autograded" / "model" / "m10" / "m10.ipynb", as_version=4)
    cell = next(cell for cell in ran.cells if cell.cell_type == "code" and within in cell.source)
    return "\n".join(output.get("text") or output["data"]["text/plain"] for output in cell.outputs)


@pytest.mark.slow
def test_the_lesson_says_of_the_tags_what_the_screen_shows(marked: Path) -> None:
    said = shown(marked, "share_named")
    assert "Used before its tag was there: £3,485." in said
    assert "Writing 31 tags took 49 hours: an hour each, and four for 6 disks and addresses." in said
    assert "lasted 6 weeks, until 12 May." in said


@pytest.mark.slow
def test_forgotten_test_machines_take_the_place_of_notebooks(marked: Path) -> None:
    rows = {line.split()[-6]: line.split()[-5:] for line in shown(marked, "of_all = ").splitlines()[1:]}
    notebooks, tests = (np.array(rows[name], dtype=float)[2:] for name in ("gpu-notebook", "test-pipeline"))
    assert (np.diff(notebooks) < 0).all()
    assert (np.diff(tests) > 0).all()


@pytest.mark.slow
def test_one_of_three_worlds_is_unlike_the_others_and_ours_lies_within(marked: Path) -> None:
    said = shown(marked, "worlds = [")
    assert re.findall(r"World \d, dearest: (\S+)", said) == ["gpu-notebook", "gpu-notebook", "assistant-answers"]
    numbers = re.findall(r"^(?:call|claims|staffing)-\S+((?:\s+-?\d+\.\d+)+)", said, re.MULTILINE)
    each = np.concatenate([np.array([row.split() for row in numbers[k::3]], dtype=float).ravel() for k in range(3)])
    ours, _, low, high = each.reshape(3, 4, 2).transpose(1, 0, 2)
    assert (low < ours).all()
    assert (ours < high).all()


@pytest.mark.slow
def test_three_rankings_are_as_the_lesson_reads_them(marked: Path) -> None:
    said = shown(marked, "ranked = [")
    effects = {}
    for name in ("a gate", "people", "smaller"):
        found = re.findall(rf"^{name}.*?([+-]\S+) \((\S+) to (\S+)\)", said, re.MULTILINE)
        effects[name] = [[float(re.sub("[£,p+]", "", number)) for number in row] for row in found]
    (gate, gate_right, gate_public), (people, people_right, people_public), (small, small_right, small_public) = (
        effects.values()
    )
    level = float(re.search(r"first world: ([\d.]+)p", said)[1])
    assert small[0] < -10 and abs(gate[0]) < 0.1
    assert people[0] > level
    assert small_right[2] < gate_right[1]
    assert gate_right[2] < 0 < people_right[1]
    assert gate_public[0] > people_public[0] > small_public[0] > 0


@pytest.mark.slow
def test_every_figure_has_words(marked: Path) -> None:
    drawn = pictures(marked, "m10")
    assert len(drawn) >= 3
    assert all(re.search(r'alt="[^"]{40,}', picture) for picture in drawn)
