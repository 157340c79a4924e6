"""A run as metrics: its scorecard as Prometheus reads it, and its days as OpenMetrics, with their times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.exports.file import write_text
from sim.exports.subject import check_scenario, instant
from sim.run import Run
from sim.scenario import Scenario
from sim.scorecard import MEASURES

PREFIX = "trinity"

DAYS = {
    "cases": "People whose cases came in.",
    "delivered": "Of them, those whose records reached the model, by day of arrival.",
    "decided": "Final decisions.",
    "right": "Final decisions that were right, in hindsight.",
    "referred": "Cases referred to a person.",
    "waiting": "Cases that wait for a decision as the day ends.",
    "accuracy": "Share of final decisions that were right, in hindsight.",
    "accuracy_known": "The same of outcomes that became known in the last 28 days.",
    "mape": "Mean absolute error of forecasts, as a share of what came.",
    "equity_gap": "Gap between groups in the share of people served right.",
    "feature_age_hours": "Age of a record when the model reads it.",
    "utilisation": "Share of paid machine time that does work, by price.",
    "benefit_gbp": "Value of right decisions.",
    "harm_gbp": "Harm of wrong, late and double decisions, and of breaches.",
    "spend_gbp": "Cloud, people and all else that is paid for.",
    "held": "Records held as the day ends.",
}
"""Daily columns that are written, and what they are."""


@dataclass(frozen=True)
class Metric:
    """One gauge.

    Attributes
    ----------
    name, about : str
        Its name, and what it is, in a sentence.
    samples : tuple
        Of each sample its labels, its value, and its time in seconds since 1970 or None.
    """

    name: str
    about: str
    samples: tuple[tuple[Mapping[str, str], float, float | None], ...]

    def lines(self) -> Iterator[str]:
        """Yield the lines of the exposition, HELP and TYPE first."""
        yield f"# HELP {self.name} {_escaped(self.about)}"
        yield f"# TYPE {self.name} gauge"
        for labels, value, at in self.samples:
            inside = ",".join(f'{label}="{_escaped(text, quote=True)}"' for label, text in labels.items())
            when = "" if at is None else f" {at:.3f}"
            yield f"{self.name}{{{inside}}} {_number(value)}{when}"


def prometheus(run: Run, path: str | Path | None = None) -> str:
    """Return a run's scorecard in Prometheus's text exposition format, version 0.0.4.

    Each measure of the scorecard is a gauge, ``trinity_<measure>``; ``trinity_target``, ``trinity_target_met``,
    ``trinity_floor`` and ``trinity_floor_met`` have a label ``measure``; and each of `DAYS` on the last day is
    ``trinity_day_<column>``. Every sample is labelled with scenario, seed and service, a measure also with its family
    and unit. There are no times, so that node_exporter's textfile collector takes the file.

    Parameters
    ----------
    run : Run
        A run, saved or fresh.
    path : str or Path or None
        A file that does not exist yet; nothing is written when left out.

    Returns
    -------
    str
        The exposition.

    Raises
    ------
    StorageError
        The file exists or cannot be written.
    """
    text = "".join(f"{line}\n" for metric in _scorecard(run) for line in metric.lines())
    if path is not None:
        write_text(path, text)
    return text


def openmetrics(run: Run, scenario: Scenario, path: str | Path | None = None) -> str:
    """Return a run's days in the OpenMetrics text format, version 1.0, with the time at which each day ended.

    Each of `DAYS` is a gauge, ``trinity_day_<column>``, labelled with scenario, seed and service. ``promtool tsdb
    create-blocks-from openmetrics`` makes a database of it. A day on which nothing could be measured has no sample.

    Parameters
    ----------
    run : Run
        A run, saved or fresh.
    scenario : Scenario
        The scenario that it is a run of: its first day.
    path : str or Path or None
        A file that does not exist yet; nothing is written when left out.

    Returns
    -------
    str
        The exposition.

    Raises
    ------
    ExportError
        The run is not one of the scenario.
    StorageError
        The file exists or cannot be written.
    """
    check_scenario(run, scenario)
    began = instant(scenario, 0).timestamp()
    text = "".join(f"{line}\n" for metric in _days(run, began) for line in metric.lines()) + "# EOF\n"
    if path is not None:
        write_text(path, text)
    return text


def _scorecard(run: Run) -> Iterator[Metric]:
    whose = {"scenario": run.scenario, "seed": str(run.seed)}
    card, kept = run.scorecard(), run.headline().floors
    for measure, rows in card.groupby("measure", sort=False):
        samples = (
            (whose | {"service": r.service, "family": r.family, "unit": r.unit}, r.value, None)
            for r in rows.itertuples()
        )
        yield _metric(str(measure), MEASURES[str(measure)].about, samples)
    for name, about, frame, column in (
        ("target", "What a measure should reach.", card, "target"),
        ("target_met", "1 if it does, else 0.", card, "met"),
        ("floor", "The line that a measure must keep to for net public value to count.", kept, "floor"),
        ("floor_met", "1 if it does, else 0.", kept, "met"),
    ):
        columns = (frame[c] for c in ("service", "measure", column))
        rows = zip(*columns, strict=True)
        yield _metric(name, about, ((whose | {"service": s, "measure": m}, float(v), None) for s, m, v in rows))
    last = run.daily[run.daily["day"] == run.days - 1]
    for column, about in DAYS.items():
        values = zip(last["service"], last[column], strict=True)
        yield _metric(f"day_{column}", about, ((whose | {"service": s}, float(v), None) for s, v in values))


def _days(run: Run, began: float) -> Iterator[Metric]:
    whose = {"scenario": run.scenario, "seed": str(run.seed)}
    for column, about in DAYS.items():
        samples = []
        for service, mine in run.daily.groupby("service", sort=False):
            labels = whose | {"service": str(service)}
            seen = mine[~np.isnan(mine[column].to_numpy(dtype=float))]
            ended = began + (seen["day"].to_numpy() + 1) * 86_400.0
            samples += [(labels, float(v), float(t)) for v, t in zip(seen[column], ended, strict=True)]
        yield _metric(f"day_{column}", about, samples)


def _metric(name: str, about: str, samples: Iterable[tuple[Mapping[str, str], float, float | None]]) -> Metric:
    return Metric(f"{PREFIX}_{name}", about, tuple(samples))


def _escaped(text: str, quote: bool = False) -> str:
    plain = text.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace('"', '\\"') if quote else plain


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return repr(float(value)) if math.isfinite(value) else f"{'+' if value > 0 else '-'}Inf"
