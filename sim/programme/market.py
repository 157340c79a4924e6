"""Buying machines otherwise than on demand: commitments at each month's end, and a place for each training job."""

from __future__ import annotations

from collections.abc import Container, Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import simpy

from sim.cloud import carbon, spot
from sim.cloud.charges import CHARGES
from sim.cloud.commitments import TERMS, affordable, capacity_gbp, hourly_gbp, in_force, outstanding_gbp
from sim.cloud.meter import Line
from sim.cloud.prices import PRICES
from sim.cloud.purchases import Purchases
from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS
from sim.decisions.commit import USAGE
from sim.decisions.place import NOW, SPOT, Job

if TYPE_CHECKING:
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

BEYOND = 92
"""Days beyond the run's end for which the grid is known."""

COVERABLE = tuple(CHARGES.index(name) for name in ("on demand", "committed"))
"""Charges for machines that a commitment covers, or would."""

LONGEST = 24 * 60
"""Hours of a job over which the grid is foretold at most."""

LOOK_BACK = 90
"""Days of use that the decision on commitments is told of."""


@dataclass(frozen=True)
class Shifted:
    """A job on a service's own machine that was given an hour.

    Attributes
    ----------
    service : str
        Whose.
    day, hour : ndarray of int, shape (n,)
        Each clock hour that it touches.
    hours : ndarray of float, shape (n,)
        Machine hours in each.
    watts : float
        What it adds to the machine's power.
    """

    service: str
    day: np.ndarray
    hour: np.ndarray
    hours: np.ndarray
    watts: float


class Placement:
    """A training job that has been placed.

    Parameters
    ----------
    market : Market
        Where it was.
    service : ServiceDay
        Whose.
    resource : int
        Place of its machine in the estate.
    where : str
        Market on which it runs.
    cause : int
        The journal's event of its placing.
    """

    def __init__(self, market: Market, service: ServiceDay, resource: int, where: str, cause: int) -> None:
        self._market, self._service, self._resource, self._where, self._cause = market, service, resource, where, cause
        self._speed, self._variant = market.speed(service, resource), market.programme.estate.variant(resource)
        self._vcpu_hours = 0.0

    def work(self, vcpu_hours: float) -> None:
        """Charge work to the job."""
        self._vcpu_hours += vcpu_hours

    def finish(self) -> Generator[simpy.Event, Any, None]:
        """Run the job to its end.

        Where jobs take turns its whole time passes; elsewhere the time of a job is part of the work on it, as for one
        that nobody places, and what passes is what checkpoints and interruptions add.
        """
        programme, started = self._market.programme, self._market.programme.env.now
        hours = self._vcpu_hours / self._speed
        if self._where != SPOT:
            self._service.releases.compute(self._vcpu_hours)
            self._market.shift(self._service.given.name, self._resource, *carbon.spread(started, hours, hours))
            return
        ran = self._market.luck(self._service, hours)
        programme.estate.buying = self._market.purchases
        self._market.purchases.hire(self._service.given.name, self._variant, started, ran)
        usual = 0.0 if programme.estate.given[self._resource].takes_turns else hours
        yield programme.env.timeout((float(ran.elapsed_hours[0]) - usual) / 24)
        said = f"{ran.elapsed_hours[0]:.1f} hours, interrupted {ran.interruptions[0]} times"
        self._service.write(
            programme.env.now, "spot job done", programme.estate.names[self._resource], self._cause, said
        )


class Market:
    """What the programme buys otherwise than on demand.

    Nothing is drawn, and the estate buys as it always has, until a decision is in use.

    Parameters
    ----------
    programme : Programme
        Whose estate, streams and journal are used.

    Attributes
    ----------
    shifted : list of Shifted
        Jobs on a service's own machine that were given an hour.
    """

    def __init__(self, programme: Programme) -> None:
        self.programme, self.given = programme, programme.scenario.market
        self.shifted: list[Shifted] = []
        self._jobs: dict[str, int] = {}
        self._coverable: list[np.ndarray] = []

    @cached_property
    def purchases(self) -> Purchases:
        """Commitments and spot machines."""
        estate = self.programme.estate
        return Purchases(
            self.programme.calendar,
            estate.meter.commitments,
            self.saving,
            estate.variant,
            lambda variant: estate.rates.gbp(estate.meter.resources[variant].size),
        )

    @cached_property
    def _savings(self) -> np.ndarray:
        return spot.savings(self.programme.streams, self.programme.calendar.days)

    @cached_property
    def shape(self) -> np.ndarray:
        """The grid's usual year, shape (days, 24), to a season beyond the run's end."""
        return carbon.seasonal(self.programme.scenario.start, self.programme.calendar.days + BEYOND)

    @cached_property
    def still(self) -> np.ndarray:
        """State of the wind, day by day."""
        return carbon.wind(self.programme.streams, self.programme.calendar.days + BEYOND)

    def saving(self, day: int) -> float:
        """Return what the spot market saves on a day."""
        return float(self._savings[day])

    # Commitments

    def commit(self, day: int) -> None:
        """Ask, at a month's end, what to commit to from tomorrow on."""
        programme, begins = self.programme, day + 1
        decision = programme.holder["commit"]
        if decision is POINTS["commit"].naive or begins >= programme.calendar.days:
            return
        usage = self.usage(day)
        for order in programme.ask("commit", decision, (usage,), lambda: f"on day {day}"):
            hourly = affordable(order.hourly_gbp, order.years, self._left_gbp(begins))
            asked = f"GBP {order.hourly_gbp:.4f} an hour for {order.years} year{'s' * (order.years > 1)}"
            if hourly <= 0:
                programme.journal.write(day + NIGHTLY, "commitment refused", "", "commit", None, f"{asked}: no budget")
                continue
            programme.estate.buying = self.purchases
            new = self.purchases.commit(hourly, order.years, begins)
            cut = "" if hourly >= order.hourly_gbp - 1e-4 else f", cut to the delegated budget from {asked}"
            said = f"GBP {hourly:.4f} an hour for {new.term_days} days{cut}"
            programme.journal.write(day + NIGHTLY, "committed", "", new.id, None, said)

    def _left_gbp(self, day: int) -> float:
        """Return what may still be promised from a day on: the delegated budget less what is to be paid anyway, GBP."""
        owed = outstanding_gbp(self.purchases.commitments, day)
        return max(self.programme.scenario.budget.delegated_gbp - owed, 0.0)

    def usage(self, day: int) -> pd.DataFrame:
        """Return what the ``commit`` decision is given; columns as in `sim.decisions.commit.USAGE`."""
        meter, first = self.programme.estate.meter, max(day + 1 - LOOK_BACK, 0)
        machines = {v: _family(r.size) for v, r in enumerate(meter.resources) if _machine(r.size)}
        families = list(dict.fromkeys(machines.values()))
        self._coverable += [_coverable(lines, machines) for lines in meter.days[len(self._coverable) : day + 1]]
        days, variants, price, hours = np.concatenate(self._coverable[first : day + 1]).T
        place = np.full(len(meter.resources), -1)
        place[list(machines)] = [families.index(family) for family in machines.values()]
        group, shape = place[variants.astype(int)], (day + 1 - first, max(len(families), 1))
        spend = hourly_gbp(days.astype(int) - first, group, hours, price, shape).reshape(-1, shape[1])
        spend = np.column_stack([spend.sum(axis=1), spend[:, : len(families)]])
        made = self.purchases.commitments
        covered = sum(capacity_gbp(c) for c in made if in_force(c, day + 1))
        left = self._left_gbp(day + 1)
        values = [spend.min(axis=0), *np.quantile(spend, [0.1, 0.5], axis=0), spend.max(axis=0)]
        values += [np.eye(1, spend.shape[1])[0] * covered, np.full(spend.shape[1], shape[0])]
        values += [np.full(spend.shape[1], x) for x in (TERMS[1].discount, TERMS[3].discount, left)]
        return pd.DataFrame(
            dict(zip(USAGE, values, strict=True)), index=pd.Index(["all", *families], name="family", dtype="str")
        )

    # Jobs

    def place(self, service: ServiceDay, cause: int) -> Generator[simpy.Event, Any, Placement | None]:
        """Ask where and when a training job is to run, and wait for its hour; None where there is no machine for it."""
        programme = self.programme
        resource = programme.estate.find("training", service.given.name)
        line = None if resource is None else programme.estate.size[resource].price
        if line is None or line.family != "compute":
            return None
        job = self._job(service, resource)
        where, hour = service.ask("place", (job,), lambda: f"on day {job.day}, for {service.given.name}")
        wait = 0 if hour == NOW else (hour - job.hour) % 24
        said = f"{where}, now" if not wait else f"{where}, in {wait} hours, at {hour:02d}:00"
        placed = service.write(programme.env.now, "job placed", programme.estate.names[resource], cause, said)
        made = Placement(self, service, resource, where, placed)
        if wait:
            yield programme.env.timeout((np.floor(programme.env.now * 24) + wait) / 24 - programme.env.now)
        return made

    def _job(self, service: ServiceDay, resource: int) -> Job:
        estate, now = self.programme.estate, self.programme.env.now
        day, hour = divmod(int(now * 24), 24)
        fits = service.registry.versions[-1].fitted.fits
        hours = service.given.training.machine_hours * fits / self.speed(service, resource)
        return Job(
            day=day,
            hour=hour,
            service=service.given.name,
            resource=estate.names[resource],
            size=estate.size[resource].sku,
            machine_hours=hours,
            paid_anyway=self._always_on(resource),
            on_demand_gbp=estate.price[resource],
            spot_gbp=estate.price[resource] * (1 - self.saving(day)),
            interrupted_share=self.given.interrupted_share,
            carbon=self._outlook(day, hour, hours),
        )

    def _outlook(self, day: int, hour: int, hours: float) -> pd.Series:
        """Return the intensity to be expected over a job's length, for each hour at which it may start."""
        length, starts = min(max(int(np.ceil(hours)), 1), LONGEST), self.given.wait_hours + 1
        days = (hour + starts + length) // 24 + 1
        told = carbon.forecast(self.shape[day : day + days], float(self.still[day]), self.given.grid_g_per_kwh).ravel()
        running = np.concatenate([[0.0], np.cumsum(told[hour:])])
        mean = (running[length : length + starts] - running[:starts]) / length
        return pd.Series(mean, index=pd.Index((hour + np.arange(starts)) % 24, name="hour"), name="g_per_kwh")

    def shift(self, service: str, resource: int, day: np.ndarray, hour: np.ndarray, hours: np.ndarray) -> None:
        """Note the hours of a job on a service's own machine; one that is off at times decides them by itself."""
        if self.programme.estate.size[resource].scheduled:
            return
        share = 1 - carbon.IDLE if self._always_on(resource) else 1.0
        full = carbon.watts(self.programme.estate.size[resource].sku)
        self.shifted.append(Shifted(service, day, hour, hours, full * share))

    def speed(self, service: ServiceDay, resource: int) -> float:
        """Return the vCPUs that a machine is worth to a service's training; a GPU counts where jobs take turns."""
        estate, line = self.programme.estate, self.programme.estate.size[resource].price
        gpus = line.gpus if line is not None and estate.given[resource].takes_turns else 0
        return estate.vcpu[resource] + gpus * service.given.training.gpu_vcpus

    def _always_on(self, resource: int) -> bool:
        """Say whether a resource's machine is on, and paid for, whether it works or not."""
        return self.programme.estate.given[resource].always_on

    def luck(self, service: ServiceDay, hours: float) -> spot.Runs:
        """Return what becomes of a service's next job on the spot market."""
        name = service.given.name
        self._jobs[name] = self._jobs.get(name, -1) + 1
        generator = self.programme.streams.generator(f"{name}/spot job/{self._jobs[name]}")
        given = self.given
        guard = spot.Checkpoints(given.checkpoint_every_hours, given.checkpoint_hours, given.resume_hours)
        return spot.run(np.array([hours]), spot.hourly_rate(given.interrupted_share), guard, spot.gaps(generator, 1))


def _coverable(lines: Sequence[Line], machines: Container[int]) -> np.ndarray:
    """Add up a day's machine hours that a commitment covers, or would: day, place among those billed, price, hours."""
    hours: dict[tuple[int, int, float], float] = {}
    for day, variant, quantity, listed, _, _, _, charge, _ in lines:
        if variant in machines and charge in COVERABLE:
            hours[day, variant, listed] = hours.get((day, variant, listed), 0.0) + quantity
    return np.array([(*key, quantity) for key, quantity in hours.items()], dtype=float).reshape(-1, 4)


def _machine(size: str) -> bool:
    """Say whether a line of the price list is a machine, which a commitment may cover."""
    return PRICES[size].family == "compute"


def _family(size: str) -> str:
    """Return the family of machines that a line of the price list belongs to."""
    return size.partition(".")[0]
