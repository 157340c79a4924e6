"""What a run's records say of one service's model, counted once for every document about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from sim.decisions import POINTS
from sim.errors import ExportError
from sim.exports.practices import Practice, in_force
from sim.exports.subject import check_scenario, instant
from sim.exports.terms import Terms, terms_of
from sim.models.fairness import award_rates, equity_gap
from sim.run import Run
from sim.scenario import Scenario, Service
from sim.summary import money, quantity


@dataclass(frozen=True)
class Figures:
    """The records of one service, in the terms of a public account.

    Attributes
    ----------
    run, scenario, service
        What it is about.
    daily, models, incidents, breaches, journal : DataFrame
        The service's own rows; a breach is no incident in the data.
    champion : Series
        The row of ``run.models`` of the version in use at the end.
    in_force : dict of str to Practice
        By decision point, the practices in force at the end.
    terms : Terms
        What to call what the service does.
    """

    run: Run
    scenario: Scenario
    service: Service
    daily: pd.DataFrame
    models: pd.DataFrame
    incidents: pd.DataFrame
    breaches: pd.DataFrame
    journal: pd.DataFrame
    champion: pd.Series
    in_force: dict[str, Practice]
    terms: Terms

    def total(self, column: str) -> float:
        """Return the sum of a daily column."""
        return float(self.daily[column].sum())

    def count(self, column: str) -> str:
        """Return the sum of a daily column as people write it."""
        return f"{self.total(column):,.0f}"

    def share(self, part: str, whole: str) -> str:
        """Return one daily sum as a percentage of another."""
        return percent(self.total(part) / self.total(whole) if self.total(whole) else math.nan)

    def accuracy(self, quarter: int | None = None) -> str:
        """Return the share of final decisions that were right, in hindsight: over the run, or in one quarter.

        A forecast is right that lies within the service's tolerance of what came.
        """
        rows = self._quarter(quarter)
        decided = rows["decided"].sum()
        return percent(float(rows["right"].sum() / decided) if decided else math.nan)

    def error(self, quarter: int | None = None) -> str:
        """Return the mean absolute percentage error of forecasts, over the run or in one quarter."""
        rows = self._quarter(quarter)
        rows = rows[rows["mape"].notna() & (rows["decided"] > 0)]
        decided = rows["decided"].sum()
        return percent(float((rows["mape"] * rows["decided"]).sum() / decided) if decided else math.nan)

    def _quarter(self, quarter: int | None) -> pd.DataFrame:
        return self.daily if quarter is None else self.daily[self.daily["quarter"] == quarter]

    @property
    def quarters(self) -> int:
        """How many quarters passed."""
        return int(self.daily["quarter"].max())

    @property
    def gap(self) -> str:
        """The gap between the best and the worst served group, in the share of `Terms.served`."""
        groups = self._by_group()
        return percent(float(equity_gap(groups["eligible"].to_numpy(), groups["granted"].to_numpy())))

    def performance_by_group(self) -> pd.DataFrame:
        """Return one row per group.

        Returns
        -------
        DataFrame
            Columns `Terms.columns`: cases concerned and served, over the whole run, in hindsight; and what the recorded
            sample tells: the model's decisions as shares, or the mean absolute percentage error of its forecasts.
        """
        groups = self._by_group()
        rates = award_rates(groups["eligible"].to_numpy(), groups["granted"].to_numpy())
        sample = self._errors() if self.service.regression else self._choices()
        rows = [
            (
                name,
                f"{row['eligible']:,.0f}",
                f"{row['granted']:,.0f}",
                percent(float(rate)),
                *map(percent, sample(name)),
            )
            for (name, row), rate in zip(groups.iterrows(), rates, strict=True)
        ]
        return pd.DataFrame(rows, columns=list(self.terms.columns))

    def _choices(self) -> Callable[[str], list[float]]:
        """Return a function that gives, for a group, how its recorded cases were decided, as shares."""
        decisions = self.run.decisions[self.run.decisions["service"] == self.service.name]
        said = pd.crosstab(decisions["group"], decisions["decision"], normalize="index")
        said = said.reindex(columns=["approve", "refer", "refuse"], fill_value=0.0)
        return lambda group: list(said.loc[group]) if group in said.index else [math.nan] * 3

    def _errors(self) -> Callable[[str], list[float]]:
        """Return a function that gives, for a group, the mean error of its recorded forecasts of known outcome."""
        decisions = self.run.decisions[self.run.decisions["service"] == self.service.name].dropna(subset=["outcome"])
        error = (decisions["score"] - decisions["outcome"]).abs() / decisions["outcome"].clip(lower=1)
        mean = error.groupby(decisions["group"]).mean()
        return lambda group: [float(mean.get(group, math.nan))]

    def practices(self, discipline: str = "") -> list[str]:
        """Return what is in force at the end, as ``"validate: a gate ... (validation_gate, from 2026-04-20)"``.

        Parameters
        ----------
        discipline : str
            Only the practices of one discipline; all when empty.
        """
        told = []
        for practice in self.in_force.values():
            if discipline in ("", POINTS[practice.point].discipline):
                named = f"{practice.named}, " if practice.named else ""
                told.append(f"{practice.point}: {practice.words} ({named}from {self.date(practice.day)})")
        return told

    def happened(self, kind: str) -> int:
        """Return how many events of a kind the service's journal holds."""
        return int((self.journal["kind"] == kind).sum())

    def date(self, day: float) -> str:
        """Return the date of a day, or ``"not yet"``."""
        return instant(self.scenario, day).date().isoformat() if math.isfinite(day) else "not yet"

    @property
    def between(self) -> str:
        """First and last date of the run, as a clause."""
        return f"between {self.date(0)} and {self.date(self.run.days - 1)}"

    def dimension_scores(self, source: str) -> dict[str, str]:
        """Return, for one source, the share of delivered records that passed each dimension of quality."""
        rows = self.run.quality[self.run.quality["source"] == source]
        sums = rows.groupby("dimension")[["rows", "failed"]].sum()
        return {str(d): percent(1 - r["failed"] / r["rows"]) for d, r in sums.iterrows()}

    def score(self, measure: str) -> str:
        """Return a measure of the scorecard: the service's own, or everybody's where there is one service."""
        card = self.run.scorecard()
        own = card[(card["measure"] == measure) & (card["service"] == self.service.name)]
        row = (own if len(own) else card[card["measure"] == measure]).iloc[0]
        return quantity(row["value"], row["unit"])

    def pounds(self, column: str) -> str:
        """Return a daily sum of money as people say it."""
        return money(self.total(column))

    @property
    def held_out(self) -> list[str]:
        """The metrics of the version in use on held-out rows, each as ``"accuracy: 0.893"``."""
        unit = self.service.quantity.unit
        shown = {
            "accuracy": "accuracy: {:.3f}",
            "auc": "area under the ROC curve: {:.3f}",
            "brier": "Brier score: {:.3f}",
            "mape": "mean absolute percentage error: {:.1%}",
            "mae": f"mean absolute error: {{:.1f}} {unit}",
        }
        return [text.format(self.champion[name]) for name, text in shown.items() if math.isfinite(self.champion[name])]

    @property
    def architecture(self) -> str:
        """What the version in use is, by the way of training that was in force when it was made."""
        train = self.in_force.get("train")
        if train is None or self.champion["trained_day"] < train.day:
            return self.terms.model
        return f"made by the department's own way of training ({train.detail}), in place of a {self.terms.model}"

    @property
    def rhythm(self) -> str:
        """How often records are taken in when the run ends."""
        practice = self.in_force.get("ingest")
        return {"hourly": "every hour", "streaming": "as they come"}.get(
            practice.detail if practice else "", "every night"
        )

    @property
    def age(self) -> str:
        """How old what the model read was on average."""
        return self.score("feature_age_hours")

    def listed(self, title: str, discipline: str = "") -> str:
        """Return the practices in force as a Markdown list under a title."""
        practices = self.practices(discipline)
        if not practices:
            return f"{title}: none beyond the plainest."
        return "\n\n".join([f"{title}:", "\n".join(f"- {p}" for p in practices)])

    def _by_group(self) -> pd.DataFrame:
        groups = self.run.groups[self.run.groups["service"] == self.service.name]
        return groups.groupby("group", sort=False)[["eligible", "granted"]].sum()


def figures(run: Run, scenario: Scenario, service: str) -> Figures:
    """Return the figures of one service.

    Parameters
    ----------
    run : Run
        Of at least one day.
    scenario : Scenario
        The scenario that it is a run of.
    service : str
        One of its services.

    Returns
    -------
    Figures

    Raises
    ------
    ScenarioError
        The scenario has no such service.
    ExportError
        The run is not one of the scenario, or no day has passed.
    """
    given = scenario.service(service)
    check_scenario(run, scenario)
    if not len(run.daily):
        raise ExportError(
            f"The run of {scenario.name!r} holds no day yet, so there is nothing to report. Run a quarter."
        )

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["service"] == service]

    models, incidents = of(run.models), of(run.incidents)
    in_use = models[models["released_day"].notna() & models["retired_day"].isna()]
    stolen = incidents["kind"] == "breach"
    practices = in_force(run, service)
    if given.regression:
        practices.pop("decide", None)
    return Figures(
        run=run,
        scenario=scenario,
        service=given,
        daily=of(run.daily),
        models=models,
        incidents=incidents[~stolen],
        breaches=incidents[stolen],
        journal=of(run.journal),
        champion=in_use.iloc[-1],
        in_force=practices,
        terms=terms_of(given),
    )


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal, or ``"not measured"``."""
    return f"{share:.1%}" if math.isfinite(share) else "not measured"


def gbp(value: float) -> str:
    """Return a price in pounds, with pence where it has any."""
    return f"£{value:,.0f}" if value == int(value) else f"£{value:,.2f}"


def table(frame: pd.DataFrame) -> str:
    """Return a frame of text as a Markdown table."""
    head = f"| {' | '.join(frame.columns)} |\n|{'---|' * len(frame.columns)}"
    rows = [f"| {' | '.join(str(v) for v in row)} |" for row in frame.itertuples(index=False)]
    return "\n".join([head, *rows])
