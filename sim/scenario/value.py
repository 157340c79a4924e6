"""What decisions are worth, and what they do to people: public value, apart from what they cost to make."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.parameter import Part, parameter


class Value(Part):
    """What decisions are worth, apart from what they cost to make. Pounds of public value, not cash."""

    right_gbp: float = parameter(
        26.0, unit="GBP per case", low=0, high=1000,
        source="23-37 minutes of casework saved (Home Office AI tools) at EO pay, about £13; the rest, help that comes "
        "days sooner, is general",
        about="A right decision made without a person.",
    )  # fmt: skip
    right_refusal_gbp: float = parameter(
        26.0, unit="GBP per case", low=0, high=1000, source="general: a right refusal saves what a right award does",
        about="A right refusal made without a person; for a call handed over, nothing is saved.",
    )  # fmt: skip
    reviewed_right_gbp: float = parameter(
        13.0, unit="GBP per case", low=0, high=1000, source="general: help that comes days sooner",
        about="A right decision made by a person.",
    )  # fmt: skip
    wrong_award_gbp: float = parameter(
        75.0, unit="GBP per case", low=0, high=5000,
        source="general: an award of £150, half of it recovered", about="An award to a household not entitled to it.",
    )  # fmt: skip
    wrong_refusal_gbp: float = parameter(
        110.0, unit="GBP per case", low=0, high=5000,
        source="general: hardship until an appeal succeeds, and the appeal",
        about="A refusal of an entitled household.",
    )  # fmt: skip
    waiting_gbp_per_day: float = parameter(
        1.5, unit="GBP per case and day", low=0, high=100, source="general",
        about="Each day that a case waits for a decision.",
    )  # fmt: skip
    duplicate_gbp: float = parameter(
        60.0, unit="GBP per case", low=0, high=5000, source="general: paid twice, most of it recovered",
        about="A second award on a duplicate record.",
    )  # fmt: skip
    over_gbp_per_unit: float = parameter(
        9.0, unit="GBP per unit", low=0, high=10_000, source="general: half an hour of an agent with nothing to do",
        about="Each unit that a forecast lies above what came (regression only).",
    )  # fmt: skip
    under_gbp_per_unit: float = parameter(
        18.0, unit="GBP per unit", low=0, high=10_000,
        source="general: half an hour of overtime, or of people who wait",
        about="Each unit that a forecast lies below what came (regression only).",
    )  # fmt: skip


class Satisfaction(Part):
    """How many people are content with what a service did for them, by what it did."""

    answered_right: float = parameter(
        0.88, unit="share of people", low=0, high=1, source="general: quick and right",
        about="Content after a right decision made without a person.",
    )  # fmt: skip
    answered_wrong: float = parameter(
        0.15, unit="share of people", low=0, high=1, source="general: they call again",
        about="Content after a wrong decision made without a person.",
    )  # fmt: skip
    handed_over: float = parameter(
        0.80, unit="share of people", low=0, high=1, source="general: good help after a wait",
        about="Content after being handed to a person at once.",
    )  # fmt: skip


class Quantity(Part):
    """What a regression service forecasts."""

    unit: str = Field("units", description="Unit of the quantity, in words.")
    centre: float = parameter(
        100.0, unit="the quantity's own", low=1, high=1e9, source="general",
        about="Median, for an average case and an intercept of zero; features pull on its logarithm.",
    )  # fmt: skip
    tolerance: float = parameter(
        0.1, unit="share of what came", low=0.001, high=1, source="general: a tenth can be absorbed by shifting breaks",
        about="A forecast within this of what came counts as right.",
    )  # fmt: skip
    most: float = parameter(
        1e9, unit="the quantity's own", low=1, high=1e9, confidence="chosen",
        source="chosen: no limit unless the scenario knows one",
        about="The most that can be planned for: nobody acts on what a forecast says beyond it.",
    )  # fmt: skip
