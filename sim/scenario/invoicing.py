"""What the cloud provider's invoices get wrong, and what it gives back, as given."""

from __future__ import annotations

from sim.scenario.parameter import Part, parameter


class Invoicing(Part):
    """Overcharges, which are put right a month later, and credits."""

    overcharges_per_year: float = parameter(
        0.0, unit="charges per year", low=0, high=100, source="general",
        about="Charges for a day that are billed at twice their price, and corrected on the next month's invoice.",
    )  # fmt: skip
    credit_gbp: float = parameter(
        0.0, unit="GBP per year", low=0, high=1e6,
        source="general: providers give new public-sector customers some thousands of pounds",
        about="Credit that each year begins with, and that its invoices use up.",
    )  # fmt: skip
