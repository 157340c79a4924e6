"""The markets on which machines may be had, and the grid that they run on, as given."""

from __future__ import annotations

from sim.scenario.parameter import Part, parameter


class Market(Part):
    """What there is beside machines on demand: commitments, spot machines, and hours with a cleaner grid."""

    interrupted_share: float = parameter(
        0.155, unit="share of machines per month", low=0, high=0.99,
        source="general: AWS spot advisor for London, July 2025 (read), middles of five classes, the open one at 25 %",
        about="Share of spot machines that are taken away at least once within a month.",
    )  # fmt: skip
    checkpoint_every_hours: float = parameter(
        2.0, unit="hours of work", low=0.1, high=1000, source="general", about="Work between two checkpoints of a job."
    )
    checkpoint_hours: float = parameter(
        0.05, unit="hours", low=0, high=10, source="general: three minutes", about="Time that writing one takes."
    )
    resume_hours: float = parameter(
        0.5, unit="hours", low=0, high=48, source="general",
        about="From an interruption until the job runs again on another spot machine.",
    )  # fmt: skip
    wait_hours: int = parameter(
        23,
        unit="hours",
        low=0,
        high=23,
        source="chosen",
        confidence="chosen",
        about="Longest that a job may wait for a better hour.",
    )
    grid_g_per_kwh: float = parameter(
        124.0, unit="g CO2e per kWh", low=19, high=700,
        source="Great Britain 2024, Carbon Brief and ESO; 149 in 2023", confidence="read",
        about="The grid's mean intensity over a year.",
    )  # fmt: skip
    pue: float = parameter(
        1.15, unit="ratio", low=1.0, high=3.0, source="AWS; Microsoft 1.18, Google 1.10, industry 1.56",
        confidence="read", about="Energy of the whole data centre for that of its machines.",
    )  # fmt: skip
