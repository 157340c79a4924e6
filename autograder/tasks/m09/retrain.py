"""The check of the learner's retraining rule: what it is worth, where it is needed and where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import sim
from autograder.bench import OPEN_BENCH, Bench
from autograder.checks import Criterion, Effect, Measure, Outcome, attempt, register
from autograder.stub import untouched
from autograder.tasks.m09.monitor import pair
from autograder.tasks.m09.places import Ran, Yardstick, places, tried, yardstick
from autograder.tasks.m09.worlds import Place, share
from sim.decisions import Monitor, Signals
from sim.experiments.interval import interval

ENOUGH = 0.95
"""Share of what two good answers gain, whichever gains less in a world, that earns full credit."""

GOOD = "what two good answers gain (the reference, and one like the lesson's), whichever gains less"

MOST_RETRAININGS = 12
"""Releases that the programme board allows in two years."""

TWINS = 2
FEWEST_IDLE, MOST_IDLE = 1.5, 3.0
"""Retrainings without any change of rules, for full credit and for none; in how many twins they are counted."""

EQUITY_SLACK = 0.005
"""By how much the gap between groups may exceed that of never retraining, before the floor counts as broken."""

ACCURACY_STEP = (
    "Your rule waits for accuracy_known to fall. It falls late and little, since it counts approvals and hardly any "
    "refusal. Take the alarm for evidence instead: signals.alarms counts those that a person has answered and no fault "
    "in the data explains."
)


@register("m09.retrain")
def retrain(thing: object, bench: Bench = OPEN_BENCH) -> Outcome:
    """Try the learner's rule, under their monitor, over eight quarters of three worlds."""
    where = places(bench.variant)
    if not isinstance(thing, dict) or set(thing) != {"monitor", "retrain"}:
        raise sim.errors.DecisionError('A dict was expected: {"monitor": (score_fn, threshold), "retrain": retrain}.')
    rule = thing["retrain"]
    if untouched(rule):
        raise sim.errors.DecisionError("The rule has not been written yet: retrain still holds three dots.")
    sim.check_decision("retrain", rule)
    mine, idle, whose = _tried(thing["monitor"], rule, where)
    asked = [yardstick(place) for place in where]
    naive, reference = ([getattr(place, name) for place in asked] for name in ("naive", "best"))
    value, accuracy = (_way(mine, asked, name) for name in ("value", "accuracy"))
    kept, broken, step = _floor(mine, naive)
    if kept in (0.0, 1.0) and _waits_for_accuracy(rule):
        step = ACCURACY_STEP
    reached = [kept * float(np.clip(way / ENOUGH, 0, 1)) for way in (value, accuracy)]
    spare = share(float(np.mean(idle)), MOST_IDLE, FEWEST_IDLE)
    gain, best_gain = (
        float(np.mean([run.value - none.value for run, none in zip(runs, naive, strict=True)]))
        for runs in (mine, reference)
    )
    low, high = interval(np.array([run.value - none.value for run, none in zip(mine, naive, strict=True)]))[1:3]
    right, before, best = (np.mean([r.accuracy for r in g]) for g in (mine, naive, reference))
    gap, gap_before = _gaps(mine, naive)
    return Outcome(
        [
            Criterion(
                "Public value",
                2,
                reached[0],
                f"your rule with {whose}, over eight quarters of three worlds, against no monitor and against the "
                "reference",
                f"you retrained {_times([run.retrainings for run in mine])}; net public value changed by {_gbp(gain)} "
                f"a programme (95 % interval {_gbp(low)} to {_gbp(high)}), with the reference by {_gbp(best_gain)}, "
                f"so that yours is {value:.0%} of {GOOD}; the gap between groups was {gap:.1%}, and {gap_before:.1%} "
                f"without retraining. {broken}",
                f"a gain of at least {ENOUGH:.0%} of {GOOD} for full credit, in proportion below it; at most "
                f"{MOST_RETRAININGS} releases in any world, which is what the board allows; and a gap between groups "
                "no wider than without retraining",
                step,
            ),
            Criterion(
                "Accuracy in the last quarter",
                2,
                reached[1],
                "the same runs",
                f"right decisions: {right:.1%} with your rule, {before:.1%} without retraining, {best:.1%} with the "
                f"reference, so that your gain is {accuracy:.0%} of {GOOD}. {broken}",
                f"a gain of at least {ENOUGH:.0%} of {GOOD} for full credit, in proportion below it; the "
                "limits on releases and on the gap between groups hold here too",
                step if reached[0] == 1 else "As above; this one follows, for the two go together.",
            ),
            Criterion(
                "Leaves well alone",
                2,
                spare * min(reached),
                f"the first {TWINS} of those worlds again, in their twins where no rule ever changes",
                f"you retrained {_times(idle)}" + _alone(spare, min(reached)),
                f"at most {FEWEST_IDLE:g} on average, by a rule that earns full credit where rules do change; "
                f"{MOST_IDLE:g} or more earn nothing",
                "Tie the rule to evidence (signals.alarms), not to the calendar: each retraining takes a person "
                "two days, and every release is a risk."
                if spare < 1
                else "Earn the two credits above in full; this one follows.",
            ),
        ],
        effect=_effect(mine, naive, reference, whose),
        beyond="what would a third of the cases a day leave of that gain, and below what gain would your rule not pay?",
    )


def _effect(mine: list[Ran], naive: list[Ran], best: list[Ran], whose: str) -> Effect:
    """Say what the rule did in the programme."""

    def measured(what: str, unit: str, name: str, more: bool = True) -> Measure:
        return Measure(what, unit, *([getattr(run, name) for run in runs] for runs in (mine, naive, best)), more)

    return Effect(
        f"under {whose}, it retrained {_times([run.retrainings for run in mine])}, over eight quarters of each; the "
        f"reference retrained {_times([run.retrainings for run in best])}",
        (
            measured("Net public value", "GBP", "value"),
            measured("Wrong decisions", "decisions", "wrong", more=False),
            measured("Right in the last quarter", "share", "accuracy"),
            measured("Gap between groups", "share", "equity", more=False),
        ),
        naive="never retraining",
        best="the reference rule",
    )


def _alone(spare: float, reached: float) -> str:
    """Say how the two parts of the third criterion meet."""
    if reached == 1 or spare == 0:
        return ""
    return (
        f"{', which would be few enough' if spare == 1 else ''}; this credit is cut to {reached:.0%}, the lesser of "
        "the two credits above, since a rule that never acts leaves well alone too"
    )


def _times(counts: list[int]) -> str:
    """Return how often, world by world, as people say it: ``"twice, once and 4 times, world by world"``."""
    said = [{0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times") for count in counts]
    return ", ".join(said[:-1]) + f" and {said[-1]}, world by world"


def _waits_for_accuracy(rule: object) -> bool:
    """Tell whether a rule retrains when known accuracy has fallen and does not when an alarm alone says so."""
    quiet = Signals(
        day=400,
        days_since_training=200.0,
        alarms=2,
        drift=10.0,
        accuracy_known=0.86,
        accuracy_at_training=0.86,
        outcomes_known=50_000,
        spend_gbp=100_000.0,
    )
    high, low = (attempt(rule, replace(quiet, accuracy_known=known)) for known in (0.86, 0.4))
    return high.ok and low.ok and bool(low.value) and not bool(high.value)


def _tried(watch: object, rule: object, where: tuple[Place, ...]) -> tuple[list[Ran], list[int], str]:
    """Run the rule under the learner's monitor, or under the reference one if theirs cannot be used.

    Returns the runs, the retrainings in the twins, and whose monitor it was.
    """
    try:
        return *_runs(sim.monitor(*pair(watch)), rule, where), "your own monitor"
    except sim.errors.DecisionError as error:
        if str(error).startswith("retrain"):
            raise
    return *_runs(
        sim.practices.drift_monitor(), rule, where
    ), "the reference monitor (yours is not ready; it costs nothing here)"


def _runs(watch: Monitor, rule: object, where: tuple[Place, ...]) -> tuple[list[Ran], list[int]]:
    sim.check_decision("watch_model", watch)
    playbook = sim.Playbook(watch_model=watch, retrain=rule)
    idle = [tried(playbook, place, moves=False).retrainings for place in where[:TWINS]]
    return [tried(playbook, place) for place in where], idle


def _way(mine: list[Ran], asked: list[Yardstick], name: str) -> float:
    """Return how far from naive to two good answers a measure has come, the worlds taken together."""
    gain = sum(getattr(run, name) - getattr(place.naive, name) for run, place in zip(mine, asked, strict=True))
    return gain / sum(getattr(place, name) for place in asked)


def _gaps(mine: list[Ran], naive: list[Ran]) -> tuple[float, float]:
    """Return the mean gap between groups under the learner's rule, and without retraining."""
    with_rule, without = (float(np.mean([run.equity for run in group])) for group in (mine, naive))
    return with_rule, without


def _floor(mine: list[Ran], naive: list[Ran]) -> tuple[float, str, str]:
    """Return what share of the credit the floors leave, which floor is broken, and what to do next."""
    most, fewest = (f(run.retrainings for run in mine) for f in (max, min))
    if most > MOST_RETRAININGS:
        kept = share(most, 2 * MOST_RETRAININGS, MOST_RETRAININGS)
        return (
            kept,
            f"The board allows {MOST_RETRAININGS} releases in two years and there were up to {most}: the credit for "
            f"the gain is cut to {kept:.0%} of itself",
            "Let the rule rest: compare signals.days_since_training with a number of days, of the order of fifty.",
        )
    if fewest == 0:
        return (
            0.0,
            "No credit is given: in at least one world the rule changed and you never retrained",
            "Run your rule once and look at run.journal: is there an alarm, was it answered, and what else did you "
            "wait for? Alarms come in ones and twos; some 280 outcomes become known a day, so that ten days bring "
            "about 3,000.",
        )
    gap, before = _gaps(mine, naive)
    if gap > before + EQUITY_SLACK:
        return (
            0.0,
            "No credit is given, though, since the gap between groups grew",
            "See which retraining widened the gap (run.groups, by quarter), and what it had to learn from.",
        )
    return 1.0, "", _advice(mine)


def _advice(mine: list[Ran]) -> str:
    """Return what to try next when the floors hold."""
    if np.mean([run.retrainings for run in mine]) < 3:
        return (
            "One retraining soon after the change learns mostly from the old world. Let the rule ask again while "
            "alarms go on, once enough new outcomes are known: some thousands, and some six weeks after the last."
        )
    return (
        "Ask three things of the signals: is there an unexplained alarm, has the last training had time to act (weeks, "
        "not days), are there enough outcomes since (thousands, not hundreds)? Then vary the two numbers and compare."
    )


def _gbp(pounds: float) -> str:
    return f"{'-' if pounds < 0 else ''}£{abs(pounds) / 1000:,.0f}k"
