"""What is known about the data, and what it costs to know it: contracts, a catalogue, and the search for a cause."""

from __future__ import annotations

from sim.scenario.parameter import Part, parameter


class Stewardship(Part):
    """Hours of people's work about the data."""

    suspect_hours: float = parameter(
        1.0, unit="hours of work per suspect", low=0, high=40,
        source="general; with about nine suspects it makes the larger half of the 15 hours that a vendor survey says",
        about="To look whether one stage of the pipeline, for one source, is where a fault comes from.",
    )  # fmt: skip
    prepare_hours: float = parameter(
        6.0, unit="hours of work", low=0, high=400, source="general",
        about="To prepare the pipeline for a change of schema or unit that has been announced.",
    )  # fmt: skip
    contract_hours: float = parameter(
        2.0, unit="hours of work per month", low=0, high=100, source="general",
        about="To keep up one contract: talk to the source's owner, revise the checks.",
    )  # fmt: skip
    catalogue_hours: float = parameter(
        4.0, unit="hours of work per month", low=0, high=200, source="general",
        about="Stewardship of a catalogue: who owns what, what each column means.",
    )  # fmt: skip
    lineage_hours: float = parameter(
        3.0, unit="hours of work per month", low=0, high=200, source="general",
        about="To keep lineage complete, on top of the catalogue.",
    )  # fmt: skip
