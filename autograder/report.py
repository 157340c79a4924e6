"""A check's outcome as plain text: no boxes, no colours, one thing to a line, so that a screen reader reads it well."""

from __future__ import annotations

from textwrap import wrap

from autograder.outcome import Criterion, Outcome

PRINTED_LINES = 10
WIDTH = 80


def amount(points: float) -> str:
    """Return points as people write them: ``3``, ``2.5``."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def of(earned: float, points: float) -> str:
    """Return ``"2.5 of 4 points"``."""
    return f"{amount(earned)} of {amount(points)} point{'' if points == 1 else 's'}"


def text(task_id: str, outcome: Outcome, printed: str = "") -> str:
    """Write the report.

    Parameters
    ----------
    task_id : str
        The task.
    outcome : Outcome
        What the check found.
    printed : str
        What the learner's code printed meanwhile; the first lines are shown.

    Returns
    -------
    str
        Several lines.
    """
    lines = [f"{task_id}: {of(outcome.points, outcome.worth)}."]
    for number, criterion in enumerate(outcome.criteria, 1):
        lines += ["", *_criterion(number, criterion)]
    if printed.strip():
        said = printed.strip().splitlines()
        lines += ["", "Your code printed:", *(f"   {line}" for line in said[:PRINTED_LINES])]
        if len(said) > PRINTED_LINES:
            lines.append(f"   ({len(said) - PRINTED_LINES} more lines not shown)")
    return "\n".join(lines)


def _criterion(number: int, criterion: Criterion) -> list[str]:
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
    ):
        if said:
            lines += wrap(f"{heading}: {_sentence(said)}", WIDTH, initial_indent="   ", subsequent_indent="     ")
    return lines


def _sentence(said: str) -> str:
    """Begin with a capital and end with a stop."""
    flat = " ".join(said.split())
    return flat[:1].upper() + flat[1:] + ("" if flat.endswith((".", "?", "!", "…")) else ".")
