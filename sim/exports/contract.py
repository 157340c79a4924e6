"""Open Data Contract Standard: what a source promises its consumers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.exports.file import write_text
from sim.exports.source import Source, about, source_of, unit_of
from sim.scenario import Feature, Scenario
from sim.scenario.targets import TARGETS

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality, SchemaProperty, ServiceLevelAgreementProperty, Team

VERSION = "v3.2.0"
"""Version of the standard, that of the package's schema."""

_LOGICAL = {"count": "integer", "money": "number", "flag": "boolean"}


def odcs(scenario: Scenario, service: str, source: str, path: str | Path | None = None) -> dict[str, Any]:
    """Return the data contract of one source of a service.

    Columns with their logical and physical types and units; valid ranges as quality rules; how many values may be
    missing, by the department's target for data quality; no case twice; which values must stay below which others; how
    fresh it must be; and who answers for it.

    Parameters
    ----------
    scenario : Scenario
        The department.
    service, source : str
        One of its services, and one of that service's sources.
    path : str or Path or None
        A YAML file that does not exist yet.

    Returns
    -------
    dict
        The contract of standard `VERSION`, as YAML or JSON would hold it.

    Raises
    ------
    ScenarioError
        The scenario has no such service.
    ExportError
        The service has no such source.
    StorageError
        The file exists or cannot be written.
    """
    from open_data_contract_standard.model import CustomProperty, Description, OpenDataContractStandard, SchemaObject

    given = scenario.service(service)
    supply = source_of(given, source)
    target = float({**TARGETS, **scenario.targets}["data_quality"])
    features = {f.name: f for f in supply.features}
    table = SchemaObject(
        name=source.replace("-", "_"),
        physicalName=source,
        physicalType="table",
        logicalType="object",
        description=f"What {source} says of each case of {given.title}; one row a case.",
        dataGranularityDescription="One row for each case.",
        properties=[*_keys(), *(_property(f, target) for f in supply.features)],
        quality=[
            _sql(
                f"{f.name}_below_{f.below}",
                "consistency",
                f"{f.name} must stay below {f.below}.",
                f"SELECT COUNT(*) FROM ${{table}} WHERE {f.name} >= {f.below}",
            )
            for f in supply.features
            if f.below in features
        ],
    )
    contract = OpenDataContractStandard(
        apiVersion=VERSION,
        kind="DataContract",
        id=f"{scenario.name}.{service}.{source}",
        name=f"{source} for {given.title}",
        version="1.0.0",
        status="active",
        domain=scenario.name,
        dataProduct=service,
        description=Description(
            purpose=f"Lets {given.title} decide whether {given.outcome}.",
            usage="Scoring of new cases each night, and training of the model that scores them.",
            limitations="Simulated records; they describe no real person.",
        ),
        schema=[table],
        team=_team(scenario, supply),
        slaDefaultElement=f"{table.name}.arrived_day",
        slaProperties=_terms(supply),
        customProperties=[CustomProperty(property="scenario", value=scenario.name)],
    )
    if path is not None:
        write_text(path, contract.to_yaml())
    return contract.model_dump(exclude_defaults=True, exclude_none=True, by_alias=True)


def _keys() -> list[SchemaProperty]:
    from open_data_contract_standard.model import CustomProperty, DataQuality, SchemaProperty

    once = DataQuality(
        type="library",
        metric="duplicateValues",
        name="case_id_once",
        dimension="uniqueness",
        description="No case comes twice.",
        mustBe=0,
        severity="error",
    )
    return [
        SchemaProperty(
            name="case_id",
            description="Number of the case.",
            logicalType="integer",
            physicalType="BIGINT",
            primaryKey=True,
            primaryKeyPosition=1,
            required=True,
            unique=True,
            logicalTypeOptions={"minimum": 0, "format": "i64"},
            quality=[once],
        ),
        SchemaProperty(
            name="arrived_day",
            description="When the case came in, in days from the start of the run.",
            logicalType="number",
            physicalType="DOUBLE",
            required=True,
            customProperties=[CustomProperty(property="unit", value="days")],
        ),
    ]


def _property(feature: Feature, target: float) -> SchemaProperty:
    from open_data_contract_standard.model import CustomProperty, DataQuality, SchemaProperty

    missing = DataQuality(
        type="library",
        metric="nullValues",
        name=f"{feature.name}_there",
        dimension="completeness",
        description=f"At most {1 - target:.3g} of the records lack it: the department's target for data quality.",
        mustBeLessOrEqualTo=round(100 * (1 - target), 6),
        unit="percent",
        severity="warning",
    )
    whole = feature.kind == "count"
    low, high = (int(end) if whole and end == int(end) else end for end in (feature.low, feature.high))
    options = None if feature.kind == "flag" else {"minimum": low, "maximum": high}
    return SchemaProperty(
        name=feature.name,
        description=about(feature),
        logicalType=_LOGICAL[feature.kind],
        physicalType="DOUBLE",
        logicalTypeOptions=options,
        customProperties=[CustomProperty(property="unit", value=unit_of(feature))],
        quality=[missing, _range(feature)],
    )


def _range(feature: Feature) -> DataQuality:
    return _sql(
        f"{feature.name}_valid",
        "conformity",
        f"Every value lies from {feature.low:g} to {feature.high:g}.",
        f"SELECT COUNT(*) FROM ${{table}} WHERE {feature.name} < {feature.low:g} OR {feature.name} > {feature.high:g}",
    )


def _sql(name: str, dimension: str, description: str, query: str) -> DataQuality:
    from open_data_contract_standard.model import DataQuality

    return DataQuality(
        type="sql",
        name=name,
        dimension=dimension,
        description=description,
        query=query,
        mustBe=0,
        severity="error",
    )


def _team(scenario: Scenario, supply: Source) -> Team:
    from open_data_contract_standard.model import Team, TeamMember

    consumers = [t.name for t in scenario.staff.teams if t.discipline == "dataops"]
    return Team(
        name=supply.owner,
        description=f"Answers for {supply.name}.",
        members=[
            TeamMember(username=supply.owner, role="owner"),
            *(TeamMember(username=name, role="consumer") for name in consumers),
        ],
    )


def _terms(supply: Source) -> list[ServiceLevelAgreementProperty]:
    from open_data_contract_standard.model import ServiceLevelAgreementProperty

    term = ServiceLevelAgreementProperty
    return [
        term(
            property="frequency",
            value=supply.cadence_hours,
            unit="h",
            driver="operational",
            description=f"A delivery every {supply.cadence_hours:g} hours.",
        ),
        term(
            property="latency",
            value=supply.cadence_hours,
            unit="h",
            driver="operational",
            description=f"A record is delivered within {supply.cadence_hours:g} hours of coming in.",
        ),
    ]
