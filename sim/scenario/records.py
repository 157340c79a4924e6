"""What goes wrong with a service's records: background defects and incidents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.parameter import Part, parameter, parameters

ENTRY = (
    "Garza et al., meta-analysis of data entry: 0.14 % to 6.57 % of fields, by method. How many of a record's fields "
    "are at risk is general knowledge: twelve fields at 0.5 % make 6 % of records"
)


class Defects(Part):
    """Shares of records that arrive with a defect, in six dimensions, on an ordinary day."""

    completeness: float = parameter(
        0.09, unit="share of records", low=0, high=0.5, source="general; one field of the record is missing",
        about="Records with a missing value.",
    )  # fmt: skip
    accuracy: float = parameter(
        0.06, unit="share of records", low=0, high=0.5, source=ENTRY,
        about="Records with a value that is plausible but wrong.",
    )  # fmt: skip
    validity: float = parameter(
        0.025, unit="share of records", low=0, high=0.5, source=ENTRY,
        about="Records with a value outside its valid range.",
    )  # fmt: skip
    consistency: float = parameter(
        0.02, unit="share of records", low=0, high=0.5, source="general",
        about="Records with two values that cannot both be true.",
    )  # fmt: skip
    uniqueness: float = parameter(
        0.02, unit="share of records", low=0, high=0.5,
        source="general; customer registers hold 5-12 % duplicates, a day's batch fewer",
        about="Records that arrive twice.",
    )  # fmt: skip
    timeliness: float = parameter(
        0.03, unit="share of records", low=0, high=0.5, source="general",
        about="Records that arrive days late.",
    )  # fmt: skip
    late_days: int = parameter(
        4, unit="days", low=1, high=30, source="general", about="Longest lateness; each length is equally likely."
    )


class IncidentKind(Part):
    """A kind of data incident that may befall a source, or the record of outcomes."""

    name: str = Field(description="What the journal calls it.")
    kind: Literal[
        "unit_change", "silent_nulls", "schema_change", "duplicate_load", "late_feed", "outage", "poisoned_labels"
    ] = Field(description="What happens to the records.")
    source: str = Field("", description="The source that it befalls; none for poisoned labels, which befall outcomes.")
    features: tuple[str, ...] = Field((), description="The features affected; all of the source's when empty.")
    factor: float = parameter(
        100.0, unit="ratio", low=1e-6, high=1e6, source="general: pence for pounds",
        about="What a unit change multiplies by, and poisoned labels where the outcome is a quantity.",
    )  # fmt: skip
    share: float = parameter(
        1.0, unit="share of records", low=0.001, high=1, source="general",
        about="Share of the day's records affected; of the outcomes that become known, for poisoned labels.",
    )  # fmt: skip
    late_days: float = parameter(
        14.0, unit="days", low=1, high=365, source="general: an extract that nobody misses for a fortnight",
        about="How old a late feed's extract is beside the usual.",
    )  # fmt: skip
    per_year: float = parameter(
        1.0, unit="incidents per year", low=0, high=100,
        source="general; a vendor survey says 67 data incidents a month, nearly all of them small",
        about="How often it begins, on average.",
    )  # fmt: skip
    on_days: tuple[float, ...] = parameters(
        tuple, unit="days from the start", low=0, high=14_610, source="chosen", confidence="chosen",
        about="Days on which it begins for certain.",
    )  # fmt: skip
    repair_hours: float = parameter(
        7.0, unit="hours of work", low=0.5, high=400,
        source="general; vendor survey: 15 hours to fix, of which the search for the cause takes the rest",
        about="Mean hours of work to mend it once its cause is known.",
    )  # fmt: skip
    ends_after_days: float = parameter(
        120.0, unit="days", low=1, high=800, source="general",
        about="Ends by itself (the supplier changes it back) if nobody finds it.",
    )  # fmt: skip
