"""What a run's records say of one service's model, counted once for every document about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sim.decisions import POINTS
from sim.decisions.point import name_of
from sim.errors import ExportError
from sim.exports.subject import check_scenario, instant
from sim.models.fairness import award_rates, equity_gap
from sim.run import Run
from sim.scenario import Scenario, Service
from sim.summary import money, quantity

TASK = "classification"
"""The task whose decisions, groups and accuracy these documents speak of."""

GROUP_COLUMNS = ("group", "eligible", "awarded", "award rate", "approved", "referred", "refused")


@dataclass(frozen=True)
class Figures:
    """The records of one service, in the terms of a public account.

    Attributes
    ----------
    run, scenario, service
        What it is about.
    daily, models, incidents, journal : DataFrame
        The service's own rows.
    champion : Series
        The row of ``run.models`` of the version in use at the end.
    """

    run: Run
    scenario: Scenario
    service: Service
    daily: pd.DataFrame
    models: pd.DataFrame
    incidents: pd.DataFrame
    journal: pd.DataFrame
    champion: pd.Series

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
        """Return the share of final decisions that were right, in hindsight: over the run, or in one quarter."""
        rows = self.daily if quarter is None else self.daily[self.daily["quarter"] == quarter]
        rows = rows[rows["accuracy"].notna() & (rows["decided"] > 0)]
        decided = rows["decided"].sum()
        return percent(float((rows["accuracy"] * rows["decided"]).sum() / decided) if decided else math.nan)

    @property
    def quarters(self) -> int:
        """How many quarters passed."""
        return int(self.daily["quarter"].max())

    @property
    def gap(self) -> str:
        """The gap between the best and the worst served group in the share of eligible people who were awarded."""
        groups = self._by_group()
        return percent(float(equity_gap(groups["eligible"].to_numpy(), groups["granted"].to_numpy())))

    def performance_by_group(self) -> pd.DataFrame:
        """Return one row per group.

        Returns
        -------
        DataFrame
            Columns `GROUP_COLUMNS`: eligible people decided upon and how many of them were awarded, over all cases, in
            hindsight; and what the model said of those in the recorded sample, as shares.
        """
        groups = self._by_group()
        decisions = self.run.decisions[self.run.decisions["service"] == self.service.name]
        said = pd.crosstab(decisions["group"], decisions["decision"], normalize="index")
        rates = award_rates(groups["eligible"].to_numpy(), groups["granted"].to_numpy())
        rows = []
        for (name, row), rate in zip(groups.iterrows(), rates, strict=True):
            shares = [
                percent(float(said.loc[name, d]) if name in said.index and d in said else 0.0)
                for d in ("approve", "refer", "refuse")
            ]
            rows.append((name, f"{row['eligible']:,.0f}", f"{row['granted']:,.0f}", percent(float(rate)), *shares))
        return pd.DataFrame(rows, columns=list(GROUP_COLUMNS))

    def practices(self, discipline: str = "") -> list[str]:
        """Return the practices in force at the end, each as ``"validate (validation_gate), from 2026-04-20"``.

        Parameters
        ----------
        discipline : str
            Only those of one discipline; all when empty.
        """
        journal = self.run.journal
        mine = (journal["service"] == "") | journal["service"].str.split(", ").map(lambda s: self.service.name in s)
        told: dict[str, str] = {}
        for row in journal[mine & journal["kind"].isin(["in force", "decided"])].itertuples(index=False):
            point = POINTS[row.subject]
            if row.kind == "decided" and row.subject in told and row.detail == name_of(point, point.naive):
                del told[row.subject]
            elif discipline in ("", point.discipline):
                told[row.subject] = f"{row.subject} ({row.detail}), from {self.date(row.day)}"
        return list(told.values())

    def happened(self, kind: str) -> int:
        """Return how many events of a kind the service's journal holds."""
        return int((self.journal["kind"] == kind).sum())

    def date(self, day: float) -> str:
        """Return the date of a day, or ``"not yet"``."""
        return instant(self.scenario, day).date().isoformat() if math.isfinite(day) else "not yet"

    @property
    def period(self) -> str:
        """First and last date of the run."""
        return f"{self.date(0)} to {self.date(self.run.days - 1)}"

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

    def metrics(self) -> dict[str, float]:
        """Return the champion's metrics on held-out rows."""
        about = ("rows", "started_day", "trained_day", "released_day", "retired_day")
        return {
            str(name): float(value)
            for name, value in self.champion.items()
            if name not in about and isinstance(value, int | float) and math.isfinite(value)
        }

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
        The run is not one of the scenario, no day has passed, or the service does not classify.
    """
    given = scenario.service(service)
    check_scenario(run, scenario)
    if given.task != TASK:
        raise ExportError(
            f"{service} is a service of {given.task}, but model cards and transparency records are written for {TASK}. "
            f"Such services here: {', '.join(s.name for s in scenario.services if s.task == TASK) or 'none'}."
        )
    if not len(run.daily):
        raise ExportError(
            f"The run of {scenario.name!r} holds no day yet, so there is nothing to report. Run a quarter."
        )

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["service"] == service]

    models = of(run.models)
    in_use = models[models["released_day"].notna() & models["retired_day"].isna()]
    return Figures(run, scenario, given, of(run.daily), models, of(run.incidents), of(run.journal), in_use.iloc[-1])


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal, or ``"not measured"``."""
    return f"{share:.1%}" if math.isfinite(share) else "not measured"


def table(frame: pd.DataFrame) -> str:
    """Return a frame of text as a Markdown table."""
    head = f"| {' | '.join(frame.columns)} |\n|{'---|' * len(frame.columns)}"
    rows = [f"| {' | '.join(str(v) for v in row)} |" for row in frame.itertuples(index=False)]
    return "\n".join([head, *rows])
