"""Each reference practice moves its own measure, has its price, and is not worth it where nothing is amiss.

One table holds them all: the smallest world in which the mechanism bites, what the practice moves there, and what it
costs there beside the taking up. Everything is paired, seed by seed. ``pytest -m slow -rP`` on this file prints each
effect with its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

import sim
from sim.calendar import HOURS_PER_WORKING_DAY
from sim.decisions import POINTS
from sim.experiments.interval import interval

Make = Callable[..., sim.Scenario]

SEEDS, FEW = range(30), range(2)

NAIVE, REFERENCE = sim.Playbook(), sim.practices.reference()
OFTEN = NAIVE.replace(retrain=sim.practices.retrain_on_schedule(days=45))
RETURNING = OFTEN.replace(roll_back=REFERENCE.roll_back, versioning="models")
CLEANED = NAIVE.replace(
    retrain=sim.practices.retrain_on_schedule(days=60), validate=REFERENCE.validate, repair=REFERENCE.repair
)

ORGANISED = {"organisation": sim.load_scenario("household-support").organisation}
"""The other worlds here have no organisation around them, so that each mechanism can be seen alone."""

EVERYTHING = REFERENCE.replace(organise="silo", adopt="all at once", govern=NAIVE.govern)

BREACHES = {"accounts": 200, "per_account_year": 0.02, "found_days": 20.0}
"""A breach every three months."""


@dataclass(frozen=True)
class Trial:
    """Where a practice is tried, what it moves there, and what it costs there.

    Attributes
    ----------
    world : callable
        From the fixtures ``small`` and ``quiet`` to a scenario.
    moves, price : tuple of (str, int), or None
        A measure and the sign of its effect. The price is what gets worse even when taking up is free; None where that
        is all there is to pay.
    before : Playbook
        What is decided without the practice.
    plain : bool
        Whether three seeds are enough to see the effect.
    instant : bool
        Whether practices come into force at once and for nothing.
    """

    world: Callable[[Make, Make], sim.Scenario]
    moves: tuple[str, int]
    price: tuple[str, int] | None
    before: sim.Playbook = NAIVE
    plain: bool = False
    instant: bool = True


def amiss(small: Make, quarters: int, cases: float, **service: Any) -> sim.Scenario:
    """Return a world in which each kind of data incident comes twice a year, and nothing is stolen."""
    kinds = [k.model_dump() | {"per_year": 2.0} for k in small().services[0].incidents]
    return small(quarters, cases, incidents=kinds, breach=None, **service)


def buggy(small: Make) -> sim.Scenario:
    """Return three quarters without incidents in which half of all changes of code are bad."""
    return small(3, 120, incidents=[], training={"bug_share": 0.5})


def leaking(small: Make) -> sim.Scenario:
    """Return three quarters in which machines are often left running; the fourth's end would find them anyway."""
    leaks = [k.model_dump() | {"per_year": 1.5} for k in small().spend_incidents]
    return small(3, 40, {"spend_incidents": leaks})


def on_call(small: Make) -> list[dict[str, Any]]:
    """Return the estate with training machines that are paid for while they train, and not all day."""
    estate = [r.model_dump() for r in small().estate]
    return [r | {"always_on": False, "takes_turns": False} if r["kind"] == "training" else r for r in estate]


def unlike(quiet: Make) -> sim.Scenario:
    """Return two quarters of two services: reviews are worth their price in one, and not in the other."""
    world = quiet(2, 40)
    claims = world.services[0].model_dump()
    little = {"right_gbp": 4.0, "right_refusal_gbp": 4.0, "reviewed_right_gbp": 2.0, "wrong_award_gbp": 8.0}
    letters = claims | {
        "name": "letters",
        "review": claims["review"] | {"minutes": 60.0},
        "value": claims["value"] | little | {"wrong_refusal_gbp": 8.0},
    }
    return world.replace(services=[claims, letters])


def audited(small: Make) -> sim.Scenario:
    """Return three quarters in which an audit comes every three months."""
    given = ORGANISED["organisation"].model_dump()
    given["oversight"] |= {"audits_per_year": 4.0}
    return small(3, 60, {"organisation": given})


TABLE: dict[str, Trial] = {
    "validate": Trial(lambda small, quiet: small(2, 100), ("data_quality", 1), ("availability", -1)),
    "repair": Trial(lambda small, quiet: quiet(1, 100), ("data_quality", 1), ("wrong_values", 1), plain=True),
    "ingest": Trial(lambda small, quiet: small(1, 100), ("feature_age_hours", -1), ("staff_hours", 1), plain=True),
    "contracts": Trial(
        lambda small, quiet: amiss(small, 2, 60), ("time_to_detect_days", -1), ("staff_hours", 1), plain=True
    ),
    "catalogue": Trial(lambda small, quiet: amiss(small, 2, 60), ("time_to_mend_days", -1), ("staff_hours", 1)),
    "watch_data": Trial(lambda small, quiet: amiss(small, 2, 100), ("time_to_detect_days", -1), ("false_alerts", 1)),
    "protect": Trial(lambda small, quiet: small(2, 150, breach=BREACHES), ("people_identified", -1), ("accuracy", -1)),
    "retain": Trial(
        lambda small, quiet: small(4, 100, breach=BREACHES, keep_days=200), ("people_identified", -1), ("accuracy", -1)
    ),
    "watch_model": Trial(
        lambda small, quiet: amiss(small, 2, 120, outcomes={"complaint_share": 0.0}),
        ("time_to_detect_days", -1),
        ("staff_hours", 1),
    ),
    "retrain": Trial(
        lambda small, quiet: small(6, 150, incidents=[]),
        ("accuracy_last_quarter", 1),
        ("staff_hours", 1),
        NAIVE.replace(watch_model=REFERENCE.watch_model),
    ),
    "decide": Trial(lambda small, quiet: quiet(1, 60), ("accuracy", 1), ("spend_gbp", 1), plain=True),
    "train": Trial(
        lambda small, quiet: small(5, 120, incidents=[], training={"bug_share": 0.0}),
        ("accuracy_last_quarter", 1),
        None,
        CLEANED,
    ),
    "promote": Trial(
        lambda small, quiet: small(4, 120, training={"bug_share": 0.0}),
        ("accuracy_last_quarter", 1),
        ("deployment_frequency", -1),
        OFTEN,
    ),
    "tests": Trial(lambda small, quiet: buggy(small), ("change_failure_rate", -1), ("lead_time_days", 1), RETURNING),
    "versioning": Trial(
        lambda small, quiet: buggy(small),
        ("time_to_restore_days", -1),
        ("spend_gbp", 1),
        RETURNING.replace(versioning="none"),
    ),
    "release": Trial(lambda small, quiet: buggy(small), ("harm_gbp", -1), ("lead_time_days", 1), OFTEN),
    "roll_back": Trial(
        lambda small, quiet: buggy(small), ("harm_gbp", -1), ("staff_hours", 1), OFTEN.replace(versioning="models")
    ),
    "scale": Trial(lambda small, quiet: quiet(1, 60), ("spend_gbp", -1), None, plain=True),
    "size": Trial(lambda small, quiet: quiet(1, 60), ("spend_gbp", -1), ("feature_age_hours", 1), plain=True),
    "watch_spend": Trial(lambda small, quiet: leaking(small), ("spend_gbp", -1), ("staff_hours", 1)),
    "commit": Trial(lambda small, quiet: quiet(3, 60), ("spend_gbp", -1), ("owed_gbp", 1), plain=True),
    "place": Trial(
        lambda small, quiet: quiet(3, 60, {"estate": on_call(small)}),
        ("cost_per_training_run_gbp", -1),
        ("lead_time_days", 1),
        OFTEN,
        plain=True,
    ),
    "tag": Trial(lambda small, quiet: quiet(1, 40), ("tag_coverage", 1), ("staff_hours", 1), plain=True),
    "allocate": Trial(
        lambda small, quiet: quiet(2, 40),
        ("spend_gbp", -1),
        ("staff_hours", 1),
        NAIVE.replace(tag=REFERENCE.tag),
        plain=True,
    ),
    "forecast": Trial(lambda small, quiet: quiet(2, 20), ("forecast_error", -1), ("staff_hours", 1), plain=True),
    "fund": Trial(
        lambda small, quiet: unlike(quiet),
        ("net_public_value", 1),
        ("accuracy", -1),
        NAIVE.replace(decide=REFERENCE.decide),
        plain=True,
    ),
    "organise": Trial(
        lambda small, quiet: quiet(2, 40, ORGANISED), ("lead_time_days", -1), ("spend_gbp", 1), OFTEN, plain=True
    ),
    "adopt": Trial(
        lambda small, quiet: quiet(2, 40, ORGANISED),
        ("in_force_days", -1),
        ("begun_days", 1),
        EVERYTHING,
        plain=True,
        instant=False,
    ),
    "govern": Trial(lambda small, quiet: audited(small), ("evidence_share", 1), ("staff_hours", 1), OFTEN),
}


def measured(run: sim.Run) -> pd.Series:
    """Return the whole programme's values, and of prices that stand on no scorecard, those that the table names.

    ``staff_hours`` is all work asked of people; ``wrong_values`` the share of delivered records that hold one;
    ``owed_gbp`` what is still to be paid on commitments after the last day,
    ``in_force_days`` the mean day on which practices other than that of their order come into force, and
    ``begun_days`` the day on which the first of them is begun.
    """
    card = run.scorecard()
    values = card[card["service"] == "all"].set_index("measure")["value"]
    accuracy = run.quality[run.quality["dimension"] == "accuracy"]
    bought = run.billing[run.billing["ChargeCategory"] == "Purchase"].groupby("ResourceId").first()
    term = bought["SkuId"].str.extract(r"\.(\d+)-days", expand=False).astype(float)
    days_left = (bought["x_Day"] + term - run.days).clip(lower=0)
    values["owed_gbp"] = (bought["ListUnitPrice"] * 24 * days_left).sum()
    values["staff_hours"] = run.people["hours"].sum()
    values["wrong_values"] = accuracy["failed"].sum() / accuracy["rows"].sum()
    order = run.journal["subject"] == "adopt"
    days = run.journal.loc[(run.journal["kind"] == "in force") & ~order, "day"]
    begun = run.people["kind"].str.startswith("take up ") & (run.people["kind"] != "take up adopt")
    values["in_force_days"], values["begun_days"] = days.mean(), run.people.loc[begun, "queued_day"].min()
    return values


def with_reference(point: str, before: sim.Playbook = NAIVE) -> sim.Playbook:
    return before.replace(**{point: getattr(REFERENCE, point)})


def cards(world: sim.Scenario, playbook: sim.Playbook, seeds: Iterable[int], instant: bool) -> pd.DataFrame:
    """Return what was measured, one row for each seed."""
    return pd.DataFrame([measured(sim.simulate(world, playbook, seed=s, instant=instant)) for s in seeds], index=seeds)


def tried(point: str, small: Make, quiet: Make, seeds: Iterable[int]) -> pd.DataFrame:
    """Return the paired differences that a practice makes in its own world, where taking it up is free."""
    trial = TABLE[point]
    world = trial.world(small, quiet)
    with_it, without = (
        cards(world, book, seeds, trial.instant) for book in (with_reference(point, trial.before), trial.before)
    )
    return with_it - without


def told(point: str, measure: str, differences: pd.DataFrame) -> tuple[float, float]:
    """Print an effect, and return its 95 % interval."""
    effect, low, high, pairs = interval(differences[measure].to_numpy(dtype=float))
    print(f"{point:12} {measure:22} {effect:14.4f} [{low:.4f}, {high:.4f}] {pairs} pairs")
    assert pairs > 1 and low <= effect <= high
    return low, high


def test_every_decision_point_has_its_line():
    assert list(TABLE) == list(POINTS)


@pytest.fixture(scope="module", params=TABLE)
def differences(request, small, quiet) -> tuple[str, pd.DataFrame]:
    return request.param, tried(request.param, small, quiet, SEEDS)


@pytest.mark.slow
def test_it_moves_its_own_measure(differences):
    point, found = differences
    measure, sign = TABLE[point].moves
    assert min(sign * bound for bound in told(point, measure, found)) > 0


@pytest.mark.slow
def test_it_has_its_price(differences):
    point, found = differences
    if TABLE[point].price is None:
        assert found["staff_hours"].eq(0).all(), "it costs people's time: name that in the table"
        return
    measure, sign = TABLE[point].price
    assert min(sign * bound for bound in told(point, measure, found)) > 0


@pytest.fixture(scope="module")
def office() -> sim.Scenario:
    return sim.load_scenario("quiet-office")


@pytest.fixture(scope="module")
def as_it_was(office) -> pd.DataFrame:
    return cards(office, NAIVE, SEEDS, False)


@pytest.mark.slow
@pytest.mark.parametrize("point", TABLE)
def test_where_nothing_is_amiss_it_is_not_worth_taking_up(point, office, as_it_was):
    found = cards(office, with_reference(point), SEEDS, False) - as_it_was
    _, high = told(point, "net_public_value", found)
    assert high < 0


@pytest.mark.parametrize("point", TABLE)
def test_taking_it_up_costs_what_it_says(point, office):
    run, about = sim.simulate(office.replace(quarters=1), with_reference(point), seed=1), POINTS[point]
    scale = office.staff.effort_scale
    paid = run.ledger[run.ledger["debit"] == "adoption"]
    hours = run.people.loc[run.people["kind"] == f"take up {point}", "hours"]
    assert paid["pence"].tolist() == [round(about.effort_gbp * scale * 100)] and paid["pence"].item() > 0
    assert hours.sum() == pytest.approx(about.effort_days * scale * HOURS_PER_WORKING_DAY)


@pytest.mark.parametrize("point", [point for point, trial in TABLE.items() if trial.plain])
def test_two_seeds_show_the_plainest(point, small, quiet):
    found = tried(point, small, quiet, FEW)
    measure, sign = TABLE[point].moves
    assert (sign * found[measure] > 0).all()
