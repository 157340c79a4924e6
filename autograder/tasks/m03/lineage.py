"""The check of the learner's lineage query: what rests on a bad batch, and how many decisions rest on that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import sim
from autograder.baselines import baseline
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.stub import untouched
from autograder.tasks.m03.worlds import SERVICE, cut, scenario_of, share, worlds_of
from autograder.variants.variant import OPEN, Variant

START, AT = "sources/tax", "2026-05-10T06:00:00.000Z"
OTHER = "grants-desk"
"""Another service, whose versions have the same names."""

UNWRITTEN = "it has not been written yet"

Event = dict[str, Any]


def reference(events: list[Event], start: str, since: str, strictly: bool = False) -> set[str]:
    """Return the names of all datasets made from one, at any remove, by runs complete at a time (or not) and later."""
    reached = {start}
    for event in sorted(events, key=lambda event: event["eventTime"]):
        if event["eventType"] == "COMPLETE" and (
            event["eventTime"] > since if strictly else event["eventTime"] >= since
        ):
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


def small(variant: Variant = OPEN) -> tuple[list[Event], str]:
    """Return a department on a page: two sources, two services, and a batch that was bad from the 10th at six on.

    One run was complete at that very time; one began and one failed after it, and both name what they meant to write.
    """
    events = [
        _event(2, "allowances.snapshot", [START, "sources/form"], ["allowances/snapshots/a1"]),
        _event(3, "allowances.training", ["allowances/snapshots/a1"], ["allowances/models/v1"]),
        _event(10, "grants.snapshot", [START], ["grants/snapshots/b0"]),
        _event(11, "grants.snapshot", ["sources/form"], ["grants/snapshots/b1"]),
        _event(11, "grants.training", ["grants/snapshots/b0"], ["grants/models/v0"]),
        _event(12, "grants.training", ["grants/snapshots/b1"], ["grants/models/v1"]),
        _event(12, "allowances.trial", [START], ["allowances/models/trial"], "START"),
        _event(13, "allowances.pipeline", [START, "sources/form"], ["allowances/returns"], "FAIL"),
        _event(14, "allowances.pipeline", [START, "sources/form"], ["allowances/cases"]),
        _event(15, "allowances.training", ["allowances/snapshots/a1"], ["allowances/models/v2"]),
        _event(16, "allowances.snapshot", ["allowances/cases"], ["allowances/snapshots/a2"]),
        _event(17, "allowances.training", ["allowances/snapshots/a2"], ["allowances/models/v3"]),
        _event(18, "grants.features", ["allowances/snapshots/a2", "sources/form"], ["grants/snapshots/b2"]),
        _event(19, "grants.training", ["grants/snapshots/b2"], ["grants/models/v2"]),
    ]
    chance = np.random.default_rng(305) if variant.open else variant.generator("m03.lineage")
    order = chance.permutation(len(events))
    return [events[k] for k in order], AT


@baseline
def real(variant: Variant = OPEN) -> tuple[list[Event], list[tuple[str, str]], pd.DataFrame]:
    """Return a run's events, batches to ask of (a source, and since when), and its decisions with their weights."""
    world = worlds_of(variant)[0]
    scenario = scenario_of(world)
    playbook = sim.Playbook(retrain=sim.practices.retrain_on_schedule(50))
    run = sim.simulate(scenario, playbook, seed=world.seed, instant=True)
    events = sim.exports.openlineage(run, scenario, nights=range(0, run.days, 10))
    ours = run.decisions.merge(run.cases[["case_id", "weight"]], on="case_id")
    first, second = sorted(ours["version"].unique())[:2]
    theirs = ours[ours["version"].isin([first, second])].head(400).assign(service=OTHER, weight=7.0)
    decisions = pd.concat([ours, theirs], ignore_index=True)
    asked = [("sources/earnings-feed", "2026-05-31T00:00:00.000Z"), ("sources/claim-form", "2026-07-25T00:00:00.000Z")]
    return events, asked, decisions


@register("m03.lineage")
def lineage(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Put the learner's query to a department on a page and to the events of a run, and count the decisions."""
    if not isinstance(thing, (tuple, list)) or len(thing) != 2:
        raise sim.errors.DecisionError(
            'Two functions were expected, as check("m03.lineage", (downstream, decisions_on)).'
        )
    downstream, count = thing
    reached, effect = _reached(downstream, bench.variant)
    return Outcome(
        [*reached, _counted(count, bench.variant)],
        effect=effect,
        beyond="whom would you tell first: those whose decisions rest on the batch, or those who built on it?",
    )


def _asked(downstream: object, events: list[Event], start: str, since: str) -> tuple[set[str], str]:
    """Return the names that a learner's query finds, and what was wrong with its answer."""
    if untouched(downstream):
        return set(), UNWRITTEN
    done = attempt(downstream, [dict(event) for event in events], start, since)
    if not done.ok:
        return set(), done.problem
    names, problem = _names(done.value)
    return names - {start}, problem


def _reached(downstream: object, variant: Variant) -> tuple[list[Criterion], Effect]:
    """Compare what was reached with what should have been, by name; return the credits, and what it did."""
    events, batches, _ = real(variant)
    page, since = small(variant)
    asked = [(page, START, since), *((events, *batch) for batch in batches)]
    found, problems = zip(*(_asked(downstream, *each) for each in asked), strict=True)
    wanted = [reference(*each) for each in asked]
    models = [{name for name in names if "/models/" in name} for names in wanted]
    recall = min(share(len(f & w) / len(w), 0.4, 1.0) for f, w in zip(found, models, strict=True))
    spare = max(len(f - w) / max(len(f), 1) for f, w in zip(found, wanted, strict=True))
    precise = share(spare, 0.4, 0.0)
    problem = next(filter(None, problems), "")
    missed = sorted({name for f, w in zip(found, models, strict=True) for name in w - f})
    extra = sorted({name for f, w in zip(found, wanted, strict=True) for name in f - w})
    finds, spares = recall * min(1.0, 2 * precise), precise * min(1.0, 2 * recall)
    step, hint = _missing(found, asked, models) if missed else ("Earn the next credit; this one follows.", "")
    each = [(len(w - f), len(w), len(f - whole)) for f, w, whole in zip(found, models, wanted, strict=True)]
    lost, there, accused = (list(map(float, part)) for part in zip(*each, strict=True))
    effect = Effect(
        f"it found {sum(there) - sum(lost):.0f} of {sum(there):.0f} models that rest on a bad batch, and accused "
        f"{sum(accused):.0f} things that rest on sound data",
        (
            Measure("Models not found", "models", lost, there, [0.0] * len(lost), more=False),
            Measure("Accused wrongly", "datasets", accused, [0.0] * len(lost), [0.0] * len(lost), more=False),
        ),
        worlds=("A department on a page", "A run, from one source", "The run, from another"),
        naive="no query",
        best="a full walk of the lineage",
    )
    criteria = [
        Criterion(
            "Finds every model that rests on the batch",
            1,
            finds,
            "a made-up department of a dozen events in no order, and the events of a run, asked from two sources; the "
            "worst of the three counts",
            problem
            or (f"not found: {_few(missed)}" if missed else "every model was found")
            + ("" if any(found) else "; indeed nothing was found at all, so reached does not grow yet")
            + cut(finds, recall, "other things are accused as well (the second credit)"),
            "every model made from the batch at any remove, whichever service it serves",
            "Mend that first." if problem else step,
            "" if problem else hint,
        ),
        Criterion(
            "Accuses nothing else",
            1,
            spares,
            "the same events; some were complete before the batch came, some read other sources, one began and one "
            "failed without ever being complete",
            (
                f"found, and resting on sound data or never written: {_few(extra)}"
                if extra
                else "nothing sound was accused"
            )
            + cut(spares, precise, "too little is found that should be (the first credit)"),
            "nothing that was made before the batch came, from other data alone, or by a run that was never complete",
            _spare(found[0], page) if extra else "Earn the first credit; this one follows.",
            "event['eventType'] == 'COMPLETE' and event['eventTime'] >= since." if extra else "",
        ),
    ]
    return criteria, effect


def _missing(found: tuple[set[str], ...], asked: list, models: list[set[str]]) -> tuple[str, str]:
    """Say what a query that misses models has overlooked, and a hint."""
    page, start, since = asked[0]
    at_since = {name for name in models[0] if name not in reference(page, start, since, strictly=True)}
    if models[0] - found[0] == at_since and all(w <= f for f, w in zip(found[1:], models[1:], strict=True)):
        return (
            "The models missed rest on a run that was complete exactly at since. From when on is the batch bad?",
            "event['eventTime'] >= since, not >.",
        )
    one = [reference([e for e in events if s in [d["name"] for d in e["inputs"]]], s, t) for events, s, t in asked]
    if not any(found):
        return "Write the condition, and let reached grow by what the event wrote.", ""
    if any(f and f <= step for f, step in zip(found, one, strict=True)):
        return (
            "You stopped after one step. Does what has been reached grow as you go?",
            "An event counts if it read anything in reached, not only start: read & reached.",
        )
    return "Which event wrote the first of these, and what had it read? Was that reached by then?", ""


def _spare(found: set[str], page: list[Event]) -> str:
    """Ask after the kind of run that wrote what was accused on the page."""
    kinds = {e["eventType"] for e in page for d in e["outputs"] if d["name"] in found} - {"COMPLETE"}
    if kinds:
        return f"Some were named by a run of type {' or '.join(sorted(kinds))}. Did that run ever write them?"
    return "When were these made, and from what? Had the batch come by then?"


def _counted(count: object, variant: Variant) -> Criterion:
    """Compare an estimated number of decisions with the sum of weights."""
    decisions = real(variant)[2]
    versions = sorted(decisions["version"].unique())
    cases = [
        {f"{SERVICE}/models/{versions[-1]}", f"{SERVICE}/serving"},
        {f"{SERVICE}/models/{name}" for name in versions[:2]} | {f"{SERVICE}/cases"},
        {f"{OTHER}/models/{versions[0]}"},
        {f"{SERVICE}/cases"},
    ]
    model = decisions["service"] + "/models/" + decisions["version"]
    said, right = [], []
    for names in cases:
        wanted = float(decisions.loc[model.isin(names), "weight"].sum())
        done = attempt(count, decisions.copy(), set(names))
        if untouched(count):
            done = type(done)(problem=UNWRITTEN)
        near = done.ok and isinstance(done.value, (int, float, np.number)) and bool(np.isclose(done.value, wanted))
        right.append(near)
        if not near:
            said.append(f"for {', '.join(sorted(names))}, {done.said}, where {wanted:,.0f} was wanted")
    alone = float(np.mean(right[:3]))
    earned = alone * (1.0 if right[3] or alone < 1 else 0.5)
    return Criterion(
        "Counts the decisions that rest on them",
        1,
        earned,
        "the decisions of two services whose versions have the same names, a sample with its weights, for three sets "
        "of names, and for one without any model",
        said[0] if said else "each count agreed",
        "the sum of the weights of the decisions made by those models: an estimate of all decisions, not of the sample",
        "Which model made a decision: does the version alone say it? And how many decisions does a row stand for?",
        "decisions['service'] + '/models/' + decisions['version'] is a row's model; isin(names) asks whether it is "
        "among the names; then sum the weight.",
    )


def _names(value: object) -> tuple[set[str], str]:
    """Return a learner's answer as a set of names, and what is wrong with it."""
    if isinstance(value, (set, frozenset, list, tuple)) and all(isinstance(name, str) for name in value):
        return set(value), ""
    return set(), f"it returned {type(value).__name__}, but a set of datasets' names was expected"


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
