"""The model card: its sections, and figures that are the run's."""

from __future__ import annotations

import math

import pytest

import sim
from sim.decisions import POINTS
from sim.decisions.point import name_of
from sim.errors import ExportError, StorageError
from sim.exports.figures import figures
from sim.exports.practices import Practice, in_force

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
    referred, decided = careful.daily["referred"].sum(), careful.daily["decided"].sum()
    assert f"{referred:,} cases ({referred / decided:.1%} of decisions) were referred to a caseworker" in card


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
    assert {t.split(":")[0] for t in told} == set(POINTS)
    by_team = {
        d: figures(careful, world, "claims-triage").practices(d) for d in ("dataops", "mlops", "finops", "integration")
    }
    assert {t.split(":")[0] for t in by_team["dataops"]} == {n for n, p in POINTS.items() if p.discipline == "dataops"}
    assert sorted(sum(by_team.values(), [])) == sorted(told)
    assert figures(plain, world, "claims-triage").practices() == []


def test_a_practice_given_up_is_told_no_more(world):
    programme = sim.Programme(world, seed=3, instant=True)
    programme.step(sim.Playbook(validate=sim.practices.validation_gate()))
    programme.step(sim.Playbook())
    assert figures(programme.run(), world, "claims-triage").practices() == []


def test_every_practice_has_words_that_say_what_was_chosen(world):
    told = {
        p.point: p.words
        for p in in_force(sim.simulate(world, sim.practices.reference(), instant=True), "claims-triage").values()
    }
    assert told.keys() == POINTS.keys() and all(len(words) > 10 for words in told.values())
    choices = {
        (
            "retain",
            sim.retention(hot_days=90, cool_days=150),
        ): "90 days close at hand, then 150 days in cheaper storage, then deleted",
        (
            "retain",
            sim.retention(hot_days=30, archive_days=math.inf),
        ): "30 days close at hand, then in an archive that is offline for ever",
        ("release", sim.canary(0.2, 7)): "a new version decides 20% of cases for 7 days",
        ("release", sim.shadow(9)): "beside the one in use for 9 days before it decides any",
        ("release", sim.blue_green(5)): "the way back stays open for 5 days after a release",
        ("contracts", ("claim-form",)): "owners of claim-form have agreed",
        ("tests", ("data", "code")): "must pass data, code before",
        ("ingest", "streaming"): "as they come",
    }
    for (point, choice), words in choices.items():
        assert words in Practice(point, name_of(POINTS[point], choice), 0.0).words


def test_another_playbook_gives_another_card(card, plain, world):
    assert sim.exports.model_card(plain, world, "claims-triage") != card


def test_a_file_and_refusals(careful, world, tmp_path, card, refused):
    path = tmp_path / "card.md"
    sim.exports.model_card(careful, world, "claims-triage", path)
    assert path.read_text(encoding="utf-8") == card
    refused(StorageError, lambda: sim.exports.model_card(careful, world, "claims-triage", path))
    empty = sim.Programme(world).run()
    assert "no day yet" in refused(ExportError, lambda: sim.exports.model_card(empty, world, "claims-triage"))


@pytest.fixture(scope="module")
def offices() -> sim.Scenario:
    return sim.load_scenario("household-support").only("staffing-forecast").replace(quarters=2)


@pytest.fixture(scope="module")
def forecasts(offices) -> sim.Run:
    return sim.simulate(offices, sim.practices.typical(), seed=2)


class TestForecasts:
    """A service of regression has figures of its own, and none of awards."""

    def test_errors_are_the_scorecards(self, forecasts, offices):
        score, f = forecasts.scorecard().set_index("measure")["value"], figures(forecasts, offices, "staffing-forecast")
        assert f.error() == f"{score['mape']:.1%}" and f.accuracy() == f"{score['accuracy']:.1%}"
        assert f.gap == f"{score['equity_gap']:.1%}"
        quarters = forecasts.quarterly[forecasts.quarterly["measure"] == "mape"].set_index("quarter")["value"]
        assert [f.error(q) for q in (1, 2)] == [f"{quarters[q]:.1%}" for q in (1, 2)]

    def test_groups_are_compared_by_the_share_within_tolerance(self, forecasts, offices):
        table = figures(forecasts, offices, "staffing-forecast").performance_by_group().set_index("group")
        sample = forecasts.decisions.dropna(subset=["outcome"])
        for name, rows in sample.groupby("group"):
            error = abs(rows["score"] - rows["outcome"]) / rows["outcome"]
            assert table.loc[name, "mean error in the sample"] == f"{error.mean():.1%}"
            near = (error <= 0.1).mean()
            share = float(table.loc[name, "share"].rstrip("%")) / 100
            assert abs(share - near) < 4 * (near * (1 - near) / len(rows)) ** 0.5

    def test_the_card_speaks_of_forecasts_alone(self, forecasts, offices):
        text = sim.exports.model_card(forecasts, offices, "staffing-forecast")
        assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(SECTIONS)
        own = text.replace(offices.description, "")
        for word in ("eligible", "awarded", "refus", "caseworker", "probability", " nan"):
            assert word not in own
        assert "mean absolute percentage error" in own and "calls and visits" in own

    def test_the_record_is_whole(self, forecasts, offices):
        record = sim.exports.atrs(forecasts, offices, "staffing-forecast")
        own = str(record).replace(offices.description, "")
        for word in ("eligible", "awarded", "refus", "caseworker", "probability", " nan", "None"):
            assert word not in own.replace("None given", "").replace("None. The department", "")
        performance = record["sections"]["Tier 2 - Tool specification"]["2.4.2.7 Model performance"]
        assert "mean absolute error" in performance and "| urban |" in performance
