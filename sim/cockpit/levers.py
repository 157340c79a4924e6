"""The levers: one for each decision point, described by the point itself, with what each move costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.calendar import HOURS_PER_WORKING_DAY
from sim.cockpit.explanation import EXPLANATIONS
from sim.cockpit.observed import titled as titled_measure
from sim.cockpit.option import Option
from sim.cockpit.positions import POSITIONS
from sim.decisions import POINTS, DecisionPoint
from sim.errors import PlaybookError, unknown
from sim.organisation.casework import Casework
from sim.playbook import Playbook
from sim.report.advice import THEMES
from sim.scenario import Scenario
from sim.summary import money

DISCIPLINES = {
    "dataops": "DataOps: the data",
    "mlops": "MLOps: the models",
    "finops": "FinOps: the money",
    "integration": "Integration: the people",
}
"""Title of each group of levers, in the order in which they are shown."""

Choices = Mapping[str, str]
"""By decision point, the key of the position chosen; what is left out is naive. What one service has otherwise than the
others stands under the point and its name: ``"validate@claims-triage"``."""

APART = "@"
"""Between a decision point and the service that it is decided for alone."""


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    point : DecisionPoint
        What it decides.
    title : str
        For people.
    options : tuple of Option
        Its positions, the naive one first.
    """

    point: DecisionPoint
    title: str
    options: tuple[Option, ...]

    @property
    def by_service(self) -> bool:
        """Whether it can stand otherwise for one service than for the others."""
        return self.point.scope == "service"

    def option(self, key: str) -> Option:
        """Return a position by its key, or raise `PlaybookError`."""
        for option in self.options:
            if option.key == key:
                return option
        raise PlaybookError(f"{self.point.name}: {unknown('position', key, [o.key for o in self.options])}")

    def price_gbp(self, scenario: Scenario) -> float:
        """Return what it costs to take up a position other than the naive one, GBP."""
        return self.point.effort_gbp * scenario.staff.effort_scale

    def staff_days(self, scenario: Scenario) -> float:
        """Return how many days of a person's work it takes to take a position up."""
        return self.point.effort_days * scenario.staff.effort_scale

    def quickest_days(self, scenario: Scenario) -> float:
        """Return in how many calendar days a position is in force at the soonest: its people do nothing else."""
        teams = [t for t in scenario.staff.teams if t.discipline == self.point.discipline] or scenario.staff.teams
        a_day = sum(t.people * t.share for t in teams)
        return self.staff_days(scenario) / a_day * 7 / 5 if a_day else float("inf")


LEVERS: dict[str, Lever] = {
    name: Lever(POINTS[name], *POSITIONS[name])
    for discipline in DISCIPLINES
    for name in POINTS
    if POINTS[name].discipline == discipline
}
"""Every lever by decision point, discipline by discipline."""


def checked(choices: Any) -> dict[str, str]:
    """Return choices as they are kept: in the order of the levers, without those that say nothing.

    Parameters
    ----------
    choices : mapping of str to str
        As `Choices`.

    Returns
    -------
    dict of str to str
        Neither naive positions of all services, nor those of one that are the others' too.

    Raises
    ------
    PlaybookError
        If there is no such decision point or position, or the point is not decided for one service alone.
    """
    if not isinstance(choices, Mapping):
        raise PlaybookError(f"choices are {type(choices).__name__}, but a position for each lever was expected.")
    for name in choices:
        point, apart, _ = str(name).partition(APART)
        if point not in LEVERS:
            raise PlaybookError(unknown("lever", point, LEVERS))
        if apart and not LEVERS[point].by_service:
            raise PlaybookError(unknown("lever of one service", point, [n for n, o in LEVERS.items() if o.by_service]))
    kept = {}
    for point, lever in LEVERS.items():
        common = lever.option(choices.get(point, lever.options[0].key))
        if not common.naive:
            kept[point] = common.key
        for name in sorted(n for n in choices if n.startswith(point + APART)):
            if (own := lever.option(choices[name])) != common:
                kept[name] = own.key
    return kept


def position(choices: Choices, point: str, service: str) -> Option:
    """Return a lever's position for a service, its own where it has one."""
    lever = LEVERS[point]
    return lever.option(choices.get(point + APART + service, choices.get(point, lever.options[0].key)))


def fitted(choices: Choices, services: Sequence[str]) -> dict[str, str]:
    """Return choices for a programme of these services: what others had apart is left out.

    Where there is one service, what it had apart is what there is.
    """
    if len(services) == 1:
        return checked({point: position(choices, point, services[0]).key for point in LEVERS})
    return checked({n: k for n, k in choices.items() if n.partition(APART)[2] in ("", *services)})


def titled(name: str) -> str:
    """Return what a choice is called: its lever's title, and the service that it is for alone."""
    point, _, service = name.partition(APART)
    return LEVERS[point].title + (f" ({service.replace('-', ' ')})" if service else "")


def stands(name: str, choices: Choices) -> str:
    """Return where a lever stands; a service that has nothing of its own has what all have."""
    point, _, service = name.partition(APART)
    return position(choices, point, service).label


def playbook(choices: Choices) -> Playbook:
    """Return the playbook that levers stand for.

    Parameters
    ----------
    choices : mapping of str to str
        As for `checked`.

    Returns
    -------
    Playbook
        A position that several services have is one decision, which they take up together.
    """
    kept, made = checked(choices), {}
    for name, key in kept.items():
        point = name.partition(APART)[0]
        option = LEVERS[point].option(key)
        made.setdefault((point, key), POINTS[point].naive if option.naive else option.decision())
    result = Playbook(**{name: made[name, key] for name, key in kept.items() if APART not in name})
    for name, key in kept.items():
        point, apart, service = name.partition(APART)
        if apart:
            result = result.on(service, **{point: made[point, key]})
    return result


def preset(name: str) -> dict[str, str]:
    """Return the choices of a playbook that everybody knows.

    Parameters
    ----------
    name : str
        ``"naive"``, ``"typical"`` or ``"reference"``.

    Returns
    -------
    dict of str to str
    """
    if name not in PRESETS:
        raise PlaybookError(unknown("preset", name, PRESETS))
    return dict(PRESETS[name])


PRESETS: dict[str, dict[str, str]] = {
    "naive": {},
    "typical": {
        "validate": "coarse-gate",
        "retrain": "each-quarter",
        "watch_spend": "big-bills-only",
        "tag": "production-only",
    },
    "reference": {name: next(o.key for o in lever.options if o.reference) for name, lever in LEVERS.items()},
}
"""Choices by name."""


def shows_in(point: str) -> list[str]:
    """Return the measures of the scorecard that a lever moves first, as they are called there."""
    measures = dict.fromkeys(m for theme in THEMES if point in theme.points for m in theme.measures[:3])
    return [titled_measure(m).partition(",")[0] for m in measures]


def need(option: Option) -> dict[str, str] | None:
    """Return which other lever a position needs (name, title and naive position) and what happens without; or None."""
    if not option.needs:
        return None
    point, without = option.needs
    other = LEVERS[point]
    return {"name": point, "title": other.title, "naive": other.options[0].key, "without": without}


def each(point: str, scenario: Scenario) -> str:
    """Say what a lever costs piece by piece, where the scenario itself gives the price; else nothing.

    A case that goes to a person costs its minutes, at a caseworker's pay.
    """
    if point != "decide":
        return ""
    staff = scenario.staff
    minute = Casework.hourly_gbp(staff.caseworker_pay_gbp, staff.on_cost) / 60
    prices = {s.title: money(s.review.minutes * minute) for s in scenario.services if s.review.caseworkers}
    if len(set(prices.values())) == 1:
        return f"each case that goes to a person: {next(iter(prices.values()))}"
    said = ", ".join(f"{price} ({title})" for title, price in prices.items())
    return f"each case that goes to a person: {said}" if said else ""


def described(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the groups of levers as the page draws them: plain data, with costs and times of a scenario."""
    return [
        {
            "discipline": discipline,
            "title": title,
            "levers": [
                {
                    "name": name,
                    "title": lever.title,
                    "about": EXPLANATIONS.get(name, lever.point.about),
                    "shows_in": shows_in(name),
                    "by_service": lever.by_service,
                    "options": [
                        {"key": o.key, "label": o.label, "reference": o.reference, "naive": o.naive, "needs": need(o)}
                        for o in lever.options
                    ],
                    "each": each(name, scenario),
                    "gbp": lever.price_gbp(scenario),
                    "days": lever.staff_days(scenario),
                    "hours": lever.staff_days(scenario) * HOURS_PER_WORKING_DAY,
                    "quickest": lever.quickest_days(scenario),
                }
                for name, lever in LEVERS.items()
                if lever.point.discipline == discipline
            ],
        }
        for discipline, title in DISCIPLINES.items()
    ]
