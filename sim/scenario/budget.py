"""How the department's board hands out money."""

from __future__ import annotations

from sim.scenario.parameter import Part, parameter


class Budget(Part):
    """The rules by which a programme is funded."""

    contingency_share: float = parameter(
        0.2, unit="share of the envelope", low=0, high=2,
        source="general; optimism bias on running costs is 0 to 41 % (Green Book supplement)",
        about="The most that the board holds back as contingency, beside what it hands out.",
    )  # fmt: skip
    delegated_gbp: float = parameter(
        50_000.0, unit="GBP over its term", low=0, high=1e9,
        source="general: a programme's own limit, far below its department's",
        about="The most that the programme may owe on commitments, to their ends, without asking the board.",
    )  # fmt: skip
    forecast_hours: float = parameter(
        7.4, unit="hours of work per quarter", low=0, high=400, source="general: a day",
        about="A person's work to forecast a quarter's spend otherwise than by last year's.",
    )  # fmt: skip
    fund_hours: float = parameter(
        7.4, unit="hours of work per quarter", low=0, high=400, source="general: a day",
        about="A person's work to split a quarter's money among the services.",
    )  # fmt: skip
