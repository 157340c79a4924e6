"""A team's decisions, for all services or for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sim.decisions import POINTS, Governance, Monitor, Retention, Sequence
from sim.decisions.adopt import POINT as ADOPT
from sim.decisions.allocate import Allocate, evenly
from sim.decisions.catalogue import POINT as CATALOGUE
from sim.decisions.commit import Commit
from sim.decisions.commit import none as no_commitment
from sim.decisions.contracts import POINT as CONTRACTS
from sim.decisions.decide import Decide, threshold_one_half
from sim.decisions.forecast import Forecast, last_year_and_a_tenth
from sim.decisions.fund import Fund, as_before
from sim.decisions.govern import POINT as GOVERN
from sim.decisions.ingest import POINT as INGEST
from sim.decisions.organise import POINT as ORGANISE
from sim.decisions.place import Place, on_demand_now
from sim.decisions.point import name_of
from sim.decisions.promote import Promote
from sim.decisions.promote import always as always_promote
from sim.decisions.protect import Protect, raw
from sim.decisions.release import BIG_BANG, Release
from sim.decisions.repair import Repair, as_it_came
from sim.decisions.retain import POINT as RETAIN
from sim.decisions.retrain import Retrain
from sim.decisions.retrain import never as never_retrain
from sim.decisions.roll_back import RollBack
from sim.decisions.roll_back import never as never_roll_back
from sim.decisions.scale import Scale, peak_always_on
from sim.decisions.size import Size, as_bought
from sim.decisions.tag import Tag, untagged
from sim.decisions.train import Train, follow_the_task
from sim.decisions.validate import Validate, keep_all
from sim.decisions.watch_data import WatchData
from sim.decisions.watch_data import never as never_watch_data
from sim.decisions.watch_model import POINT as WATCH_MODEL
from sim.decisions.watch_spend import WatchSpend, at_year_end
from sim.errors import PlaybookError, unknown


@dataclass(frozen=True)
class Playbook:
    """A frozen set of decisions; each field is a decision point, and each default is the naive one.

    Examples
    --------
    >>> naive = Playbook()
    >>> careful = naive.replace(retrain=lambda signals: signals.days_since_training >= 91)
    """

    validate: Validate = keep_all
    repair: Repair = as_it_came
    ingest: str = INGEST.naive
    contracts: str | tuple[str, ...] = CONTRACTS.naive
    catalogue: str = CATALOGUE.naive
    watch_data: WatchData = never_watch_data
    protect: Protect = raw
    retain: Retention = RETAIN.naive
    watch_model: Monitor = WATCH_MODEL.naive
    retrain: Retrain = never_retrain
    decide: Decide = threshold_one_half
    train: Train = follow_the_task
    promote: Promote = always_promote
    tests: tuple[str, ...] | str = ()
    versioning: str = "none"
    release: Release = BIG_BANG
    roll_back: RollBack = never_roll_back
    scale: Scale = peak_always_on
    size: Size = as_bought
    watch_spend: WatchSpend = at_year_end
    commit: Commit = no_commitment
    place: Place = on_demand_now
    tag: Tag = untagged
    allocate: Allocate = evenly
    forecast: Forecast = last_year_and_a_tenth
    fund: Fund = as_before
    organise: str = ORGANISE.naive
    adopt: str | Sequence = ADOPT.naive
    govern: Governance = GOVERN.naive
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in POINTS:
            POINTS[name].check(getattr(self, name))
        allowed = [name for name, point in POINTS.items() if point.scope == "service"]
        for decisions in self.services.values():
            for name, decision in decisions.items():
                if name not in allowed:
                    raise PlaybookError(unknown("decision point of one service", name, allowed))
                POINTS[name].check(decision)

    def replace(self, **decisions: Any) -> Playbook:
        """Return a copy that decides some points otherwise, for every service.

        Parameters
        ----------
        **decisions : Any
            By decision point.

        Returns
        -------
        Playbook
            The copy; decisions made earlier for one service alone are kept.

        Raises
        ------
        PlaybookError
            If there is no such decision point, or a decision is of the wrong kind.
        """
        for name in decisions:
            if name not in POINTS:
                raise PlaybookError(unknown("decision point", name, POINTS))
        return replace(self, **decisions)

    def on(self, service: str, **decisions: Any) -> Playbook:
        """Return a copy that decides some points otherwise for one service.

        Parameters
        ----------
        service : str
            Its name; checked against the scenario when the playbook is used.
        **decisions : Any
            By decision point; only those whose scope is a service.

        Returns
        -------
        Playbook
            The copy.

        Raises
        ------
        PlaybookError
            If there is no such decision point for one service, or a decision is of the wrong kind.
        """
        mine = {**self.services.get(service, {}), **decisions}
        return replace(self, services={**self.services, service: mine})

    def decision(self, point: str, service: str = "") -> Any:
        """Return what is decided at a point, for a service where it has its own."""
        return self.services.get(service, {}).get(point, getattr(self, point))

    def practices(self) -> dict[str, str]:
        """Return, by decision point, the name of each practice that is not the naive default."""
        taken = {n: getattr(self, n) for n, point in POINTS.items() if not point.is_naive(getattr(self, n))}
        return {n: name_of(POINTS[n], d) for n, d in taken.items()}


FIELDS = tuple(f.name for f in fields(Playbook) if f.name != "services")
"""Decision points in the order of the playbook."""
