"""What documents for the public say otherwise of a service that decides than of one that forecasts."""

from __future__ import annotations

from sim.exports.figures import Figures, gbp, percent


def statements(f: Figures) -> dict[str, str]:
    """Return the fields of a transparency record that depend on the service's task, by number.

    Parameters
    ----------
    f : Figures
        The run's records of the service.

    Returns
    -------
    dict of str to str
        Markdown, none of it empty.
    """
    return _forecasts(f) if f.service.regression else _decisions(f)


def worth(f: Figures) -> str:
    """Say what right ones are worth and wrong ones cost, in the scenario's terms."""
    value = f.service.value
    if f.service.regression:
        unit = f.service.quantity.unit
        return (
            f"A forecast within {f.service.quantity.tolerance:.0%} of what came is worth {gbp(value.right_gbp)}. Each "
            f"of the {unit} forecast too many costs {gbp(value.over_gbp_per_unit)}, each too few "
            f"{gbp(value.under_gbp_per_unit)}."
        )
    if f.service.satisfaction is not None:
        return (
            f"A right answer without a person is worth {gbp(value.right_gbp)}, a right one after a referral "
            f"{gbp(value.reviewed_right_gbp)}. A wrong answer costs {gbp(value.wrong_award_gbp)}; handing over what "
            f"could have been answered costs {gbp(value.wrong_refusal_gbp)} beside a person's time."
        )
    return (
        f"A right decision without a person is worth {gbp(value.right_gbp)}, one by a person "
        f"{gbp(value.reviewed_right_gbp)}, for help comes days sooner. A wrong refusal costs a person "
        f"{gbp(value.wrong_refusal_gbp)} of hardship and appeal, a wrong award {gbp(value.wrong_award_gbp)}."
    )


def people(f: Figures) -> str:
    """Say what people decide, and what the model alone."""
    if f.service.regression:
        return "No person looks at a forecast before it is used; no decision about any one person rests on it."
    if f.service.satisfaction is not None:
        return (
            f"{f.count('referred')} cases ({f.share('referred', 'decided')} of decisions) were referred to a person, "
            f"who decided whether the answer was given; {f.count('refused')} were handed to a person in the end."
        )
    return (
        f"{f.count('referred')} cases ({f.share('referred', 'decided')} of decisions) were referred to a caseworker. "
        f"People made {f.share('refused_by_person', 'refused')} of the {f.count('refused')} refusals; the rest were "
        "made by the model alone."
    )


def _decisions(f: Figures) -> dict[str, str]:
    review, outcomes, hands_over = f.service.review, f.service.outcomes, f.service.satisfaction is not None
    hours = f.total("referred") * review.minutes / 60
    who = "people" if hands_over else "caseworkers"
    refusals = "hand-overs" if hands_over else "refusals"
    told = {
        "1.2": f"{f.count('referred')} of them with a person's help, and {f.accuracy()} of the decisions were right",
        "2.2.3": (
            f"Decision by {who} alone, at {review.minutes:g} minutes a case; {percent(review.right_share)} of their "
            f"decisions are right. The {f.count('cases')} cases of the run would have taken "
            f"{f.total('cases') * review.minutes / 60:,.0f} hours."
        ),
        "2.2.4": (
            f"Deciding by hand alone, and referring more or fewer cases than the {f.share('referred', 'decided')} "
            "that were referred. Other ways of running the service can be compared on the same simulated world."
        ),
        "2.3.2": f"{people(f)} There are {review.caseworkers} {who} for referrals, at {review.minutes:g} minutes each.",
        "2.3.4": (
            f"Those who take referrals decide a case afresh, without the score; they decided {f.count('referred')} "
            f"cases, about {hours:,.0f} hours of work."
        ),
        "2.4.1.3": f"A decision on each case; {f.count('decided')} final decisions, {f.count('refused')} {refusals}.",
        "2.4.2.7": f"The share of {f.terms.right}, in hindsight: {f.accuracy()} over the run{_quarters(f, False)}.",
        "2.4.3.5": (
            f"{'What is handed over' if hands_over else 'A refusal'} reveals no outcome but in a sample of "
            f"{percent(outcomes.audit_share)}, so that such cases are under-represented."
        ),
    }
    if hands_over:
        told["2.3.5"] = (
            f"Whoever is not content with an answer can ask for a person; {f.score('satisfaction')} of callers were "
            f"content. {percent(outcomes.audit_share)} of hand-overs are checked. {_by_complaint(f)}"
        )
        return told
    told["2.3.5"] = (
        f"A person who is refused may appeal, and a wrong refusal is put right. {f.count('refused')} cases were "
        f"refused. {percent(outcomes.audit_share)} of refusals are checked all the same, and "
        f"{percent(outcomes.complaint_share)} of people wrongly refused complain within the day. {_by_complaint(f)}"
    )
    return told


def _forecasts(f: Figures) -> dict[str, str]:
    quantity, days = f.service.quantity, f.service.outcomes.median_days
    later = f"{days:g} {'day' if days == 1 else 'days'} or so"
    return {
        "1.2": f"{f.accuracy()} of them within {quantity.tolerance:.0%} of what came; the mean error was {f.error()}",
        "2.2.3": "Planning without a model. How well that went is not simulated.",
        "2.2.4": (
            "Other ways of training the model and of running the service, compared on the same simulated world. This "
            f"one missed by {f.error()} on average."
        ),
        "2.3.2": (
            f"{people(f)} Whoever plans may depart from it, which is not simulated: all {f.count('decided')} "
            "forecasts were used as they were."
        ),
        "2.3.4": (
            f"Whoever plans by the forecasts should know that {f.accuracy()} of them lay within "
            f"{quantity.tolerance:.0%} of what came. No training is simulated."
        ),
        "2.3.5": (
            f"Forecasts are about {quantity.unit}, not about anybody's entitlement, so that there is nothing to "
            f"appeal. What came is known after {later}. {_by_complaint(f)}"
        ),
        "2.4.1.3": f"A forecast for each case, in {quantity.unit}; {f.count('decided')} forecasts.",
        "2.4.2.7": (
            f"In service, in hindsight: forecasts were off by {f.error()} on average{_quarters(f, True)}. The share "
            f"of {f.terms.right}: {f.accuracy()} over the run{_quarters(f, False)}."
        ),
        "2.4.3.5": f"What came becomes known for every forecast, after {later}.",
    }


def _quarters(f: Figures, error: bool) -> str:
    told = ", ".join(f"{q}: {f.error(q) if error else f.accuracy(q)}" for q in range(1, f.quarters + 1))
    return f" (by quarter {told})"


def _by_complaint(f: Figures) -> str:
    found = int((f.incidents["found_by"] == "complaints").sum())
    return f"Complaints uncovered {found} {'incident' if found == 1 else 'incidents'} in the data."
