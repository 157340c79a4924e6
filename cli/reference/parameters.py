"""The page of parameters: every field of a scenario, and every number that is fixed in the code."""

from __future__ import annotations

from collections import Counter, defaultdict

import sim
from cli.reference.numbers import fixed
from cli.reference.table import shown, table
from cli.reference.things import TITLE, things
from sim.scenario.parameter import CONFIDENCE, Part
from sim.scenario.readers import Readers
from sim.scenario.register import Entry, parts, register
from sim.scenario.targets import FLOORS, TARGETS
from sim.scorecard import MEASURES

EXAMPLE = "household-support"
ANCHOR = TITLE.lower().replace(",", "").replace(" ", "-")
FEW = 3
"""Values of the example that are written out; of more, the least and the greatest."""

HEAD = ("parameter", "default", "in household-support", "unit", "accepted", "source", "confidence", "read by")

INTRODUCTION = """\
Made from the code by `make reference`; do not edit. {count} numbers describe a scenario. A scenario file gives a \
value or leaves the default; a value outside the *accepted* range is refused. That range keeps out nonsense, and is \
far wider than what is plausible: how far a number may plausibly lie is for whoever asks to say. *In \
household-support* are the values of the shipped scenario, service by service or thing by thing, where there are a \
few, and the least and the greatest where there are more, with their number in brackets. *Read by* was found by \
watching busy runs: modules of `sim` that read the number, exports included."""

ASSUMPTIONS = """\
A source that says *assumption* is no source. Where it begins with *general*, it is an assumption as well: what \
follows is why it is plausible, and nobody has read that it is so. Prices of harm and benefit, nearly all of the \
organisation, and the rates of most incidents are of that sort. [How to ask a question](../how-to/ask-a-question.md) \
shows how to find out whether an answer hangs on one.

Some words of the tables. The *score* of a case is what its true features add up to; log-odds of eligibility are the \
score over the service's `noise`, and a forecast quantity is its `centre` times the exponential of the score and of \
the noise. A feature's *pull* (its weight) is what a standard deviation of it adds to the score; the *relation* of \
features and outcome is all pulls with the intercept. A *simulated case* stands for `weight` people."""


def page(readers: Readers) -> str:
    """Return the page.

    Parameters
    ----------
    readers : dict of (str, str) to set of str
        Modules that read a field, as `sim.scenario.readers.watched` finds them.

    Returns
    -------
    str
        Markdown.
    """
    entries = register()
    numbers = [e for e in entries.values() if e.is_number]
    counts = Counter(e.confidence for e in numbers)
    said = table(
        ("confidence", "means", "parameters"), [(word, CONFIDENCE[word], str(counts[word])) for word in CONFIDENCE]
    )
    values = _values(sim.load_scenario(EXAMPLE))
    sections = [_section(kind, entries, readers, values) for kind in parts()]
    return "\n\n".join(
        [
            "# Parameters",
            INTRODUCTION.format(count=len(numbers)),
            "How far a value may be believed; where it rests on several things, the weakest counts:",
            said,
            ASSUMPTIONS,
            *sections,
            things(),
            _targets(),
            fixed(),
        ]
    )


def _section(
    kind: type[Part],
    entries: dict[tuple[str, str], Entry],
    readers: Readers,
    values: dict[tuple[str, str], list[object]],
) -> str:
    name = kind.__name__
    mine = [e for e in entries.values() if e.part == name]
    held = [f"`{e.part}.{e.field}`" for e in entries.values() if name in e.allowed and e.sort == "part"]
    where = f" Held by {', '.join(held)}." if held else ""
    told = [f"## {name}", f"{(kind.__doc__ or '').strip().splitlines()[0]}{where}"]
    numbers = [
        (
            f"`{e.field}`: {e.about}",
            _default(e),
            _example(values[name, e.field], e.default),
            e.unit,
            f"{shown(e.low)} to {shown(e.high)}",
            "assumption" if e.source == "general" else e.source,
            e.confidence,
            _read(readers, e),
        )
        for e in mine
        if e.is_number
    ]
    if numbers:
        told.append(table(HEAD, numbers))
    others = [(f"`{e.field}`: {e.about}", _default(e), _allowed(e), _read(readers, e)) for e in mine if not e.is_number]
    if others:
        told.append(table(("name, choice or part", "default", "allowed", "read by"), others))
    return "\n\n".join(told)


def _default(entry: Entry) -> str:
    if entry.default is ...:
        return "required"
    if isinstance(entry.default, Part):
        return "its own defaults"
    return shown(entry.default)


def _allowed(entry: Entry) -> str:
    if entry.sort == "part":
        return " or ".join(f"[{name}](#{name.lower()})" for name in entry.allowed)
    return ", ".join(entry.allowed) or entry.sort


def _read(readers: Readers, entry: Entry) -> str:
    return ", ".join(sorted(m for m in readers.get((entry.part, entry.field), ()) if not m.startswith("scenario")))


def _values(scenario: sim.Scenario) -> dict[tuple[str, str], list[object]]:
    """Return the values of each field, by kind of part and field, wherever in a scenario such a part stands."""
    found: dict[tuple[str, str], list[object]] = defaultdict(list)
    waiting: list[Part] = [scenario]
    for part in waiting:
        for name in type(part).model_fields:
            value = getattr(part, name)
            inner = value if isinstance(value, tuple) else (value,)
            if below := [one for one in inner if isinstance(one, Part)]:
                waiting += below
            else:
                found[type(part).__name__, name].append(value)
    return found


def _example(values: list[object], default: object) -> str:
    if not values:
        return "not there"
    if isinstance(values[0], dict | tuple):
        given = [value for value in values if value]
        return f"[given in {len(given)} of {len(values)}](#{ANCHOR})" if given else "none"
    if all(value == default for value in values):
        return "default"
    if len(values) <= FEW or len(set(values)) == 1:
        return ", ".join(shown(value) for value in (values if len(set(values)) > 1 else values[:1]))
    low, high = min(values), max(values)  # type: ignore[type-var]
    return f"{shown(low)} to {shown(high)} ({len(values)})"


def _targets() -> str:
    rows = [
        (
            f"`{name}`: {MEASURES[name].about}",
            f"{MEASURES[name].better} is better",
            shown(target),
            shown(FLOORS[name]) if name in FLOORS else "",
            MEASURES[name].unit,
        )
        for name, target in TARGETS.items()
    ]
    return "\n\n".join(
        [
            "## Targets and floors",
            "What every scenario aims at, measure by measure, unless its `targets` or `floors` say otherwise. All are "
            "chosen for the course; `sim/scenario/targets.py` says by what they were guided. A target is missed or "
            "met; a floor decides whether net public value counts at all.",
            table(("measure", "", "target", "floor", "unit"), rows),
        ]
    )
