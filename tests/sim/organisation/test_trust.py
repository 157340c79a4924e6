"""Trust follows its equation, and decides who comes."""

import math

import pytest
from scipy.integrate import solve_ivp

from sim.organisation.trust import Experience, Trust
from sim.scenario.organisation import Trust as Given

GIVEN = Given()
BAD = Experience(errors=0.4, gap=0.2, late=0.3)


def test_it_follows_its_equation():
    trust = Trust(GIVEN, promised=0.1)
    loss = GIVEN.errors * 0.25 + GIVEN.unfairness * 0.15 + GIVEN.outages * 0.25
    for _ in range(10):
        trust.live(7, BAD)
    exact = solve_ivp(
        lambda t, y: (GIVEN.opening - y) / GIVEN.recovery_days - y * loss, (0, 70), [GIVEN.opening], rtol=1e-10
    )
    assert trust.level == pytest.approx(exact.y[0, -1], rel=1e-6) and trust.level < 0.75
    low = trust.level
    trust.live(GIVEN.recovery_days, Experience(errors=0.1))
    assert trust.level == pytest.approx(GIVEN.opening - (GIVEN.opening - low) / math.e)


def test_what_people_put_up_with_costs_nothing():
    trust = Trust(GIVEN, promised=0.1)
    usual = GIVEN.put_up_with
    trust.live(100, Experience(errors=0.1 + usual, gap=usual, late=usual))
    assert trust.level == pytest.approx(GIVEN.opening) and trust.uptake == 1


@pytest.mark.parametrize("what", ["errors", "gap", "late", "identified"])
def test_each_thing_costs_trust(what):
    trust = Trust(GIVEN, promised=0.1)
    trust.live(7, Experience(**{what: 0.6}))
    assert trust.level < GIVEN.opening - 0.01


def test_uptake_falls_with_trust_below_what_is_good():
    trust = Trust(GIVEN, promised=0.0)
    trust.level = GIVEN.good
    assert trust.uptake == 1
    trust.shake(0.5)
    assert trust.uptake == pytest.approx(1 - GIVEN.stay_away / 2)
    trust.shake(2.0)
    assert (trust.level, trust.uptake) == (0, 1 - GIVEN.stay_away)
