"""The people served: groups, what is known of each person, and how a service's world moves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.scenario.parameter import Part, parameter, parameters

OWN = "the scenario's own choice, general knowledge unless its file says otherwise"


class Group(Part):
    """People who share a protected attribute."""

    name: str = Field(description="What the group is called in the records.")
    share: float = parameter(
        unit="share of people",
        low=0.01,
        high=1.0,
        source="general: about a quarter of people in the UK report a disability (Family Resources Survey, not read)",
        about="Share of the service's users who belong to the group.",
    )
    defect_ratio: float = parameter(
        1.0,
        unit="ratio",
        low=0.2,
        high=5.0,
        source="general: more claims on paper; abstraction errs in 6.57 % of fields, scanning in 0.74 % (Garza et al.)",
        confidence="general",
        about="How many times as often this group's records carry a background defect.",
    )


class Feature(Part):
    """One thing that a source says about a person."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Column name, with its unit where it has one.")
    source: str = Field(description="The source that delivers it.")
    kind: Literal["count", "money", "flag"] = Field(
        description="How a standard normal variate becomes a whole number: as it is, as a lognormal, or yes or no."
    )
    unit: str = Field("", description="Its unit, where its kind and its name do not say all of it.")
    centre: float = parameter(
        unit="the feature's own", low=-1e9, high=1e9, source=OWN,
        about="Mean of a count, median of money, share of a flag.",
    )  # fmt: skip
    spread: float = parameter(
        unit="the feature's own, or of its logarithm", low=1e-6, high=1e9, source=OWN,
        about="Standard deviation; that of the logarithm for money.",
    )  # fmt: skip
    low: float = parameter(
        unit="the feature's own", low=-1e9, high=1e9, source=OWN,
        about="Smallest valid value.",
    )  # fmt: skip
    high: float = parameter(
        unit="the feature's own", low=-1e9, high=1e9, source=OWN,
        about="Largest valid value.",
    )  # fmt: skip
    weight: float = parameter(
        0.0, unit="of the score, per standard deviation", low=-8, high=8, source=OWN,
        about="Pull on the score of eligibility, or on the logarithm of a quantity.",
    )  # fmt: skip
    bend: float = parameter(
        0.0, unit="of the score", low=-4, high=4, source=OWN,
        about="Pull on the same of the square of the standardised value, less one.",
    )  # fmt: skip
    shift: dict[str, float] = parameters(
        unit="standard deviations",
        low=-8,
        high=8,
        source=OWN,
        about="By group: how far its values lie from everyone's.",
    )
    quasi: bool = Field(False, description="Whether others may know it of a person, so that it helps to find theirs.")
    below: str = Field("", description="Another feature that this one must stay below (a rule of consistency).")

    @model_validator(mode="after")
    def _ordered(self) -> Feature:
        if self.low >= self.high:
            raise ValueError(f"low ({self.low}) must be less than high ({self.high})")
        if self.kind == "flag" and not 0 < self.centre < 1:
            raise ValueError(
                f"centre of the flag {self.name} is {self.centre}; it is a share, more than 0 and less than 1"
            )
        if self.kind == "money" and self.centre <= 0:
            raise ValueError(f"centre of {self.name} is {self.centre}; a median of money is more than 0")
        return self


class Drift(Part):
    """A movement of the world: of who applies (covariate) or of what makes them eligible (concept)."""

    name: str = Field(description="What the journal calls it.")
    target: Literal["covariate", "concept"] = Field(description="What moves.")
    shape: Literal["sudden", "gradual", "seasonal", "recurring"] = Field(description="How it moves in time.")
    effects: dict[str, float] = parameters(
        unit="standard deviations (covariate), or of the score per standard deviation (concept)", low=-8, high=8,
        source=OWN, about="By feature: how far its values move, or how far its pull does.",
    )  # fmt: skip
    intercept: float = parameter(
        0.0, unit="of the score", low=-8, high=8, source=OWN,
        about="Movement of everyone's score (concept only).",
    )  # fmt: skip
    group: str = Field("", description="The only group that it touches; everyone when empty.")
    begins_day: float = parameter(
        unit="days", low=-400, high=10000, source=OWN,
        about="First day, before any jitter.",
    )  # fmt: skip
    days: float = parameter(
        365.25, unit="days", low=0.5, high=10000, source=OWN,
        about="Length of a ramp or an episode, or period of a season.",
    )  # fmt: skip
    every_days: float = parameter(
        182.0, unit="days", low=1, high=10000, source=OWN,
        about="From one episode to the next, when recurring.",
    )  # fmt: skip
    jitter_days: float = parameter(
        0.0, unit="days", low=0, high=200, source=OWN,
        about="The first day varies by up to this, each way, from run to run.",
    )  # fmt: skip
