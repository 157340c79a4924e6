"""The contract checker: tells a learner, before a run, what is wrong with a decision, in one sentence."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.decisions import POINTS, Monitor
from sim.decisions.call import call
from sim.decisions.train import task_of
from sim.errors import DecisionError, PlaybookError, unknown
from sim.models import learning
from sim.playbook import Playbook
from sim.practices import reference, retrain_on_schedule
from sim.programme import Programme
from sim.scenario import Scenario, load_scenario

EXAMPLES = 6
"""Recorded examples of each decision point on which a decision is tried."""

TRAININGS = 2
"""The same for ``train``, which takes its time."""

_EVERY = 21
"""Days from one training to the next while examples are recorded, so that what follows a training is asked as well."""


@dataclass(frozen=True)
class Example:
    """What a decision was given on one occasion.

    Attributes
    ----------
    where : str
        In words: which day and batch.
    given : tuple
        Its arguments.
    """

    where: str
    given: tuple[Any, ...]


class _Recorder(Programme):
    """A programme that keeps what its decisions are given."""

    def __init__(self, scenario: Scenario) -> None:
        self.kept: dict[str, list[Example]] = {name: [] for name in POINTS}
        super().__init__(scenario, seed=0, instant=True)

    def ask(self, point: str, decision: Callable[..., Any], given: tuple[Any, ...], where: Callable[[], str]) -> Any:
        self.kept[point].append(Example(where(), copy.deepcopy(given)))
        return super().ask(point, decision, given, where)


@lru_cache(maxsize=4)
def _recorded(scenario_json: str) -> dict[str, tuple[Example, ...]]:
    scenario = Scenario.model_validate_json(scenario_json)
    programme = _Recorder(scenario.replace(quarters=1))
    programme.step(reference().replace(retrain=retrain_on_schedule(_EVERY), tests=(), release="big bang"))
    spread = {}
    for name, kept in programme.kept.items():
        most = TRAININGS if name == "train" else EXAMPLES
        places = np.unique(np.linspace(0, len(kept) - 1, min(most, len(kept))).astype(int)) if kept else []
        spread[name] = tuple(kept[i] for i in places)
    return spread


def examples(point: str, scenario: Scenario | None = None) -> tuple[Example, ...]:
    """Return recorded examples of what a decision point is given.

    Parameters
    ----------
    point : str
        Decision point.
    scenario : Scenario, optional
        Whose; household support's claims triage when left out.

    Returns
    -------
    tuple of Example
        From the first quarter of a run under the reference playbook, in order of day; the model is trained more often
        than that playbook would, so that there is something to release and to look back on.

    Raises
    ------
    PlaybookError
        If there is no such decision point.
    """
    if point not in POINTS:
        raise PlaybookError(unknown("decision point", point, POINTS))
    world = scenario if scenario is not None else load_scenario("household-support").only("claims-triage")
    return _recorded(world.model_dump_json())[point]


def check_decision(point: str, decision: Any, scenario: Scenario | None = None) -> None:
    """Try a decision on recorded examples; say in a sentence what is wrong, or nothing.

    Each example is put to it twice, from two fresh states, and the answers must be the same.

    Parameters
    ----------
    point : str
        Decision point, such as ``"validate"``.
    decision : Any
        What would go into the playbook.
    scenario : Scenario, optional
        Whose examples to use; household support's claims triage when left out.

    Raises
    ------
    PlaybookError
        If there is no such decision point, or the decision is of the wrong kind altogether.
    DecisionError
        If it fails, answers with the wrong shape, type or index, changes what it was given, or answers differently
        when asked again; the message names the example.

    Examples
    --------
    >>> check_decision("retrain", lambda signals: signals.alarms > 0)
    """
    if point in POINTS and POINTS[point].chosen:
        Playbook().replace(**{point: decision})
        return
    shown = examples(point, scenario)
    Playbook().replace(**{point: decision})
    first, second = _fresh(decision), _fresh(decision)
    for example in shown:
        answers = []
        for one in (first, second):
            given = copy.deepcopy(example.given)
            answers.append(call(POINTS[point], one, given, lambda where=example.where: where))
            _unchanged(point, example, given)
        if not _same(*(_told(point, answer, example) for answer in answers)):
            chance = "give an estimator that draws a random_state" if point == "train" else "chance is not for it"
            raise DecisionError(
                f"{point}, {example.where}: it gave two different answers to the same question, but a decision "
                f"must be a pure function; what it remembers belongs in an object with fresh(); {chance}."
            )


def _fresh(decision: Any) -> Callable[..., Any]:
    """Return a callable with an empty memory."""
    fresh = decision.fresh() if hasattr(decision, "fresh") else decision
    return fresh.score_fn if isinstance(fresh, Monitor) else fresh


def _unchanged(point: str, example: Example, given: tuple[Any, ...]) -> None:
    for before, after in zip(example.given, given, strict=True):
        if isinstance(before, pd.DataFrame | pd.Series) and not before.equals(after):
            what = "the columns" if isinstance(before, pd.DataFrame) and list(before) != list(after) else "the values"
            mine = "batch" if point in ("validate", "repair", "protect") else "frame"
            raise DecisionError(
                f"{point}, {example.where}: it changed {what} of the {type(before).__name__} that it was given; "
                f"work on a copy, for instance {mine}.copy()."
            )


def _told(point: str, answer: Any, example: Example) -> Any:
    """Return an answer, or what a trained estimator says of the examples that it was trained on."""
    if point != "train":
        return answer
    examples, outcome = example.given
    return learning.score(answer, examples.to_numpy(), None, task_of(outcome), tuple(examples.columns))


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, two, equal_nan=one.dtype.kind == "f")
    return bool(one == two)
