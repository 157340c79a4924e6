"""The drift figure sets what was known beside what was so."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from sim.plots import drift
from sim.plots.style import png
from sim.plots.timeline import retrainings, weekly


def scores(threshold: float | None = 0.2) -> pd.DataFrame:
    """Return a weekly score that rises to 0.4 in the middle of the run."""
    day = np.arange(7.0, 730.0, 7.0)
    frame = pd.DataFrame({"day": day, "score": 0.4 * np.exp(-(((day - 364) / 80) ** 2))})
    return frame if threshold is None else frame.assign(threshold=threshold)


def test_both_accuracies_and_every_retraining_are_drawn(reference_run):
    figure = drift.figure(reference_run)
    (axis,) = figure.axes
    truth, known = axis.lines[:2]
    assert truth.get_ydata() == pytest.approx(weekly(reference_run.daily, "accuracy"))
    assert known.get_ydata() == pytest.approx(weekly(reference_run.daily, "accuracy_known"))
    assert known.get_xdata()[0] > truth.get_xdata()[0]
    marks = [line.get_xdata()[0] for line in axis.lines if line.get_marker() == "^"]
    assert marks == [120, 230, 402, 560]
    assert axis.get_ylabel() == "Right decisions"


def test_the_alternative_text_has_the_numbers(reference_run):
    words = drift.figure(reference_run).alt_text
    truth = weekly(reference_run.daily, "accuracy")
    assert f"from {truth.iloc[0]:.1%} to {truth.iloc[-1]:.1%}" in words
    assert "retrained 4 times, on days 120, 230, 402, 560." in words
    assert "percentage points" in words


def test_a_model_retrained_once_or_never_is_said_so(naive_run, reference_run):
    assert drift.figure(naive_run).alt_text.endswith("never retrained.")
    once = dataclasses.replace(reference_run, models=reference_run.models.iloc[:2])
    assert drift.figure(once).alt_text.endswith("retrained once, on day 120.")


def test_scores_above_the_threshold_are_marked_and_counted(reference_run):
    frame = scores()
    figure = drift.figure(reference_run, frame)
    above = frame[frame["score"] > 0.2]
    dots = next(line for line in figure.axes[1].lines if line.get_marker() == "o")
    assert list(dots.get_xdata()) == above["day"].tolist()
    assert f"{len(above)} of {len(frame)} occasions, first on day {above['day'].iloc[0]:.0f}" in figure.alt_text


@pytest.mark.parametrize(("threshold", "ending"), [(None, "on day 364."), (0.9, "never above the threshold.")])
def test_scores_without_a_crossing_or_a_threshold(reference_run, threshold, ending):
    assert drift.figure(reference_run, scores(threshold)).alt_text.endswith(ending)


def test_accuracy_that_was_never_known_is_said_so(reference_run):
    blind = dataclasses.replace(reference_run, daily=reference_run.daily.assign(accuracy_known=np.nan))
    figure = drift.figure(blind)
    assert "Nothing of it was known" in figure.alt_text
    assert png(figure)


def test_a_first_training_is_no_retraining():
    models = pd.DataFrame({"service": ["a", "b", "a"], "trained_day": [0.0, 30.0, 60.0]})
    assert retrainings(models).tolist() == [60.0]
    assert retrainings(models.iloc[:0]).tolist() == []
