"""Jobs: training and notebooks that take their time on a machine, and their turn where others use it too."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from sim.programme.programme import Programme

LEAST = 1e-6
"""Hours that count as none: the clock's time is a float."""

DAY_ENDS = 0.99
"""Time of the day until which work is charged to it: just before the cloud is metered."""


class Jobs:
    """The machines of an estate on which jobs take turns: first come, first served, one on each machine at a time.

    Parameters
    ----------
    programme : Programme
        Whose clock and estate are used.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._queues: dict[int, simpy.Resource] = {}

    def day(self, day: int) -> None:
        """Let the next day's notebooks and other standing work join their queues."""
        for machine, vcpu_hours in self._programme.estate.sessions(day + 1):
            self.start(machine, vcpu_hours)

    def start(self, machine: int, vcpu_hours: float, gpu_vcpus: float = 0.0) -> simpy.Process:
        """Ask for a turn on a machine.

        Parameters
        ----------
        machine : int
            Place in the estate.
        vcpu_hours : float
            Computing that the job takes.
        gpu_vcpus : float
            vCPUs that a GPU of the machine is worth to it.

        Returns
        -------
        simpy.Process
            Done when the job is, or when the machine has been switched off for good.
        """
        return self._programme.env.process(self._run(machine, vcpu_hours, gpu_vcpus))

    def _run(self, machine: int, vcpu_hours: float, gpu_vcpus: float) -> Generator[simpy.Event, Any, None]:
        env, estate = self._programme.env, self._programme.estate
        if machine not in self._queues:
            self._queues[machine] = simpy.Resource(env, max(estate.count(machine), 1))
        with self._queues[machine].request() as turn:
            yield turn
            left = vcpu_hours
            while left > LEAST and not estate.removed[machine]:
                line = estate.size[machine].price
                if line is None:
                    assert estate.pool is not None
                    yield self.start(estate.pool, left, gpu_vcpus)
                    return
                wait, room = self._open(machine)
                if wait:
                    yield env.timeout(wait / 24)
                    continue
                speed = line.vcpus + line.gpus * gpu_vcpus
                hours = min(left / speed, room)
                yield env.timeout(hours / 24)
                estate.work(machine, hours * estate.vcpu[machine])
                left -= hours * speed

    def _open(self, machine: int) -> tuple[float, float]:
        """Return the hours until a machine is on, and, if it is, those until it goes off or the day is metered."""
        estate, now = self._programme.estate, self._programme.env.now
        size = estate.size[machine]
        day = int(now + 1 - DAY_ENDS + LEAST)
        ends = (day + DAY_ENDS - now) * 24
        if not size.scheduled:
            return 0.0, ends
        hour, hours = (now - day) * 24, size.on(estate.weekday(day))
        opens, closes = (size.opens(), size.opens() + hours) if hours else (24.0, 24.0)
        if hour < opens - LEAST:
            return min(opens - hour, ends), 0.0
        return (0.0, min(closes - hour, ends)) if hour < closes - LEAST else (ends, 0.0)
