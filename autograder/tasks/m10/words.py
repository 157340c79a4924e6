"""Words that the checks of m10 share."""

from __future__ import annotations

from dataclasses import replace

from autograder.checks import Criterion


def joined(words: list[str]) -> str:
    """Return words as people list them: ``"a, b and c"``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def once(criteria: list[Criterion], problem: str) -> list[Criterion]:
    """Let a problem that spoils several criteria be told by the first alone."""
    if not problem:
        return criteria
    first, *others = criteria
    step = "Mend what it says here first, and run the cell of your answer again."
    spoilt = {
        "happened": "it could not be tried, as above",
        "next_step": "Mend the first, and this one follows.",
        "hint": "",
    }
    others = [replace(criterion, **spoilt) if not criterion.earned else criterion for criterion in others]
    return [replace(first, happened=problem, next_step=step, hint=""), *others]
