"""Measures of how machines are bought and placed: commitments, what a training costs, and carbon."""

from __future__ import annotations

import numpy as np

from sim.cloud.carbon import appraised_gbp
from sim.scenario.targets import TARGETS
from sim.scorecard.evidence import Evidence
from sim.scorecard.measure import COST, VALUE, Measure, ratio


def _carbon_gbp(e: Evidence) -> float:
    return appraised_gbp(float(np.sum(e.column("carbon_kg") * e.column("discount"))))


def _coverage(e: Evidence) -> float:
    met, bare = (e.machines.listed_gbp(how, e.first, e.last) for how in ("used", "on demand"))
    return ratio(met, met + bare)


def _use(e: Evidence) -> float:
    used, unused = (e.machines.cost_gbp(how, e.first, e.last) for how in ("used", "unused"))
    return ratio(used, used + unused)


OF_MACHINES: dict[str, Measure] = {
    "commitment_coverage": Measure(
        COST,
        "share",
        "higher",
        TARGETS["commitment_coverage"],
        "Machine hours, spot apart, that are met from commitments, by their price on demand.",
        _coverage,
    ),
    "commitment_utilisation": Measure(
        COST,
        "share",
        "higher",
        TARGETS["commitment_utilisation"],
        "Share of what commitments cost that was used.",
        _use,
    ),
    "cost_per_training_run_gbp": Measure(
        COST,
        "GBP per training",
        "lower",
        TARGETS["cost_per_training_run_gbp"],
        "Cost of the machines that train, idle time included, over trainings.",
        lambda e: ratio(e.machines.cost_gbp("training", e.first, e.last), float(e.during(e.trained).sum())),
    ),
}
"""Measures of machines, whose bill does not tell one service from another, by name."""

BUYING: dict[str, Measure] = {
    **OF_MACHINES,
    "carbon_kg": Measure(
        COST,
        "kg CO2e",
        "lower",
        TARGETS["carbon_kg"],
        "Carbon of the machines' energy, by the hour's grid.",
        lambda e: e.total("carbon_kg"),
    ),
    "carbon_gbp": Measure(
        VALUE,
        "GBP",
        "lower",
        TARGETS["carbon_gbp"],
        "That carbon at the Green Book's carbon value, discounted; beside net public value, and not in it.",
        _carbon_gbp,
    ),
}
"""All of them, by name."""
