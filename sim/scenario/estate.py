"""The cloud estate and the staff of a department, as given."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.parameter import Part, parameter


class Resource(Part):
    """One billed thing in the cloud."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name on the bill.")
    kind: Literal["training", "serving", "pipeline", "storage", "development"] = Field(description="What it is for.")
    environment: Literal["production", "test", "development"] = "production"
    service: str = Field("shared", description="The service it belongs to, or shared.")
    size: str = Field(description="Its size on the price list when the run begins.")
    sizes: tuple[str, ...] = Field((), description="Sizes that it may be given; only its own when empty.")
    count: int = parameter(
        1, unit="machines", low=0, high=1000, source="general", about="Machines of this kind; for serving, at the peak."
    )
    always_on: bool = Field(True, description="Billed all day, or only while it works.")
    vcpu_hours_per_day: float = parameter(
        0.0, unit="vCPU hours per day", low=0, high=1e6, source="general",
        about="Standing work each day, beside what the cases and the jobs bring.",
    )  # fmt: skip
    cases_per_vcpu_hour: float = parameter(
        0.0, unit="cases per vCPU hour", low=0, high=1e6, source="general",
        about="Cases that one vCPU deals with in an hour (serving and pipeline).",
    )  # fmt: skip
    gb: float = parameter(0.0, unit="GB", low=0, high=1e9, source="general", about="Data held at the start (storage).")
    gb_per_case: float = parameter(
        0.0, unit="GB per case", low=0, high=100, source="general", about="Data kept for each case (storage)."
    )


class SpendIncident(Part):
    """A kind of money leak: machines that run for nobody."""

    name: str = Field(description="What the journal calls it.")
    kind: Literal["runaway_job", "forgotten_machine"]
    resource: str = Field(description="The resource whose bill it swells.")
    machines: int = parameter(2, unit="machines", low=1, high=1000, source="general", about="Machines left running.")
    per_year: float = parameter(
        2.0, unit="incidents per year", low=0, high=100, source="general", about="How often it begins, on average."
    )
    ends_after_days: float = parameter(
        180.0,
        unit="days",
        low=1,
        high=800,
        source="general",
        about="Found at the year's end, or after this, by chance.",
    )


class Team(Part):
    """Finite people with one trade."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    discipline: Literal["dataops", "mlops", "finops", "integration"]
    people: int = parameter(2, unit="people", low=1, high=1000, source="general", about="People in the team.")
    pay_gbp: float = parameter(
        47000.0, unit="GBP per year", low=15000, high=200000,
        source="Civil Service Statistics 2025: median pay SEO £47k", confidence="read", about="Median pay.",
    )  # fmt: skip
    share: float = parameter(
        0.25, unit="share of time", low=0.01, high=1.0, source="general",
        about="Share of their time that this programme has and pays for.",
    )  # fmt: skip


class Staff(Part):
    """The department's people."""

    teams: tuple[Team, ...] = Field(min_length=1)
    on_cost: float = parameter(
        1.35, unit="ratio", low=1.0, high=2.0, source="general: 1.3 to 1.4 times pay",
        about="What a person costs, as a multiple of pay.",
    )  # fmt: skip
    caseworker_pay_gbp: float = parameter(
        32000.0, unit="GBP per year", low=15000, high=200000,
        source="Civil Service Statistics 2025: median pay EO £32k", confidence="read", about="A caseworker's pay.",
    )  # fmt: skip
    contractor_gbp_per_day: float = parameter(
        600.0, unit="GBP per day", low=100, high=3000, source="general: £500 to £750",
        about="Price of a day's work bought in to take up a practice.",
    )  # fmt: skip
    effort_scale: float = parameter(
        1.0, unit="ratio", low=0, high=20, source="chosen",
        about="Scales the staff days and money that taking up any practice costs.",
    )  # fmt: skip
