"""A source: somebody else's system, from which some of a record's values come."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.scenario.parameter import Part, parameter


class Source(Part):
    """One source of a service's records."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="Name in the records.")
    owner: str = Field(description="Who answers for it: a team, a department, a supplier.")
    format: Literal["csv", "json", "xml", "api"] = Field(
        "csv",
        description="How it delivers. XML is checked against its schema by whatever reads it, so that a renamed column "
        "stops the run; in any other format it is read as missing.",
    )
    cadence_hours: float = parameter(
        24.0, unit="hours", low=0, high=2400, source="general: a nightly extract unless agreed otherwise",
        about="How often it delivers; 0 if it comes with the case, as a claim form does. A whole number of hours up "
        "to a day, or of days.",
    )  # fmt: skip
    change_days: float = parameter(
        0.0, unit="days", low=0, high=3650,
        source="general: pay is monthly, and people claim because something has just changed",
        about="Mean time after which a person's values in it have changed; 0 if they never do.",
    )  # fmt: skip
    notice_days: float = parameter(
        30.0, unit="days", low=0, high=365, source="general: a month's notice, as suppliers' terms often give",
        about="How long before a change of schema or unit its owner announces it to those who have a contract.",
    )  # fmt: skip
    personal: bool = Field(True, description="Whether it holds personal data.")

    @model_validator(mode="after")
    def _regular(self) -> Source:
        hours = self.cadence_hours
        if hours % 1 or (hours > 24 and hours % 24):
            raise ValueError(
                f"cadence_hours of {self.name} is {hours:g}; it is 0, a whole number of hours up to 24, or whole days. "
                f"The nearest that is allowed is {24 * round(hours / 24) if hours > 24 else round(hours)}"
            )
        return self
