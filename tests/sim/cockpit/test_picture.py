"""The picture: figures that are the run's own, and words made from the data."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sim
from sim.cockpit.charts import charts
from sim.cockpit.equity import sampling_error, widest
from sim.cockpit.levers import playbook
from sim.cockpit.nursery import whole_run
from sim.cockpit.picture import empty, picture
from sim.scenario.targets import TARGETS
from sim.summary import money


def played(scenario, choices) -> dict:
    run = empty()

    def hear(what, figures):
        if what == "quarter":
            run["quarters"].append(figures)
        else:
            run["end"] = figures

    whole_run(sim.Programme(scenario), [choices], hear)
    return run


@pytest.fixture(scope="module")
def world(small):
    return small(quarters=3, cases=150)


@pytest.fixture(scope="module")
def naive(world):
    return played(world, {})


@pytest.fixture(scope="module")
def gated(world):
    return played(world, {"validate": "gate", "retrain": "each-quarter"})


def tile(drawn: dict, name: str) -> dict:
    return next(t for t in drawn["tiles"] if t["name"] == name)


def test_tiles_are_the_runs_own_figures(world, gated):
    run = sim.simulate(world, playbook({"validate": "gate", "retrain": "each-quarter"}))
    drawn = picture(world, gated, None)
    assert tile(drawn, "Net public value")["value"] == pytest.approx(run.headline().net_public_value)
    assert tile(drawn, "Spend")["value"] == pytest.approx(run.daily["spend_gbp"].sum(), abs=0.02)
    last = run.daily[run.daily["quarter"] == 3]
    share = last["right"].sum() / last["decided"].sum()
    assert tile(drawn, "Right decisions")["value"] == pytest.approx(share)
    error = 1.96 * (share * (1 - share) / last["sampled"].sum()) ** 0.5
    assert f"±{error:.1%}" in tile(drawn, "Right decisions")["note"]


def test_a_change_is_against_the_same_quarters_before(world, naive, gated):
    half = gated | {"quarters": gated["quarters"][:2], "end": None}
    drawn = picture(world, half, naive)
    spent = [sum(sum(q["spend"].values()) for q in run["quarters"][:2]) for run in (half, naive)]
    assert spent[0] > spent[1]
    assert tile(drawn, "Spend")["good"] is False
    assert tile(drawn, "Spend")["change"].startswith("▲")
    assert not drawn["complete"]
    assert tile(drawn, "Net public value")["note"] == "quarters 1 to 2 of 3"
    assert all(t["change"] == "as before" for t in picture(world, naive, naive)["tiles"])


def poor(run: dict, quarter: int, envelope: float) -> dict:
    """Return a run whose board handed out so much in one quarter, and plenty in the others."""
    money = [{"envelope": envelope if q["quarter"] == quarter else 1e9, "contingency": 50.0} for q in run["quarters"]]
    return run | {"quarters": [q | {"money": m} for q, m in zip(run["quarters"], money, strict=True)]}


def test_spend_says_in_which_quarter_it_was_over_and_by_how_much(world, naive):
    spent = sum(naive["quarters"][1]["spend"].values())
    for envelope, said in (
        (spent - 1050.0, "over budget in 1 of 3 quarters: Q2 by £1.0k"),
        (spent - 50.0, "kept to in every quarter"),
    ):
        drawn = picture(world, poor(naive, 2, envelope), None)
        assert said in tile(drawn, "Spend")["note"] and "so far" not in tile(drawn, "Spend")["note"]
        assert tile(drawn, "Spend")["bad"] is said.startswith("over")
    chart = next(c for c in picture(world, poor(naive, 2, spent - 1050.0), None)["charts"] if c["id"] == "spend")
    assert "£1.0k over" in chart["told"][1] and "left" in chart["told"][0]


def test_a_budget_kept_so_far_may_still_be_overspent(world, naive):
    rich = poor(naive, 2, 1e9)
    half = rich | {"quarters": rich["quarters"][:2], "end": None}
    assert tile(picture(world, half, None), "Spend")["note"].endswith("kept to in every quarter so far")


def test_an_equity_gap_beyond_its_target_is_marked(world, naive, monkeypatch):
    gap = tile(picture(world, naive, None), "Equity gap")["value"]
    for target, bad in ((gap + 0.002, False), (gap - 0.002, True)):
        monkeypatch.setitem(TARGETS, "equity_gap", target)
        assert tile(picture(world, naive, None), "Equity gap")["bad"] is bad


def test_the_equity_tile_names_another_service_whose_gap_was_wider_in_one_quarter(world, naive):
    first = world.services[0]
    second = first.model_copy(update={"name": "other", "title": "Another service"})
    two = world.model_copy(update={"services": (first, second)})
    name = first.name
    both = [
        q
        | {
            "services": {
                name: q["services"][name],
                "other": q["services"][name]
                | {"gap": [0.9 if q["quarter"] == 2 else 0.0]}
                | {"granted": q["services"][name]["eligible"]},
            }
        }
        for q in naive["quarters"]
    ]
    note = widest(two, both, "over all quarters")
    assert note.startswith(f"{first.title}, the widest") and "Another service's, in Q2 (90.0%)" in note


def test_the_equity_tile_names_the_worst_quarter_of_the_whole(world, naive):
    name = world.services[0].name
    gaps = {q["quarter"]: q["services"][name]["gap"][0] for q in naive["quarters"]}
    worst = max(gaps, key=lambda quarter: gaps[quarter])
    note = tile(picture(world, naive, None), "Equity gap")["note"]
    assert f"over all quarters together, worst in Q{worst} ({gaps[worst]:.1%})" in note
    assert tile(picture(world, naive, None), "Equity gap")["value"] < gaps[worst]


def test_the_equity_tile_says_between_whom_and_how_sure_it_is(world, naive):
    run, service = sim.simulate(world, playbook({})), world.services[0]
    sums = run.groups.groupby("group")[["eligible", "granted"]].sum()
    rates = sums["granted"] / sums["eligible"]
    best, worst = rates.idxmax(), rates.idxmin()
    variance = (rates * (1 - rates) / (sums["eligible"] / service.weight))[[best, worst]].sum()
    note = tile(picture(world, naive, None), "Equity gap")["note"]
    assert f"{rates[best]:.1%} of {best.replace('-', ' ')}" in note
    assert f", {rates[worst]:.1%} of {worst.replace('-', ' ')}" in note
    assert f"sampling error ±{196 * variance**0.5:.1f} points" in note


def test_the_sampling_error_of_a_gap_holds_what_it_says():
    draw, n, p, weight = np.random.default_rng(5), np.array([400, 150]), np.array([0.9, 0.8]), 20
    served = draw.binomial(n, p, size=(4000, 2))
    gaps = (served / n) @ [1, -1]
    errors = np.array([sampling_error(n * weight, s * weight, weight) for s in served[:400]])
    within = np.abs(gaps[:400] - 0.1) <= errors
    assert within.mean() == pytest.approx(0.95, abs=3 * (0.95 * 0.05 / 400) ** 0.5)
    assert errors.mean() == pytest.approx(1.96 * gaps.std(), rel=0.05)


def test_value_that_does_not_count_is_marked(world, naive):
    for counts in (True, False):
        shown = tile(picture(world, naive | {"end": naive["end"] | {"counts": counts}}, None), "Net public value")
        assert shown["bad"] is not counts
        assert ("does not count" in shown["note"]) is not counts


def test_events_name_no_decision_point_in_brackets(gated):
    told = [event["text"] for event in gated["end"]["feed"]]
    assert any("In force" in text for text in told)
    assert not [text for text in told if "(validate)" in text or "(retrain)" in text]


def test_every_chart_says_what_it_shows(world, naive, gated):
    value, *others = charts(world, gated, naive)
    end = sum(x for q in gated["quarters"] for x in q["value"])
    assert money(end) in value["alt"]
    assert "Before" in value["alt"]
    assert f"falls from £0.00 to {money(end)};" in value["alt"] or f"rises from £0.00 to {money(end)};" in value["alt"]
    right = [share for q in gated["quarters"] for share in next(iter(q["services"].values()))["right"]]
    assert f"from {right[0]:.1%} to {right[-1]:.1%}; lowest {min(right):.1%}" in others[0]["alt"]
    spent = sum(x for q in gated["quarters"] for x in q["spend"].values())
    assert f"{money(spent)} in 3 quarters" in others[2]["alt"]
    for chart in others:
        assert any(c.isdigit() for c in chart["alt"]), chart
    assert "Nothing has been spent yet" in charts(world, empty(), None)[3]["alt"]


def test_it_is_plain_data(world, naive, gated):
    drawn = picture(world, gated, naive)
    assert json.loads(json.dumps(drawn, allow_nan=False))["of"] == 3
    assert [row["before"] != "" for row in drawn["scorecard"]].count(False) == 0
