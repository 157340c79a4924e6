"""What an answer did and was worth, in sentences."""

from __future__ import annotations

import numpy as np

from autograder.effect import DECISIONS, POUNDS, Effect, Measure
from autograder.marks.mark import Mark
from sim.experiments.interval import interval
from sim.summary import money

NOTHING_LEFT = "Nothing is left to earn here."
HARDLY = 0.005
"""Of the reference's gain: a difference below it is not worth a word."""

FEWEST = 3
"""Worlds from which an interval is told."""


def sentence(said: str) -> str:
    """Return a clause as a sentence: on one line, with a capital and a stop."""
    flat = " ".join(said.split())
    return flat[:1].upper() + flat[1:] + ("" if flat.endswith((".", "?", "!", "…")) or not flat else ".")


def tried(mark: Mark) -> str:
    """Say what the answer was tried on: what its first criterion says of it."""
    return sentence(next((criterion.tried for criterion in mark.outcome.criteria if criterion.tried), ""))


def did(mark: Mark) -> str:
    """Say what the answer did; where a check does not say so itself, what happened under its first criterion unmet."""
    if mark.outcome.effect is not None:
        return sentence(mark.outcome.effect.did)
    unmet = [criterion for criterion in mark.outcome.criteria if criterion.earned < 1]
    return sentence((unmet or mark.outcome.criteria)[0].happened)


def next_step(mark: Mark) -> str:
    """Return one thing to do next, and for which criterion; a question to go on with where nothing is left to earn."""
    leading = mark.outcome.leading
    if leading is not None:
        return f"{leading.name}: {sentence(leading.next_step or leading.wanted)}"
    return " ".join(filter(None, [NOTHING_LEFT, sentence(mark.outcome.beyond)]))


def worth(effect: Effect) -> list[str]:
    """Say what the answer was worth against naive practice and the reference, in pounds and in wrong decisions.

    Parameters
    ----------
    effect : Effect
        As a check returns it.

    Returns
    -------
    list of str
        Two sentences; none where nothing was measured under both.
    """
    measured = [measure for unit in (POUNDS, DECISIONS) if (measure := effect.worth(unit)) is not None]
    if not measured:
        return []
    mine = " and ".join(f"{_against(measure, 'mine')}{_sure(measure)}" for measure in measured)
    best = " and ".join(_against(measure, "best") for measure in measured)
    each = " in each world, on average" if len(measured[0].gain()) > 1 else ""
    left = [_amount(m, gap) for m in measured if (gap := _left(m)) > HARDLY * abs(m.gain("best").mean())]
    still = f"{' and '.join(left)} are still to be had" if left else "nothing is left to gain on it"
    return [
        sentence(f"Against {effect.naive}, yours came to {mine}{each}"),
        sentence(f"{effect.best} came to {best}: {still}"),
    ]


def _against(measure: Measure, of: str) -> str:
    """Return a mean difference from naive practice: ``"£570k more net public value"``."""
    better, name = float(measure.gain(of).mean()), measure.name[:1].lower() + measure.name[1:]
    if abs(better) < 0.5:
        return f"no more and no less {name}" if measure.unit == POUNDS else f"as many {name}"
    word = "more" if (better > 0) == measure.more else "less" if measure.unit == POUNDS else "fewer"
    size = short(abs(better)) if measure.unit == POUNDS else f"{abs(better):,.0f}"
    return f"{size} {word} {name}"


def _sure(measure: Measure) -> str:
    """Return the 95 % interval of what was said, in brackets; nothing where worlds are too few to say."""
    gains = measure.gain()
    if len(gains) < FEWEST:
        return ""
    ends = interval(gains * (1 if gains.mean() >= 0 else -1))[1:3]
    low, high = (short(end) if measure.unit == POUNDS else f"{end:,.0f}" for end in ends)
    return f" (95 % interval {low} to {high})"


def _left(measure: Measure) -> float:
    return float(np.mean(measure.gain("best") - measure.gain()))


def _amount(measure: Measure, size: float) -> str:
    return short(size) if measure.unit == POUNDS else f"{size:,.0f} {measure.name[:1].lower()}{measure.name[1:]}"


def short(pounds: float) -> str:
    """Return pounds in thousands from ten thousand up, as a report says them: ``"£570k"``."""
    size = abs(pounds)
    if not 10_000 <= size < 999_500:
        return money(pounds)
    return f"{'-' if pounds < 0 else ''}£{size / 1000:,.0f}k"
