"""Practices: reference decisions, and the playbooks made of them."""

from sim.decisions import canary, retention
from sim.decisions.tests import ALL
from sim.playbook import Playbook
from sim.practices.allocation import allocate_by_tags, tag_by_owner
from sim.practices.budgets import fund_by_marginal_value, rolling_forecast
from sim.practices.dataops import profile_alert, repair_batch, validation_gate
from sim.practices.finops import right_size, scale_to_load, spend_alert
from sim.practices.integration import ORGANISE, govern_by_controls, most_needed_first
from sim.practices.logarithms import train_on_logarithms
from sim.practices.market import commit_to_floor, place_on_spot_at_night
from sim.practices.mlops import (
    drift_monitor,
    largest_psi,
    miscalibration,
    psi,
    refer_uncertain,
    retrain_on_drift,
    retrain_on_schedule,
)
from sim.practices.protection import add_noise, generalise, protect_records, pseudonymise
from sim.practices.releases import promote_if_better, roll_back_on_shift
from sim.practices.training import train_federated, train_on_synthetic, tuned


def reference() -> Playbook:
    """Return the playbook of all reference practices."""
    return Playbook(
        validate=validation_gate(),
        repair=repair_batch(),
        ingest="hourly",
        contracts="all",
        catalogue="catalogue with lineage",
        watch_data=profile_alert(),
        protect=protect_records(),
        retain=retention(hot_days=90, cool_days=150, archive_days=180, accounts=12),
        watch_model=drift_monitor(),
        retrain=retrain_on_drift(),
        decide=refer_uncertain(),
        train=train_on_logarithms(),
        promote=promote_if_better(),
        tests=ALL,
        versioning="models and data",
        release=canary(),
        roll_back=roll_back_on_shift(),
        scale=scale_to_load(),
        size=right_size(),
        watch_spend=spend_alert(),
        commit=commit_to_floor(),
        place=place_on_spot_at_night(),
        tag=tag_by_owner(),
        allocate=allocate_by_tags(),
        forecast=rolling_forecast(),
        fund=fund_by_marginal_value(),
        organise=ORGANISE,
        adopt=most_needed_first(),
        govern=govern_by_controls(),
    )


def typical() -> Playbook:
    """Return the playbook of an ordinary department: a coarse gate, a retraining each quarter, a look at big bills."""
    return Playbook(
        validate=validation_gate(reach=6.0, most_missing=3),
        retrain=retrain_on_schedule(days=91),
        watch_spend=spend_alert(ratio=2.0, days=28),
        tag=tag_by_owner(environments=("production",)),
    )


__all__ = [
    "add_noise",
    "allocate_by_tags",
    "commit_to_floor",
    "drift_monitor",
    "fund_by_marginal_value",
    "generalise",
    "govern_by_controls",
    "largest_psi",
    "miscalibration",
    "place_on_spot_at_night",
    "most_needed_first",
    "promote_if_better",
    "profile_alert",
    "protect_records",
    "pseudonymise",
    "psi",
    "refer_uncertain",
    "reference",
    "repair_batch",
    "retrain_on_drift",
    "retrain_on_schedule",
    "right_size",
    "roll_back_on_shift",
    "rolling_forecast",
    "scale_to_load",
    "spend_alert",
    "tag_by_owner",
    "train_federated",
    "train_on_synthetic",
    "tuned",
    "train_on_logarithms",
    "typical",
    "validation_gate",
]
