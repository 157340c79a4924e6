"""What a transparency record states, field by field, of a service of a simulated department."""

from __future__ import annotations

from sim.exports.figures import Figures, percent, table
from sim.exports.keeping import protection, retention, sharing, thefts
from sim.exports.source import Source, source_of, unit_of
from sim.exports.tasks import statements as of_task
from sim.exports.tasks import worth
from sim.exports.terms import describe

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
    told = of_task(f)
    common = _overview(f, told), _owner(f), _rationale(f), _deployment(f), _system(f), _model(f, told), _data(f, told)
    result = dict(told)
    for part in (*common, _risks(f)):
        result |= part
    return result


def _overview(f: Figures, told: dict[str, str]) -> dict[str, str]:
    name = f.service.name
    sentence = (
        f"For each case of {f.service.title}, a model {describe(f.service)}; {f.count('decided')} cases were "
        f"{f.terms.done} {f.between}."
    )
    return {
        "0.1": f"{f.service.title}: {f.scenario.title}",
        "0.2": f"{f.scenario.title} (a simulated department)",
        "0.3": "Production",
        "0.4": "United Kingdom",
        "0.5": sentence,
        "1.1": f.service.title,
        "1.2": (
            f"{f.scenario.description}\n\nThis record is about {f.service.title}. {f.between.capitalize()}, "
            f"{f.count('cases')} cases came in and {f.count('decided')} were {f.terms.done}, {told['1.2']}."
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
    return {
        "2.2.1": (
            f"{f.rhythm.capitalize()}, the pipeline collects records from "
            f"{', '.join(s.name for s in f.service.sources)}, and the model gives each case {f.terms.score}; "
            f"{f.terms.decision}. In the run, {f.count('decided')} cases were {f.terms.done}; versions of the model "
            f"trained: {len(f.models)}."
        ),
        "2.2.2": (
            f"{worth(f)} Over the run: benefit {f.pounds('benefit_gbp')}, harm {f.pounds('harm_gbp')}, spend "
            f"{f.pounds('spend_gbp')}."
        ),
    }


def _deployment(f: Figures) -> dict[str, str]:
    return {
        "2.3.1": (
            f"Records are read {f.rhythm}, and cases {f.terms.done}. {f.share('on_time', 'cases')} of cases reached "
            f"the model on the day they came; {f.count('quarantined')} records were in quarantine when the run ended "
            f"and {f.count('rejected')} had been sent back."
        ),
        "2.3.3": (
            f"{f.rhythm.capitalize()}; {f.total('cases') / f.run.days:,.0f} cases a day, {f.count('cases')} in all "
            f"{f.between}."
        ),
    }


def _system(f: Figures) -> dict[str, str]:
    machines = [r for r in f.scenario.estate if r.service in (f.service.name, "shared")]
    number = "1 version" if len(f.models) == 1 else f"{len(f.models)} versions"
    return {
        "2.4.1.1": (
            f"{', '.join(f'{r.name} ({r.kind}, {r.environment})' for r in machines)}. Of what the department pays "
            f"for, {f.score('utilisation')} is used, by price."
        ),
        "2.4.1.2": (
            f"{f.count('cases')} cases, with {len(f.service.features)} features from {len(f.service.sources)} sources."
        ),
        "2.4.1.4": (
            f"{f.happened('retraining')} retrainings were begun and {f.happened('alarm')} alarms raised; versions "
            f"released after the pilot's: {f.happened('released') - 1}. {f.listed('Practices in force at the end')}"
        ),
        "2.4.1.5": f"One model, in {number}; {f.champion['version']} was in use when the run ended.",
    }


def _model(f: Figures, told: dict[str, str]) -> dict[str, str]:
    c = f.champion
    return {
        "2.4.2.1": f.service.name,
        "2.4.2.2": f"{c['version']}, trained {f.date(c['trained_day'])}, in use from {f.date(c['released_day'])}",
        "2.4.2.3": f"{f.service.task.capitalize()}: the model {describe(f.service)}",
        "2.4.2.4": f"{', '.join(f.service.feature_names)}. The group is no input.",
        "2.4.2.5": f"{f.terms.score[:1].upper()}{f.terms.score[1:]}",
        "2.4.2.6": f"{f.architecture[:1].upper()}{f.architecture[1:]}.",
        "2.4.2.7": (
            f"On held-out rows at training: {'; '.join(f.held_out)}. {told['2.4.2.7']}\n\nBy "
            f"group:\n\n{table(f.performance_by_group())}\n\nGap between groups in the share of {f.terms.served}: "
            f"{f.gap}."
        ),
        "2.4.2.8": (
            f"Snapshot {c['snapshot']} ({c['rows']:,.0f} rows): four rows of five for training, the fifth for "
            "testing. The cases of each day: scoring."
        ),
    }


def _data(f: Figures, told: dict[str, str]) -> dict[str, str]:
    c, training, sources = f.champion, f.service.training, [source_of(f.service, s.name) for s in f.service.sources]
    groups = "; ".join(f"{g.name}, {percent(g.share)}" for g in f.service.groups)
    scores = "\n".join(
        f"- {s.terms.name}: {', '.join(f'{d} {v}' for d, v in f.dimension_scores(s.terms.name).items())}"
        for s in sources
    )
    owners = dict.fromkeys(s.terms.owner for s in sources)
    coarse = " (a value that was made less telling counts as inaccurate)" if "protect" in f.in_force else ""
    held = f.happened("quarantined")
    cleaning = f"A gate held records back on {held} days." if held else "No record was held back by a gate."
    store = [r.name for r in f.scenario.estate if r.kind == "storage" and r.service in (f.service.name, "shared")]
    stored = f"Cloud storage in the department's own account ({', '.join(store) or 'none named'})."
    sensitive = f"Group, held beside the records to measure fairness and not given to the model: {groups}."
    return {
        "2.4.3.1": f"Cases of {training.window_days} days before {f.date(c['trained_day'])} whose outcome was known.",
        "2.4.3.2": "Tabular",
        "2.4.3.3": f"{c['rows']:,.0f} rows for {c['version']}; at most {training.max_rows:,} in any training",
        "2.4.3.4": f"{sensitive} {protection(f)}",
        "2.4.3.5": f"{told['2.4.3.5']} Records that passed, by source and dimension of quality{coarse}:\n\n{scores}",
        "2.4.3.6": f"{cleaning} Missing values that remain are replaced by the median of the training rows.",
        "2.4.3.7": f"Delivered in the course of the service by {', '.join(owners)}.",
        "2.4.3.8": f"{stored} {retention(f)} A version learns from at most {training.window_days} days.",
        "2.4.3.9": sharing(f),
        "2.4.4.1": "\n".join(f"- {_told(s)}" for s in sources),
        "2.4.4.2": f"{sensitive} {protection(f)}",
        "2.4.4.3": (
            f"{cleaning} {f.count('delivered')} records were delivered; what the model read was {f.age} old on "
            f"average. {f.listed('Practices of data work in force at the end', 'dataops')}"
        ),
        "2.4.4.4": f"{stored} {retention(f)}",
        "2.4.4.5": sharing(f),
    }


def _told(source: Source) -> str:
    fields = ", ".join(f"{x.name} ({unit_of(x)})" for x in source.features)
    return f"{source.terms.name}, delivered by {source.terms.owner} {source.delivery}: {fields}"


def _risks(f: Figures) -> dict[str, str]:
    found = f.incidents["detected_day"].notna().sum()
    harmed = int(f.incidents["cases_harmed"].sum())
    number = "1 incident" if len(f.incidents) == 1 else f"{len(f.incidents)} incidents"
    lines = [
        f"Bad data: {number}, {found} of them found; {harmed:,} {f.terms.results} went wrong because of them, at a "
        f"cost of £{f.incidents['cost_gbp'].sum():,.0f}.",
        f"Theft of records: {thefts(f)}",
        f"Records kept longer than the law allows: {f.score('kept_too_long')} of those held, day by day.",
        f"A bad version in use: {f.happened('release stopped')} times a test stopped a release; in use, "
        f"{f.happened('release found bad')} releases were found bad, and {f.happened('rolled back')} taken back.",
        f"A world that moves: the share of {f.terms.right} was {f.accuracy(1)} in the first quarter and "
        f"{f.accuracy(f.quarters)} in the last.",
        f"Unfairness: the gap between groups in the share of {f.terms.served} was {f.gap}.",
    ]
    if not f.service.regression and f.service.satisfaction is None:
        by_person = f.share("refused_by_person", "refused")
        lines.append(f"Refusal without a person: people made {by_person} of refusals.")
    names = ", ".join(f.in_force) or "none beyond the plainest"
    lines.append(f"Mitigations in force at the end, described under 2.4.1.4: {names}.")
    return {
        "2.5.1": (
            f"The simulation itself, on which this record rests: harm of {f.pounds('harm_gbp')} against benefit of "
            f"{f.pounds('benefit_gbp')}; gap between groups {f.gap}. No data protection or equality impact assessment "
            "is simulated; a real department owes both."
        ),
        "2.5.2": "\n".join(f"- {line}" for line in lines),
    }
