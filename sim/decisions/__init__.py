"""One file for each decision point: its protocol, what it is given, its naive default, and what it accepts."""

from sim.decisions import (
    adopt,
    allocate,
    catalogue,
    commit,
    contracts,
    decide,
    forecast,
    fund,
    govern,
    ingest,
    organise,
    place,
    promote,
    protect,
    release,
    repair,
    retain,
    retrain,
    roll_back,
    scale,
    size,
    tag,
    tests,
    train,
    validate,
    versioning,
    watch_data,
    watch_model,
    watch_spend,
)
from sim.decisions.adopt import Sequence, sequence
from sim.decisions.commit import Order, commitment
from sim.decisions.fund import Purses
from sim.decisions.govern import Governance, governance
from sim.decisions.place import Job
from sim.decisions.point import DecisionPoint
from sim.decisions.promote import Evidence
from sim.decisions.release import blue_green, canary, shadow
from sim.decisions.retain import Retention, retention
from sim.decisions.retrain import Signals
from sim.decisions.roll_back import Aftermath
from sim.decisions.scale import Load
from sim.decisions.tag import Asset
from sim.decisions.watch_model import Monitor, monitor

POINTS: dict[str, DecisionPoint] = {
    room.POINT.name: room.POINT
    for room in (
        validate,
        repair,
        ingest,
        contracts,
        catalogue,
        watch_data,
        protect,
        retain,
        watch_model,
        retrain,
        decide,
        train,
        promote,
        tests,
        versioning,
        release,
        roll_back,
        scale,
        size,
        watch_spend,
        commit,
        place,
        tag,
        allocate,
        forecast,
        fund,
        organise,
        adopt,
        govern,
    )
}
"""Every decision point, by the playbook's field."""

__all__ = [
    "POINTS",
    "Aftermath",
    "Asset",
    "DecisionPoint",
    "Evidence",
    "Governance",
    "Job",
    "Load",
    "Monitor",
    "Order",
    "Purses",
    "Retention",
    "Sequence",
    "Signals",
    "blue_green",
    "canary",
    "commitment",
    "governance",
    "monitor",
    "retention",
    "sequence",
    "shadow",
]
