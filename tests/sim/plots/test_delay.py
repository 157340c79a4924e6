"""The delay figure shows the trade and marks the choice."""

import pandas as pd
import pytest

from sim.errors import TrinityError
from sim.plots import delay
from sim.plots.style import png


def test_points_lie_where_they_should(points):
    axis = delay.figure(points.sample(frac=1, random_state=1)).axes[0]
    line = axis.lines[0]
    assert list(line.get_xdata()) == points["delay_days"].tolist()
    assert list(line.get_ydata()) == points["false_alarms_per_year"].tolist()
    assert "days" in axis.get_xlabel()
    assert "per year" in axis.get_ylabel()


def test_the_chosen_point_is_marked_and_told(points):
    figure = delay.figure(points, chosen=0.15)
    ring = next(line for line in figure.axes[0].lines if line.get_markersize() == 14)
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (24.0, 4.0)
    assert "Marked: threshold 0.15, with 4 false alarms a year and a delay of 24 days." in figure.alt_text


def test_each_monitor_has_its_own_curve(points):
    slower = points.assign(delay_days=points["delay_days"] * 2, monitor="KS").drop(columns=["low", "high"])
    figure = delay.figure(pd.concat([points.assign(monitor="PSI"), slower]), chosen=0.2)
    named = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert named == ["PSI", "KS"]
    assert "With KS, from threshold 0.05 to 0.5" in figure.alt_text
    assert "delay of 35 days" in figure.alt_text
    assert png(figure)


def test_thresholds_that_never_found_the_change_are_told(points):
    unseen = points.assign(delay_days=points["delay_days"].where(points["threshold"] < 0.3))
    assert delay.figure(unseen).alt_text.endswith("2 thresholds are left out, as the change was never found.")


def test_intervals_are_optional(points):
    bare = delay.figure(points.drop(columns=["low", "high"]))
    assert not any("interval" in text.get_text() for text in bare.axes[0].texts)
    assert any("interval" in text.get_text() for text in delay.figure(points).axes[0].texts)


@pytest.mark.parametrize(
    ("change", "chosen", "message"),
    [
        (lambda p: p.drop(columns="delay_days"), None, "no column delay_days"),
        (lambda p: p.assign(delay_days=float("nan")), None, "never found at any threshold"),
        (lambda p: p, 0.16, "chosen is 0.16.*nearest is 0.15"),
    ],
)
def test_points_that_cannot_be_drawn_are_refused(points, change, chosen, message):
    with pytest.raises(TrinityError, match=message):
        delay.figure(change(points), chosen=chosen)
