"""What a transparency record states, field by field, of a service of a simulated department."""

from __future__ import annotations

from sim.exports.figures import Figures, percent, table
from sim.exports.source import Source, source_of, unit_of

SIMULATED = "The department is simulated"


def statements(f: Figures) -> dict[str, str]:
    """Return the text of every field by its number in the template.

    Parameters
    ----------
    f : Figures
        The run's records of the service.

    Returns
    -------
    dict of str to str
        Markdown, none of it empty.
    """
    return _overview(f) | _owner(f) | _rationale(f) | _deployment(f) | _system(f) | _model(f) | _data(f) | _risks(f)


def _overview(f: Figures) -> dict[str, str]:
    name = f.service.name
    sentence = (
        f"A model scores each case of {f.service.title} at night by the probability that {f.service.outcome}; "
        f"{f.count('decided')} cases were decided in {f.period}."
    )
    return {
        "0.1": f"{f.service.title}: {f.scenario.title}",
        "0.2": f"{f.scenario.title} (a simulated department)",
        "0.3": "Production",
        "0.4": "United Kingdom",
        "0.5": sentence,
        "1.1": f.service.title,
        "1.2": (
            f"{f.scenario.description}\n\nOver {f.period}, {f.count('cases')} cases came in, {f.count('decided')} were "
            f"decided, {f.count('referred')} of them by a person, and {f.accuracy()} of the decisions were right."
        ),
        "1.3": f"https://{f.scenario.name}.example/{name} (a reserved address: {SIMULATED.lower()})",
        "1.4": f"{name}@{f.scenario.name}.example (a reserved address: {SIMULATED.lower()})",
    }


def _owner(f: Figures) -> dict[str, str]:
    teams = [t for t in f.scenario.staff.teams if t.discipline in ("mlops", "dataops")]
    work = f.run.people[f.run.people["team"].isin([t.name for t in teams])]
    named = ", ".join(f"{t.name} ({t.discipline}, {t.people} people, {percent(t.share)} of their time)" for t in teams)
    bill = f.run.billing
    provider = ", ".join(sorted(set(bill["ServiceProviderName"].dropna())))
    spent = float(bill["BilledCost"].sum())
    return {
        "2.1.1": f"{f.scenario.title} (a simulated department)",
        "2.1.2": f"{named}. They did {work['hours'].sum():,.0f} hours of recorded work over the run.",
        "2.1.3": f"The senior responsible owner of {f.service.title}. {SIMULATED}; the post has no holder.",
        "2.1.4": f"Yes: cloud computing from {provider}, billed at £{spent:,.0f} to the whole department.",
        "2.1.4.1": provider,
        "2.1.4.2": f"None given. {SIMULATED} and has no contract with a registered company.",
        "2.1.4.3": "Machines and storage; the supplier built no part of the model.",
        "2.1.4.4": f"None. {SIMULATED}; prices are those of the public price list.",
        "2.1.4.5": "To store and process the records for the department, and nothing else.",
    }


def _rationale(f: Figures) -> dict[str, str]:
    value, review = f.service.value, f.service.review
    return {
        "2.2.1": (
            f"Each night the pipeline collects the day's records from {', '.join(s.name for s in f.service.sources)}, "
            f"and the model gives each case the probability that {f.service.outcome}. A rule turns the probability "
            f"into approve, refer or refuse. In the run, {f.count('decided')} cases were decided: {f.count('refused')} "
            f"refused, {f.count('referred')} referred to a caseworker. {len(f.models)} versions of the model were "
            "trained."
        ),
        "2.2.2": (
            f"A right decision without a person is worth £{value.right_gbp:g}, with a person "
            f"£{value.reviewed_right_gbp:g}, for help comes days sooner. Over the run: benefit "
            f"{f.pounds('benefit_gbp')}, harm {f.pounds('harm_gbp')}, spend {f.pounds('spend_gbp')}."
        ),
        "2.2.3": (
            f"Decision by caseworkers alone, at {review.minutes:g} minutes a case; {percent(review.right_share)} of "
            f"their decisions are right. The {f.count('cases')} cases of the run would have taken "
            f"{f.total('cases') * review.minutes / 60:,.0f} hours."
        ),
        "2.2.4": (
            f"Deciding by hand alone, and referring more or fewer cases than the {f.share('referred', 'decided')} that "
            "were referred. Other ways of running the service are compared on the same simulated world with "
            "sim.compare."
        ),
    }


def _deployment(f: Figures) -> dict[str, str]:
    review, outcomes = f.service.review, f.service.outcomes
    hours = f.total("referred") * review.minutes / 60
    return {
        "2.3.1": (
            f"Records come in by day; scores and decisions are made at night. {f.share('on_time', 'cases')} of cases "
            f"reached the model on the night they came; {f.count('quarantined')} records were in quarantine when the "
            f"run ended and {f.count('rejected')} had been sent back."
        ),
        "2.3.2": (
            f"{f.count('referred')} cases ({f.share('referred', 'decided')} of decisions) were referred to "
            f"{review.caseworkers} caseworkers, {review.minutes:g} minutes each. People made "
            f"{f.share('refused_by_person', 'refused')} of the {f.count('refused')} refusals; the rest were made by "
            "the model alone."
        ),
        "2.3.3": f"Nightly; {f.total('cases') / f.run.days:,.0f} cases a day, {f.count('cases')} over {f.period}.",
        "2.3.4": (
            f"Caseworkers decide a case afresh, without the score; they decided {f.count('referred')} "
            f"cases, about {hours:,.0f} hours of work."
        ),
        "2.3.5": (
            f"A person who is refused may appeal, and a wrong refusal is put right. {f.count('refused')} cases were "
            f"refused. {percent(outcomes.audit_share)} of refusals are checked all the same, and "
            f"{percent(outcomes.complaint_share)} of people wrongly refused complain within the day. "
            f"{_found_by_complaint(f)}"
        ),
    }


def _system(f: Figures) -> dict[str, str]:
    machines = [r for r in f.scenario.estate if r.service in (f.service.name, "shared")]
    kept = f.happened("retraining")
    return {
        "2.4.1.1": (
            f"{', '.join(f'{r.name} ({r.kind}, {r.environment})' for r in machines)}. Used at "
            f"{f.score('utilisation')} of what is paid for, by price."
        ),
        "2.4.1.2": (
            f"{f.count('cases')} cases, with {len(f.service.features)} features from {len(f.service.sources)} sources."
        ),
        "2.4.1.3": (
            f"A decision on each case: approve, refer or refuse. {f.count('decided')} final decisions, "
            f"{f.count('refused')} of them refusals."
        ),
        "2.4.1.4": (
            f"Practices in force at the end: {'; '.join(f.practices()) or 'none beyond the plainest'}. {kept} "
            f"retrainings were begun, {f.happened('alarm')} alarms raised; versions released after the pilot's: "
            f"{f.score('deployment_frequency')}."
        ),
        "2.4.1.5": f"One model, in {len(f.models)} versions; {f.champion['version']} was in use when the run ended.",
    }


def _model(f: Figures) -> dict[str, str]:
    c, quarters = f.champion, range(1, f.quarters + 1)
    held_out = ", ".join(f"{name} {value:.3f}" for name, value in f.metrics().items())
    by_quarter = ", ".join(f"{q}: {f.accuracy(q)}" for q in quarters)
    return {
        "2.4.2.1": f.service.name,
        "2.4.2.2": f"{c['version']}, trained {f.date(c['trained_day'])}, in use from {f.date(c['released_day'])}",
        "2.4.2.3": f"{f.service.task.capitalize()}: whether {f.service.outcome}",
        "2.4.2.4": f"{', '.join(f.service.feature_names)}. The group of a person is no input.",
        "2.4.2.5": f"The probability that {f.service.outcome}, from 0 to 1",
        "2.4.2.6": "A scikit-learn estimator; logistic regression unless decided otherwise",
        "2.4.2.7": (
            f"On held-out rows at training: {held_out}. In service, the share of right decisions in hindsight: "
            f"{f.accuracy()} over the run; by quarter {by_quarter}.\n\nBy "
            f"group:\n\n{table(f.performance_by_group())}\n\nGap between groups in the share of eligible people who "
            f"were awarded: {f.gap}."
        ),
        "2.4.2.8": (
            f"Snapshot {c['snapshot']} ({c['rows']:,.0f} rows): four rows of five for training, the fifth for testing. "
            "The cases of each day: scoring."
        ),
    }


def _data(f: Figures) -> dict[str, str]:
    c, training, sources = f.champion, f.service.training, [source_of(f.service, s.name) for s in f.service.sources]
    groups = "; ".join(f"{g.name}, {percent(g.share)}" for g in f.service.groups)
    scores = "; ".join(
        f"{s.name}: {', '.join(f'{d} {v}' for d, v in f.dimension_scores(s.name).items())}" for s in sources
    )
    held = f.happened("quarantined")
    practices = "; ".join(f.practices("dataops")) or "none"
    cleaning = f"The gate held back records on {held} nights. Practices of data work in force at the end: {practices}."
    store = [r.name for r in f.scenario.estate if r.kind == "storage"]
    stored = f"Cloud storage in the department's own account ({', '.join(store) or 'none named'})."
    shared = "; ".join(f"{s.name}, delivered by {s.owner} every {s.cadence_hours:g} hours" for s in sources)
    return {
        "2.4.3.1": f"Cases of {training.window_days} days before {f.date(c['trained_day'])} whose outcome was known.",
        "2.4.3.2": "Tabular",
        "2.4.3.3": f"{c['rows']:,.0f} rows for {c['version']}; at most {training.max_rows:,} in any training",
        "2.4.3.4": f"Group, held beside the records to measure fairness and not given to the model: {groups}",
        "2.4.3.5": (
            f"Records that passed, by source and dimension of quality: {scores}. A refusal reveals no outcome but in a "
            f"sample of {percent(f.service.outcomes.audit_share)}, so refused cases are under-represented."
        ),
        "2.4.3.6": f"{cleaning} Missing values are replaced by the median of the training rows.",
        "2.4.3.7": "Collected from the people served and from other departments in the course of the service.",
        "2.4.3.8": f"{stored} The training store keeps {training.window_days} days.",
        "2.4.3.9": f"Between the department and its sources: {shared}.",
        "2.4.4.1": "\n".join(f"- {_told(s)}" for s in sources),
        "2.4.4.2": f"Group, held beside the records and not given to the model: {groups}",
        "2.4.4.3": f"{cleaning} {f.count('delivered')} records were delivered, {f.score('feature_age_hours')} old.",
        "2.4.4.4": f"{stored} Access is the department's own teams'.",
        "2.4.4.5": f"Between the department and its sources: {shared}.",
    }


def _told(source: Source) -> str:
    fields = ", ".join(f"{x.name} ({unit_of(x)})" for x in source.features)
    return f"{source.name}, delivered by {source.owner}: {fields}"


def _risks(f: Figures) -> dict[str, str]:
    found = f.incidents["detected_day"].notna().sum()
    harmed = int(f.incidents["cases_harmed"].sum())
    practices = "; ".join(f.practices()) or "none beyond the plainest"
    return {
        "2.5.1": (
            f"The simulation itself, on which this record rests: harm of {f.pounds('harm_gbp')} against benefit of "
            f"{f.pounds('benefit_gbp')}; gap between groups {f.gap}. No data protection or equality impact assessment "
            "is simulated; a real department owes both."
        ),
        "2.5.2": "\n".join(
            [
                f"- Bad data: {len(f.incidents)} incidents, {found} of them found; {harmed:,} decisions went wrong "
                f"because of them, at £{f.incidents['cost_gbp'].sum():,.0f}.",
                f"- A world that moves: accuracy was {f.accuracy(1)} in the first quarter and {f.accuracy(f.quarters)} "
                "in the last.",
                f"- Unfairness: the gap between groups in the share of eligible people awarded was {f.gap}.",
                f"- Refusal without a person: people made {f.share('refused_by_person', 'refused')} of refusals.",
                f"- Mitigations in force at the end: {practices}.",
            ]
        ),
    }


def _found_by_complaint(f: Figures) -> str:
    return f"Complaints uncovered {int((f.incidents['found_by'] == 'complaints').sum())} incidents in the data."
