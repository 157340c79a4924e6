"""The queue of a team against queueing theory: M/M/c, Little's law, and what a hand-off adds.

Arrivals and services are exponential, in a calendar in which every hour is worked. Differences are counted in standard
errors of independent replications, each freed of what its own arrivals and services happened to be by control variates.
"""

from __future__ import annotations

import math
from datetime import date
from functools import partial

import numpy as np
import simpy

from sim.calendar import HOURS_PER_WORKING_DAY, Calendar
from sim.organisation.teams import HAND_OVER, Team, WorkLog
from sim.organisation.topology import CROSS_FUNCTIONAL, SILO, TRADES, Topology
from sim.scenario import Staff
from sim.scenario import Team as Given
from sim.scenario.organisation import Teamwork
from tests.verification.check import Check, Row, mean_against

REPLICATIONS, JOBS, WARM = 24, 4000, 400

SETTINGS = [(1, 0.4), (2, 0.6), (3, 0.75)]
"""People, and load as a share of their time."""


class AllHours(Calendar):
    """A calendar in which every hour of every day is worked, so that time runs evenly."""

    def finish(self, begun: float, hours: float) -> float:
        return begun + hours / HOURS_PER_WORKING_DAY

    def worked(self, begun: float, until: float) -> float:
        return (until - begun) * HOURS_PER_WORKING_DAY


def evenly() -> AllHours:
    return AllHours(date(2026, 4, 1), 1)


def erlang_c(servers: int, load: float) -> float:
    """Return the chance of waiting in M/M/c, with load as a share of capacity (Erlang 1917)."""
    offered = servers * load
    top = offered**servers / math.factorial(servers) / (1 - load)
    return top / (sum(offered**k / math.factorial(k) for k in range(servers)) + top)


def wait_of(servers: int, load: float) -> float:
    """Return the mean wait in M/M/c, in mean services."""
    return erlang_c(servers, load) / (servers * (1 - load))


def queue(servers: int, load: float, seed: int, slower: float = 1.0, jobs: int = JOBS) -> dict[str, np.ndarray | float]:
    """Run a team of people through jobs of a mean of one day, and return its log as arrays."""
    generator = np.random.default_rng((seed, servers, round(100 * load)))
    gaps, days = generator.exponential(1 / (servers * load), jobs), generator.exponential(1.0, jobs)
    env, log = simpy.Environment(), WorkLog()
    team = Team(env, Given(name="data", discipline="dataops", people=servers, share=1.0), evenly(), log)

    def arrive():
        for i in range(jobs):
            yield env.timeout(gaps[i])
            team.work("job", days[i] * slower * HOURS_PER_WORKING_DAY, 0)

    env.process(arrive())
    env.run()
    frame = log.frame()
    return {c: frame[c].to_numpy() for c in ("queued_day", "started_day", "finished_day")} | {
        "gaps": gaps,
        "days": days,
    }


def controlled(values: np.ndarray, controls: np.ndarray, means: np.ndarray) -> tuple[float, float]:
    """Return a mean freed of its controls' luck, and its standard error.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One for each replication.
    controls : ndarray, shape (n, k)
        What each replication happened to draw, of which theory knows the mean.
    means : ndarray, shape (k,)
        That mean.
    """
    off = controls - means
    design = np.column_stack([np.ones(len(values)), off])
    fitted, *_ = np.linalg.lstsq(design, values, rcond=None)
    rest = values - design @ fitted
    variance = rest @ rest / (len(values) - design.shape[1]) * np.linalg.inv(design.T @ design)[0, 0]
    return float(fitted[0]), math.sqrt(variance)


def waiting(servers: int, load: float, slower: float, seed: int) -> tuple[float, float, float, float]:
    """Return one replication's mean wait, then what it happened to draw: gaps, services and their squares."""
    run = queue(servers, load, seed, slower)
    wait = float((run["started_day"] - run["queued_day"])[WARM:].mean())
    return wait, float(run["gaps"].mean()), float(run["days"].mean()), float((run["days"] ** 2).mean())


def wait_conclude(servers: int, load: float, parts: np.ndarray) -> list[Row]:
    """Hold the mean wait, freed of luck, to Erlang's."""
    mean, error = controlled(parts[:, 0], parts[:, 1:], np.array([1 / (servers * load), 1.0, 2.0]))
    return [mean_against(wait_of(servers, load), len(parts), mean, error)]


def erlang(servers: int, load: float, slower: float = 1.0) -> Check:
    """Return the check of a team of so many people under a load."""
    return Check(
        "theory",
        (f"M/M/{servers} at {load:.0%}: wait by Erlang C",),
        "days",
        REPLICATIONS,
        partial(waiting, servers, load, slower),
        partial(wait_conclude, servers, load),
        slow=True,
    )


WAITS = [erlang(servers, load) for servers, load in SETTINGS]


def lead(form: str, seed: int, load: float, explain: float, jobs: int = JOBS) -> tuple[float, float, float]:
    """Return the mean days from asking to the end of the work, and of the gaps and parts that were drawn."""
    generator = np.random.default_rng((seed, round(100 * load)))
    gaps, days = generator.exponential(1 / load, jobs), generator.exponential(1.0, (jobs, 2))
    env, log = simpy.Environment(), WorkLog()
    teams = tuple(Given(name=n, discipline=d, people=1, share=1.0) for n, d in (("data", "dataops"), ("ml", "mlops")))
    about = Teamwork(explain_hours=explain * HOURS_PER_WORKING_DAY, outside_pace=1.0)
    topology = Topology(env, Staff(teams=teams), about, evenly(), log, ["claims"], lambda event: "claims")
    topology.reorganise(form)
    took = np.empty(jobs)

    def job(i: int):
        began = env.now
        monkeyed = ("dataops", float(days[i, 0])), ("mlops", float(days[i, 1]))
        TRADES["both"] = tuple((trade, part) for trade, part in monkeyed)
        work = topology.work("dataops", "both", HOURS_PER_WORKING_DAY, 0)
        yield work
        took[i] = env.now - began

    def arrive():
        for i in range(jobs):
            yield env.timeout(gaps[i])
            env.process(job(i))

    env.process(arrive())
    try:
        env.run()
    finally:
        TRADES.pop("both", None)
    told = (log.frame()["kind"] == HAND_OVER).sum()
    assert told == (jobs if form == SILO and explain else 0)
    return took[WARM:].mean(), gaps.mean(), days.mean()


def erlang_two(load: float) -> float:
    """Return the mean time in M/E2/2, where each job is two exponential days: from its own Markov chain.

    A state is how many jobs there are, and how many parts each of the (at most two) in service has left.
    """
    most = 60
    states = [(n, a, b) for n in range(most + 1) for a in (0, 1, 2) for b in (0, 1, 2)
              if (a > 0) + (b > 0) == min(n, 2) and a >= b]  # fmt: skip
    place = {state: i for i, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))

    def flow(one, other, rate):
        rates[place[one], place[other]] += rate

    for n, a, b in states:
        if n < most:
            busy = [a, b] if n >= 2 else sorted([a, b, 2], reverse=True)[:2]
            flow((n, a, b), (n + 1, *busy), load)
        for left, rest in ((a, b), (b, a)):
            if left == 2:
                flow((n, a, b), (n, *sorted([1, rest], reverse=True)), 1.0)
            elif left == 1:
                following = 2 if n > 2 else 0
                flow((n, a, b), (n - 1, *sorted([following, rest], reverse=True)), 1.0)
    balance = rates.T - np.diag(rates.sum(axis=1))
    balance[0] = 1.0
    chance = np.linalg.solve(balance, np.eye(len(states))[0])
    return float(sum(p * n for p, (n, _, _) in zip(chance, states, strict=True)) / load)


LOAD = 0.6


def handed(form: str, seed: int) -> tuple[float, float, float]:
    """Return one replication of work of two trades in turn under a form of organisation."""
    return lead(form, seed, LOAD, 0.0)


def lead_conclude(theory: float, parts: np.ndarray) -> list[Row]:
    """Hold the mean lead time, freed of luck, to theory."""
    mean, error = controlled(parts[:, 0], parts[:, 1:], np.array([1 / LOAD, 1.0]))
    return [mean_against(theory, len(parts), mean, error, 0.06 * mean)]


LEADS = {
    form: Check(
        "theory",
        (about,),
        "days",
        REPLICATIONS,
        partial(handed, form),
        partial(lead_conclude, theory),
        slow=True,
    )
    for form, about, theory in (
        (SILO, "Two silos in turn at 60%: lead time of a tandem queue (Burke)", 2 / (1 - LOAD)),
        (CROSS_FUNCTIONAL, "One team of two trades at 60%: lead time of M/E2/2", erlang_two(LOAD)),
    )
}

SHARE = 0.5
"""Share of one person's time that the programme has, where incidents have all of it."""

INCIDENTS, WORKS = 0.15, 0.15
"""Arrivals a day of incidents and of ordinary work, a day of somebody's own work each."""


def interrupted(seed: int, pay_back: bool = True, jobs: int = JOBS) -> tuple[float, float, float, float, float, float]:
    """Return the mean days of an incident and of ordinary work of one person, then the gaps and days drawn for each.

    Parameters
    ----------
    seed : int
        Of the replication.
    pay_back : bool
        Whether others have back the time that incidents take from them.
    jobs : int
        Of each sort.
    """
    generator = np.random.default_rng((seed, 71))
    env, log = simpy.Environment(), WorkLog()
    given = Given(name="data", discipline="dataops", people=1, share=SHARE)
    team = Team(env, given, evenly(), log)
    if not pay_back:
        team.people[0].share = 1.0
    drawn = {}

    def arrive(kind: str, gaps: np.ndarray, hours: np.ndarray):
        for gap, h in zip(gaps, hours, strict=True):
            yield env.timeout(gap)
            team.work(kind, h, 0, urgent=kind == "incident")

    for kind, rate in (("incident", INCIDENTS), ("work", WORKS)):
        drawn[kind] = generator.exponential(1 / rate, jobs), generator.exponential(1.0, jobs)
        env.process(arrive(kind, drawn[kind][0], drawn[kind][1] * HOURS_PER_WORKING_DAY))
    env.run()
    frame = log.frame()
    took = (frame["finished_day"] - frame["queued_day"]).groupby(frame["kind"])
    means = [float(took.get_group(kind).to_numpy()[WARM:].mean()) for kind in drawn]
    return *means, *(float(part.mean()) for parts in drawn.values() for part in parts)


def interrupted_conclude(parts: np.ndarray) -> list[Row]:
    """Hold both times in the system, freed of luck, to those of a queue with pre-emptive priority."""
    incidents, works = INCIDENTS / SHARE, WORKS / SHARE
    theories = 1 / (1 - INCIDENTS), 1 / SHARE / ((1 - incidents) * (1 - incidents - works))
    drawn = np.array([1 / INCIDENTS, 1.0, 1 / WORKS, 1.0])
    means = [controlled(parts[:, i], parts[:, 2:], drawn) for i in (0, 1)]
    return [mean_against(t, len(parts), *m, 0.06 * t) for t, m in zip(theories, means, strict=True)]


INTERRUPTED = Check(
    "theory",
    (
        "Incidents that call one person away: time in M/M/1",
        "Work put down for incidents: time in M/M/1 with pre-emptive priority",
    ),
    "days",
    REPLICATIONS,
    interrupted,
    interrupted_conclude,
    slow=True,
)

CHECKS = [*WAITS, *LEADS.values(), INTERRUPTED]
