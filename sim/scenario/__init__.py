"""The world as given: frozen, typed parameters, each with unit, source and accepted range."""

from sim.scenario.breach import Breach
from sim.scenario.budget import Budget
from sim.scenario.estate import PriceChange, Resource, SpendIncident, Staff, Team
from sim.scenario.ingestion import Ingestion
from sim.scenario.load import load_scenario, scenario_names
from sim.scenario.market import Market
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
    "Budget",
    "Defects",
    "Drift",
    "Feature",
    "Group",
    "IncidentKind",
    "Ingestion",
    "Market",
    "Organisation",
    "PriceChange",
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
