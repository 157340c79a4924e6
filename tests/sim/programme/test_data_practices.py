"""Each reference practice of the data moves its own measure, takes people's hours, and is not worth it everywhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim

OWN = {
    "ingest": ("feature_age_hours", "keep ingest"),
    "contracts": ("time_to_detect_days", "keep contracts"),
    "catalogue": ("time_to_mend_days", "keep catalogue"),
}


def effect(compared: pd.DataFrame, measure: str) -> tuple[float, float, float]:
    row = compared[(compared["measure"] == measure) & (compared["service"] == "all")].iloc[0]
    return row["effect"], row["low"], row["high"]


@pytest.mark.slow
@pytest.mark.parametrize("point", OWN)
def test_it_moves_its_own_measure(scenario, point):
    measure, _ = OWN[point]
    book = sim.Playbook().replace(**{point: getattr(sim.practices.reference(), point)})
    compared = sim.compare(
        scenario.only("claims-triage"), {"naive": sim.Playbook(), point: book}, seeds=range(30), instant=True
    )
    found, low, high = effect(compared, measure)
    assert low <= found <= high < 0, (measure, found, low, high)


@pytest.mark.slow
@pytest.mark.parametrize("point", OWN)
def test_where_nothing_goes_wrong_it_only_costs(quiet, scenario, point):
    sources = [s.model_dump() | {"change_days": 0.0} for s in scenario.services[0].sources]
    world = quiet(4, 100, sources=sources)
    book = sim.Playbook().replace(**{point: getattr(sim.practices.reference(), point)})
    compared = sim.compare(world, {"naive": sim.Playbook(), point: book}, seeds=range(30))
    found, _, high = effect(compared, "net_public_value")
    assert found <= high < 0
    run = sim.simulate(world, book, seed=1)
    hours = run.people.groupby("kind")["hours"].sum()
    assert hours[OWN[point][1]] > 0
    assert hours[f"take up {point}"] == pytest.approx(sim.decisions.POINTS[point].effort_days * 7.4)


def test_a_stricter_gate_never_delivers_more_defects(scenario):
    """The same batches, gated by threshold: what a lower threshold keeps is a part of what a higher one keeps."""
    people = sim.Programme(scenario.replace(quarters=1), seed=1).services[0].people
    names = list(scenario.services[0].feature_names)
    for day in range(0, 90, 9):
        rows = np.arange(*people.of_day(day).indices(len(people))[:2])
        record, clean = people.record[rows].astype(float), people.clean[rows].astype(float)
        batch = pd.DataFrame(record, columns=names)
        batch.insert(0, "arrived_day", people.arrived_of(rows))
        batch.insert(0, "case_id", people.case_id_of(rows).astype(float))
        wrong = ~(record == clean)
        kept = []
        for reach in (8.0, 4.0, 2.0, 1.0, 0.5):
            gate = sim.practices.validation_gate(reach=reach).fresh()
            kept.append(np.asarray(gate(batch)))
        for loose, strict in zip(kept, kept[1:], strict=False):
            assert (loose | ~strict).all()
            assert wrong[strict].sum() <= wrong[loose].sum()
        assert wrong[kept[-1]].sum() < wrong[kept[0]].sum()
