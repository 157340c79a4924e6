"""The organisation around the services: how teams work together, who comes and goes, who looks on, and who trusts."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.parameter import Part, parameter


class Teamwork(Part):
    """How work passes between trades, and what another way of working together takes and costs."""

    explain_hours: float = parameter(
        1.5, unit="hours of work per hand-off", low=0, high=40, source="general: read the ticket, ask, be told",
        about="Work of whoever takes something over from another team, before the work itself.",
    )  # fmt: skip
    outside_pace: float = parameter(
        0.8, unit="ratio", low=0.1, high=1.0, source="general",
        about="How fast people work outside their own trade, against those whose trade it is.",
    )  # fmt: skip
    broader_pay: float = parameter(
        0.05, unit="share of pay", low=0, high=0.5, source="general: between the steps of one grade",
        about="Further pay of people in cross-functional teams, who answer for all of a service.",
    )  # fmt: skip
    lead_gbp: float = parameter(
        62000.0, unit="GBP per year", low=20000, high=200000,
        source="Civil Service Statistics 2025: median pay G7 £62k", confidence="read",
        about="Pay of a lead, whom each cross-functional team and the centre of excellence needs.",
    )  # fmt: skip
    lead_share: float = parameter(
        0.1, unit="share of time", low=0, high=1, source="general", about="Share of a lead's time that a team takes."
    )
    centre_share: float = parameter(
        0.34, unit="share of people", low=0.05, high=0.9, source="general",
        about="People who move into a centre of excellence; at least one.",
    )  # fmt: skip
    expert_pay: float = parameter(
        0.15, unit="share of pay", low=0, high=1, source="general: SEO £47k to G7 £62k is 32 %, half of it",
        about="Further pay of the people in a centre of excellence.",
    )  # fmt: skip


class Turnover(Part):
    """People who leave, and those who come after them."""

    leave_per_year: float = parameter(
        0.1, unit="share of people per year", low=0, high=1,
        source="general: about a tenth of civil servants leave or move on in a year",
        about="Share of people who leave while the queue is bearable.",
    )  # fmt: skip
    bearable: float = parameter(
        8.0, unit="pieces of work waiting per person", low=0, high=1000, source="general",
        about="Queue that people put up with.",
    )  # fmt: skip
    overload: float = parameter(
        0.1, unit="share of the rate per piece", low=0, high=10, source="general",
        about="By how much of itself the rate of leaving rises for each piece of work above that; at most fourfold.",
    )  # fmt: skip
    vacant_weeks: int = parameter(
        13, unit="weeks", low=0, high=104, source="general: three months to hire into the civil service",
        about="From somebody's leaving to their successor's coming, unless hiring is frozen.",
    )  # fmt: skip
    new_weeks: int = parameter(
        13, unit="weeks", low=0, high=104, source="general", about="Weeks in which a newcomer is slower."
    )
    new_pace: float = parameter(
        0.6, unit="ratio", low=0.1, high=1.0, source="general", about="How fast newcomers work in those weeks."
    )


class Toil(Part):
    """Work that comes back every week as long as nothing does it by itself."""

    load_hours: float = parameter(
        0.5, unit="hours of work per week and source", low=0, high=40,
        source="general; 19 % of time goes on collecting data (CrowdFlower 2016)",
        about="Manual checks and loads of a source that has no contract (data team).",
    )  # fmt: skip
    report_hours: float = parameter(
        1.0, unit="hours of work per week and service", low=0, high=40, source="general",
        about="Reports on a model that nothing watches (ml team).",
    )  # fmt: skip
    access_hours: float = parameter(
        1.0, unit="hours of work per week and service", low=0, high=40, source="general",
        about="Requests for access, granted by hand without automated controls (platform team).",
    )  # fmt: skip


class Oversight(Part):
    """Boards, audits, and what they ask for."""

    releases_need_board: bool = Field(
        False, description="Whether no release but the pilot's comes into use without the board, whatever is decided."
    )
    audits_per_year: float = parameter(
        0.5, unit="audits per year", low=0, high=20, source="general: each service is audited every other year",
        about="How often an audit comes, on average.",
    )  # fmt: skip
    finding_hours: float = parameter(
        8.0, unit="hours of work", low=0, high=400, source="general", about="Work to answer a finding of an audit."
    )
    finding_gbp: float = parameter(
        1500.0, unit="GBP", low=0, high=1e6, source="general: two to three contractor days of £500 to £750",
        about="Cost of a finding: legal advice, paper, a follow-up visit.",
    )  # fmt: skip
    seen_by_person: float = parameter(
        0.02, unit="share of refusals", low=0, high=1, source="UK GDPR art. 22 asks for human intervention; the share "
        "is general",
        about="Share of refusals made by a person since the audit before, below which an audit finds them wanting.",
    )  # fmt: skip
    assessment_hours: float = parameter(
        30.0, unit="hours of work", low=0, high=1000, source="general: a week of a data protection impact assessment",
        about="Work of an impact assessment of one service.",
    )  # fmt: skip
    council_hours: float = parameter(
        2.0, unit="hours of work per month and team", low=0, high=100, source="general",
        about="Work of each team for a month's meeting of the cost council.",
    )  # fmt: skip


class Trust(Part):
    """How people's trust in a service answers to what they live through, and what it does."""

    opening: float = parameter(
        0.85, unit="share", low=0, high=1, source="general", about="Trust in a service that does as it promised."
    )
    recovery_days: float = parameter(
        180.0, unit="days", low=1, high=10000, source="general", about="Time constant of coming back to that."
    )
    errors: float = parameter(
        0.02, unit="per day and share of decisions", low=0, high=10, source="general",
        about="Loss by wrong decisions above those of the pilot and what is put up with.",
    )  # fmt: skip
    unfairness: float = parameter(
        0.01, unit="per day and gap", low=0, high=10, source="general",
        about="Loss by a gap between groups above what is put up with.",
    )  # fmt: skip
    outages: float = parameter(
        0.01, unit="per day and share of cases", low=0, high=10, source="general",
        about="Loss by cases that do not reach the model within a day, above what is put up with.",
    )  # fmt: skip
    breaches: float = parameter(
        2.5, unit="per share of a year's people", low=0, high=1000, source="general",
        about="Loss by people identified in a breach, on the day on which it becomes known.",
    )  # fmt: skip
    findings: float = parameter(
        0.002, unit="per finding", low=0, high=1, source="general", about="Loss by each finding of an audit."
    )
    put_up_with: float = parameter(
        0.05, unit="share", low=0, high=1, source="general", about="Errors, gap and delay that nobody is surprised by."
    )
    good: float = parameter(
        0.7, unit="share", low=0.01, high=1, source="general", about="Trust from which everybody comes."
    )
    stay_away: float = parameter(
        0.5, unit="share of people", low=0, high=1, source="general", about="Who stays away where there is no trust."
    )
    manual_gbp: float = parameter(
        0.0, unit="GBP per person", low=0, high=1000, source="general",
        about="Cost of serving somebody by hand who stays away.",
    )  # fmt: skip


class Organisation(Part):
    """The organisation of a department; a scenario without one has teams and queues, and none of what is here."""

    teamwork: Teamwork = Field(Teamwork(), description="How work passes between trades.")
    turnover: Turnover = Field(Turnover(), description="Who leaves and who comes.")
    toil: Toil = Field(Toil(), description="Work that comes back each week.")
    oversight: Oversight = Field(Oversight(), description="Boards and audits.")
    trust: Trust = Field(Trust(), description="How people's trust moves.")
    projects: int = parameter(
        2, unit="projects per team", low=1, high=100, source="general: limits on work in progress",
        about="Practices that a team can take up at once without losing time between them.",
    )  # fmt: skip
    switch_hours: float = parameter(
        0.4, unit="hours of work", low=0, high=8,
        source="general; a fifth of the time for each further project (Weinberg) would be 1.5 hours of a day",
        about="Work to change between projects, for each day's work and each further project that is open.",
    )  # fmt: skip
