"""What documents for the public say of privacy: how records are kept, for how long, who can read them, and thefts."""

from __future__ import annotations

import math

from sim.exports.figures import Figures
from sim.exports.source import Source, source_of


def protection(f: Figures) -> str:
    """Say what is done so that records tell less of whose they are."""
    if not personal(f):
        return "The records hold no personal data."
    telling = ", ".join(x.name for x in f.service.features if x.quasi)
    known = f" Others may know of a person: {telling}." if telling else ""
    practice = f.in_force.get("protect")
    if practice is None:
        return f"Records are stored as they came, under the case's own number.{known}"
    return (
        f"From {f.date(practice.day)}, {practice.words} ({practice.detail}); what had been stored before stayed as it "
        f"was.{known}"
    )


def retention(f: Figures) -> str:
    """Say for how long records are kept, whether that is lawful, and how many accounts can read them."""
    practice, last = f.in_force.get("retain"), f.daily.iloc[-1]
    kept = f"From {f.date(practice.day)}, records are kept {practice.kept}." if practice else "Nothing is deleted."
    too_long = int(last["held_too_long"])
    lawful = (
        f"The longest lawful time is {f.service.keep_days} days; at the end, records of {int(last['held']):,} cases "
        f"were held, {f'{too_long:,} of them' if too_long else 'none'} for longer than that."
    )
    if f.service.breach is None:
        return f"{kept} {lawful}"
    accounts = f.service.breach.accounts
    wanted = practice.fields.get("accounts", "None") if practice else "None"
    accounts = accounts if wanted == "None" else min(accounts, int(wanted))
    return f"{kept} {lawful} {accounts} accounts may read what is stored."


def sharing(f: Figures) -> str:
    """Say who delivers what, how often, and under which terms."""
    practice, lines = f.in_force.get("contracts"), []
    for source in (source_of(f.service, s.name) for s in f.service.sources):
        covered = practice is not None and (practice.detail == "all" or f"'{source.terms.name}'" in practice.detail)
        lines.append(f"- {_delivered(source)}: {_terms(f, source) if covered else 'no data contract.'}")
    return "\n".join(lines)


def thefts(f: Figures) -> str:
    """Say which breaches there were, whom they exposed, and when the regulator was told."""
    if f.service.breach is None:
        return "none is simulated for this service."
    if not len(f.breaches):
        return "none happened."
    told = []
    notified = f.journal[f.journal["kind"] == "breach notified"].set_index("subject")["detail"]
    for row in f.breaches.itertuples(index=False):
        found = f"found on {f.date(row.detected_day)}" if math.isfinite(row.detected_day) else "not found yet"
        regulator = notified.get(row.incident_id)
        told.append(
            f"{row.cases_harmed:,} people could be named from records copied on {f.date(row.began_day)} ({found}; "
            + (f"the regulator was told {regulator})" if regulator else "the regulator was not told yet)")
        )
    number = "1 breach" if len(told) == 1 else f"{len(told)} breaches"
    return f"{number}, with harm of £{f.breaches['cost_gbp'].sum():,.0f}: {'; '.join(told)}."


def personal(f: Figures) -> bool:
    """Say whether any source holds personal data."""
    return any(s.personal for s in f.service.sources)


def _delivered(source: Source) -> str:
    return f"{source.terms.name}, delivered by {source.terms.owner} {source.delivery}"


def _terms(f: Figures, source: Source) -> str:
    since = f.date(f.in_force["contracts"].day)
    return f"data contract since {since}; changes are announced {source.terms.notice_days:g} days before."
