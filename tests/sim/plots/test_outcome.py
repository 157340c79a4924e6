"""The outcome figure shows both runs, tells them apart without colour, and says in words what it shows."""

import dataclasses

import pandas as pd
import pytest

from sim.errors import TrinityError
from sim.plots import outcome
from sim.plots.style import png
from sim.summary import money


def test_four_panels_each_say_what_they_measure(naive_run, reference_run):
    figure = outcome.figure(naive_run, reference_run)
    assert [axis.get_ylabel() for axis in figure.axes] == [
        "Right decisions",
        "",
        "Net value (£ million)",
        "Spend (£ thousand)",
    ]
    assert all(axis.get_title(loc="left") for axis in figure.axes)
    assert figure.axes[-1].get_xlabel() == "Quarter of the programme"


def test_the_value_line_ends_at_benefit_less_harm_less_spend(naive_run, reference_run):
    value = outcome.figure(naive_run, reference_run).axes[2]
    ends = {round(float(line.get_ydata()[-1]), 6) for line in value.lines}
    for run in (naive_run, reference_run):
        daily = run.daily
        net = (daily["benefit_gbp"] - daily["harm_gbp"] - daily["spend_gbp"]).sum()
        assert round(net / 1e6, 6) in ends


def test_months_add_up_to_the_spend(naive_run, reference_run):
    figure = outcome.figure(naive_run, reference_run)
    drawn = [patch.get_data().values.sum() * 1e3 for patch in figure.axes[3].patches]
    assert drawn == pytest.approx([run.daily["spend_gbp"].sum() for run in (naive_run, reference_run)])


def test_an_incident_never_mended_lasts_to_the_end(naive_run, reference_run):
    bars = outcome.figure(naive_run, reference_run).axes[1].collections[0].get_paths()
    assert [bar.get_extents().x1 for bar in bars] == [260.0, 730.0]


def test_the_two_runs_differ_in_line_style(naive_run, reference_run):
    accuracy = outcome.figure(naive_run, reference_run).axes[0]
    dashed, solid = accuracy.lines[:2]
    assert dashed.get_linestyle() != solid.get_linestyle()
    assert {text.get_text() for text in accuracy.texts} == {"naive", "reference"}


def test_end_labels_never_overlap(naive_run):
    same = dataclasses.replace(naive_run, scenario="twin")
    figure = outcome.figure(naive_run, same)
    png(figure)
    for axis in figure.axes:
        boxes = [text.get_window_extent() for text in axis.texts if text.get_text()]
        assert len(boxes) == 2
        assert not boxes[0].overlaps(boxes[1])


def test_the_alternative_text_has_the_numbers(naive_run, reference_run):
    words = outcome.figure(naive_run, reference_run, names=("before", "after")).alt_text
    for run in (naive_run, reference_run):
        assert money(float(run.daily["spend_gbp"].sum())) in words
    assert "over 8 quarters" in words
    assert "2 incidents last 410 days" in words
    assert "retrained 4 times" in words
    assert words.endswith("ahead.")
    assert "nan" not in words


def test_the_same_runs_give_the_same_picture(naive_run, reference_run):
    assert png(outcome.figure(naive_run, reference_run)) == png(outcome.figure(naive_run, reference_run))


def test_a_programme_without_incidents_can_be_drawn(naive_run):
    calm = dataclasses.replace(naive_run, incidents=naive_run.incidents.iloc[:0])
    assert "0 incidents last 0 days" in outcome.figure(calm, calm).alt_text


def test_a_run_of_a_few_days_is_refused(naive_run):
    short = dataclasses.replace(naive_run, daily=naive_run.daily.iloc[:3], days=3)
    with pytest.raises(TrinityError, match="has lasted 3 days"):
        outcome.figure(short, short)


def test_half_a_programme_can_be_drawn(naive_run):
    half = dataclasses.replace(naive_run, daily=naive_run.daily.iloc[:183], days=183)
    assert "over 2 quarters" in outcome.figure(half, half).alt_text


def test_several_services_are_weighted_by_their_cases(naive_run):
    daily = naive_run.daily
    more = daily["cases"] * 3
    other = daily.assign(service="appeals", cases=more, decided=more, right=more * 0.5, accuracy=0.5)
    both = dataclasses.replace(naive_run, daily=pd.concat([daily, other], ignore_index=True))
    drawn = outcome.figure(both, both).axes[0].lines[0].get_ydata()
    alone = outcome.figure(naive_run, naive_run).axes[0].lines[0].get_ydata()
    assert drawn == pytest.approx(0.75 * 0.5 + 0.25 * alone)
