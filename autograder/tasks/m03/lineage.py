"""The check of the learner's lineage query: what rests on a bad batch, and how many decisions rest on that."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

import sim
from autograder.checks import Criterion, Outcome, attempt, register
from autograder.stub import untouched
from autograder.tasks.m03.worlds import WORLDS, scenario_of, share

START = "sources/tax"

Event = dict[str, Any]


def reference(events: list[Event], start: str, since: str) -> set[str]:
    """Return the names of all datasets made from one, at any remove, by what was complete at or after a time."""
    reached = {start}
    for event in sorted(events, key=lambda event: event["eventTime"]):
        if event["eventType"] == "COMPLETE" and event["eventTime"] >= since:
            if reached & {data["name"] for data in event["inputs"]}:
                reached |= {data["name"] for data in event["outputs"]}
    return reached - {start}


def _event(day: int, job: str, read: list[str], wrote: list[str], kind: str = "COMPLETE") -> Event:
    return {
        "eventTime": f"2026-05-{day:02d}T06:00:00.000Z",
        "eventType": kind,
        "run": {"runId": f"{job}-{day}"},
        "job": {"namespace": "department", "name": job},
        "inputs": [{"namespace": "department", "name": name} for name in read],
        "outputs": [{"namespace": "department", "name": name} for name in wrote],
    }


def small() -> tuple[list[Event], str]:
    """Return a department on a page: two sources, two services, and a batch that was bad from the 10th on."""
    events = [
        _event(2, "allowances.snapshot", [START, "sources/form"], ["allowances/snapshots/a1"]),
        _event(3, "allowances.training", ["allowances/snapshots/a1"], ["allowances/models/v1"]),
        _event(11, "grants.snapshot", ["sources/form"], ["grants/snapshots/b1"]),
        _event(12, "grants.training", ["grants/snapshots/b1"], ["grants/models/v1"]),
        _event(13, "allowances.pipeline", [START, "sources/form"], [], "FAIL"),
        _event(14, "allowances.pipeline", [START, "sources/form"], ["allowances/cases"]),
        _event(15, "allowances.training", ["allowances/snapshots/a1"], ["allowances/models/v2"]),
        _event(16, "allowances.snapshot", ["allowances/cases"], ["allowances/snapshots/a2"]),
        _event(17, "allowances.training", ["allowances/snapshots/a2"], ["allowances/models/v3"]),
        _event(18, "grants.features", ["allowances/snapshots/a2", "sources/form"], ["grants/snapshots/b2"]),
        _event(19, "grants.training", ["grants/snapshots/b2"], ["grants/models/v2"]),
    ]
    order = np.random.default_rng(305).permutation(len(events))
    return [events[k] for k in order], "2026-05-10T00:00:00.000Z"


@lru_cache(maxsize=1)
def real() -> tuple[list[Event], list[tuple[str, str]], pd.DataFrame]:
    """Return a run's events, batches to ask of (a source, and since when), and its decisions with their weights."""
    world = WORLDS[0]
    scenario = scenario_of(world)
    playbook = sim.Playbook(retrain=sim.practices.retrain_on_schedule(50))
    run = sim.simulate(scenario, playbook, seed=world.seed, instant=True)
    events = sim.exports.openlineage(run, scenario, nights=range(0, run.days, 10))
    decisions = run.decisions.merge(run.cases[["case_id", "weight"]], on="case_id")
    asked = [("sources/earnings-feed", "2026-05-31T00:00:00.000Z"), ("sources/claim-form", "2026-07-25T00:00:00.000Z")]
    return events, asked, decisions


@register("m03.lineage")
def lineage(thing: object) -> Outcome:
    """Put the learner's query to a department on a page and to the events of a run, and count the decisions."""
    if not isinstance(thing, (tuple, list)) or len(thing) != 2:
        raise sim.errors.DecisionError(
            'Two functions were expected, as check("m03.lineage", (downstream, decisions_on)).'
        )
    downstream, count = thing
    return Outcome([*_reached(downstream), _counted(count)])


def _reached(downstream: object) -> list[Criterion]:
    """Compare what was reached with what should have been, by name."""
    events, asked, _ = real()
    page, since = small()
    found, wanted, problems, firsts = [], [], [], []
    for given, start, begun in [(page, START, since), *((events, *pair) for pair in asked)]:
        done = attempt(downstream, [dict(event) for event in given], start, begun)
        if untouched(downstream):
            done = type(done)(problem="it has not been written yet")
        names, problem = _names(done.value) if done.ok else (set(), done.problem)
        problems.append(problem)
        found.append(names - {start})
        wanted.append(reference(given, start, begun))
        firsts.append(reference([e for e in given if start in [d["name"] for d in e["inputs"]]], start, begun))
    problem = next(filter(None, problems), "")
    models = [{name for name in names if "/models/" in name} for names in wanted]
    recall = [len(f & w) / len(w) for f, w in zip(found, models, strict=True)]
    spare = [len(f - w) / max(len(f), 1) for f, w in zip(found, wanted, strict=True)]
    precise = [share(s, 0.3, 0.0) for s in spare]
    missed = sorted({name for f, w in zip(found, models, strict=True) for name in w - f})
    extra = sorted({name for f, w in zip(found, wanted, strict=True) for name in f - w})
    step = "Go through the events in order of time, and let what has been reached grow as you go."
    if any(f and f <= first and w - f for f, first, w in zip(found, firsts, models, strict=True)):
        step = (
            "You stopped after one step. What was written by an event that read something reached is reached as well: "
            "add its outputs to the same set, and go on."
        )
    return [
        Criterion(
            "Finds every model that rests on the batch",
            1,
            float(np.mean([r * min(1.0, 2 * p) for r, p in zip(recall, precise, strict=True)])),
            "a made-up department of eleven events in no order, and the events of a run, asked from two sources",
            problem
            or (f"not found: {_few(missed)}" if missed else "every model was found")
            + ("" if min(precise) >= 0.5 else "; the credit is cut, since to accuse everything finds nothing"),
            "every model made from the batch at any remove, whichever service it serves",
            step if missed or problem else "Earn the next credit; this one follows.",
        ),
        Criterion(
            "Accuses nothing else",
            1,
            float(np.mean([p * min(1.0, 2 * r) for p, r in zip(precise, recall, strict=True)])),
            "the same events; some were complete before the batch came, some read other sources, one failed",
            f"found, and resting on sound data: {_few(extra)}"
            if extra
            else "nothing sound was accused" + ("" if any(recall) else ", but nothing was found either"),
            "nothing that was made before the batch came, or from other data alone",
            "Leave out events whose eventTime is earlier than since, and those that are not COMPLETE. Times in this "
            "form compare as text.",
        ),
    ]


def _counted(count: object) -> Criterion:
    """Compare an estimated number of decisions with the sum of weights."""
    decisions = real()[2]
    versions = sorted(decisions["version"].unique())
    cases = [
        {f"claims-triage/models/{versions[-1]}", "claims-triage/serving"},
        {f"claims-triage/models/{name}" for name in versions[1:3]} | {"claims-triage/cases"},
        {"claims-triage/cases"},
    ]
    said, right = [], []
    for names in cases:
        models = {name.rpartition("/")[2] for name in names if "/models/" in name}
        wanted = float(decisions.loc[decisions["version"].isin(models), "weight"].sum())
        done = attempt(count, decisions.copy(), set(names))
        if untouched(count):
            done = type(done)(problem="it has not been written yet")
        near = done.ok and isinstance(done.value, (int, float, np.number)) and bool(np.isclose(done.value, wanted))
        right.append(near)
        if not near:
            said.append(f"for {', '.join(sorted(names))}, {done.said}, where {wanted:,.0f} was wanted")
    return Criterion(
        "Counts the decisions that rest on them",
        1,
        float(np.mean(right[:2])) * (1.0 if right[2] or not all(right[:2]) else 0.5),
        "the decisions of that run, a sample of one in twenty with its weights, for two sets of names, and for one "
        "without any model",
        said[0] if said else "each count agreed",
        "the sum of the weights of the decisions made by those models: an estimate of all decisions, not of the sample",
        "A decision's model is its service, '/models/' and its version. Keep the rows whose model is among the names, "
        "and sum their weight.",
    )


def _names(value: object) -> tuple[set[str], str]:
    """Return a learner's answer as a set of names, and what is wrong with it."""
    if isinstance(value, (set, frozenset, list, tuple)) and all(isinstance(name, str) for name in value):
        return set(value), ""
    return set(), f"it returned {type(value).__name__}, but a set of datasets' names was expected"


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
