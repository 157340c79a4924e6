"""Audits: somebody comes and asks for evidence, which is in the records or is not."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim.data.casefile import REFER
from sim.world.shocks import Shock, shocks

if TYPE_CHECKING:
    from sim.programme.organisation import Organisation
    from sim.programme.programme import Programme
    from sim.programme.service import ServiceDay

APPROVED = ("controls passed", "approved by the board")


class Audits:
    """Audits of each service, on days that are the world's.

    Parameters
    ----------
    organisation : Organisation
        What is audited.
    programme : Programme
        Its clock, journal, books and people.
    """

    def __init__(self, organisation: Organisation, programme: Programme) -> None:
        self._organisation, self._programme = organisation, programme
        scenario = programme.scenario
        assert scenario.organisation is not None
        self._given = scenario.organisation.oversight
        self._last: dict[str, float] = {}
        for i, service in enumerate(scenario.services):
            for shock in shocks(
                programme.streams,
                f"{service.name}/organisation",
                "audit",
                self._given.audits_per_year,
                programme.calendar.days,
            ):
                programme.env.process(self._audit(i, shock))

    def _audit(self, place: int, shock: Shock) -> Generator[simpy.Event, Any, None]:
        programme = self._programme
        yield programme.env.timeout(shock.began)
        service, now = programme.services[place], programme.env.now
        audit = service.write(now, "audit", shock.incident_id)
        since, self._last[service.given.name] = self._last.get(service.given.name, 0.0), now
        findings = 0
        for subject, discipline, there, said in self.evidence(service, since):
            event = service.write(now, "evidence found" if there else "finding", subject, audit, said)
            if there:
                continue
            findings += 1
            programme.ledger.post(
                now,
                "compliance",
                "cash",
                round(self._given.finding_gbp * 100),
                category="compliance",
                cause=event,
                service=service.given.name,
            )
            self._organisation.team(discipline).work("answer a finding", self._given.finding_hours, event)
        service.public.shake(findings)

    def evidence(self, service: ServiceDay, since: float) -> Iterator[tuple[str, str, bool, str]]:
        """Look for evidence in the records of a service.

        Parameters
        ----------
        service : ServiceDay
            Which.
        since : float
            When the audit before was, in days; 0 for the first.

        Yields
        ------
        subject, discipline : str
            What is asked for, and whose it is to have it.
        there : bool
            Whether it is there. What there was no occasion for is not asked for.
        said : str
            In words.
        """
        name, now = service.given.name, self._programme.env.now
        journal = self._programme.journal.of(name)
        released = [v for v in service.registry.versions if v.number and since <= v.released_day <= now]
        if released:
            approved = {subject for kind, subject in journal if kind in APPROVED}
            having = [v for v in released if f"v{v.number}" in approved]
            yield _counted("approval of each release", "mlops", len(having), len(released))
        champion = service.registry.champion
        yield "snapshot of the data of the version in use", "mlops", champion.kept_data, f"v{champion.number}"
        assessed = ("impact assessed", "service") in journal
        yield "impact assessment", "mlops", assessed, "done" if assessed else "not done"
        lineage = service.in_force["catalogue"] == "catalogue with lineage"
        yield "lineage of what is decided upon", "dataops", lineage, "kept" if lineage else "not kept"
        held, too_long = (int(x[0]) for x in service.store.held(np.array([int(now)])))
        yield "records held no longer than the law allows", "dataops", not too_long, f"{too_long} of {held} too long"
        known = {subject for kind, subject in journal if kind == "cause known"}
        mended = [
            i
            for i in self._programme.incidents.all
            if i.service == name and since <= i.fixed_day <= now and i.found_by not in ("", "nobody", "contract")
        ]
        if mended:
            having = [i for i in mended if i.shock.incident_id in known]
            yield _counted("cause of each incident found", "dataops", len(having), len(mended))
        if not service.given.regression:
            rows = service.file.decided(since, now, service.given.reject_after_days)
            refused = rows[service.file.granted[rows] == 0]
            seen = (service.file.choice[refused] == REFER).sum()
            share = float(seen / len(refused)) if len(refused) else 1.0
            enough = share >= self._given.seen_by_person
            yield "people's hand in refusals", "mlops", enough, f"{share:.1%} of {len(refused)} refusals"


def _counted(subject: str, discipline: str, having: int, asked: int) -> tuple[str, str, bool, str]:
    return subject, discipline, having == asked, f"{having} of {asked}"
