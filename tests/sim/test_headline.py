"""Net public value counts only above the floors: nobody wins by serving nobody, nor some, nor by paying nothing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import sim
from sim.decisions.release import BIG_BANG
from sim.scenario.targets import FLOORS
from sim.scorecard.headline import BROKEN, Headline

NAIVE = sim.Playbook()


def refuses_everybody(scores: pd.Series, cases: pd.DataFrame) -> pd.Series:
    return pd.Series("refuse", index=scores.index)


def serves_owners_alone(scores: pd.Series, cases: pd.DataFrame) -> pd.Series:
    """Refuse whoever rents; nobody tells it who belongs to which group."""
    right = np.where(scores >= 0.5, "approve", "refuse")
    return pd.Series(np.where(cases["rents"] > 0.5, "refuse", right), index=scores.index)


@pytest.fixture(scope="module")
def world(quiet):
    """Three quarters in which a wrong refusal costs nothing, and in which a column tells the groups apart."""
    one = quiet(3, 60)
    given = one.services[0].model_dump()
    tells = {
        "name": "rents", "source": "claim-form", "kind": "flag", "centre": 0.5, "spread": 1.0, "low": 0, "high": 1,
        "weight": 0.0, "shift": {"disabled": 6.0, "not-disabled": -6.0},
    }  # fmt: skip
    first = [f["source"] for f in given["features"]].index("earnings-feed")
    given["features"] = [*given["features"][:first], tells, *given["features"][first:]]
    # To refuse is safe, to award is not: on paper the best programme pays nobody.
    given["value"] |= {"right_gbp": 1.0, "right_refusal_gbp": 60.0, "wrong_award_gbp": 400.0, "wrong_refusal_gbp": 0.0}
    return one.replace(services=[given])


BOOKS = {
    "naive": NAIVE,
    "reference": sim.practices.reference().replace(
        forecast=NAIVE.forecast, fund=NAIVE.fund, protect=NAIVE.protect, release=BIG_BANG
    ),
    "refuses everybody": NAIVE.replace(decide=refuses_everybody),
    "switches machines off": NAIVE.replace(scale=lambda load: 0),
    "fails one group": NAIVE.replace(decide=serves_owners_alone),
    "spends nothing": NAIVE.replace(forecast=lambda spend: {0.1: 0.0, 0.5: 0.0, 0.9: 0.0}, scale=lambda load: 0),
    "bids for nothing": NAIVE.replace(forecast=lambda spend: {0.1: 0.0, 0.5: 0.0, 0.9: 0.0}),
}


@pytest.fixture(scope="module")
def headlines(world):
    return {name: sim.simulate(world, book, seed=4, instant=True).headline() for name, book in BOOKS.items()}


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("refuses everybody", "people_served"),
        ("switches machines off", "availability"),
        ("fails one group", "equity_gap"),
        ("spends nothing", "availability"),
        ("bids for nothing", "budget_overrun"),
    ],
)
def test_it_misses_a_floor_and_loses_to_naive_and_to_reference(name, floor, headlines):
    mine = headlines[name]
    missed = set(mine.floors.loc[~mine.floors["met"], "measure"])
    assert floor in missed and not mine.counts and mine.value == -math.inf
    for other in ("naive", "reference"):
        assert headlines[other].counts and headlines[other].value > mine.value
    words = BROKEN[floor].split("{value}")[1].split("{floor}")[0]
    assert words in str(mine) and "does not count" in str(mine)


def test_without_floors_it_would_win(headlines):
    """On net public value alone the refuser beats both, and who serves one group alone beats the naive programme."""
    net = {name: headline.net_public_value for name, headline in headlines.items()}
    assert net["refuses everybody"] > max(net["naive"], net["reference"])
    assert net["fails one group"] > net["naive"]


def test_each_service_keeps_each_floor(pair):
    """The neighbour's good service does not lift one that is switched off."""
    run = sim.simulate(pair, NAIVE.on("claims-triage", scale=lambda load: 0), seed=4, instant=True)
    floors = run.headline().floors.set_index(["measure", "service"])["met"]
    assert not floors["availability", "claims-triage"] and floors["availability", "appeals"]
    assert set(floors.index.get_level_values("measure")) == set(FLOORS)
    assert [s for m, s in floors.index if m == "budget_overrun"] == ["all"]
    assert str(run.headline()) == run.summary().splitlines()[-1]


def test_a_scenario_sets_floors_of_its_own_and_they_are_kept_with_the_run(world, tmp_path):
    run = sim.simulate(world.replace(floors={"people_served": 0.99}), seed=4, instant=True)
    for one in (run, sim.Run.load(run.save(tmp_path / "run"))):
        floors = one.headline().floors.set_index("measure")
        assert floors.loc["people_served", ["floor", "met"]].tolist() == [0.99, False]
    assert not run.equals(sim.simulate(world, seed=4, instant=True))
    with pytest.raises(sim.errors.ScenarioError, match="Did you mean 'people_served'"):
        world.replace(floors={"people_serve": 0.5})


def test_a_missed_floor_is_told_in_a_sentence():
    floors = pd.DataFrame(
        [("kept_too_long", "claims-triage", 0.12, 0.1, False), ("availability", "appeals", 0.9, 0.75, True)],
        columns=["measure", "service", "value", "floor", "met"],
    )
    said = "claims triage keeps 12.0% of its records too long, at most 10% is allowed"
    assert str(Headline(1.0, floors)) == f"Net public value does not count yet: {said}."
    assert set(BROKEN) == set(FLOORS)


def test_what_cannot_be_measured_does_not_keep_a_floor(world):
    run = sim.simulate(world.replace(funding_gbp=0.0), seed=4, instant=True)
    floors = run.headline().floors.set_index("measure")
    assert np.isnan(floors.loc["budget_overrun", "value"]) and not floors.loc["budget_overrun", "met"]
