"""A check's outcome as plain text: no boxes, no colours, one thing to a line, so that a screen reader reads it well."""

from __future__ import annotations

import re
from textwrap import wrap

from autograder.outcome import Criterion, Outcome

PRINTED_LINES = 10
WIDTH = 80
WORD = re.compile(r"[a-z][a-z'’-]*[,.:;?!)]*(?:\s|$)")
"""A word of prose; what holds a capital, a digit, an underscore, a bracket or a full stop within is a name in code."""


def amount(points: float) -> str:
    """Return points as people write them: ``3``, ``2.5``."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def of(earned: float, points: float) -> str:
    """Return ``"2.5 of 4 points"``."""
    return f"{amount(earned)} of {amount(points)} point{'' if points == 1 else 's'}"


def text(task_id: str, outcome: Outcome, printed: str = "", hints: bool = True) -> str:
    """Write the report.

    Parameters
    ----------
    task_id : str
        The task.
    outcome : Outcome
        What the check found.
    printed : str
        What the learner's code printed meanwhile; the first lines are shown.
    hints : bool
        Whether to give the hints of what is left to earn, or to say that there are some.

    Returns
    -------
    str
        Several lines.
    """
    lines = [f"{task_id}: {of(outcome.points, outcome.worth)}."]
    for number, criterion in enumerate(outcome.criteria, 1):
        lines += ["", *_criterion(number, criterion, hints)]
    if not hints and any(criterion.hint and criterion.earned < 1 for criterion in outcome.criteria):
        lines += ["", "For a hint, run this cell again."]
    if printed.strip():
        lines += ["", "Your code printed:", *(f"   {line}" for line in shortened(printed))]
    return "\n".join(lines)


def shortened(printed: str) -> list[str]:
    """Return the first lines of what a learner's code printed, and how many more there are; none if it printed none."""
    said = printed.strip().splitlines()
    more = len(said) - PRINTED_LINES
    return said[:PRINTED_LINES] + ([f"({more} more lines not shown)"] if more > 0 else [])


def _criterion(number: int, criterion: Criterion, hints: bool) -> list[str]:
    """One criterion: its points first, then what a learner can act upon."""
    full = criterion.earned == 1
    share = "" if criterion.earned in (0, 1) else f", {criterion.earned:.0%} of the credit"
    earned = of(criterion.points * criterion.earned, criterion.points)
    state = "Met" if full else "Partly met" if criterion.earned else "Not met yet"
    lines = [f"{number}. {criterion.name}. {state}: {earned}{share}."]
    for heading, said in (
        ("What was tried", criterion.tried),
        ("What happened", criterion.happened),
        ("What was wanted", criterion.wanted),
        ("Next step", "" if full else criterion.next_step),
        ("Hint", criterion.hint if hints and not full else ""),
    ):
        if said:
            lines += wrap(f"{heading}: {_sentence(said)}", WIDTH, initial_indent="   ", subsequent_indent="     ")
    return lines


def _sentence(said: str) -> str:
    """Begin with a capital, unless a name from some code comes first, and end with a stop."""
    flat = " ".join(said.split())
    first = flat[:1].upper() if WORD.match(flat) else flat[:1]
    return first + flat[1:] + ("" if flat.endswith((".", "?", "!", "…")) else ".")
