"""One small run with everything that an export tells: nights that fail, quarantine, retrainings, referrals."""

from __future__ import annotations

import pytest

import sim


@pytest.fixture(scope="session")
def world(small) -> sim.Scenario:
    given = small().services[0].model_dump()
    kinds = [{**kind, "per_year": 0, "on_days": [20.2 + 22 * k]} for k, kind in enumerate(given["incidents"])]
    return small(quarters=2, cases=60, incidents=kinds)


@pytest.fixture(scope="session")
def careful(world) -> sim.Run:
    """The reference practices, with a retraining every 40 days."""
    playbook = sim.practices.reference().replace(retrain=sim.practices.retrain_on_schedule(days=40))
    return sim.simulate(world, playbook, seed=4, instant=True)


@pytest.fixture(scope="session")
def plain(world) -> sim.Run:
    """No practice at all."""
    return sim.simulate(world, sim.Playbook(), seed=2)
