"""One incident switched off: its harm is gone, and nothing differs but what it caused."""

import pytest

import sim
from sim.data.stages import CAUSES
from sim.errors import ScenarioError
from sim.practices import retrain_on_schedule

DAY = 60.5


@pytest.fixture(scope="module")
def worlds(small, scenario):
    """Return a small drifting world with one kind of incident on day 60, and with another of each other kind later."""

    def make(kind: str) -> sim.Scenario:
        kinds = [
            k.model_dump() | {"per_year": 0.0, "on_days": [DAY if k.kind == kind else 150.5], "ends_after_days": 10.0}
            for k in scenario.services[0].incidents
        ]
        return small(
            3, 150, {"record_share": 1.0, "spend_incidents": []}, incidents=kinds, training={"release_days": 1.0},
            outcomes={"median_days": 5.0},
        )  # fmt: skip

    return make


def last_touched(run: sim.Run, incident: str) -> float:
    """Return the day after which nothing of an incident is left: its end, or the last decision on what waited."""
    steps = run.explain(incident).steps
    return max(float(steps["day"].max()), run.incidents.set_index("incident_id").loc[incident, "fixed_day"])


@pytest.mark.parametrize("kind", CAUSES)
def test_its_harm_is_gone_and_nothing_differs_but_what_it_caused(worlds, kind):
    world = worlds(kind)
    name = next(k.name for k in world.services[0].incidents if k.kind == kind)
    incident = f"claims-triage/{name}/0"
    book = sim.Playbook(retrain=retrain_on_schedule(days=70))
    with_it, without = (sim.simulate(w, book, seed=4, instant=True) for w in (world, world.without(incident)))
    assert incident in set(with_it.incidents["incident_id"])
    assert with_it.incidents.set_index("incident_id").loc[incident, "cost_gbp"] > 0
    assert incident not in set(without.incidents["incident_id"])
    assert set(with_it.incidents["incident_id"]) - {incident} == set(without.incidents["incident_id"])
    began = ["incident_id", "kind", "subject", "began_day"]
    others = with_it.incidents[with_it.incidents["incident_id"] != incident]
    assert others[began].reset_index(drop=True).equals(without.incidents[began])
    day = int(DAY)
    for frame in ("daily", "quality", "groups"):
        one, two = with_it.frames[frame], without.frames[frame]
        here = (one["day"] < day, two["day"] < day)
        still = [c for c in one.columns if c not in ("delivered", "quarantined", "rejected", "in_flight", "on_time")]
        assert one.loc[here[0], still].equals(two.loc[here[1], still]), frame
    one, two = (r.decisions.set_index("case_id") for r in (with_it, without))
    both = one.index.intersection(two.index)
    for run in (one, two):
        run["score"] = run["score"].round(9)  # a matrix product's last bits answer to how many rows it has
    settled = ["score", "decision", "granted", "decided_day", "version", "snapshot"]
    differ = (one.loc[both, settled].fillna(-1) != two.loc[both, settled].fillna(-1)).any(axis=1)
    assert (one.loc[both[differ], "decided_day"] >= day).all()
    before = (one["version"] == "v0")[both]
    touched = one.loc[both[differ & before], "decided_day"]
    assert touched.between(day, last_touched(with_it, incident) + 1).all()
    if kind == "poisoned_labels":
        assert not len(touched) and (differ & ~before).any()
    elif kind == "duplicate_load":
        assert not differ.any()
        again = with_it.quality["failed"] - without.quality["failed"]
        assert set(with_it.quality.loc[again != 0, "day"]) == set(range(day, day + 10))
        assert set(with_it.quality.loc[again != 0, "dimension"]) == {"uniqueness"}
    else:
        assert len(touched) > 20


def test_two_may_be_switched_off_and_the_rest_keep_their_numbers(small):
    world = small(4, 60)
    names = list(sim.simulate(world, seed=3).incidents["incident_id"])
    assert len(names) > 3
    less = world.without(names[0]).without(names[2])
    assert less.switched_off == (names[0], names[2])
    assert list(sim.simulate(less, seed=3).incidents["incident_id"]) == [n for n in names if n not in less.switched_off]


@pytest.mark.parametrize(
    ("incident", "hint"),
    [
        ("claims-triage/feed-outge/0", "Did you mean 'claims-triage/feed-outage/0'?"),
        ("feed-outage", "service/kind/number"),
        ("claims-triage/feed-outage/first", "service/kind/number"),
        ("spend/runaway-tunning/2", "Did you mean 'spend/runaway-tuning/2'?"),
    ],
)
def test_an_incident_that_cannot_be_is_refused(scenario, incident, hint, refused):
    assert hint in refused(ScenarioError, lambda: scenario.without(incident))


def test_a_service_taken_alone_keeps_what_is_switched_off_of_its_own():
    whole = sim.load_scenario("household-support")
    off = whole.without("claims-triage/feed-outage/0").without("call-assistant/transcript-gaps/0")
    off = off.without("spend/retry-storm/0").without("spend/runaway-tuning/1")
    alone = off.only("claims-triage")
    assert alone.switched_off == ("claims-triage/feed-outage/0", "spend/runaway-tuning/1")
