"""Approvals: what a release waits for before it comes into use."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from sim.models.registry import Version
    from sim.programme.organisation import Organisation
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

CONTROLS = ("data", "model", "fairness")
"""Suites by which automated controls tell a routine release."""


class Approvals:
    """Impact assessments, automated controls and the board.

    Parameters
    ----------
    organisation : Organisation
        How the programme is governed.
    programme : Programme
        Its clock, journal and people.
    """

    def __init__(self, organisation: Organisation, programme: Programme) -> None:
        self._organisation, self._programme = organisation, programme
        self._assessed: dict[str, simpy.Event] = {}

    def assess(self, hours: float) -> None:
        """Have the impact of each service assessed that has not been."""
        for service in self._programme.services:
            if service.given.name not in self._assessed:
                self._assessed[service.given.name] = self._programme.env.process(self._assess(service, hours))

    def _assess(self, service: ServiceDay, hours: float) -> Generator[simpy.Event, Any, None]:
        began = service.write(self._programme.env.now, "impact assessment began", "service")
        yield self._programme.organisation.team("mlops").work("impact assessment", hours, began)
        service.write(self._programme.env.now, "impact assessed", "service", began)

    def allow(self, service: ServiceDay, version: Version) -> Generator[simpy.Event, Any, bool]:
        """Let a candidate pass, once it has been approved; return whether it may come into use.

        It waits for its service's impact assessment, where that is under way. Where approval is needed, automated
        controls let it pass at once if no suite finds anything; whatever they find is put before the next board, which
        refuses it. Without them the board has nothing to go by, and approves.
        """
        organisation, env, name = self._organisation, self._programme.env, f"v{version.number}"
        assessed = self._assessed.get(service.given.name)
        if assessed is not None and not assessed.processed:
            yield assessed
        given = self._programme.scenario.organisation
        needed = given is not None and given.oversight.releases_need_board
        if not (needed or organisation.governance.approve_releases):
            return True
        cause, wrong = version.event, ""
        if organisation.governance.automated_controls:
            wrong = next((w for suite in CONTROLS if (w := service.releases.wrong(version, suite))), "")
            said = "controls found something" if wrong else "controls passed"
            cause = service.write(env.now, said, name, cause, wrong)
            if not wrong:
                return True
        yield env.timeout(max(organisation.next_board(env.now) - env.now, 0.0))
        service.write(env.now, "refused by the board" if wrong else "approved by the board", name, cause, wrong)
        return not wrong
