"""One file for each decision point: its protocol, what it is given, its naive default, and what it accepts."""

from sim.decisions import (
    decide,
    protect,
    repair,
    retain,
    retrain,
    scale,
    size,
    validate,
    watch_data,
    watch_model,
    watch_spend,
)
from sim.decisions.point import DecisionPoint
from sim.decisions.retain import Retention, retention
from sim.decisions.retrain import Signals
from sim.decisions.scale import Load
from sim.decisions.watch_model import Monitor, monitor

POINTS: dict[str, DecisionPoint] = {
    room.POINT.name: room.POINT
    for room in (
        validate,
        repair,
        watch_data,
        protect,
        retain,
        watch_model,
        retrain,
        decide,
        scale,
        size,
        watch_spend,
    )
}
"""Every decision point, by the playbook's field."""

__all__ = ["POINTS", "DecisionPoint", "Load", "Monitor", "Retention", "Signals", "monitor", "retention"]
