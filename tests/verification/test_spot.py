"""Jobs on the spot market go as theory has it, and a build that does not is seen."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cloud.spot import Checkpoints
from tests.verification.spots import CHECKS, SETTINGS, conclude, simulated


@pytest.mark.parametrize("check", CHECKS)
def test_jobs_go_as_theory_has_it(check):
    for row in check.results():
        assert row.passed, row


@pytest.mark.parametrize(
    "broken",
    [
        lambda work, rate, guard: (work, rate * 1.03, guard),
        lambda work, rate, guard: (work * 1.03, rate, guard),
        lambda work, rate, guard: (work, rate, Checkpoints(2 * work, 0.0, guard.resume_hours)),
        lambda work, rate, guard: (work, rate, Checkpoints(guard.every_hours, 0.0, guard.resume_hours)),
        lambda work, rate, guard: (work, rate, Checkpoints(guard.every_hours, guard.hours, 0.0)),
    ],
    ids=["rate", "work", "no checkpoints", "free checkpoints", "no wait"],
)
def test_a_broken_build_is_seen(broken):
    rows = conclude(SETTINGS[0], np.array([simulated(*broken(*SETTINGS[0]))]))
    assert not all(row.passed for row in rows)
