"""One AI service: its cases, the value of its decisions, and how its model is made."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.errors import nearest
from sim.scenario.breach import Breach
from sim.scenario.ingestion import Ingestion
from sim.scenario.parameter import Part, parameter
from sim.scenario.people import Drift, Feature, Group
from sim.scenario.records import Defects, IncidentKind
from sim.scenario.source import Source
from sim.scenario.stewardship import Stewardship
from sim.scenario.value import Quantity, Satisfaction, Value


class Outcomes(Part):
    """When and for whom the truth becomes known."""

    median_days: float = parameter(
        35.0, unit="days", low=0, high=365, source="general: checks after payment take weeks",
        about="Median time from a decision until its outcome is known.",
    )  # fmt: skip
    spread: float = parameter(
        0.35, unit="sd of the logarithm", low=0, high=2, source="general", about="Spread of that time (lognormal)."
    )
    audit_share: float = parameter(
        0.02, unit="share of refusals", low=0, high=1, source="general: a small audit sample",
        about="Refused cases that are checked all the same; the rest reveal no outcome.",
    )  # fmt: skip
    complaint_share: float = parameter(
        0.05, unit="share of wrong refusals, or of wrong forecasts", low=0, high=1, source="general",
        about="Wrongly refused people, or users of a wrong forecast, who complain within the day.",
    )  # fmt: skip
    complaints_noticed: int = parameter(
        40, unit="complaints above the usual", low=1, high=10000, source="general",
        about="Complaints about records in error before somebody looks for a cause.",
    )  # fmt: skip


class Review(Part):
    """Decisions by people: good, dear and few."""

    minutes: float = parameter(
        25.0, unit="minutes per case", low=1, high=600,
        source="general: of the order of the 23-37 minutes that Home Office AI tools save (read), not the same",
        about="A caseworker's time for a referred case.",
    )  # fmt: skip
    caseworkers: int = parameter(
        7, unit="people", low=0, high=1000, source="general", about="Caseworkers who take referrals."
    )
    right_share: float = parameter(
        0.94, unit="share", low=0.5, high=1.0, source="general; official error in UK benefits is 0.4 % of spend (DWP)",
        about="Share of their decisions that are right.",
    )  # fmt: skip


class Training(Part):
    """How a model is made and brought into use."""

    pilot_days: int = parameter(
        60, unit="days", low=10, high=730, source="general",
        about="Days of fully checked cases, from before the start, on which the first model is trained.",
    )  # fmt: skip
    window_days: int = parameter(
        200, unit="days", low=14, high=3650, source="general",
        about="The training store keeps decided cases with known outcomes for this long.",
    )  # fmt: skip
    max_rows: int = parameter(
        12000, unit="rows", low=50, high=1_000_000, source="general",
        about="A training job takes at most this many rows, spread evenly over the window.",
    )  # fmt: skip
    staff_hours: float = parameter(
        16.0, unit="hours of work", low=0, high=2000, source="general",
        about="A person's work on each retraining: checks, sign-off, hand-over.",
    )  # fmt: skip
    machine_hours: float = parameter(
        48.0, unit="vCPU hours", low=0, high=100_000, source="general", about="Computing for each retraining."
    )
    gpu_vcpus: float = parameter(
        0.0, unit="vCPUs", low=0, high=1000, source="general: none for models of tables, tens for models of text",
        about="vCPUs that a GPU is worth to its training jobs, on machines where jobs take turns.",
    )  # fmt: skip
    release_days: float = parameter(
        7.0, unit="days", low=0, high=365,
        source="64 % take a month or more to deploy a model (Algorithmia 2021); a retrained one is quicker (general)",
        about="From a candidate's last approval to its release, or to its trial where there is one.",
    )  # fmt: skip
    alarm_hours: float = parameter(
        5.0, unit="hours of work", low=0, high=400, source="general", about="A person's work to answer one alarm."
    )
    bug_share: float = parameter(
        0.15, unit="share of releases", low=0, high=0.6,
        source="general: between the change failure rates of DORA 2024, 5 % (elite) and 20 % (high), which were read",
        about="Share of releases whose serving code reads records otherwise than training did.",
    )  # fmt: skip
    hidden_share: float = parameter(
        0.35, unit="share of defects", low=0, high=1, source="general: configuration and data differ in production",
        about="Share of such defects that show in production only, and not where releases are tested.",
    )  # fmt: skip
    test_hours: float = parameter(
        2.0, unit="hours of work", low=0, high=400, source="general",
        about="A person's work to run one test suite on a candidate and read its result.",
    )  # fmt: skip
    test_machine_hours: float = parameter(
        6.0, unit="vCPU hours", low=0, high=10_000, source="general", about="Computing for one run of a test suite."
    )
    fix_hours: float = parameter(
        12.0, unit="hours of work", low=0, high=400, source="general: a day and a half",
        about="A person's work to look into a failed test or a bad release, and to mend its code.",
    )  # fmt: skip
    roll_back_hours: float = parameter(
        2.0, unit="hours of work", low=0, high=400,
        source="time to restore under a day (high and medium clusters of DORA 2024, general)",
        about="A person's work to bring back a version that was kept.",
    )  # fmt: skip
    rebuild_hours: float = parameter(
        30.0, unit="hours of work", low=0, high=2000,
        source="time to restore a week to a month (low cluster of DORA 2024, general)",
        about="A person's work to rebuild a version that was not kept.",
    )  # fmt: skip


class Service(Part):
    """One AI service of the department."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name in the records.")
    title: str = Field(description="Name for people.")
    task: Literal["classification", "regression"] = Field(
        "classification", description="What the model predicts: yes or no, or a quantity."
    )
    outcome: str = Field(description="What an outcome of 1 means; for a regression, what the quantity is.")
    weight: int = parameter(
        1, unit="people per simulated case", low=1, high=100_000,
        source="chosen: how finely the service is sampled", confidence="chosen",
        about="People for whom each simulated case stands. Counts, money and work are theirs; what chance befalls one "
        "case befalls them all, which is the sampling error of a run.",
    )  # fmt: skip
    cases_per_day: float = parameter(
        400.0,
        unit="cases per day",
        low=1,
        high=100_000,
        source="general",
        about="Mean number of simulated cases each day; times the weight, people.",
    )
    winter_peak: float = parameter(
        0.12, unit="share of the mean", low=0, high=0.9, source="general: heating costs",
        about="How far the daily number rises above its mean in mid-January, and falls below it in mid-July, in a run "
        "that starts on 1 April; elsewhere 289 days after its start.",
    )  # fmt: skip
    reject_after_days: float = parameter(
        30.0, unit="days", low=1, high=365, source="general",
        about="A record held in quarantine for this long is sent back to the person.",
    )  # fmt: skip
    intercept: float = parameter(
        0.0, unit="of the score", low=-10, high=10,
        source="chosen for the share that is eligible", confidence="chosen",
        about="Score of an average person. Log-odds of eligibility are the score over the noise; in a regression the "
        "score is added to the logarithm of the quantity.",
    )  # fmt: skip
    noise: float = parameter(
        1.0, unit="of the score", low=0.005, high=10, source="general",
        about="Scale of what no record tells: logistic noise in eligibility, normal noise in a quantity's logarithm.",
    )  # fmt: skip
    keep_days: int = parameter(
        2190, unit="days", low=30, high=36500,
        source="UK GDPR art. 5(1)(e), storage limitation; six years suits the Limitation Act 1980 (general)",
        about="A record may be kept for this long; longer has no lawful purpose.",
    )  # fmt: skip
    groups: tuple[Group, ...] = Field(min_length=1, description="Groups of people; their shares sum to 1.")
    sources: tuple[Source, ...] = Field(min_length=1, description="Systems from which its records come.")
    features: tuple[Feature, ...] = Field(min_length=1, description="What its records say, source by source.")
    drifts: tuple[Drift, ...] = Field((), description="How its world moves.")
    defects: Defects = Field(Defects(), description="What is wrong with records on an ordinary day.")
    incidents: tuple[IncidentKind, ...] = Field((), description="What may befall a source, or the outcomes.")
    ingestion: Ingestion = Field(Ingestion(), description="The pipeline's runs.")
    stewardship: Stewardship = Field(Stewardship(), description="Work of people about the data.")
    breach: Breach | None = Field(None, description="Theft of its records; none when left out.")
    value: Value = Field(Value(), description="What its decisions are worth.")
    satisfaction: Satisfaction | None = Field(None, description="Where people's content matters and is asked for.")
    quantity: Quantity = Field(Quantity(), description="What is forecast (regression only).")
    outcomes: Outcomes = Field(Outcomes(), description="When and for whom the truth becomes known.")
    review: Review = Field(Review(), description="Decisions by people.")
    training: Training = Field(Training(), description="How its model is made and brought into use.")

    @model_validator(mode="after")
    def _names_agree(self) -> Service:
        features, groups = [f.name for f in self.features], [g.name for g in self.groups]
        sources = [s.name for s in self.sources]
        for kind, names in (("feature", features), ("group", groups), ("source", sources)):
            if len(set(names)) != len(names):
                raise ValueError(f"two {kind}s share a name: {', '.join(sorted(names))}")
        if abs(sum(g.share for g in self.groups) - 1) > 1e-9:
            raise ValueError(f"the groups' shares sum to {sum(g.share for g in self.groups):g}; they must sum to 1")

        def known(what: str, name: str, allowed: list[str]) -> None:
            if name not in allowed:
                raise ValueError(f"{what} {name!r} is not one of {', '.join(allowed)}.{nearest(name, allowed)}")

        for f in self.features:
            known(f"feature {f.name}: source", f.source, sources)
            for group in f.shift:
                known(f"feature {f.name}: group", group, groups)
            if f.below:
                known(f"feature {f.name}: below", f.below, features)
        for d in self.drifts:
            for name in d.effects:
                known(f"drift {d.name}: feature", name, features)
            if d.group:
                known(f"drift {d.name}: group", d.group, groups)
        order = [sources.index(f.source) for f in self.features]
        if order != sorted(order):
            raise ValueError("list the features source by source, in the order of the sources")
        if len({i.name for i in self.incidents}) != len(self.incidents):
            raise ValueError(f"two incidents share a name: {', '.join(sorted(i.name for i in self.incidents))}")
        for i in self.incidents:
            if i.kind == "poisoned_labels":
                if i.source or i.features:
                    raise ValueError(f"incident {i.name}: poisoned labels befall outcomes; name no source or feature")
                continue
            known(f"incident {i.name}: source", i.source, sources)
            for name in i.features:
                known(f"incident {i.name}: feature", name, [f.name for f in self.features if f.source == i.source])
            if i.kind == "late_feed" and not self.source(i.source).change_days:
                raise ValueError(f"incident {i.name}: nothing in {i.source} ever changes, so that it cannot be late")
        return self

    def source(self, name: str) -> Source:
        """Return one source by name; `KeyError` if there is none."""
        return {s.name: s for s in self.sources}[name]

    @property
    def regression(self) -> bool:
        """Whether the model predicts a quantity."""
        return self.task == "regression"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in column order."""
        return tuple(f.name for f in self.features)
