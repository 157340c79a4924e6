"""The check of the learner's monitor: how soon it sees a change of rules, and how often it rings for nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

import sim
from autograder.checks import Criterion, Outcome, register
from autograder.stub import untouched
from autograder.tasks.m09.worlds import SEEDS, joined, rule_day, share, world
from sim.decisions import Monitor
from sim.plots.style import BLUE, GREY, INK, ORANGE, axes, describe, label

QUARTERS = 5
SLOWEST_DAYS = 150.0
"""Delay from which a monitor counts as not having seen the change."""

FEWEST_FALSE, MOST_FALSE = 4.0, 26.0
"""False alarms a year for full credit and for none."""

SOONEST_DAYS = 14.0
"""An alarm earlier than this after the change is chance: hardly an outcome decided since can be known."""

NOTHING = 1e-9
ENOUGH = 0.9
"""Share of the reference monitor's speed that earns full credit: the rest is luck."""


@dataclass
class _Log:
    """A score function that keeps what it said; the threshold above it is never reached."""

    score_fn: object
    days: list[float]
    scores: list[float]

    def __call__(self, reference: pd.DataFrame, recent: pd.DataFrame) -> float:
        score = self.score_fn(reference, recent)
        self.days.append(float(recent["decided_day"].max()))
        self.scores.append(score)
        return score


def _scores(watch: Monitor, seed: int, moves: bool) -> pd.Series:
    """Return a monitor's score by day of looking, in a world in which nobody acts on it."""
    log = _Log(watch.fresh().score_fn, [], [])
    never = sim.monitor(log, 1e300, watch.every_days, watch.window_days)
    sim.simulate(world(QUARTERS, moves), sim.Playbook(watch_model=never), seed=seed, instant=True)
    return pd.Series(log.scores, index=log.days, dtype=float)


@dataclass(frozen=True)
class Watched:
    """How a monitor did on one seed: delay in days (the slowest if it never saw), false alarms a year, its scores."""

    delay: float
    false_per_year: float
    moving: pd.Series
    steady: pd.Series


def watch(monitor: Monitor, seed: int) -> Watched:
    """Try a monitor on one pair of worlds."""
    moving, steady = _scores(monitor, seed, True), _scores(monitor, seed, False)
    false = steady.to_numpy() > monitor.threshold
    changed = rule_day(seed)
    seen = moving.index[(moving.index >= changed + SOONEST_DAYS) & (moving.to_numpy() > monitor.threshold) & ~false]
    delay = min(seen[0] - changed, SLOWEST_DAYS) if len(seen) else SLOWEST_DAYS
    years = (steady.index[-1] - steady.index[0] + monitor.every_days) / 365.25
    return Watched(float(delay), float(false.sum() / years), moving, steady)


@lru_cache(maxsize=8)
def _reference_delay(seed: int) -> float:
    return watch(sim.practices.drift_monitor(), seed).delay


@register("m09.monitor")
def monitor(thing: object) -> Outcome:
    """Try the learner's score and threshold on three pairs of worlds."""
    made = sim.monitor(*pair(thing))
    sim.check_decision("watch_model", made)
    results = [watch(made, seed) for seed in SEEDS]
    best = [_reference_delay(seed) for seed in SEEDS]
    speed = float(np.mean([share(r.delay, SLOWEST_DAYS, b) for r, b in zip(results, best, strict=True)]))
    false = float(np.mean([r.false_per_year for r in results]))
    quiet = share(false, MOST_FALSE, FEWEST_FALSE)
    days = ", ".join("never" if r.delay >= SLOWEST_DAYS else f"{r.delay:.0f} days" for r in results)
    return Outcome(
        [
            Criterion(
                "Sees the change soon",
                3,
                min(speed / ENOUGH, 1.0) * min(1.0, 2 * quiet),
                f"three worlds in which the rule changes, on day {joined([rule_day(s) for s in SEEDS])}; an alarm "
                "counts only if the same monitor is quiet on that day in the twin world, where no rule ever changes, "
                f"and not before day {SOONEST_DAYS:.0f} after the change, when the first outcomes come in",
                f"first alarm after the change: {days}"
                + _halved(quiet, "a monitor that rings all the time sees nothing"),
                f"about {np.mean(best):.0f} days, as the reference monitor takes; {SLOWEST_DAYS:.0f} days or "
                "more earn nothing",
                _slow_step(results, speed, quiet),
            ),
            Criterion(
                "Keeps quiet otherwise",
                3,
                quiet * min(1.0, 2 * speed),
                "the twins of those worlds: rents climb, winters come, and no rule ever changes",
                f"{false:.1f} false alarms a year" + _halved(speed, "silence counts only for a monitor that also sees"),
                f"at most {FEWEST_FALSE:g} a year; {MOST_FALSE:g} or more earn nothing, for "
                "each takes a person most of a day",
                "Look at the score in the steady world (the dashed line below) and put the threshold above it; if that "
                "makes you slow, the score must change: what is high in both worlds says nothing about the rule."
                if false > FEWEST_FALSE
                else "Raise the alarm in time first: lower the threshold, or score what the new rule disturbs.",
            ),
        ],
        figure=_drawn(results[0], made.threshold),
    )


def pair(thing: object) -> tuple:
    """Return a score function and a threshold, or raise `DecisionError` if either is missing."""
    if not isinstance(thing, (tuple, list)) or len(thing) != 2:
        raise sim.errors.DecisionError(
            'A score function and a threshold were expected, as check("m09.monitor", (score_fn, threshold)).'
        )
    for part, name in zip(thing, ("score_fn", "threshold"), strict=True):
        if untouched(part):
            raise sim.errors.DecisionError(
                f"{name} has not been written yet; the other of the two has. Both are needed."
            )
    return tuple(thing)


def _halved(share: float, why: str) -> str:
    return f"; the credit is cut to {2 * share:.0%}, since {why}" if share < 0.5 else ""


def _slow_step(results: list[Watched], speed: float, quiet: float) -> str:
    if quiet < 0.5:
        return "Mend the false alarms first; the second criterion says how."
    if speed == 0 and all(np.ptp(r.moving.to_numpy() - r.steady.to_numpy()) < NOTHING for r in results):
        return (
            "Your score is the same in both worlds, so that it cannot see the rule at all: features alone do not move "
            "when a rule does. Compare known outcomes with the scores given."
        )
    return (
        "Print your score week by week before and after the change. Outcomes of cases decided under the old rule "
        "dilute the new: look at those decided lately, and at each feature apart."
    )


def _drawn(result: Watched, threshold: float) -> object:
    """Draw the score in the two worlds of the first seed."""
    picture, axis = axes(9.0, 3.6)
    changed = rule_day(SEEDS[0])
    axis.plot(result.moving.index, result.moving, color=BLUE)
    axis.plot(result.steady.index, result.steady, color=ORANGE, linestyle=(0, (4, 1.5)))
    axis.margins(x=0)
    axis.plot(result.moving.index[[0, -1]], [threshold] * 2, color=GREY, linewidth=1.2)
    axis.axvline(changed, color=GREY, linewidth=1.2, linestyle=":")
    low, high = (f(result.moving.min(), result.steady.min(), threshold) for f in (min, max))
    high = max(high, result.moving.max(), result.steady.max())
    axis.set_ylim(low - 0.05 * (high - low), high + 0.12 * (high - low))
    axis.annotate(
        "the rule changes",
        (changed, 1.0),
        (5, -4),
        xycoords=axis.get_xaxis_transform(),
        textcoords="offset points",
        color=INK,
        va="top",
    )
    ends = [
        (result.steady.iloc[-1], "twin, no change", ORANGE),
        (threshold, "threshold", GREY),
        (result.moving.iloc[-1], "rule changes", BLUE),
    ]
    place = -math.inf
    for height, name, colour in sorted(ends, key=lambda line: line[0]):
        place = max(height, place + 0.08 * (high - low))
        label(axis, result.moving.index[-1], place, name, colour)
    axis.set_xlabel("Day of the programme")
    axis.set_ylabel("Score (no unit)")
    axis.set_title("Your monitor's score in two worlds", loc="left", fontsize=11, fontweight="bold", color=INK)
    return describe(
        picture,
        f"Your score by week on one seed, in the world in which the rule changes on day {changed:.0f} and in its "
        f"twin. After the change it is at most {result.moving[result.moving.index >= changed].max():.3g}; in the "
        f"twin at most {result.steady.max():.3g}. The threshold is {threshold:.3g}.",
    )
