"""Taking up a practice: it costs staff days and money, and comes into force when the work is done."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.calendar import HOURS_PER_WORKING_DAY
from sim.decisions import POINTS
from sim.decisions.point import name_of

if TYPE_CHECKING:
    from sim.programme.programme import Programme


class Adoption:
    """Which decisions are wanted, and which are in force.

    Parameters
    ----------
    programme : Programme
        Whose clock, people and books are used.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._wanted: dict[tuple[str, str], Any] = {}

    def want(self, point: str, decision: Any, holders: dict[str, dict[str, Any]]) -> None:
        """Ask for a decision; nothing happens where it is wanted already.

        Parameters
        ----------
        point : str
            Decision point.
        decision : Any
            What is to be in force.
        holders : dict of str to dict
            By service (or ``"programme"``), the mapping in which decisions in force are kept.
        """
        new = {name: held for name, held in holders.items() if self._now_wanted(point, name) != decision}
        if not new:
            return
        for name in new:
            self._wanted[(point, name)] = decision
        programme = self._programme
        subject = ", ".join(new)
        if POINTS[point].is_naive(decision) or programme.instant:
            event = programme.journal.write(programme.env.now, "decided", "", point, None, _name(point, decision))
            self._in_force(point, decision, new, event)
            return
        event = programme.journal.write(
            programme.env.now,
            "taking up",
            subject if subject != "programme" else "",
            point,
            None,
            _name(point, decision),
        )
        programme.env.process(self._take_up(point, decision, new, event))

    def _now_wanted(self, point: str, name: str) -> Any:
        return self._wanted.get((point, name), POINTS[point].naive)

    def _take_up(
        self, point: str, decision: Any, holders: dict[str, dict[str, Any]], event: int
    ) -> Generator[simpy.Event, Any, None]:
        programme, about = self._programme, POINTS[point]
        yield from programme.books.when_lifted(f"taking up {point}", event)
        scale = programme.scenario.staff.effort_scale
        services = [name for name in holders if name != "programme"]
        programme.ledger.post(
            programme.env.now,
            "adoption",
            "cash",
            round(about.effort_gbp * scale * 100),
            category=about.category,
            cause=event,
            service=services[0] if len(services) == 1 else "shared",
            discipline=about.discipline,
        )
        team, hours = programme.team(about.discipline), about.effort_days * scale * HOURS_PER_WORKING_DAY
        pieces = []
        while hours > 0:
            pieces.append(team.work(f"take up {point}", min(hours, HOURS_PER_WORKING_DAY), event))
            hours -= HOURS_PER_WORKING_DAY
        yield simpy.AllOf(programme.env, pieces)
        still = {n: held for n, held in holders.items() if self._now_wanted(point, n) == decision}
        done = programme.journal.write(
            programme.env.now, "in force", ", ".join(services), point, event, _name(point, decision)
        )
        self._in_force(point, decision, still, done)

    def _in_force(self, point: str, decision: Any, holders: dict[str, dict[str, Any]], event: int) -> None:
        for held in holders.values():
            fresh = getattr(decision, "fresh", None)
            held[point] = fresh() if fresh is not None and not POINTS[point].is_naive(decision) else decision


def _name(point: str, decision: Any) -> str:
    name = name_of(POINTS[point], decision)
    return "a function of one's own" if name == "<lambda>" else name
