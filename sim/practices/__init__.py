"""Practices: reference decisions, and the playbooks made of them."""

from sim.playbook import Playbook
from sim.practices.dataops import repair_batch, validation_gate
from sim.practices.finops import right_size, scale_to_load, spend_alert
from sim.practices.mlops import (
    drift_monitor,
    largest_psi,
    miscalibration,
    psi,
    refer_uncertain,
    retrain_on_drift,
    retrain_on_schedule,
)


def reference() -> Playbook:
    """Return the playbook of all reference practices."""
    return Playbook(
        validate=validation_gate(),
        repair=repair_batch(),
        ingest="hourly",
        contracts="all",
        catalogue="catalogue with lineage",
        watch_model=drift_monitor(),
        retrain=retrain_on_drift(),
        decide=refer_uncertain(),
        scale=scale_to_load(),
        size=right_size(),
        watch_spend=spend_alert(),
    )


def typical() -> Playbook:
    """Return the playbook of an ordinary department: a coarse gate, a retraining each quarter, a look at big bills."""
    return Playbook(
        validate=validation_gate(reach=6.0, most_missing=3),
        retrain=retrain_on_schedule(days=91),
        watch_spend=spend_alert(ratio=2.0, days=28),
    )


__all__ = [
    "drift_monitor",
    "largest_psi",
    "miscalibration",
    "psi",
    "refer_uncertain",
    "reference",
    "repair_batch",
    "retrain_on_drift",
    "retrain_on_schedule",
    "right_size",
    "scale_to_load",
    "spend_alert",
    "typical",
    "validation_gate",
]
