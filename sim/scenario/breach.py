"""Breaches of a service's records, as given: who can be robbed, how often, of how much, and what it does to people."""

from __future__ import annotations

from sim.scenario.parameter import Part, parameter


class Breach(Part):
    """Theft of stored records by way of an account that may read them."""

    accounts: int = parameter(
        40, unit="accounts", low=1, high=5000, source="general: analysts, developers, suppliers and systems",
        about="Accounts that may read the service's stored records.",
    )  # fmt: skip
    per_account_year: float = parameter(
        0.002, unit="breaches per account and year", low=0, high=10,
        source="general: a large public body reports a serious breach every few years; by far the weakest figure here",
        about="How often one account is misused to copy records, on average.",
    )  # fmt: skip
    share: float = parameter(
        0.5, unit="share of records", low=0.001, high=1.0, source="general: from one extract to the whole store",
        about="Share of the records within reach that is copied.",
    )  # fmt: skip
    found_days: float = parameter(
        60.0, unit="days", low=0.1, high=730, source="general: vendor surveys say half a year, many say weeks",
        about="Mean time until somebody outside says so.",
    )  # fmt: skip
    notify_hours: float = parameter(
        3.0, unit="hours of work", low=0, high=400,
        source="general; UK GDPR art. 33 allows 72 hours from becoming aware of it",
        about="The data team's work to establish what was taken and tell the regulator; the rest can follow.",
    )  # fmt: skip
    harm_gbp: float = parameter(
        10.0, unit="GBP per identified person", low=0.5, high=2000,
        source="general: distress and fraud, small for most and thousands for a few; public bodies are mostly "
        "reprimanded, and pay few fines (ICO)",
        about="Harm to each person whom the thief can name.",
    )  # fmt: skip
    extract_hours: float = parameter(
        0.25, unit="hours of work per week", low=0, high=40, source="general: one small extract a month",
        about="The data team's work for each account withdrawn, whose holder asks for extracts instead.",
    )  # fmt: skip
    letter_gbp: float = parameter(
        0.8, unit="GBP per person told", low=0, high=100,
        source="general: a letter printed and posted, or a message; UK GDPR art. 34 has those at high risk told",
        about="Telling a person whom the thief can name.",
    )  # fmt: skip
