"""The check of the learner's rule for tags: owners, environments, what is shared, and requests that have been lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.tasks.m10.bills import POOL
from autograder.variants.variant import OPEN, Variant
from sim.decisions import POINTS
from sim.decisions.allocate import SHARED
from sim.decisions.tag import OWNER, Asset

ESTATES: tuple[tuple[tuple[str, str, str, str, str], ...], ...] = (
    (
        ("permit-triage-serving", "serving", "production", "m5.xlarge", "permit-triage"),
        ("triage-cache", "storage", "production", "standard", "street-helper"),
        ("helper-gpu", "training", "production", "g4dn.xlarge", "leak-forecast"),
        ("k8s-node-07", "pipeline", "production", "m5.2xlarge", "permit-triage"),
        ("production-replica", "pipeline", "test", "m5.xlarge", "permit-triage"),
        ("test-results", "storage", "production", "standard", "leak-forecast"),
        ("sandbox", "development", "development", "m5.large", "street-helper"),
        ("shared-drive", "storage", "production", "standard", "leak-forecast"),
        ("access-logs", "logging", "production", "log-ingest", SHARED),
        ("notebooks", "development", "development", "m5.2xlarge", SHARED),
        ("vm-3", "development", "development", "m5.large", ""),
    ),
    (
        ("grants-serving-2", "serving", "production", "m5.2xlarge", "grants"),
        ("desk-answers", "third-party", "production", "language-model", "appeals-desk"),
        ("rota-nightly", "pipeline", "production", "m5.large", "rota"),
        ("rota-nightly-copy", "pipeline", "test", "m5.large", "grants"),
        ("disk-0031", "disk", "production", "block-ssd", "rota"),
        ("dev-box-of-production-team", "development", "development", "m5.xlarge", "appeals-desk"),
        ("gateway", "transfer", "production", "transfer-out", SHARED),
        ("staging", "pipeline", "test", "m5.xlarge", SHARED),
        ("old-volume", "disk", "production", "block-ssd", ""),
    ),
)
"""Two departments that are not in the notebook: name, kind, environment, size, and whose team asked for it."""

SPLIT = "split"
"""The tag that says by what key a shared resource's cost is split."""

USE = "use"


@dataclass(frozen=True)
class Said:
    """What a rule said of one resource: its dict as it stands, and why the simulator would refuse it, if it would."""

    asset: Asset
    tags: Mapping[str, object]
    problem: str


def estates(variant: Variant = OPEN) -> tuple[tuple[tuple[str, str, str, str, str], ...], ...]:
    """Return a variant's departments: the same resources in another order, their services under other names."""
    if variant.open:
        return ESTATES
    chance, made = variant.generator("m10.tag"), []
    for estate, drawn in zip(ESTATES, chance.choice(len(POOL), size=len(ESTATES), replace=False), strict=True):
        services = sorted({asked for *_, asked in estate} - {"", SHARED})
        names = dict(zip(services, POOL[drawn], strict=False))
        renamed = [(_renamed(name, names), *about, names.get(asked, asked)) for name, *about, asked in estate]
        made.append(tuple(renamed[k] for k in chance.permutation(len(renamed))))
    return tuple(made)


def _renamed(name: str, names: dict[str, str]) -> str:
    """Return a resource's name with the services' other names in it."""
    for service, other in names.items():
        name = name.replace(service, other)
    return name


def asked(rule: object, variant: Variant = OPEN) -> list[Said]:
    """Ask a rule about every resource of both departments."""
    said = []
    for estate in estates(variant):
        for k, about in enumerate(estate):
            asset = Asset(*about, day=10 + k)
            done = attempt(rule, asset)
            tags, problem = {}, done.problem
            if done.ok:
                try:
                    tags = POINTS["tag"].accept(done.value, asset)
                except sim.errors.DecisionError as error:
                    tags, problem = done.value if isinstance(done.value, Mapping) else {}, str(error)
            said.append(Said(asset, tags, problem))
    return said


@register("m10.tag")
def tag(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Ask the learner's rule about resources of two departments that it has never seen."""
    if not callable(thing):
        raise sim.errors.DecisionError("A function was expected, tag(resource): hand over its name, without brackets.")
    said = asked(thing, bench.variant)
    own = [s for s in said if s.asset.requested_by not in ("", SHARED)]
    common = [s for s in said if s.asset.requested_by == SHARED]
    lost, known = [s for s in said if not s.asset.requested_by], [*own, *common]
    named = [s.tags.get(OWNER) == s.asset.requested_by for s in known]
    owned, places = float(np.mean(named)), [s.tags.get("environment") == s.asset.environment for s in said]
    split, unsplit = [s.tags.get(SPLIT) == USE for s in common], [bool(s.tags) and SPLIT not in s.tags for s in own]
    open_end = [not s.problem and OWNER not in s.tags and bool(s.tags) for s in lost]
    everywhere = _alike(said)
    tried = f"{len(said)} resources of two departments that are not in the notebook, under other names"
    return Outcome(
        [
            Criterion(
                "Names who answers",
                1.5,
                max(0.0, 2 * owned - 1),
                tried,
                _first([s for s, right in zip(known, named, strict=True) if not right], OWNER)
                or "every owner agreed with the request",
                "the tag owner is who asked for it, 'shared' included; right for half of them or fewer earns nothing",
                _slip(known, OWNER)
                or "Names mislead (triage-cache was asked for by the helper's team), and lists of them go out of date. "
                "What does the resource itself say about who asked?",
                "It stands in resource.requested_by.",
            ),
            Criterion(
                "Names where it runs",
                0.5,
                0.0 if everywhere else float(np.mean(places)) * min(1.0, 2 * owned),
                tried,
                (f"every environment was {everywhere!r}, whatever the resource" if everywhere else "")
                or _first([s for s, right in zip(said, places, strict=True) if not right], "environment")
                or _held("every environment agreed", min(1.0, 2 * owned)),
                "the tag environment: production, test or development, as the resource has it",
                _slip(said, "environment") or "Which of the things that the rule is told says where it runs?",
                "It stands in resource.environment.",
            ),
            Criterion(
                "Says how shared cost is split",
                1,
                min(float(np.mean(split)), float(np.mean(unsplit))) * owned,
                f"{len(common)} resources that were for all, and {len(own)} that were not",
                _first([s for s, right in zip([*common, *own], [*split, *unsplit], strict=True) if not right], SPLIT)
                or _held("the key stands on what is shared, and on nothing else", owned),
                f"the tag {SPLIT} is {USE!r} where the owner is 'shared', and is left out elsewhere",
                _slip(known, SPLIT) or "Which resources is it to stand on? Elsewhere there is nothing to split.",
                "Make the dict first, then add one entry if the owner is 'shared'.",
            ),
            Criterion(
                "Does not guess",
                1,
                float(np.mean(open_end)) * owned,
                f"{len(lost)} resources whose request has been lost, so that requested_by is empty",
                _first([s for s, right in zip(lost, open_end, strict=True) if not right], OWNER)
                or _held("no owner, and the environment all the same", owned),
                "no tag owner at all; the other tags stay. A gap that shows is looked for, a guess is believed",
                _slip(lost)
                or "Print tag(...) for the last resource of the notebook's table. Is there an entry for the owner?",
                "An empty text is no owner and no tag: leave the entry out of the dict when requested_by is empty.",
            ),
        ],
        effect=Effect(
            f"it named the right owner for {sum(named)} of {len(named)} resources, and guessed one for "
            f"{sum(OWNER in s.tags for s in lost)} of {len(lost)} whose request has been lost",
            (
                Measure("Owners named rightly", "resources", [sum(named)], [0], [len(named)]),
                Measure("Environments named rightly", "resources", [sum(places)], [0], [len(said)]),
                Measure("Owners guessed", "resources", [sum(OWNER in s.tags for s in lost)], [0], [0], more=False),
            ),
            naive="no tags",
            best="the right tags",
        ),
        beyond="who mends the tags that were right on the day and are wrong a year later?",
    )


def _slip(said: list[Said], tag: str = "") -> str:
    """Return where to look if a dict holds no text or an empty one, under one tag or any; empty if none does."""
    for s in said:
        for name, value in s.tags.items():
            if tag in ("", name) and s.problem and not (isinstance(value, str) and value):
                return (
                    f"The entry {name!r} is {value!r} for {s.asset.name}, and the simulator would stop there. What is "
                    "not known, or does not apply, is left out of the dict altogether."
                )
    return ""


def _alike(said: list[Said]) -> str:
    """Return the environment that a rule writes everywhere; empty if it tells resources apart."""
    written = {str(s.tags["environment"]) for s in said if "environment" in s.tags}
    return written.pop() if len(written) == 1 else ""


def _held(right: str, held: float) -> str:
    """Say of what is right by itself that it counts by the share of owners that are right."""
    return right if held == 1 else f"{right}; it counts for {held:.0%}, until more of item 1 is right"


def _first(wrong: list[Said], tag: str) -> str:
    """Say what became of the first resource that was tagged wrongly; nothing when there is none."""
    if not wrong:
        return ""
    first = wrong[0]
    got = first.problem or (f"{tag} was {first.tags[tag]!r}" if tag in first.tags else f"no tag {tag}")
    asked_by = first.asset.requested_by or "nobody knows whom"
    return f"{len(wrong)} wrong; {first.asset.name} ({first.asset.environment}, asked for by {asked_by}): {got}"
