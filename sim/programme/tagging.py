"""Tagging: a rule asked of every resource, and somebody who writes its answers down, one after another."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

import simpy

from sim.data.pipeline import NIGHTLY
from sim.decisions import POINTS
from sim.decisions.tag import Asset
from sim.scenario.estate import HELD

if TYPE_CHECKING:
    from sim.programme.programme import Programme

TAG_HOURS = 1.0
"""Hours of work to tag a resource and to tell its users."""

FIND_HOURS = 4.0
"""The same for what is of use only beside something else, which nobody remembers."""


class Tagging:
    """Which tags each resource bears, and since when.

    Parameters
    ----------
    programme : Programme
        Whose estate and people are used.

    Attributes
    ----------
    borne : dict of str to list of (int, mapping of str to str)
        By resource: the days from which it has borne which tags, in order; as `sim.cloud.billing.billing` reads them.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._rule: Any = POINTS["tag"].naive
        self.borne: dict[str, list[tuple[int, Mapping[str, str]]]] = {}

    def day(self, day: int) -> None:
        """Begin to apply a rule that has come into force."""
        rule = self._programme.holder["tag"]
        if rule is not self._rule:
            self._rule = rule
            if rule is not POINTS["tag"].naive:
                self._programme.env.process(self._apply(rule, day))

    def _apply(self, rule: Any, day: int) -> Generator[simpy.Event, Any, None]:
        programme, estate = self._programme, self._programme.estate
        wanted: list[tuple[str, str, dict[str, str]]] = []
        for i, given in enumerate(estate.given):
            if estate.removed[i]:
                continue
            asset = Asset(given.name, given.kind, given.environment, estate.size[i].name, given.service, day)
            tags = programme.ask("tag", rule, (asset,), lambda name=given.name: f"on day {day}, for {name}")
            if tags and tags != self.tags(given.name):
                wanted.append((given.name, given.kind, tags))
        event = programme.journal.write(
            day + NIGHTLY, "tagging", "", "estate", None, f"{len(wanted)} of {len(estate.given)} resources"
        )
        for name, kind, tags in wanted:
            hours = FIND_HOURS if kind in HELD else TAG_HOURS
            yield programme.team("finops").work("tag resource", hours, event)
            if self._rule is not rule:
                return
            self.borne.setdefault(name, []).append((int(programme.env.now) + 1, tags))
            programme.journal.write(programme.env.now, "tagged", "", name, event)

    def tags(self, resource: str) -> Mapping[str, str]:
        """Return the tags that a resource bears now."""
        borne = self.borne.get(resource)
        return borne[-1][1] if borne else {}
