"""Sobol indices: against closed forms, with the noise of single runs taken out."""

import numpy as np
import pytest
from SALib.sample import sobol

import sim
from sim.errors import ScenarioError, StudyError
from sim.experiments.sensitivity import corrected
from sim.scenario.parameter import CONFIDENCE
from sim.scenario.place import at_places, parameters

IMPORTANCE = np.array([0.0, 1.0, 4.5, 9.0])
PROBLEM = {"num_vars": 4, "names": list("abcd"), "bounds": [[0.0, 1.0]] * 4}


def closed_form() -> tuple[np.ndarray, np.ndarray, float]:
    """Return first and total indices of Sobol's g-function, and its variance."""
    part = 1 / (3 * (1 + IMPORTANCE) ** 2)
    whole = np.prod(1 + part) - 1
    total = part * np.array([np.prod(1 + np.delete(part, i)) for i in range(4)])
    return part / whole, total / whole, whole


def noisy(spread: float, samples: int, seeds: int, entropy: int) -> np.ndarray:
    """Return outcomes of the g-function over a design, with noise, and with a level of its own for each seed."""
    points = sobol.sample(PROBLEM, samples, calc_second_order=False, seed=entropy)
    value = np.prod((np.abs(4 * points - 2) + IMPORTANCE) / (1 + IMPORTANCE), axis=1)
    generator = np.random.default_rng(entropy)
    level = generator.normal(0, 5, seeds)
    return value[:, None] + level + generator.normal(0, spread, (len(value), seeds))


@pytest.mark.parametrize("spread", [0.0, 0.7])
def test_indices_are_those_of_the_closed_form_within_three_standard_errors(spread):
    first, total, whole = closed_form()
    tables = [corrected(PROBLEM, noisy(spread, 1024, 4, k), k) for k in range(12)]
    for index, wanted in (("first", first), ("total", total)):
        found = np.array([t[t["index"] == index]["value"].to_numpy() for t in tables])
        error = found.std(axis=0, ddof=1) / np.sqrt(len(tables))
        assert (np.abs(found.mean(axis=0) - wanted) < 3 * error + 1e-3).all(), (
            index,
            found.mean(axis=0),
            wanted,
            error,
        )
    noise = np.array([t["noise"].iloc[0] for t in tables])
    wanted = spread**2 / 4 / (whole + spread**2 / 4)
    assert abs(noise.mean() - wanted) < 3 * noise.std(ddof=1) / np.sqrt(12) + 1e-12


def test_noise_left_in_would_be_seen():
    """The correction is not small: without it, the total indices of idle parameters would be far off."""
    _, total, _ = closed_form()
    table = corrected(PROBLEM, noisy(0.7, 1024, 4, 1), 1)
    share = table["noise"].iloc[0]
    idle = table[(table["index"] == "total") & (table["parameter"] == "d")]["value"].iloc[0]
    left_in = idle * (1 - share) + share
    assert abs(idle - total[3]) < 0.05 < left_in - total[3]


def test_a_programme_hangs_on_what_it_ought_to(small):
    table = sim.experiments.sensitivity(
        small(1, 12),
        {"staff.caseworker_pay_gbp": (20000, 60000), "discount_rate": (0.0, 0.2)},
        sim.Playbook(decide=sim.practices.refer_uncertain()),
        measure="spend_gbp",
        samples=2,
        seeds=[0, 1],
        instant=True,
    )
    assert list(table.columns) == ["parameter", "measure", "service", "index", "value", "low", "high", "noise"]
    total = table[table["index"] == "total"].set_index("parameter")["value"]
    assert total["staff.caseworker_pay_gbp"] > 0.9 > 0.1 > abs(total["discount_rate"])


def test_a_baseline_that_decides_the_same_leaves_nothing_to_explain(small, refused):
    table = sim.experiments.sensitivity(
        small(1, 12), {"discount_rate": (0.0, 0.2)}, against=sim.Playbook(), samples=2, seeds=[0, 1]
    )
    assert table["value"].isna().all() and table["noise"].isna().all()


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ({"ranges": {}}, "Give one parameter or more"),
        ({"ranges": {"discount_rate": None}, "samples": 6}, "power of two"),
        ({"ranges": {"discount_rat": None}}, "Did you mean 'discount_rate'"),
        ({"ranges": {"discount_rate": (0.1, 0.1)}}, "a lower and a higher value"),
        ({"ranges": {"discount_rate": None}}, "such as (0.028, 0.042), a fifth each way: anything from 0 to 0.2"),
        ({"ranges": {"discount_rate": (0.0, 0.1)}, "measure": "luck"}, "There is no measure named 'luck'"),
    ],
)
def test_what_makes_no_sense_is_refused(small, wanted, hint, refused):
    assert hint in refused(StudyError, lambda: sim.experiments.sensitivity(small(1, 12), **wanted))


class TestPlaces:
    def test_every_number_has_its_place_and_can_be_set(self, scenario):
        known = parameters(scenario)
        assert known["services.claims-triage.noise"].value == 0.55
        assert known["services.claims-triage.features.rent_gbp.centre"].value == 720
        assert known["staff.teams.data.people"].unit == "people"
        rule = known["services.claims-triage.drifts.savings-rule.effects.savings_gbp"]
        assert (rule.value, rule.low, rule.high) == (0.9, -8, 8)
        assert known["services.claims-triage.features.savings_gbp.shift.disabled"].value == 0.25
        for place, one in known.items():
            assert one.unit and one.source and one.about and one.confidence in CONFIDENCE, place
        assert at_places(scenario, {place: one.value for place, one in known.items()}) == scenario

    def test_a_value_is_set_and_the_original_left(self, scenario):
        changed = at_places(scenario, {"services.claims-triage.noise": 0.7, "quarters": 3.2})
        assert (changed.services[0].noise, changed.quarters) == (0.7, 3)
        assert scenario.services[0].noise == 0.55
        place = "services.claims-triage.drifts.savings-rule.effects.savings_gbp"
        drifts = {one.name: one for one in at_places(scenario, {place: 0.2}).services[0].drifts}
        assert drifts["savings-rule"].effects == {"savings_gbp": 0.2, "benefits_gbp": 1.1, "rent_gbp": 0.4}

    def test_a_place_that_is_not_there_or_a_value_out_of_range_is_refused(self, scenario, refused):
        assert "There is no parameter at" in refused(
            ScenarioError, lambda: at_places(scenario, {"services.none.noise": 1})
        )
        assert "at most" in refused(ScenarioError, lambda: at_places(scenario, {"discount_rate": 3}))
