"""The model card: its sections, and figures that are the run's."""

from __future__ import annotations

import pytest

import sim
from sim.errors import ExportError, StorageError
from sim.exports.figures import figures

SECTIONS = (
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
)


@pytest.fixture(scope="module")
def card(careful, world) -> str:
    return sim.exports.model_card(careful, world, "claims-triage")


def test_sections_of_the_paper_in_order(card):
    assert [line[3:] for line in card.splitlines() if line.startswith("## ")] == list(SECTIONS)
    assert "nan" not in card and "None" not in card


def test_figures_are_the_runs(card, careful):
    last = careful.models[careful.models["retired_day"].isna() & careful.models["released_day"].notna()].iloc[-1]
    assert f"`{last['snapshot']}`" in card
    assert f"accuracy: {last['accuracy']:.3f}" in card
    assert f"{careful.daily['referred'].sum():,} cases were decided by a person" in card


def test_performance_by_group_is_counted_from_every_decision(careful, world):
    table = figures(careful, world, "claims-triage").performance_by_group().set_index("group")
    groups = careful.groups.groupby("group")[["eligible", "granted"]].sum()
    assert set(table.index) == set(groups.index)
    for name, row in groups.iterrows():
        assert table.loc[name, "award rate"] == f"{row['granted'] / row['eligible']:.1%}"
    score = careful.scorecard().set_index("measure")["value"]["equity_gap"]
    assert figures(careful, world, "claims-triage").gap == f"{score:.1%}"


def test_accuracy_is_the_scorecards(careful, world):
    score = careful.scorecard().set_index("measure")["value"]
    f = figures(careful, world, "claims-triage")
    assert f.accuracy() == f"{score['accuracy']:.1%}"
    assert f.accuracy(f.quarters) == f"{score['accuracy_last_quarter']:.1%}"


def test_practices_are_those_in_force(careful, plain, world):
    told = figures(careful, world, "claims-triage").practices()
    assert {t.split(" ")[0] for t in told} == {
        "validate",
        "repair",
        "watch_model",
        "retrain",
        "decide",
        "scale",
        "size",
        "watch_spend",
    }
    assert [t.split(" ")[0] for t in figures(careful, world, "claims-triage").practices("dataops")] == [
        "validate",
        "repair",
    ]
    assert figures(plain, world, "claims-triage").practices() == []


def test_a_practice_given_up_is_told_no_more(world):
    programme = sim.Programme(world, seed=3, instant=True)
    programme.step(sim.Playbook(validate=sim.practices.validation_gate()))
    programme.step(sim.Playbook())
    assert figures(programme.run(), world, "claims-triage").practices() == []


def test_another_playbook_gives_another_card(card, plain, world):
    assert sim.exports.model_card(plain, world, "claims-triage") != card


def test_a_file_and_refusals(careful, world, tmp_path, card, refused):
    path = tmp_path / "card.md"
    sim.exports.model_card(careful, world, "claims-triage", path)
    assert path.read_text(encoding="utf-8") == card
    refused(StorageError, lambda: sim.exports.model_card(careful, world, "claims-triage", path))
    empty = sim.Programme(world).run()
    assert "no day yet" in refused(ExportError, lambda: sim.exports.model_card(empty, world, "claims-triage"))
