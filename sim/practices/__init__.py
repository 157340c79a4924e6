"""Practices: reference decisions, and the playbooks made of them."""

from sim.playbook import Playbook
from sim.practices.dataops import range_gate, repair_batch, validation_gate
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
        watch_model=drift_monitor(),
        retrain=retrain_on_drift(),
        decide=refer_uncertain(),
        scale=scale_to_load(),
        size=right_size(),
        watch_spend=spend_alert(),
    )


def typical() -> Playbook:
    """Return the playbook of an ordinary department: a simple gate, a yearly retraining, a look at big bills."""
    return Playbook(
        validate=range_gate(),
        retrain=retrain_on_schedule(days=365),
        watch_spend=spend_alert(ratio=2.0, days=28),
    )


__all__ = [
    "drift_monitor",
    "largest_psi",
    "miscalibration",
    "psi",
    "range_gate",
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
