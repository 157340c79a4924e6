"""What moves and what goes wrong in the shipped scenarios, thing by thing, with the pulls of each feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sim
from cli.reference.table import shown, table
from sim.scenario import Drift, Service
from sim.scenario.register import Entry, register

TITLE = "Drifts, incidents and features, thing by thing"

INTRODUCTION = """\
Of the shipped scenarios, service by service. Each number has a place by which `sim.experiments.sensitivity` can vary \
it, such as `services.claims-triage.drifts.savings-rule.effects.savings_gbp`; \
`sim.scenario.place.parameters(scenario)` lists all."""


def things() -> str:
    """Return the section, in Markdown."""
    worlds = [sim.load_scenario(name) for name in sim.scenario_names()]
    services = [(f"{world.name}, {service.name}", service) for world in worlds for service in world.services]
    known = register()
    drifts = [row for where, service in services for row in _drifts(where, service)]
    incidents = [row for where, service in services for row in _incidents(where, service)]
    features = [row for where, service in services for row in _features(where, service)]
    return "\n\n".join(
        [
            f"## {TITLE}",
            INTRODUCTION,
            "### Drifts",
            f"Movements are in {known['Drift', 'effects'].unit}; everyone's is {known['Drift', 'intercept'].unit}. "
            f"Log-odds are the score over the service's `noise`. {_believed(known['Drift', 'effects'])}",
            table(("service", "drift", "what moves", "when", "by how much"), drifts),
            "### Incidents of the data",
            "How often each begins in a year, and the mean hours of work to mend it. "
            + _believed(known["IncidentKind", "per_year"]),
            table(
                ("service", "incident", "kind", "befalls", "a year", "share of records", "hours", "ends by itself"),
                incidents,
            ),
            "### Features",
            f"Weight and bend are pulls on the score ({known['Feature', 'weight'].unit}); shifts are in "
            f"{known['Feature', 'shift'].unit}. {_believed(known['Feature', 'weight'])}",
            table(("service", "feature", "centre", "spread", "weight", "bend", "shift of a group"), features),
        ]
    )


def _believed(entry: Entry) -> str:
    return f"Source: {entry.source} (confidence: {entry.confidence})."


def _drifts(where: str, service: Service) -> Iterator[tuple[str, ...]]:
    for drift in service.drifts:
        amounts = _amounts(drift.effects)
        if drift.intercept:
            amounts = ", ".join(filter(None, (amounts, f"everyone's score {_signed(drift.intercept)}")))
        of = f", of {drift.group}" if drift.group else ""
        yield where, f"`{drift.name}`", f"{drift.target}, {drift.shape}{of}", _when(drift), amounts


def _when(drift: Drift) -> str:
    begins = f"from day {shown(drift.begins_day)}"
    if drift.jitter_days:
        begins += f", up to {shown(drift.jitter_days)} days sooner or later"
    how = {
        "sudden": "",
        "gradual": f", over {shown(drift.days)} days",
        "seasonal": f", a sine of {shown(drift.days)} days",
        "recurring": f", for {shown(drift.days)} days of every {shown(drift.every_days)}",
    }
    return begins + how[drift.shape]


def _incidents(where: str, service: Service) -> Iterator[tuple[str, ...]]:
    for one in service.incidents:
        befalls = ", ".join(one.features) or one.source or "outcomes"
        if one.kind == "unit_change":
            befalls += f", times {shown(one.factor)}"
        certain = f"; on day {', '.join(map(shown, one.on_days))} for certain" if one.on_days else ""
        yield (
            where, f"`{one.name}`", one.kind.replace("_", " "), befalls, shown(one.per_year) + certain,
            shown(one.share), shown(one.repair_hours), f"after {shown(one.ends_after_days)} days",
        )  # fmt: skip


def _features(where: str, service: Service) -> Iterator[tuple[str, ...]]:
    for one in service.features:
        yield (
            where, f"`{one.name}`", shown(one.centre), shown(one.spread), _signed(one.weight),
            _signed(one.bend) if one.bend else "", _amounts(one.shift),
        )  # fmt: skip


def _amounts(of: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {_signed(value)}" for name, value in of.items())


def _signed(value: float) -> str:
    return f"+{shown(value)}" if value > 0 else shown(value)
