"""The world as given: frozen, typed parameters, each with unit, source and plausible range."""

from sim.scenario.breach import Breach
from sim.scenario.estate import Resource, SpendIncident, Staff, Team
from sim.scenario.ingestion import Ingestion
from sim.scenario.load import load_scenario, scenario_names
from sim.scenario.organisation import Organisation
from sim.scenario.people import Drift, Feature, Group
from sim.scenario.records import Defects, IncidentKind
from sim.scenario.scenario import Scenario
from sim.scenario.service import Service
from sim.scenario.source import Source
from sim.scenario.stewardship import Stewardship
from sim.scenario.value import Quantity, Satisfaction, Value

__all__ = [
    "Breach",
    "Defects",
    "Drift",
    "Feature",
    "Group",
    "IncidentKind",
    "Ingestion",
    "Organisation",
    "Quantity",
    "Resource",
    "Satisfaction",
    "Scenario",
    "Service",
    "Source",
    "SpendIncident",
    "Staff",
    "Stewardship",
    "Team",
    "Value",
    "load_scenario",
    "scenario_names",
]
