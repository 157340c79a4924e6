"""One service: its people, its records, its model, and the order of its day."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.data.casefile import CaseFile
from sim.decisions import POINTS
from sim.models.registry import Registry
from sim.programme.breaches import Breaches
from sim.programme.deciding import Deciding
from sim.programme.faults import Faults
from sim.programme.intake import Intake
from sim.programme.labels import Labels
from sim.programme.lifecycle import Lifecycle
from sim.programme.public import Public
from sim.programme.purse import Purse
from sim.programme.releases import Releases
from sim.programme.stewards import Stewards
from sim.programme.store import Store
from sim.scenario import Service
from sim.world.population import populate

if TYPE_CHECKING:
    from sim.programme.programme import Programme


class ServiceDay:
    """The running of one service, a day at a time.

    Parameters
    ----------
    programme : Programme
        Whose service it is: clock, people, estate and books.
    given : Service
        As the scenario has it.

    Attributes
    ----------
    pilot, people : Population
        Cases from before the start, and those of the run.
    file : CaseFile
        Where each case stands.
    faults : Faults
        The incidents of its data.
    labels : Labels
        Outcomes as recorded.
    stewards : Stewards
        The upkeep of what is known about its data.
    store : Store
        What is kept of its records, and how near at hand.
    breaches : Breaches
        Thefts of them.
    public : Public
        What people live through with the service, and who comes.
    intake : Intake
        From records to a batch that the model can read.
    deciding : Deciding
        From a batch to decisions, and to what is known of them.
    releases : Releases
        How versions come into use, and go.
    lifecycle : Lifecycle
        The model's own life.
    purse : Purse
        What it may spend on discretionary work.
    in_force : dict of str to Any
        Decisions in force, by decision point.
    """

    def __init__(self, programme: Programme, given: Service) -> None:
        self.programme, self.given = programme, given
        with programme.watch.part("pipeline"):
            self.pilot = populate(given, programme.streams, -given.training.pilot_days, 0, "pilot")
            self.people = populate(given, programme.streams, 0, programme.calendar.days)
        self.file = CaseFile(self.people)
        self.registry = Registry(given.name)
        self.names = list(given.feature_names)
        self.in_force: dict[str, Any] = {n: p.naive for n, p in POINTS.items() if p.scope == "service"}
        self.faults, self.labels, self.stewards = Faults(self), Labels(self), Stewards(self)
        self.store = Store(self)
        self.breaches = Breaches(self)
        self.purse = Purse(self)
        self.public = Public(self)
        self.intake = Intake(self)
        self.deciding = Deciding(self)
        self.releases = Releases(self)
        self.lifecycle = Lifecycle(self)
        self.faults.expect()
        self.breaches.expect()

    def day(self, day: int) -> None:
        """Live one day; the clock stands at the time of the nightly run."""
        self.deciding.return_of_people(day)
        self.labels.day(day)
        batch = self.intake.batch(day)
        if batch is not None:
            self.deciding.decide(day, batch)
        self.lifecycle.day(day)
        self.releases.day(day)
        self.stewards.day(day)
        self.store.day(day)
        self.public.day(day)

    def naive(self, point: str) -> bool:
        """Say whether a decision in force is the naive default."""
        return POINTS[point].is_naive(self.in_force[point])

    def ask(self, point: str, given: tuple[Any, ...], where: Callable[[], str]) -> Any:
        """Ask a decision in force; see `Programme.ask`."""
        return self.programme.ask(point, self.in_force[point], given, where)

    def write(self, day: float, kind: str, subject: str = "", cause: int | None = None, detail: str = "") -> int:
        """Write an event of this service into the journal; see `Journal.write`."""
        return self.programme.journal.write(day, kind, self.given.name, subject, cause, detail)

    def uptake(self, day: int) -> float:
        """Return the share of those who would come on a day that do."""
        return float(self.public.uptake[day])

    def arrivals(self, day: int) -> int:
        """Return how many people's cases come in on a day."""
        today = self.people.of_day(day)
        return (today.stop - today.start - int(self.public.away[day])) * self.given.weight
