"""The queue of a team against queueing theory: M/M/c, Little's law, and what a hand-off adds.

Arrivals and services are exponential, in a calendar in which every hour is worked. Differences are counted in standard
errors of independent replications, each freed of what its own arrivals and services happened to be by control variates.
Each of these tests also sees hours that are 3 % longer than they should be.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
import simpy

from sim.calendar import HOURS_PER_WORKING_DAY, Calendar
from sim.organisation.teams import HAND_OVER, Team, WorkLog
from sim.organisation.topology import CENTRE, CROSS_FUNCTIONAL, SILO, TRADES, Topology
from sim.scenario import Staff
from sim.scenario import Team as Given
from sim.scenario.organisation import Teamwork

REPLICATIONS, JOBS, WARM = 24, 4000, 400

SETTINGS = [(1, 0.4), (2, 0.6), (3, 0.75)]
"""People, and load as a share of their time."""


class AllHours(Calendar):
    """A calendar in which every hour of every day is worked, so that time runs evenly."""

    def finish(self, begun: float, hours: float) -> float:
        return begun + hours / HOURS_PER_WORKING_DAY


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


def waiting(servers: int, load: float, slower: float = 1.0) -> tuple[float, float]:
    runs = [queue(servers, load, seed, slower) for seed in range(REPLICATIONS)]
    values = np.array([(r["started_day"] - r["queued_day"])[WARM:].mean() for r in runs])
    controls = np.array([[r["gaps"].mean(), r["days"].mean(), (r["days"] ** 2).mean()] for r in runs])
    return controlled(values, controls, np.array([1 / (servers * load), 1.0, 2.0]))


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load"), SETTINGS)
def test_the_wait_is_that_of_erlang_c_and_hours_three_per_cent_longer_show(servers, load):
    wait, error = waiting(servers, load)
    theory = wait_of(servers, load)
    print(f"M/M/{servers} at {load:.0%}: {wait:.4f} +- {error:.4f} days, theory {theory:.4f}")
    assert abs(wait - theory) < 3 * error
    wait, error = waiting(servers, load, slower=1.03)
    assert abs(wait - theory) > 3 * error


@pytest.mark.parametrize(("servers", "load"), SETTINGS)
def test_each_wait_is_that_of_the_recursion_of_kiefer_and_wolfowitz(servers, load):
    """Whoever is free first takes the next job: the waits follow from arrivals and services alone (1955)."""
    run = queue(servers, load, seed=3, jobs=1500)
    came, free, waits = np.cumsum(run["gaps"]), np.zeros(servers), []
    for now, days in zip(came, run["days"], strict=True):
        first = free.argmin()
        begun = max(now, free[first])
        free[first] = begun + days
        waits.append(begun - now)
    assert np.allclose(run["started_day"] - run["queued_day"], waits, rtol=0, atol=1e-6) and max(waits) > 1


def in_system(run: dict, first: float, last: float) -> float:
    """Return the mean number of jobs in the system over a span of time, counted from the events alone."""
    came, gone = np.sort(run["queued_day"]), np.sort(run["finished_day"])
    times = np.unique(np.concatenate([came, gone, [first, last]]))
    times = times[(times >= first) & (times <= last)]
    number = np.searchsorted(came, times[:-1], side="right") - np.searchsorted(gone, times[:-1], side="right")
    return float((number * np.diff(times)).sum() / (last - first))


def test_littles_law_holds_from_an_empty_office_to_an_empty_office():
    run = queue(3, 0.75, seed=5, jobs=3000)
    first, last = 0.0, run["finished_day"].max()
    rate, sojourn = 3000 / last, (run["finished_day"] - run["queued_day"]).mean()
    assert in_system(run, first, last) == pytest.approx(rate * sojourn, rel=1e-9)
    assert in_system(run, first, last) != pytest.approx(rate * sojourn * 1.03, rel=1e-3)


class TestHandOffs:
    """Work of two trades, in turn, as a Poisson stream of exponential parts: a tandem queue (Burke 1956)."""

    @pytest.fixture
    def two_trades(self, monkeypatch):
        monkeypatch.setitem(TRADES, "both", (("dataops", 0.5), ("mlops", 0.5)))

    def lead(self, form: str, seed: int, load: float, explain: float, jobs: int = JOBS) -> tuple[float, float, float]:
        """Return the mean days from asking to the end of the work, and of the gaps and parts that were drawn."""
        generator = np.random.default_rng((seed, round(100 * load)))
        gaps, days = generator.exponential(1 / load, jobs), generator.exponential(1.0, (jobs, 2))
        env, log = simpy.Environment(), WorkLog()
        teams = tuple(
            Given(name=n, discipline=d, people=1, share=1.0) for n, d in (("data", "dataops"), ("ml", "mlops"))
        )
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
        env.run()
        told = (log.frame()["kind"] == HAND_OVER).sum()
        assert told == (jobs if form == SILO and explain else 0)
        return took[WARM:].mean(), gaps.mean(), days.mean()

    def mean_lead(self, form: str, load: float, explain: float = 0.0) -> tuple[float, float]:
        runs = np.array([self.lead(form, seed, load, explain) for seed in range(REPLICATIONS)])
        return controlled(runs[:, 0], runs[:, 1:], np.array([1 / load, 1.0]))

    @pytest.mark.slow
    def test_a_hand_off_adds_a_queue_and_a_cross_functional_team_does_not_pay_it(self, two_trades):
        load = 0.6
        one_queue = 1 / (1 - load)
        lead, error = self.mean_lead(SILO, load)
        print(f"two silos: {lead:.3f} +- {error:.3f}, theory {2 * one_queue:.3f}")
        assert abs(lead - 2 * one_queue) < 3 * error < 0.06 * lead
        together, error = self.mean_lead(CROSS_FUNCTIONAL, load)
        pooled = self.erlang_two(load)
        print(f"cross-functional: {together:.3f} +- {error:.3f}, theory {pooled:.3f}")
        assert abs(together - pooled) < 3 * error
        assert together < lead - 1

    @staticmethod
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

    def test_explaining_is_work_and_the_fewer_queues_the_fewer_explanations(self, two_trades):
        leads = {
            (form, explain): self.lead(form, 1, 0.5, explain, jobs=1500)[0]
            for form in (SILO, CROSS_FUNCTIONAL, CENTRE)
            for explain in (0.0, 0.2)
        }
        assert leads[SILO, 0.2] > leads[SILO, 0.0] + 0.2
        for form in (CROSS_FUNCTIONAL, CENTRE):
            assert leads[form, 0.2] == leads[form, 0.0]
        assert leads[CROSS_FUNCTIONAL, 0.0] < leads[SILO, 0.0]
