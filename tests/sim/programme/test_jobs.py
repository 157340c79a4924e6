"""Jobs that take turns: their time by hand, on a schedule, in a queue, and against the theory of queues."""

from types import SimpleNamespace

import numpy as np
import pytest
import simpy

import sim
from sim.cloud.sizes import size_of
from sim.programme.jobs import Jobs
from sim.streams import Streams

OWN = {"name": "own", "kind": "training", "service": "claims-triage", "size": "m5.2xlarge", "takes_turns": True}
POOL = {"name": "pool", "kind": "development", "environment": "development", "size": "g4dn.xlarge", "takes_turns": True}
SERVING = {"name": "web", "kind": "serving", "service": "claims-triage", "size": "m5.2xlarge", "cases_per_vcpu_hour": 4}


class Machines:
    """An estate of one sort of machine, which notes the work that it is given."""

    def __init__(self, size: str, count: int = 1) -> None:
        self.size, self.removed, self.pool, self._count = [size_of(size)], [False], 0, count
        self.vcpu = [float(self.size[0].price.vcpus)]
        self.env, self.work_by_day = simpy.Environment(), {}

    def count(self, i: int) -> int:
        return self._count

    def weekday(self, day: int) -> int:
        return day % 7

    def work(self, i: int, vcpu_hours: float) -> None:
        day = int(self.env.now)
        self.work_by_day[day] = self.work_by_day.get(day, 0.0) + vcpu_hours


def done(machines: Machines, *jobs: tuple[float, float], gpu_vcpus: float = 0.0) -> list[float]:
    """Return when each job (day of asking, vCPU hours) is done, in hours after the asking."""
    room = Jobs(SimpleNamespace(env=machines.env, estate=machines))
    ended: dict[int, float] = {}

    def ask(k, at, work):
        yield machines.env.timeout(at)
        yield room.start(0, work, gpu_vcpus)
        ended[k] = (machines.env.now - at) * 24

    for k, (at, work) in enumerate(jobs):
        machines.env.process(ask(k, at, work))
    machines.env.run()
    return [ended[k] for k in range(len(jobs))]


def test_a_job_takes_its_computing_over_the_processors():
    assert done(Machines("m5.xlarge"), (0.0, 30.0)) == pytest.approx([7.5])
    assert done(Machines("m5.xlarge"), (0.3, 400.0)) == pytest.approx([100.0])


def test_a_gpu_is_worth_what_the_job_says():
    assert done(Machines("g4dn.xlarge"), (0.0, 96.0)) == pytest.approx([24.0])
    assert done(Machines("g4dn.xlarge"), (0.0, 96.0), gpu_vcpus=20) == pytest.approx([4.0])
    assert done(Machines("m5.xlarge"), (0.0, 96.0), gpu_vcpus=20) == pytest.approx([24.0])


def test_jobs_wait_for_those_before_them():
    assert done(Machines("m5.xlarge"), (0.0, 40.0), (0.1, 20.0)) == pytest.approx([10.0, 10 - 2.4 + 5])
    assert done(Machines("m5.xlarge", 2), (0.0, 40.0), (0.1, 20.0)) == pytest.approx([10.0, 5.0])


def test_a_machine_that_is_off_lets_jobs_wait():
    """On from seven to seven on working days; day 0 is a Monday."""
    box = Machines("m5.xlarge 12x5")
    assert done(box, (0.0, 40.0)) == pytest.approx([7 + 10])
    assert done(Machines("m5.xlarge 12x5"), (0.5, 40.0)) == pytest.approx([7 + 12 + 3])
    assert done(Machines("m5.xlarge 12x5"), (5.0, 4.0)) == pytest.approx([48 + 7 + 1])


def test_work_is_charged_to_the_days_on_which_it_is_done():
    machines = Machines("m5.xlarge")
    done(machines, (0.5, 4 * 48.0))
    assert sum(machines.work_by_day.values()) == pytest.approx(4 * 48)
    assert machines.work_by_day[0] == pytest.approx(4 * 0.49 * 24) and machines.work_by_day[1] == pytest.approx(96)


@pytest.mark.slow
@pytest.mark.parametrize("load", [0.3, 0.5, 0.7])
def test_waiting_is_what_the_theory_of_queues_says(load):
    """M/D/1: jobs that come at random and take an hour each wait load / 2 (1 - load) hours on average."""
    n, blocks = 40_000, 40
    gaps = Streams(5).generator(f"queue/{load}").standard_exponential(n) / load / 24
    waits = np.array(done(Machines("m5.xlarge"), *((at, 4.0) for at in np.cumsum(gaps)))) - 1
    means = waits.reshape(blocks, -1).mean(axis=1)
    error = means.std(ddof=1) / np.sqrt(blocks)
    assert abs(means.mean() - load / (2 * (1 - load))) < 3 * error


@pytest.fixture
def retraining(quiet):
    """Return when versions were ready, given how machines are sized and what else the shared machine has to do."""

    def run(sizes: dict[str, str], notebooks: float = 0.0) -> sim.Run:
        pool = POOL | {"vcpu_hours_per_day": notebooks}
        own = OWN | {"sizes": ["m5.2xlarge", "shared"]}
        book = sim.Playbook(retrain=sim.practices.retrain_on_schedule(days=60), size=lambda usage: sizes)
        return sim.simulate(quiet(2, 60, {"estate": [SERVING, own, pool]}), book, seed=1, instant=True)

    return run


def lead_hours(run: sim.Run) -> np.ndarray:
    models = run.models.iloc[1:]
    models = models[models["released_day"].notna()]
    assert len(models) >= 2
    return ((models["released_day"] - models["trained_day"]) * 24).to_numpy()


class TestSharing:
    def test_a_job_adds_its_time_to_the_lead_time_of_a_release(self, retraining):
        assert lead_hours(retraining({})) == pytest.approx(7 * 24 + 48 / 8)

    def test_a_shared_machine_is_slower_and_costs_nothing_more(self, retraining):
        own, shared = retraining({}), retraining({"own": "shared"})
        assert lead_hours(shared) == pytest.approx(7 * 24 + 48 / 4)
        cost = [run.billing.groupby("ResourceName")["BilledCost"].sum() for run in (own, shared)]
        assert cost[1]["own"] < 0.2 * cost[0]["own"] and cost[1]["pool"] == pytest.approx(cost[0]["pool"])

    def test_services_and_notebooks_on_one_machine_wait_for_one_another(self, retraining):
        quiet_pool = lead_hours(retraining({"own": "shared"}))
        busy_pool = lead_hours(retraining({"own": "shared"}, notebooks=60.0))
        assert (busy_pool > quiet_pool + 1).any() and (busy_pool >= quiet_pool - 1e-6).all()

    def test_own_machine_does_not_wait_for_others(self, retraining):
        assert lead_hours(retraining({}, notebooks=60.0)) == pytest.approx(7 * 24 + 48 / 8)

    def test_notebooks_do_their_work_each_day(self, retraining):
        run = retraining({}, notebooks=60.0)
        used = run.daily["utilisation"].iloc[1:].mean()
        pool, own = (24 * sim.cloud.prices.price(s).gbp for s in ("g4dn.xlarge", "m5.2xlarge"))
        assert used > 0.9 * (60 / 96) * pool / (pool + 2 * own)


def test_a_job_on_a_machine_that_is_given_up_goes_on_elsewhere(quiet):
    world = quiet(1, 60, {"estate": [SERVING, OWN | {"sizes": ["m5.2xlarge", "shared"]}, POOL]})
    programme = sim.Programme(world, seed=1)
    ended = []

    def ask():
        yield programme.jobs.start(1, 300.0)
        ended.append(programme.env.now)

    def give_up():
        yield programme.env.timeout(0.25)
        programme.estate.resize({"own": "shared"})

    programme.env.process(ask())
    programme.env.process(give_up())
    programme.step(sim.Playbook())
    assert ended == pytest.approx([0.99 + (300 - 0.99 * 24 * 8) / 4 / 24])
