"""A department in which, within half a year, everything happens that may: so that every parameter has its turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sim
from sim.exports import atrs, model_card, odcs, openmetrics
from sim.practices import reference, retrain_on_schedule
from sim.scenario.readers import Readers, watched

SEED = 3
QUARTERS = 2
CASES = 60.0
"""Simulated cases of each service a day: enough to learn from, few enough to be quick."""

OFTEN = 100.0
"""Incidents in a year of each kind that comes by chance."""


def readers() -> Readers:
    """Watch a few busy runs and their exports, and return which modules of `sim` read which parameter.

    Returns
    -------
    dict of (str, str) to set of str
        Modules, without ``sim.``, by kind of part and field. Reading that only checks or copies a scenario does not
        count, as it happens before any run.
    """
    world = busy()
    with watched() as seen:
        for playbook, instant in playbooks():
            run = sim.simulate(world, playbook, seed=SEED, instant=instant)
            run.scorecard()
            for service in world.services:
                model_card(run, world, service.name)
                atrs(run, world, service.name)
                for source in service.sources:
                    odcs(world, service.name, source.name)
            openmetrics(run, world)
    return dict(seen)


def busy() -> sim.Scenario:
    """Return household support with few cases and many events: every incident, breaches, audits, failing runs."""
    world = sim.load_scenario("household-support")
    services = [_busy_service(service.model_dump()) for service in world.services]
    about: dict[str, Any] = world.model_dump()
    about["organisation"]["oversight"] |= {"audits_per_year": 20.0, "releases_need_board": True}
    about["organisation"]["turnover"] |= {"leave_per_year": 1.0, "vacant_weeks": 2, "new_weeks": 2}
    about["organisation"]["trust"] |= {"opening": 0.4}
    about["organisation"]["projects"] = 1
    about["staff"] |= {"effort_scale": 0.3}
    for leak in about["spend_incidents"]:
        leak |= {"per_year": OFTEN, "ends_after_days": 5.0}
    for change in about["price_changes"]:
        change |= {"announced_day": 10, "day": 40}
    return world.replace(
        quarters=QUARTERS,
        services=services,
        organisation=about["organisation"],
        staff=about["staff"],
        spend_incidents=about["spend_incidents"],
        price_changes=about["price_changes"],
        invoicing={"overcharges_per_year": OFTEN, "credit_gbp": 1000.0},
        market={"interrupted_share": 0.99, "checkpoint_every_hours": 0.5},
        targets={"accuracy": 0.9},
        floors={"equity_gap": 0.2},
    )


def playbooks() -> Iterator[tuple[sim.Playbook, bool]]:
    """Yield playbooks that between them use every mechanism, and whether they are in force at once."""
    practised = reference().replace(
        retrain=retrain_on_schedule(days=14),
        decide=refer_all,
        watch_model=sim.monitor(alarming, threshold=0.5, every_days=7),
        promote=sim.Playbook().promote,
        place=on_spot,
        fund=sim.Playbook().fund,
        ingest="streaming",
        release=sim.canary(share=0.2, days=3),
        retain=sim.retention(20, 20, 40, accounts=30),
        organise="centre of excellence",
        govern=sim.governance(board_days=7, automated_controls=True, human_oversight=0.5, cost_council=True),
    )
    yield practised, True
    yield (
        sim.Playbook(
            retrain=practised.retrain,
            roll_back=always,
            versioning="models",
            organise="cross-functional",
            validate=practised.validate,
            repair=practised.repair,
            tag=practised.tag,
            allocate=practised.allocate,
            forecast=practised.forecast,
            fund=reference().fund,
            govern=sim.governance(board_days=7, impact_assessment=True),
        ),
        False,
    )
    yield sim.Playbook(retrain=practised.retrain, roll_back=always, fund=reference().fund), True


def always(evidence: sim.decisions.Aftermath) -> bool:
    """Take every release back."""
    return True


def alarming(earlier: Any, recent: Any) -> float:
    """Score every look as an alarm."""
    return 1.0


def on_spot(job: sim.decisions.Job) -> tuple[str, str]:
    """Train on a spot machine at once."""
    return "spot", "now"


def refer_all(scores: Any, cases: Any) -> Any:
    """Send every case to a person."""
    return scores.map(lambda score: "refer")


def _busy_service(given: dict[str, Any]) -> dict[str, Any]:
    incidents = [{**kind, "per_year": 0.0, "on_days": (20.2 + 9 * k,)} for k, kind in enumerate(given["incidents"])]
    return given | {
        "cases_per_day": CASES,
        "weight": 2,
        "incidents": incidents,
        "ingestion": given["ingestion"] | {"fail_share": 0.5, "retry_fail_share": 0.8},
        "training": given["training"] | {"bug_share": 0.6, "release_days": 1.0, "staff_hours": 1.0},
        "outcomes": given["outcomes"] | {"median_days": 5.0},
        "breach": {"accounts": 40, "per_account_year": 1.0, "found_days": 5.0} if given["breach"] else None,
    }
