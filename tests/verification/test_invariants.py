"""Conservation, the same worlds, monotonicity: each check of the report holds, and each can fail."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim
from sim.streams import Streams
from sim.world.population import populate
from tests.verification import check, conservation, monotonicity, same_worlds
from tests.worlds import small

WHOLE = [*conservation.CHECKS, *same_worlds.CHECKS, *monotonicity.CHECKS]


@pytest.mark.slow
@pytest.mark.parametrize("check", WHOLE, ids=lambda c: c.name)
def test_it_holds_in_every_part(check):
    for name, row in zip(check.rows, check.results(), strict=True):
        assert row.passed, (name, row)


@pytest.mark.parametrize("check", [*same_worlds.CHECKS[1:3], *monotonicity.CHECKS], ids=lambda c: c.name)
def test_it_holds_in_one_part(check):
    for name, row in zip(check.rows, check.results(parts=1), strict=True):
        assert row.passed, (name, row)


def test_a_case_that_is_another_is_seen():
    service = small().services[0]
    one, two = (populate(service, Streams(1), 0, 20) for _ in range(2))
    assert same_worlds.apart(one, two) == 0
    two.truth[3] = not two.truth[3]
    two.clean[5, 2] += 1
    two.record[7, 0] = np.nan if one.record[7, 0] == one.record[7, 0] else 1.0
    assert same_worlds.apart(one, two) == 3


def test_a_rule_that_decides_otherwise_is_seen():
    world = small(1, 40)
    other = same_worlds.IDLE.replace(decide=lambda scores, cases: np.where(scores >= 0.51, "approve", "refuse"))
    runs = [sim.simulate(world, book, seed=1, instant=True) for book in (sim.Playbook(), other)]
    assert same_worlds.unlike(*runs, same_worlds.RECORDS) > 0


def test_books_that_do_not_balance_are_counted():
    programme = sim.Programme(small(1, 20), seed=1)
    programme.advance(sim.Playbook())
    run = programme.run()
    assert not any(conservation.broken(part, programme, run) for part in conservation.PARTS)
    less = dataclasses.replace(run, ledger=run.ledger.assign(pence=run.ledger["pence"] + (run.ledger.index == 40)))
    assert conservation.broken("ledger", programme, less)
    gone = dataclasses.replace(run, daily=run.daily.assign(delivered=run.daily["delivered"] - 1))
    assert conservation.broken("cases", programme, gone) and not conservation.broken("bill", programme, gone)


class TestConclusions:
    def test_a_mean_passes_within_three_errors_and_only_if_it_is_sharp_enough(self):
        assert check.mean_against(1.0, 9, 1.29, 0.1).passed and not check.mean_against(1.0, 9, 1.31, 0.1).passed
        assert not check.mean_against(1.0, 9, 1.0, 0.1, most_error=0.2).passed

    def test_after_none_in_two_hundred_one_in_seventy_is_not_excluded(self):
        row = check.never(0, 200)
        assert row.passed and row.high == pytest.approx(1 - 0.05 ** (1 / 200))
        assert not check.never(1, 200).passed and check.never(1, 200).value == 0.005

    def test_one_value_beyond_its_bound_is_enough_to_fail(self):
        assert check.at_most(np.array([0.0, -1.0])).passed and not check.at_most(np.array([0.1, -9.0])).passed
        assert not check.at_most(np.array([np.nan, np.nan])).passed

    def test_a_band_is_for_the_mean(self):
        assert check.in_band(np.array([0.0, 2.0]), 0.9, 1.1).passed
        assert not check.in_band(np.array([0.0, 2.0]), 1.1, 1.2).passed
