"""The UK Algorithmic Transparency Recording Standard: what a department tells the public of an algorithmic tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import ExportError
from sim.exports.figures import figures
from sim.exports.file import write_text
from sim.exports.statements import statements
from sim.run import Run
from sim.scenario import Scenario

STANDARD = "Algorithmic Transparency Recording Standard"
VERSION = "4.0"
"""Version of the template, published on GOV.UK in May 2025."""

SECTIONS: dict[str, dict[str, str]] = {
    "Metadata and title information": {
        "0.1": "Title",
        "0.2": "Organisation name",
        "0.3": "Phase",
        "0.4": "Region",
        "0.5": "One sentence description",
    },
    "Tier 1 - Overview": {"1.1": "Name", "1.2": "Description", "1.3": "Website URL", "1.4": "Contact email"},
    "Tier 2 - Owner and responsibility": {
        "2.1.1": "Organisation or department",
        "2.1.2": "Team",
        "2.1.3": "Senior responsible owner",
        "2.1.4": "Third party involvement",
        "2.1.4.1": "Third party",
        "2.1.4.2": "Companies House number",
        "2.1.4.3": "Third party role",
        "2.1.4.4": "Procurement procedure type",
        "2.1.4.5": "Third party data access terms",
    },
    "Tier 2 - Description and rationale": {
        "2.2.1": "Detailed description",
        "2.2.2": "Benefits",
        "2.2.3": "Previous process",
        "2.2.4": "Alternatives considered",
    },
    "Tier 2 - Deployment context": {
        "2.3.1": "Integration into broader operational process",
        "2.3.2": "Human review",
        "2.3.3": "Frequency and scale of usage",
        "2.3.4": "Required training",
        "2.3.5": "Appeals and review",
    },
    "Tier 2 - Tool specification": {
        "2.4.1.1": "System architecture",
        "2.4.1.2": "System-level input",
        "2.4.1.3": "System-level output",
        "2.4.1.4": "Maintenance",
        "2.4.1.5": "Models",
        "2.4.2.1": "Model name",
        "2.4.2.2": "Model version",
        "2.4.2.3": "Model task",
        "2.4.2.4": "Model input",
        "2.4.2.5": "Model output",
        "2.4.2.6": "Model architecture",
        "2.4.2.7": "Model performance",
        "2.4.2.8": "Datasets and their purposes",
        "2.4.3.1": "Development data description",
        "2.4.3.2": "Data modality",
        "2.4.3.3": "Data quantities",
        "2.4.3.4": "Sensitive attributes",
        "2.4.3.5": "Data completeness and representativeness",
        "2.4.3.6": "Data cleaning",
        "2.4.3.7": "Data collection",
        "2.4.3.8": "Data access and storage",
        "2.4.3.9": "Data sharing agreements",
        "2.4.4.1": "Data sources",
        "2.4.4.2": "Sensitive attributes",
        "2.4.4.3": "Data processing methods",
        "2.4.4.4": "Data access and storage",
        "2.4.4.5": "Data sharing agreements",
    },
    "Tier 2 - Risks, mitigations and impact assessments": {
        "2.5.1": "Impact assessments",
        "2.5.2": "Risks and mitigations",
    },
}
"""Fields of the template by section: number and name."""


def atrs(run: Run, scenario: Scenario, service: str, path: str | Path | None = None) -> dict[str, Any]:
    """Return a service's transparency record.

    Every field of the template is filled: figures from the run, descriptions from the scenario. Where a real department
    would name a person or a contract, the record says that the department is simulated.

    Parameters
    ----------
    run : Run
        A run of at least one day.
    scenario : Scenario
        The scenario that it is a run of.
    service : str
        One of its services.
    path : str or Path or None
        A file that does not exist yet: ``.json`` for the record as it is returned, ``.md`` for `atrs_markdown`.

    Returns
    -------
    dict
        ``standard``, ``version``, and ``sections``: by section of `SECTIONS`, by ``"<number> <name>"``, a text.

    Raises
    ------
    ScenarioError
        The scenario has no such service.
    ExportError
        The run is not one of the scenario, no day has passed, or the path has another ending.
    StorageError
        The file exists or cannot be written.
    """
    ending = Path(path).suffix if path is not None else ".json"
    if ending not in (".json", ".md"):
        raise ExportError(
            f"path is {str(path)!r}, but a transparency record ends in .json or .md, for instance atrs.md."
        )
    told = statements(figures(run, scenario, service))
    record = {
        "standard": STANDARD,
        "version": VERSION,
        "sections": {
            section: {f"{number} {name}": told[number] for number, name in fields.items()}
            for section, fields in SECTIONS.items()
        },
    }
    if path is not None:
        text = atrs_markdown(record) if ending == ".md" else json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        write_text(path, text)
    return record


def atrs_markdown(record: dict[str, Any]) -> str:
    """Return a transparency record as Markdown.

    Parameters
    ----------
    record : dict
        As `atrs` returns it.

    Returns
    -------
    str
        A heading for each section and field.
    """
    parts = [f"# {record['standard']} (version {record['version']})"]
    for section, fields in record["sections"].items():
        parts.append(f"## {section}")
        parts += [f"### {field}\n\n{text}" for field, text in fields.items()]
    return "\n\n".join(parts) + "\n"
