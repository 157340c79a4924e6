"""A model card: what a service's model is for, on what it was trained, and how it served whom."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.exports.figures import Figures, figures, percent, table
from sim.exports.file import write_text
from sim.exports.source import source_of, unit_of
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
            f"- Version: {c['version']}, of {len(f.models)} trained over {f.period}",
            f"- Trained: {f.date(c['trained_day'])} ({c['reason']}); in use from {f.date(c['released_day'])}",
            f"- Data snapshot: `{c['snapshot']}`",
            f"- Type: scikit-learn estimator for {f.service.task}; the recorded sample of scores and decisions names "
            "the version and snapshot behind each",
            f"- Scenario {f.run.scenario}, seed {f.run.seed}",
        ]
    )


def _use(f: Figures) -> str:
    return (
        f"{f.scenario.description}\n\nThe model scores each new case of {f.service.title} once, at night: the "
        f"probability that {f.service.outcome}. It is meant for this decision and these records, and for no other."
    )


def _factors(f: Figures) -> str:
    groups = "\n".join(f"- {g.name}: {percent(g.share)} of the people served" for g in f.service.groups)
    return f"Performance is reported by these groups. The model does not see the group.\n\n{groups}"


def _metrics(f: Figures) -> str:
    held_out = "\n".join(f"- {name}: {value:.3f}" for name, value in f.metrics().items())
    return (
        f"On held-out rows when version {f.champion['version']} was trained:\n\n{held_out}\n\n"
        "In service, in hindsight: the share of final decisions that were right, people's decisions included, and the "
        "share of eligible people who were awarded, by group (equality of opportunity)."
    )


def _evaluation(f: Figures) -> str:
    return (
        f"Every decision of {f.period}: {f.count('decided')} of {f.count('cases')} cases that came in. The truth of "
        "each is known to the simulation; the department itself learns only the outcomes of awards, of referred cases "
        f"and of a sample of {percent(f.service.outcomes.audit_share)} of refusals."
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
        f"before {f.date(f.champion['trained_day'])}, as they were delivered.\n\n{fields}"
    )


def _analyses(f: Figures) -> str:
    by_quarter = pd.DataFrame(
        [(str(q), f.accuracy(q)) for q in range(1, f.quarters + 1)], columns=["quarter", "accuracy in hindsight"]
    )
    return (
        f"Accuracy over the run: {f.accuracy()}.\n\n{table(by_quarter)}\n\n"
        f"By group (eligible and awarded: all decisions; approved, referred and refused: shares of the recorded "
        f"sample):\n\n{table(f.performance_by_group())}\n\nGap between groups in award rate: {f.gap}."
    )


def _ethics(f: Figures) -> str:
    value = f.service.value
    return (
        f"A wrong refusal costs a person £{value.wrong_refusal_gbp:g} of hardship and appeal, a wrong award "
        f"£{value.wrong_award_gbp:g}. {f.count('referred')} cases were decided by a person; people made "
        f"{f.share('refused_by_person', 'refused')} of the {f.count('refused')} refusals. Harm over the run: "
        f"{f.pounds('harm_gbp')}."
    )


def _caveats(f: Figures) -> str:
    kinds = f.incidents["kind"].value_counts()
    told = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in kinds.items()) or "none"
    practices = "; ".join(f.practices()) or "none beyond the plainest"
    return (
        f"- Incidents in the data over the run: {told}; {int(f.incidents['cases_harmed'].sum()):,} decisions went "
        f"wrong because of them.\n- Practices in force at the end: {practices}.\n"
        "- The world moves: outcomes become known weeks late, so the accuracy that the department can see lags "
        "behind.\n- All records are simulated; they describe no real person."
    )
