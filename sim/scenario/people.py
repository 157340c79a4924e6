"""The people served: groups, what is known of each person, and how a service's world moves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.scenario.parameter import Part, parameter


class Group(Part):
    """People who share a protected attribute."""

    name: str = Field(description="What the group is called in the records.")
    share: float = parameter(
        unit="share",
        low=0.01,
        high=1.0,
        source="Family Resources Survey: about a quarter of people in the UK report a disability",
        about="Share of the service's users who belong to the group.",
    )
    defect_ratio: float = parameter(
        1.0,
        unit="ratio",
        low=0.2,
        high=5.0,
        source="more claims on paper: record abstraction errs in 6.57 % of fields, scanning in 0.74 % (Garza et al.)",
        confidence="general",
        about="How many times as often this group's records carry a background defect.",
    )


class Feature(Part):
    """One thing that a feed says about a person."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Column name, with its unit where it has one.")
    feed: str = Field(description="The feed that delivers it.")
    kind: Literal["count", "money", "flag"] = Field(
        description="How a standard normal variate becomes a whole number: as it is, as a lognormal, or yes or no."
    )
    centre: float = Field(description="Mean of a count, median of money, share of a flag.")
    spread: float = Field(gt=0, description="Standard deviation, or that of the logarithm of money.")
    low: float = Field(description="Smallest valid value, in the feature's unit.")
    high: float = Field(description="Largest valid value, in the feature's unit.")
    weight: float = Field(
        0.0, ge=-8, le=8, description="Pull on the log-odds of eligibility, for one standard deviation."
    )
    bend: float = Field(0.0, ge=-4, le=4, description="Pull of the square of the standardised value less one.")
    shift: dict[str, float] = Field(default_factory=dict, description="By group: shift in standard deviations.")
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
    effects: dict[str, float] = Field(
        default_factory=dict,
        description="By feature: standard deviations (covariate) or log-odds per standard deviation (concept).",
    )
    intercept: float = Field(0.0, ge=-8, le=8, description="Movement of the log-odds of everyone (concept only).")
    group: str = Field("", description="The only group that it touches; everyone when empty.")
    begins_day: float = Field(ge=-400, description="First day, before any jitter.")
    days: float = Field(365.25, gt=0, description="Length of a ramp or an episode, or period of a season, in days.")
    every_days: float = Field(182.0, gt=0, description="Days from one episode to the next, when recurring.")
    jitter_days: float = Field(
        0.0, ge=0, le=200, description="The first day varies by up to this, each way, from run to run."
    )
