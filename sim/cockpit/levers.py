"""The levers: one for each decision point, described by the point itself, with what each move costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.calendar import HOURS_PER_WORKING_DAY
from sim.cockpit.option import Option
from sim.cockpit.positions import POSITIONS
from sim.decisions import POINTS, DecisionPoint
from sim.errors import PlaybookError, unknown
from sim.playbook import Playbook
from sim.scenario import Scenario

DISCIPLINES = {
    "dataops": "DataOps: the data",
    "mlops": "MLOps: the models",
    "finops": "FinOps: the money",
    "integration": "Integration: the people",
}
"""Title of each group of levers, in the order in which they are shown."""

Choices = Mapping[str, str]
"""By decision point, the key of the position chosen; what is left out is naive."""


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
    """Return choices as they are kept: those that are not naive, in the order of the levers.

    Parameters
    ----------
    choices : mapping of str to str
        By decision point, the key of a position.

    Returns
    -------
    dict of str to str

    Raises
    ------
    PlaybookError
        If there is no such decision point or position.
    """
    if not isinstance(choices, Mapping):
        raise PlaybookError(f"choices are {type(choices).__name__}, but a position for each lever was expected.")
    for name in choices:
        if name not in LEVERS:
            raise PlaybookError(unknown("lever", name, LEVERS))
    chosen = {name: LEVERS[name].option(choices[name]) for name in LEVERS if name in choices}
    return {name: option.key for name, option in chosen.items() if not option.naive}


def playbook(choices: Choices) -> Playbook:
    """Return the playbook that levers stand for.

    Parameters
    ----------
    choices : mapping of str to str
        As for `checked`.

    Returns
    -------
    Playbook
        For every service alike.
    """
    return Playbook(**{name: LEVERS[name].option(key).decision() for name, key in checked(choices).items()})


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
                    "about": lever.point.about,
                    "options": [
                        {"key": o.key, "label": o.label, "reference": o.reference, "naive": o.naive}
                        for o in lever.options
                    ],
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
