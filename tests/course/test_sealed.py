"""Model answers in the jail: the same marks to the last digit as here, and full ones on learners' own worlds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import sim
from autograder import judge, syllabus
from autograder.bench import Bench
from autograder.jail import Jail, choose
from autograder.marks.session import Recipe, Session
from autograder.outcome import Outcome
from autograder.tasks.m03.contract import deliveries
from autograder.tasks.m03.worlds import SERVICE, scenario_of, terms_of, worlds_of
from autograder.tasks.m09.worlds import RULE, SEEDS, drawn
from autograder.tasks.m10.tag import estates
from autograder.variants import OPEN, Secret, Variant, variant_of
from course import lesson
from sim.streams import Streams
from sim.world.drift import begins
from tests.course.conftest import ROOT

SECRET = Secret(b"only for tests, and longer than 32")
BEGIN = (
    "import copy, json\nimport numpy as np, pandas as pd, sim\nimport pandera.pandas as pa\n"
    "from autograder import check\nfrom sim.data import promise\n"
    "from sim.models.learning import logistic_regression\n"
    "features = list(sim.load_scenario('household-support').service('claims-triage').feature_names)"
)
HANDED = {
    "m03.gate": "gate",
    "m03.schema": "(few_gaps, keep_by_schema)",
    "m03.repair": "repair",
    "m03.contract": "agree",
    "m03.lineage": "(downstream, decisions_on)",
    "m09.psi": "psi",
    "m09.ks": "ks",
    "m09.monitor": "(score_fn, threshold)",
    "m09.retrain": '{"monitor": (score_fn, threshold), "retrain": retrain}',
    "m10.query": "query",
    "m10.tag": "tag",
    "m10.allocate": "allocate",
    "m10.unit": "unit_cost",
    "p01.train": "train",
    "p01.keep": "keep",
}
QUICK = {"m09.psi", "m09.ks", "m10.tag"}


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(choose()) as jail:
        yield jail


def answers(module: str) -> dict[str, str]:
    """The lesson's own answers, by task."""
    pieces = lesson.read(ROOT / "course" / "modules" / module / "lesson.py")
    return {piece.name: piece.source for piece in pieces if piece.purpose == "answer"}


def both(jail: Jail, task_id: str, variant: Variant, change: dict[str, str] | None = None) -> tuple[Outcome, Outcome]:
    """What a check finds in the jail, and here."""
    module, name = task_id.split(".")
    sources = [BEGIN, *({**answers(module), **(change or {})}[task] for task in _needed(task_id))]
    session, names, found = Session(jail), {}, []
    for source in sources:
        session.run(source)
        exec(compile(source, "cell", "exec"), names)

    def offered(_: str, thing: Any) -> None:
        found.append(judge.judge(task_id, task, thing, Bench(variant, session.beside, Recipe)))

    task = syllabus.load().task(task_id)
    session.run(f"check({task_id!r}, {HANDED[task_id]})", offered)
    session.close()
    return found[0], judge.judge(task_id, task, eval(HANDED[task_id], names), Bench(variant))


def _needed(task_id: str) -> list[str]:
    return ["monitor", "retrain"] if task_id == "m09.retrain" else [task_id.split(".")[1]]


CASES = [
    pytest.param(task, learner, marks=[] if task in QUICK and learner != "bob" else [pytest.mark.slow])
    for task in HANDED
    for learner in ("", "ann", "bob")
]


@pytest.mark.parametrize(("task_id", "learner"), CASES)
def test_the_model_answer_earns_the_same_in_the_jail_and_all_of_it(jail: Jail, task_id: str, learner: str) -> None:
    variant = variant_of(SECRET, task_id.split(".")[0], learner) if learner else OPEN
    there, here = both(jail, task_id, variant)
    assert [c.earned for c in there.criteria] == [c.earned for c in here.criteria]
    assert [c.happened for c in there.criteria] == [c.happened for c in here.criteria]
    assert here.points == syllabus.load().task(task_id).points


WRONG = {
    "m09.psi": {"psi": "def psi(reference, recent, bins=10):\n    return abs(reference.mean() - recent.mean())"},
    "m09.ks": {"ks": "def ks(reference, recent):\n    return 1 / 0"},
    "m10.tag": {"tag": "def tag(resource):\n    return {'owner': resource.name.split('-')[0], 'environment': 'test'}"},
}


@pytest.mark.parametrize("task_id", WRONG)
def test_a_wrong_answer_earns_and_is_told_the_same_in_the_jail(jail: Jail, task_id: str) -> None:
    there, here = both(jail, task_id, variant_of(SECRET, task_id.split(".")[0], "eve"), WRONG[task_id])
    assert [c.earned for c in there.criteria] == [c.earned for c in here.criteria]
    assert [c.happened.split(", at line")[0] for c in there.criteria] == [
        c.happened.split(", at line")[0] for c in here.criteria
    ]
    assert here.points < 0.3 * syllabus.load().task(task_id).points


LEARNERS = [f"learner-{k}" for k in range(200)]


def test_no_two_learners_share_a_day_of_drift_and_a_unit() -> None:
    first = [drawn(variant_of(SECRET, "m09", learner)) for learner in LEARNERS]
    places = {(place.seed, place.scale) for variant in first for candidates in variant for place in candidates}
    service = sim.load_scenario("household-support").service(SERVICE)
    rule = next(drift for drift in service.drifts if drift.name == RULE)
    days = {begins(rule, service, Streams(variant[0][0].seed)) for variant in first}
    assert len(days) == len(LEARNERS)
    assert len({variant[0][0].scale for variant in first}) == len(LEARNERS)
    assert len(places) == sum(len(candidates) for variant in first for candidates in variant)
    assert not {seed for seed, _ in places} & set(SEEDS)


def test_no_two_learners_share_their_bounds_and_their_days() -> None:
    seen = set()
    for learner in LEARNERS[:40]:
        worlds = worlds_of(variant_of(SECRET, "m03", learner))
        bounds = [float(terms_of(scenario_of(world).service(SERVICE)).loc["rent_gbp", "high"]) for world in worlds]
        days = [incident[3] for world in worlds for incident in world.incidents]
        assert len(set(bounds)) == len(bounds)
        seen.add((*bounds, *days))
    assert len(seen) == 40


def test_every_variant_deals_out_the_same_six_incidents() -> None:
    kinds = {
        tuple(sorted((kind, fields) for world in worlds_of(variant) for kind, fields, _, _ in world.incidents))
        for variant in [OPEN, *(variant_of(SECRET, "m03", learner) for learner in LEARNERS[:20])]
    }
    assert len(kinds) == 1


def test_a_learners_bills_are_of_other_services() -> None:
    ours, theirs = ({asked for estate in estates(v) for *_, asked in estate} for v in _two("m10"))
    assert ours != theirs


def test_a_variant_is_the_same_whenever_it_is_asked_for() -> None:
    one, two = (variant_of(SECRET, "m03", "ann") for _ in range(2))
    assert worlds_of(one) == worlds_of(two)
    assert deliveries(one)[0][0].equals(deliveries(two)[0][0])


def test_another_secret_gives_other_worlds() -> None:
    other = Secret(SECRET.key + b"!")
    assert worlds_of(variant_of(SECRET, "m03", "ann")) != worlds_of(variant_of(other, "m03", "ann"))


def _two(module: str) -> list[Variant]:
    return [variant_of(SECRET, module, learner) for learner in ("ann", "bob")]
