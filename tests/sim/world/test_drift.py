"""How the world moves: who applies, apart from what makes them eligible."""

import numpy as np
import pytest

from sim.scenario import Drift
from sim.streams import Streams
from sim.world.drift import World, begins, strength
from sim.world.population import populate

DAYS = np.arange(0, 400)


def drift(**fields) -> Drift:
    return Drift(**{"name": "d", "target": "covariate", "shape": "sudden", "begins_day": 100, **fields})


def test_a_sudden_drift_is_there_from_its_day():
    force = strength(drift(), 100.0, DAYS)
    assert not force[:100].any() and (force[100:] == 1).all()


def test_a_gradual_drift_is_a_ramp():
    force = strength(drift(shape="gradual", days=200), 100.0, DAYS)
    assert force[[0, 100, 200, 300, 399]].tolist() == [0, 0, 0.5, 1, 1]
    assert (np.diff(force) >= 0).all()
    assert np.diff(force)[100:300] == pytest.approx(1 / 200)


def test_a_season_comes_round():
    force = strength(drift(shape="seasonal", days=120), 100.0, DAYS)
    assert not force[:101].any()
    assert force[130] == pytest.approx(1) and force[190] == pytest.approx(-1)
    assert force[100:280] == pytest.approx(force[220:400])


def test_an_episode_recurs():
    force = strength(drift(shape="recurring", days=10, every_days=50), 100.0, DAYS)
    assert set(np.nonzero(force)[0]) == {
        start + i for start in range(100, 400, 50) for i in range(10) if start + i < 400
    }


def test_the_first_day_varies_within_its_jitter_and_by_its_own_name(scenario):
    service = scenario.services[0]
    given = drift(jitter_days=20)
    days = np.array([begins(given, service, Streams(seed)) for seed in range(500)])
    assert days.min() >= 80 and days.max() <= 120
    assert abs(days.mean() - 100) < 4.5 * 20 / np.sqrt(3 * 500)
    assert begins(drift(), service, Streams(3)) == 100
    assert begins(given, service, Streams(3)) == begins(given, service, Streams(3))
    assert begins(given, service, Streams(3)) != begins(drift(name="e", jitter_days=20), service, Streams(3))


def test_the_state_of_the_world_is_what_the_drifts_add_up_to(quiet):
    drifts = [
        {"name": "rent", "target": "covariate", "shape": "sudden", "effects": {"rent_gbp": 0.9}, "begins_day": 10},
        {"name": "rule", "target": "concept", "shape": "sudden", "effects": {"rent_gbp": -0.5}, "begins_day": 20,
         "intercept": -0.3, "group": "disabled"},
    ]  # fmt: skip
    service = quiet(drifts=drifts).services[0]
    world = World(service, Streams(0), np.arange(40))
    names, groups = service.feature_names, len(service.groups)
    rent = names.index("rent_gbp")
    shift, weight = (x.reshape(len(names), 40, groups) for x in (world.shift, world.weight))
    given = service.features[rent].weight
    assert shift[rent, 9].tolist() == [0, 0] and shift[rent, 10] == pytest.approx([0.9, 0.9])
    assert weight[rent, 19] == pytest.approx([given] * 2) and weight[rent, 20] == pytest.approx([given, given - 0.5])
    intercept = world.intercept.reshape(40, groups)
    assert intercept[19] == pytest.approx([service.intercept] * 2)
    assert intercept[20] == pytest.approx([service.intercept, service.intercept - 0.3])
    assert world.turns.tolist() == [name == "rent_gbp" for name in names]


@pytest.fixture(scope="module")
def still(quiet):
    return quiet(cases=400).services[0]


def moved(service, **fields):
    return service.model_copy(update={"drifts": (drift(begins_day=30, effects={"rent_gbp": 1.0}, **fields),)})


def test_concept_drift_changes_what_is_true_and_nobody_who_comes(still):
    before, after = (populate(s, Streams(0), 0, 60) for s in (still, moved(still, target="concept")))
    for name in ("arrived", "group", "clean", "late", "twice", "lag"):
        assert (getattr(before, name) == getattr(after, name)).all(), name
    assert np.array_equal(before.record, after.record, equal_nan=True)
    changed = before.truth != after.truth
    assert not changed[before.day < 30].any() and changed[before.day >= 30].mean() > 0.03


def test_covariate_drift_changes_who_comes_and_not_what_makes_them_eligible(still):
    """The log-odds are the same function of a person's values before and after."""
    before, after = (populate(s, Streams(0), 0, 60) for s in (still, moved(still, target="covariate")))
    rent = still.feature_names.index("rent_gbp")
    late = before.day >= 30
    others = [j for j in range(12) if j != rent]
    assert (before.clean[:, others] == after.clean[:, others]).all()
    assert (before.clean[~late] == after.clean[~late]).all()
    ratio = np.log(after.clean[late, rent] / before.clean[late, rent])
    assert np.median(ratio) == pytest.approx(still.features[rent].spread, abs=0.01)
    world, twin = (World(s, Streams(0), np.arange(60)) for s in (still, moved(still, target="covariate")))
    assert (world.weight == twin.weight).all() and (world.intercept == twin.intercept).all()
    assert not (world.shift == twin.shift).all()
