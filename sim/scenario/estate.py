"""The cloud estate and the staff of a department, as given."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.parameter import Part, parameter

Kind = Literal[
    "training", "serving", "pipeline", "storage", "development", "logging", "transfer", "third-party", "function",
    "disk", "address",
]  # fmt: skip
"""What a resource is for. Machines are metered by the hour, storage and disks by the GB-day, logging and transfer by
the GB, third parties by the call, functions by the memory and time that they take."""

METERED = ("logging", "transfer", "third-party", "function")
"""Kinds of which nothing is billed but what cases bring."""

HELD = ("disk", "address")
"""Kinds that are billed for as long as they are kept, and of use only to the machine that they are attached to."""


class Resource(Part):
    """One billed thing in the cloud."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name on the bill.")
    kind: Kind = Field(description="What it is for.")
    environment: Literal["production", "test", "development"] = Field(
        "production", description="Account in which it stands."
    )
    service: str = Field("shared", description="The service it belongs to, or shared.")
    size: str = Field(description="Its size on the price list when the run begins.")
    sizes: tuple[str, ...] = Field((), description="Sizes that it may be given; only its own when empty.")
    schedules: tuple[str, ...] = Field(
        (), description="Hours and days of the week, such as 12x5, for which each machine among its sizes may be on."
    )
    count: int = parameter(
        1, unit="machines", low=0, high=1000, source="general", about="Machines of this kind; for serving, at the peak."
    )
    always_on: bool = Field(True, description="Billed all day, or only while it works.")
    takes_turns: bool = Field(
        False, description="Jobs take time and wait for one another, whoever's they are; else each is done at once."
    )
    attached_to: str = Field("", description="Machine that it is of use to (disks and addresses); none when empty.")
    vcpu_hours_per_day: float = parameter(
        0.0, unit="vCPU hours per day", low=0, high=1e6, source="general",
        about="Standing work each day, beside what the cases and the jobs bring.",
    )  # fmt: skip
    workdays_only: bool = Field(False, description="Whether its standing work comes from Monday to Friday only.")
    work_ends_day: int = parameter(
        100_000, unit="days from the start", low=0, high=100_000, source="chosen", confidence="chosen",
        about="Its standing work comes to an end on this day, as the project is over; the resource stays.",
    )  # fmt: skip
    cases_per_vcpu_hour: float = parameter(
        0.0, unit="cases per vCPU hour", low=0, high=1e6, source="general",
        about="Cases that one vCPU deals with in an hour (serving and pipeline).",
    )  # fmt: skip
    lag_nights: int = parameter(
        0, unit="nights", low=0, high=14, source="general: minutes for machines; a night or more where people approve",
        about="Nights until replicas that are asked for serve (serving).",
    )  # fmt: skip
    gb: float = parameter(
        0.0, unit="GB", low=0, high=1e9, source="general", about="Data held at the start (storage); its room (disks)."
    )
    gb_per_case: float = parameter(
        0.0, unit="GB per case", low=0, high=100, source="general", about="Data kept for each case (storage)."
    )
    per_case: float = parameter(
        0.0, unit="GB, calls or GB-hours per case", low=0, high=1000, source="general",
        about="What each case that comes in brings (logging, transfer, third parties, functions).",
    )  # fmt: skip
    per_record: float = parameter(
        0.0, unit="GB, calls or GB-hours per record", low=0, high=1000, source="general",
        about="The same for each record that is read for the model, copies and all.",
    )  # fmt: skip


class PriceChange(Part):
    """A price that the provider changes during the run."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="What the journal calls it.")
    line: str = Field(description="Line of the price list, such as m5.large, or a family of it, such as compute.")
    announced_day: int = parameter(
        0, unit="days from the start", low=0, high=14_610, source="general: a month's to a year's notice",
        about="Day on which the provider announces it.",
    )  # fmt: skip
    day: int = parameter(
        ...,
        unit="days from the start",
        low=0,
        high=14_610,
        source="chosen",
        confidence="chosen",
        about="First day of the new price.",
    )
    factor: float = parameter(
        1.1, unit="ratio", low=0.1, high=10.0, source="general: list prices of cloud providers moved by 5 to 20 %",
        about="New price as a multiple of the old.",
    )  # fmt: skip


class SpendIncident(Part):
    """A kind of money leak: machines that run for nobody, or calls that are made again and again."""

    name: str = Field(description="What the journal calls it.")
    kind: Literal["runaway_job", "forgotten_machine", "retry_storm"] = Field(description="What leaks.")
    resource: str = Field(description="The resource whose bill it swells.")
    machines: int = parameter(2, unit="machines", low=1, high=1000, source="general", about="Machines left running.")
    retries: int = parameter(
        9, unit="retries per call", low=1, high=1000, source="general: a client without a limit",
        about="Times that each call is made again for nothing (a retry storm).",
    )  # fmt: skip
    per_year: float = parameter(
        2.0, unit="incidents per year", low=0, high=100, source="general", about="How often it begins, on average."
    )
    ends_after_days: float = parameter(
        180.0,
        unit="days",
        low=1,
        high=800,
        source="general",
        about="Ends by itself after this, if nobody has found it.",
    )


class Team(Part):
    """Finite people with one trade."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name in the records.")
    discipline: Literal["dataops", "mlops", "finops", "integration"] = Field(description="Its trade.")
    people: int = parameter(2, unit="people", low=1, high=1000, source="general", about="People in the team.")
    pay_gbp: float = parameter(
        47000.0, unit="GBP per year", low=15000, high=200000,
        source="Civil Service Statistics 2025: median pay SEO £47k", confidence="read", about="Median pay.",
    )  # fmt: skip
    share: float = parameter(
        0.25, unit="share of time", low=0.01, high=1.0, source="general",
        about="Share of their time that this programme has and pays for.",
    )  # fmt: skip
    urgent_share: float = parameter(
        1.0, unit="share of time", low=0.01, high=1.0,
        source="general: whoever answers an incident drops all else (Site Reliability Engineering, ch. 11, not read)",
        about="Share of their time that an open incident has; what this takes from others is given back after.",
    )  # fmt: skip


class Staff(Part):
    """The department's people."""

    teams: tuple[Team, ...] = Field(min_length=1, description="At least one for dataops, mlops and finops each.")
    on_cost: float = parameter(
        1.35, unit="ratio", low=1.0, high=2.0, source="general: 1.3 to 1.4 times pay",
        about="What a person costs, as a multiple of pay.",
    )  # fmt: skip
    caseworker_pay_gbp: float = parameter(
        32000.0, unit="GBP per year", low=15000, high=200000,
        source="Civil Service Statistics 2025: median pay EO £32k", confidence="read", about="A caseworker's pay.",
    )  # fmt: skip
    effort_scale: float = parameter(
        1.0, unit="ratio", low=0, high=20, source="chosen", confidence="chosen",
        about="Scales the staff days and money that taking up any practice costs.",
    )  # fmt: skip
