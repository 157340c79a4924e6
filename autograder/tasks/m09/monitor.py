"""The check of the learner's monitor: how soon it sees a change of rules, and how often it rings for nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import sim
from autograder.baselines import baseline
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, register
from autograder.stub import untouched
from autograder.tasks.m09 import second
from autograder.tasks.m09.places import places
from autograder.tasks.m09.worlds import Place, joined, one_rule, rule_day, share
from sim.decisions import Monitor
from sim.plots.style import BLUE, GREY, INK, ORANGE, axes, describe, label

QUARTERS = 6
SLOWEST_DAYS = 100.0
"""Delay from which a monitor counts as not having seen the change."""

FEWEST_FALSE, MOST_FALSE = 4.0, 26.0
"""False alarms a year for full credit and for none."""

SOONEST_DAYS = 14.0
"""An alarm earlier than this after the change is chance: hardly an outcome decided since can be known."""

LASTING_DAYS = 28.0
"""For how long each look must find the score above the threshold: a rule stays changed, and chance does not stay."""

NOTHING = 1e-9
ENOUGH = 0.95
"""Share of the speed of two good monitors, whichever is slower in a world, that earns full credit."""


@dataclass
class _Log:
    """A score function that keeps what several say; the threshold above it is never reached."""

    score_fns: list[object]
    days: list[float]
    scores: list[list[float]]

    def fresh(self) -> _Log:
        """Return itself: what it keeps is read after the run."""
        return self

    def __call__(self, reference: pd.DataFrame, recent: pd.DataFrame) -> float:
        self.scores.append([score_fn(reference, recent) for score_fn in self.score_fns])
        self.days.append(float(recent["decided_day"].max()))
        return self.scores[-1][0]


def _scores(monitors: Sequence[Monitor], place: Place, moves: bool) -> tuple[list[pd.Series], pd.DataFrame]:
    """Return each monitor's score by day of looking, in a world in which nobody acts on it, and that world's days.

    Monitors of one window; the first looks most often, and the others at every so many of its looks.
    """
    first = monitors[0]
    log = _Log([watch.fresh().score_fn for watch in monitors], [], [])
    never = sim.monitor(log, 1e300, first.every_days, first.window_days)
    run = sim.simulate(one_rule(QUARTERS, place, moves), sim.Playbook(watch_model=never), seed=place.seed, instant=True)
    steps = [watch.every_days // first.every_days for watch in monitors]
    columns = zip(*log.scores, strict=True)
    looks = [pd.Series(said, index=log.days, dtype=float)[s - 1 :: s] for said, s in zip(columns, steps, strict=True)]
    return looks, run.daily


@dataclass(frozen=True)
class Watched:
    """How a monitor did in one place: delay in days (the slowest if it never saw), false alarms a year, its scores.

    ``lost`` has, day by day from the change on, what it costs that nobody knows of it: columns wrong (decisions that
    the twin gets right) and gbp.
    """

    delay: float
    false_per_year: float
    moving: pd.Series
    steady: pd.Series
    lost: pd.DataFrame


def watch(monitor: Monitor, place: Place) -> Watched:
    """Try a monitor on one pair of worlds."""
    ([moving], days), ([steady], twins) = (_scores([monitor], place, moves) for moves in (True, False))
    delay, false_per_year = _heard(monitor, moving, steady, rule_day(place.seed))
    return Watched(delay, false_per_year, moving, steady, _lost(days, twins, rule_day(place.seed)))


def _heard(monitor: Monitor, moving: pd.Series, steady: pd.Series, changed: float) -> tuple[float, float]:
    """Return the days from a change to a monitor's first lasting alarm, and its false alarms a year."""
    false = steady.to_numpy() > monitor.threshold
    rings = pd.Series((moving.to_numpy() > monitor.threshold) & ~false, index=moving.index)
    seen = [
        day
        for day in rings.index[rings.index >= changed + SOONEST_DAYS]
        if rings[(rings.index >= day) & (rings.index < day + LASTING_DAYS)].all()
    ]
    delay = min(seen[0] - changed, SLOWEST_DAYS) if seen else SLOWEST_DAYS
    years = (steady.index[-1] - steady.index[0] + monitor.every_days) / 365.25
    return float(delay), float(false.sum() / years)


def _lost(days: pd.DataFrame, twins: pd.DataFrame, changed: float) -> pd.DataFrame:
    """Return what each day after a change costs, against the same day of the twin, where no rule changes."""
    wrong = (days["decided"] - days["right"]) - (twins["decided"] - twins["right"])
    gbp = (twins["benefit_gbp"] - twins["harm_gbp"]) - (days["benefit_gbp"] - days["harm_gbp"])
    return pd.DataFrame({"wrong": wrong, "gbp": gbp})[days["day"] >= changed].reset_index(drop=True)


@baseline
def delays(place: Place) -> tuple[float, float]:
    """Return the days that two good monitors take in one place: the reference, and that of the second answer."""
    other, reference = second.monitor(), sim.practices.drift_monitor()
    (moving, _), (steady, _) = (_scores([other, reference], place, moves) for moves in (True, False))
    taken = [
        _heard(watch, *scores, rule_day(place.seed))[0]
        for watch, *scores in zip((other, reference), moving, steady, strict=True)
    ]
    return taken[1], taken[0]


@register("m09.monitor")
def monitor(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Try the learner's score and threshold on three pairs of worlds."""
    where = places(bench.variant)
    made = sim.monitor(*pair(thing))
    sim.check_decision("watch_model", made)
    results = [watch(made, place) for place in where]
    best = [delays(place)[0] for place in where]
    asked = [max(delays(place)) for place in where]
    speed = share(sum(r.delay for r in results), SLOWEST_DAYS * len(where), sum(asked))
    false = float(np.mean([r.false_per_year for r in results]))
    quiet = share(false, MOST_FALSE, FEWEST_FALSE)
    changed = joined([rule_day(place.seed) for place in where])
    days = ", ".join("never" if r.delay >= SLOWEST_DAYS else f"{r.delay:.0f} days" for r in results)
    return Outcome(
        [
            Criterion(
                "Sees the change soon",
                3,
                min(speed / ENOUGH, 1.0) * min(1.0, 2 * quiet),
                f"three worlds, in each of which another rule changes, on day {changed}; "
                "an alarm counts only if the same monitor is quiet on that day in the twin world, where no rule ever "
                f"changes, if it goes on for {LASTING_DAYS:.0f} days (chance does not), and if it comes "
                f"{SOONEST_DAYS:.0f} days or more after the change, for before that no outcome can speak of it",
                f"first alarm after the change, world by world: {days}"
                + _halved(quiet, "a monitor that rings all the time sees nothing"),
                f"about {np.mean(asked):.0f} days, as the slower of two good monitors takes in each world (the "
                f"reference, and one like the lesson's); {SLOWEST_DAYS:.0f} days or more earn nothing",
                _slow_step(results, speed, quiet),
            ),
            Criterion(
                "Keeps quiet otherwise",
                3,
                quiet * min(1.0, 2 * speed),
                "the twins of those worlds: rents climb, winters come, and no rule ever changes",
                f"it rang falsely {false:.1f} times a year"
                + _halved(speed, "silence counts only for a monitor that also sees"),
                f"at most {FEWEST_FALSE:g} a year; {MOST_FALSE:g} or more earn nothing, for "
                "each takes a person most of a day",
                "Look at the score in the steady world (the dashed line below) and put the threshold above it; if that "
                "makes you slow, the score must change: what is high in both worlds says nothing about the rule."
                if false > FEWEST_FALSE
                else "Raise the alarm in time first: lower the threshold, or score what the new rule disturbs.",
            ),
        ],
        figure=_drawn(results, made.threshold, where),
        effect=_effect(results, best, days),
        beyond="how far would the threshold have to fall for a second false alarm a year, and how many days would "
        "that win?",
    )


def _effect(results: list[Watched], best: list[float], days: str) -> Effect:
    """Say what the monitor did: how soon it rang, and what went wrong before."""

    def until(name: str, delays: list[float]) -> list[float]:
        pairs = zip(results, delays, strict=True)
        return [float(r.lost[name].sum() if d >= SLOWEST_DAYS else r.lost[name].head(round(d)).sum()) for r, d in pairs]

    delays, never = [r.delay for r in results], [SLOWEST_DAYS] * len(results)
    return Effect(
        f"it rang {days} after the change, world by world; what goes wrong before anybody knows is counted until then, "
        "and to the end of the eighteen months where it never rang",
        (
            Measure("Loss before the alarm", "GBP", *(until("gbp", d) for d in (delays, never, best)), more=False),
            Measure(
                "Wrong decisions before the alarm",
                "decisions",
                *(until("wrong", d) for d in (delays, never, best)),
                more=False,
            ),
            Measure("Days to the alarm", "days", delays, (), best, more=False),
            Measure("False alarms a year", "", [r.false_per_year for r in results], [0.0] * len(results), more=False),
        ),
        naive="no monitor",
        best="the reference monitor",
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
    if all(np.ptp(np.concatenate([r.moving, r.steady])) < NOTHING for r in results):
        return (
            f"Your score was {results[0].moving.iloc[0]:g} at every look. If it gives up when too few outcomes are "
            "known, print how many rows are left: outcomes take about five weeks, so that of the cases decided in "
            "the last thirty days hardly one has its outcome."
        )
    if quiet < 0.5:
        return "Mend the false alarms first, as the second criterion says; this one follows."
    if speed == 0 and all(np.ptp(r.moving.to_numpy() - r.steady.to_numpy()) < NOTHING for r in results):
        return (
            "Your score is the same in both worlds, so that it cannot see the rule at all: features alone do not move "
            "when a rule does. Compare known outcomes with the scores given."
        )
    seen = sum(r.delay < SLOWEST_DAYS for r in results)
    if 0 < seen < len(results):
        return (
            f"Your score passes its threshold in {seen} of {len(results)} worlds. The rules are about different "
            "features: does it look at each of them, and return the largest? If it does, the threshold may be too "
            "high: compare it with the two lines drawn below."
        )
    return (
        "Print your score week by week before and after the change. Outcomes of cases decided under the old rule "
        "dilute the new: keep those decided in the last six or seven weeks, and look at each feature apart."
    )


def _drawn(results: list[Watched], threshold: float, where: tuple[Place, ...]) -> object:
    """Draw the score in the two worlds of the seed on which the monitor was slowest."""
    picture, axis = axes(9.0, 3.6)
    slowest = int(np.argmax([result.delay for result in results]))
    result, changed = results[slowest], rule_day(where[slowest].seed)
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
    title = f"Your monitor's score where it was slowest: world {slowest + 1} of {len(results)}, and its twin"
    axis.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
    return describe(
        picture,
        f"Your score by week in world {slowest + 1} of {len(results)}, in which the rule changes on day "
        f"{changed:.0f}, and in its twin. After the change it is at most "
        f"{result.moving[result.moving.index >= changed].max():.3g}; in the twin at most {result.steady.max():.3g}. "
        f"The threshold is {threshold:.3g}.",
    )
