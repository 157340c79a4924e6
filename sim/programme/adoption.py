"""Taking up a practice: it costs staff days and money, and comes into force when the work is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from sim.calendar import HOURS_PER_WORKING_DAY
from sim.decisions import POINTS, Sequence
from sim.decisions.memory import afresh
from sim.decisions.point import name_of
from sim.errors import PlaybookError, unknown

if TYPE_CHECKING:
    from sim.programme.programme import Programme


SWITCH = "change projects"
"""Kind of the work of changing from one project to another."""


@dataclass(frozen=True)
class Project:
    """The taking up of one decision, by one service or several.

    Attributes
    ----------
    point : str
        Decision point.
    decision : Any
        What is to be in force.
    holders : dict of str to dict
        By service (or ``"programme"``), the mapping in which decisions in force are kept.
    event : int
        The journal's event of its being asked for.
    """

    point: str
    decision: Any
    holders: dict[str, dict[str, Any]]
    event: int

    @property
    def discipline(self) -> str:
        """Whose work it is."""
        return POINTS[self.point].discipline


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
        self._waiting: list[Project] = []
        self._open: Counter[str] = Counter()
        self._planning = self._called = False

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

        Raises
        ------
        PlaybookError
            If a sequence names a decision point that does not exist.
        """
        if point == "adopt":
            for named in decision.first if isinstance(decision, Sequence) else ():
                if named not in POINTS:
                    raise PlaybookError(f"adopt: {unknown('decision point', named, POINTS)}")
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
        self._waiting.append(Project(point, decision, new, event))
        if not self._called:
            self._called = True
            programme.env.process(self._begin_soon())

    def _now_wanted(self, point: str, name: str) -> Any:
        return self._wanted.get((point, name), POINTS[point].naive)

    def _begin_soon(self) -> Generator[simpy.Event, Any, None]:
        """Begin once everything that the playbook wants has been asked for."""
        self._called = False
        self._begin()
        yield from ()

    def _begin(self) -> None:
        """Begin whatever may be begun: all, or in the order and as many as the plan allows."""
        plan = self._now_wanted("adopt", "programme")
        if not isinstance(plan, Sequence):
            ready, self._waiting = self._waiting, []
            self._start(ready)
            return
        rank = {point: i for i, point in enumerate(dict.fromkeys(("adopt", *plan.first, *POINTS)))}
        self._waiting.sort(key=lambda project: rank[project.point])
        if self._planning:
            return
        if self._waiting and self._waiting[0].point == "adopt":
            self._planning = True
            self._start([self._waiting.pop(0)])
            return
        for project in list(self._waiting):
            if self._open[project.discipline] < plan.at_once:
                self._waiting.remove(project)
                self._start([project])

    def _start(self, projects: list[Project]) -> None:
        for project in projects:
            if self._still(project):
                self._open[project.discipline] += 1
                self._programme.env.process(self._take_up(project))

    def _still(self, project: Project) -> dict[str, dict[str, Any]]:
        """Return where a project's decision is wanted still."""
        point, decision = project.point, project.decision
        return {n: held for n, held in project.holders.items() if self._now_wanted(point, n) == decision}

    def _take_up(self, project: Project) -> Generator[simpy.Event, Any, None]:
        programme, about = self._programme, POINTS[project.point]
        yield from programme.books.when_lifted(f"taking up {project.point}", project.event)
        scale = programme.scenario.staff.effort_scale
        services = [name for name in project.holders if name != "programme"]
        programme.ledger.post(
            programme.env.now,
            "adoption",
            "cash",
            round(about.effort_gbp * scale * 100),
            category=about.category,
            cause=project.event,
            service=services[0] if len(services) == 1 else "shared",
            discipline=about.discipline,
        )
        hours, pieces = about.effort_days * scale * HOURS_PER_WORKING_DAY, []
        while hours > 0:
            pieces.append(self._piece(project, min(hours, HOURS_PER_WORKING_DAY), len(pieces)))
            hours -= HOURS_PER_WORKING_DAY
        yield simpy.AllOf(programme.env, pieces)
        done = programme.journal.write(
            programme.env.now,
            "in force",
            ", ".join(services),
            project.point,
            project.event,
            _name(project.point, project.decision),
        )
        self._in_force(project.point, project.decision, self._still(project), done)
        self._open[project.discipline] -= 1
        self._planning &= project.point != "adopt"
        self._begin()

    def _piece(self, project: Project, hours: float, place: int) -> simpy.Event:
        """Have a day's work done on a project; the work of integration goes round all the teams."""
        programme, about = self._programme, POINTS[project.point]
        disciplines = programme.organisation.disciplines
        mine = about.discipline if about.discipline in disciplines else disciplines[place % len(disciplines)]
        work = programme.team(mine).work(f"take up {project.point}", hours, project.event)
        if programme.scenario.organisation is None:
            return work
        return programme.env.process(self._change_over(work, mine, project))

    def _change_over(self, work: simpy.Event, mine: str, project: Project) -> Generator[simpy.Event, Any, None]:
        """Lose time between projects, after a day's work on one of more than a team can hold in its head."""
        programme, given = self._programme, self._programme.scenario.organisation
        yield work
        further = self._open[project.discipline] - given.projects
        if further > 0:
            hours = further * given.switch_hours
            yield programme.team(mine).work(SWITCH, hours, project.event, ahead=True)

    def _in_force(self, point: str, decision: Any, holders: dict[str, dict[str, Any]], event: int) -> None:
        about = POINTS[point]
        for held in holders.values():
            held[point] = decision if about.chosen or about.is_naive(decision) else afresh(decision)
        if holders and about.discipline == "integration":
            self._programme.organisation.decided(point, decision)


def _name(point: str, decision: Any) -> str:
    name = name_of(POINTS[point], decision)
    return "a function of one's own" if name == "<lambda>" else name
