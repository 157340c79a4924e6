"""What a learner is told of one task, as HTML: what was tried, what it did, what it was worth, and one next step."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, Template
from markupsafe import Markup

from autograder import report
from autograder.effect import Effect
from autograder.feedback import words
from autograder.feedback.figure import figure
from autograder.marks import cleaning
from autograder.marks.mark import Mark
from autograder.outcome import Criterion
from sim.plots import style
from sim.summary import quantity

TEMPLATE = Path(__file__).resolve().with_name("card.html")
SIGN = 'class="card"'
"""By which a page knows that an output is a card."""


@lru_cache(maxsize=1)
def _template() -> Template:
    return Environment(autoescape=True, trim_blocks=False).from_string(TEMPLATE.read_text(encoding="utf-8"))


def card(mark: Mark, note: str) -> str:
    """Write a task's card.

    Parameters
    ----------
    mark : Mark
        What the task earned, and why.
    note : str
        What kind of mark it is.

    Returns
    -------
    str
        HTML of our own making: whatever a learner's code said stands in it as text. It names no seed.
    """
    effect = mark.outcome.effect
    drawn = None if effect is None else figure(effect)
    columns, table = ([], []) if effect is None else _table(effect)
    return _template().render(
        tried=_clean(words.tried(mark)),
        did=_clean(words.did(mark)),
        worth=[] if effect is None else [_clean(said) for said in words.worth(effect)],
        next_step=_clean(words.next_step(mark)),
        left=mark.outcome.leading is not None,
        figure=None if drawn is None else Markup(style.image(drawn)),
        drawn=None if mark.outcome.figure is None else Markup(style.image(mark.outcome.figure)),
        caption=_caption(effect),
        columns=columns,
        table=table,
        summary=_summary(mark),
        criteria=[_criterion(criterion) for criterion in mark.outcome.criteria],
        printed=_clean("\n".join(report.shortened(mark.printed))),
        note=note,
    )


def _clean(said: str) -> str:
    """Return words without control characters and colours; the template escapes them."""
    return cleaning.plain(said)


def _caption(effect: Effect | None) -> str:
    if effect is None or not effect.measures or len(effect.measures[0].mine) == 1:
        return "In figures"
    return f"In figures: means over {len(effect.measures[0].mine)} {'bills' if 'bill' in effect.best else 'worlds'}"


def _table(effect: Effect) -> tuple[list[str], list[list[str]]]:
    """Return a table's columns, and its rows: each measure's name, and its means."""
    parts = {effect.naive: "naive", "yours": "mine", effect.best: "best"}
    shown = {name: part for name, part in parts.items() if any(getattr(m, part) for m in effect.measures)}
    rows = [[m.name, *(_mean(getattr(m, part), m.unit) for part in shown.values())] for m in effect.measures]
    return [_clean(name[:1].upper() + name[1:]) for name in shown], rows


def _mean(values: tuple[float, ...], unit: str) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "" if not values else "not tried"
    mean = float(np.mean(known))
    if unit == "GBP":
        return words.short(mean)
    if unit == "share":
        return f"{mean:.1%}"
    return quantity(round(mean, 1) if abs(mean) >= 10 else round(mean, 2), unit)


def _summary(mark: Mark) -> str:
    met = sum(criterion.earned == 1 for criterion in mark.outcome.criteria)
    count = len(mark.outcome.criteria)
    return f"How the points were given: {met} of {count} {'criterion' if count == 1 else 'criteria'} met in full"


def _criterion(criterion: Criterion) -> dict[str, Any]:
    full = criterion.earned == 1
    told = {
        "Tried": criterion.tried,
        "Happened": criterion.happened,
        "Wanted": "" if full else criterion.wanted,
        "Next step": "" if full else criterion.next_step,
        "Hint": "" if full else criterion.hint,
    }
    return {
        "name": _clean(criterion.name),
        "state": "full" if full else "part" if criterion.earned else "none",
        "earned": report.of(criterion.points * criterion.earned, criterion.points),
        "told": [(heading, _clean(words.sentence(said))) for heading, said in told.items() if said],
    }
