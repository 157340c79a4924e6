"""A run as metrics: what the official parsers read back is the run's own, label by label."""

from __future__ import annotations

import math

import pytest
from prometheus_client import openmetrics, parser
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

import sim
from sim.errors import ExportError, StorageError
from sim.exports.prometheus import DAYS, Metric
from sim.scorecard import MEASURES


@pytest.fixture(scope="module")
def run(pair):
    return sim.simulate(pair.replace(quarters=1), seed=3)


@pytest.fixture(scope="module")
def families(run):
    return {f.name: f for f in parser.text_string_to_metric_families(sim.exports.prometheus(run))}


def test_every_measure_is_a_gauge_with_the_scorecards_values(run, families):
    card = run.scorecard()
    for measure, rows in card.groupby("measure"):
        family = families[f"trinity_{measure}"]
        assert family.type == "gauge" and family.documentation == MEASURES[measure].about
        read = {s.labels["service"]: s.value for s in family.samples}
        assert read == pytest.approx(dict(zip(rows["service"], rows["value"], strict=True)), nan_ok=True)
        assert {s.labels["family"] for s in family.samples} == set(rows["family"])
        assert {(s.labels["scenario"], s.labels["seed"]) for s in family.samples} == {(run.scenario, "3")}
    assert {s.labels["measure"] for s in families["trinity_target"].samples} == set(card["measure"])
    assert sum(s.value for s in families["trinity_target_met"].samples) == card["met"].sum()


def test_floors_and_the_last_day_are_told(run, families):
    floors = run.headline().floors
    assert len(families["trinity_floor"].samples) == len(floors)
    assert sum(s.value for s in families["trinity_floor_met"].samples) == floors["met"].sum()
    last = run.daily[run.daily["day"] == run.days - 1].set_index("service")
    for column in DAYS:
        read = {s.labels["service"]: s.value for s in families[f"trinity_day_{column}"].samples}
        assert read == pytest.approx(last[column].to_dict(), nan_ok=True)


def test_no_sample_comes_twice_or_carries_a_time(families):
    for family in families.values():
        assert len({tuple(s.labels.items()) for s in family.samples}) == len(family.samples) > 0
        assert all(s.timestamp is None for s in family.samples)


def test_days_are_openmetrics_with_their_times_in_order(run, pair):
    text = sim.exports.openmetrics(run, pair.replace(quarters=1))
    read = {f.name: f for f in read_openmetrics(text)}
    assert text.endswith("# EOF\n") and set(read) == {f"trinity_day_{column}" for column in DAYS}
    midnight = 1_775_001_600.0  # 1 April 2026, UTC
    for column in DAYS:
        for service, mine in run.daily.groupby("service"):
            mine = mine.dropna(subset=[column])
            samples = [s for s in read[f"trinity_day_{column}"].samples if s.labels["service"] == service]
            assert [s.value for s in samples] == mine[column].tolist()
            assert [float(s.timestamp) for s in samples] == [midnight + (d + 1) * 86_400 for d in mine["day"]]


def test_labels_and_help_are_escaped_and_odd_numbers_written():
    metric = Metric(
        "m", 'One\nline, a \\ and a "quote"', (({"a": 'x"y\\z\nw'}, math.inf, None), ({"a": "b"}, math.nan, None))
    )
    (family,) = parser.text_string_to_metric_families("".join(f"{line}\n" for line in metric.lines()))
    assert family.documentation == metric.about
    assert [s.labels["a"] for s in family.samples] == ['x"y\\z\nw', "b"]
    assert family.samples[0].value == math.inf and math.isnan(family.samples[1].value)


def test_the_parsers_refuse_what_is_broken(run, pair):
    text = sim.exports.openmetrics(run, pair.replace(quarters=1))
    for broken in (
        text.replace("# EOF\n", ""),
        text.replace("gauge", "gage", 1),
        text.replace('service="', "service=", 1),
    ):
        with pytest.raises(ValueError):
            list(openmetrics.parser.text_string_to_metric_families(broken))


def test_what_is_written_is_what_is_returned_and_nothing_is_overwritten(run, pair, tmp_path, refused):
    text = sim.exports.prometheus(run, tmp_path / "a.prom")
    assert (tmp_path / "a.prom").read_text() == text
    refused(StorageError, lambda: sim.exports.prometheus(run, tmp_path / "a.prom"))
    refused(ExportError, lambda: sim.exports.openmetrics(run, sim.load_scenario("quiet-office")))
