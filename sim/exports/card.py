"""A model card: what a service's model is for, on what it was trained, and how it served whom."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.exports.figures import Figures, figures, percent, table
from sim.exports.file import write_text
from sim.exports.keeping import protection, retention, thefts
from sim.exports.source import source_of, unit_of
from sim.exports.tasks import people, worth
from sim.exports.terms import describe
from sim.run import Run
from sim.scenario import Scenario


def model_card(run: Run, scenario: Scenario, service: str, path: str | Path | None = None) -> str:
    """Return the model card of a service's model in use when the run ended.

    The sections are those of Mitchell et al. (2019), *Model Cards for Model Reporting*; the figures are the run's.

    Parameters
    ----------
    run : Run
        A run of at least one day.
    scenario : Scenario
        The scenario that it is a run of.
    service : str
        One of its services.
    path : str or Path or None
        A file that does not exist yet.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    ScenarioError
        The scenario has no such service.
    ExportError
        The run is not one of the scenario, or no day has passed.
    StorageError
        The file exists or cannot be written.
    """
    f = figures(run, scenario, service)
    parts = {
        "Model details": _details(f),
        "Intended use": _use(f),
        "Factors": _factors(f),
        "Metrics": _metrics(f),
        "Evaluation data": _evaluation(f),
        "Training data": _training(f),
        "Quantitative analyses": _analyses(f),
        "Ethical considerations": _ethics(f),
        "Caveats and recommendations": _caveats(f),
    }
    text = "\n\n".join([f"# Model card: {f.service.title}", *(f"## {name}\n\n{body}" for name, body in parts.items())])
    if path is not None:
        write_text(path, f"{text}\n")
    return f"{text}\n"


def _details(f: Figures) -> str:
    c = f.champion
    return "\n".join(
        [
            f"- Organisation: {f.scenario.title} (a simulated department)",
            f"- Version: {c['version']}, one of {len(f.models)} trained {f.between}",
            f"- Trained: {f.date(c['trained_day'])} ({c['reason']}); in use from {f.date(c['released_day'])}",
            f"- Data snapshot: `{c['snapshot']}`",
            f"- Type: {f.service.task}; {f.architecture}",
            "- Each score in the recorded sample names the version and the snapshot behind it",
            f"- Scenario {f.run.scenario}, seed {f.run.seed}",
        ]
    )


def _use(f: Figures) -> str:
    return (
        f"{f.scenario.description}\n\nThis model is that of {f.service.title}. It {describe(f.service)}, once for "
        f"each new case, and gives {f.terms.score}; {f.terms.decision}. It is meant for this decision and these "
        "records, and for no other."
    )


def _factors(f: Figures) -> str:
    groups = "\n".join(f"- {g.name}: {percent(g.share)} of cases" for g in f.service.groups)
    return f"Performance is reported by these groups. The model does not see the group.\n\n{groups}"


def _metrics(f: Figures) -> str:
    held_out = "\n".join(f"- {metric}" for metric in f.held_out)
    version = f.champion["version"]
    told = f"On held-out rows when version {version} was trained:\n\n{held_out}\n\nIn service, in hindsight, "
    if f.service.regression:
        return f"{told}the mean absolute percentage error, and the share of {f.terms.right}, of all and by group."
    return (
        f"{told}the share of {f.terms.right}, people's decisions included; and, by group, the share of "
        f"{f.terms.served} (equality of opportunity)."
    )


def _evaluation(f: Figures) -> str:
    learnt = (
        "the department itself learns it too, days later."
        if f.service.regression
        else "the department itself learns only the outcomes of what was approved, of referred cases and of a sample "
        f"of {percent(f.service.outcomes.audit_share)} of the rest."
    )
    return (
        f"Every case that was {f.terms.done} {f.between}: {f.count('decided')} of {f.count('cases')} cases that came "
        f"in. The truth of each is known to the simulation; {learnt}"
    )


def _training(f: Figures) -> str:
    rows = [
        (name, source, unit_of(feature), f"{feature.low:g} to {feature.high:g}")
        for source in (s.name for s in f.service.sources)
        for feature in source_of(f.service, source).features
        for name in [feature.name]
    ]
    fields = table(pd.DataFrame(rows, columns=["feature", "source", "unit", "valid range"]))
    return (
        f"{f.champion['rows']:,.0f} examples with known outcomes, from at most {f.service.training.window_days} days "
        f"before {f.date(f.champion['trained_day'])}, as they were delivered. {protection(f)}\n\n{fields}"
    )


def _analyses(f: Figures) -> str:
    columns, rows = ["quarter", f"share of {f.terms.right}"], []
    for quarter in range(1, f.quarters + 1):
        rows.append([str(quarter), f.accuracy(quarter), *([f.error(quarter)] if f.service.regression else [])])
    error = f"Mean absolute percentage error over the run: {f.error()}. " if f.service.regression else ""
    by_quarter = pd.DataFrame(rows, columns=[*columns, *(["mean error"] if f.service.regression else [])])
    return (
        f"{error}The share of {f.terms.right}, over the run: {f.accuracy()}.\n\n{table(by_quarter)}\n\nBy group, in "
        f"hindsight over all cases; the last {'column is' if f.service.regression else 'three are'} of the recorded "
        f"sample:\n\n{table(f.performance_by_group())}\n\nGap between groups in the share of {f.terms.served}: "
        f"{f.gap}."
    )


def _ethics(f: Figures) -> str:
    return f"{worth(f)} {people(f)} Harm over the run: {f.pounds('harm_gbp')}.\n\n{retention(f)} Thefts: {thefts(f)}"


def _caveats(f: Figures) -> str:
    kinds = f.incidents["kind"].value_counts()
    told = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in kinds.items()) or "none"
    return (
        f"Incidents in the data over the run: {told}; {int(f.incidents['cases_harmed'].sum()):,} {f.terms.results} "
        f"went wrong because of them.\n\n{f.listed('Practices in force at the end')}\n\nThe world moves: outcomes "
        "become known after the decision, so that the performance that the department can see lags behind. All "
        "records are simulated; they describe no real person."
    )
