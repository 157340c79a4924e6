"""A run's records in the formats that other tools and other people read."""

from sim.exports.card import model_card
from sim.exports.contract import odcs
from sim.exports.focus import focus
from sim.exports.lineage import openlineage
from sim.exports.prometheus import openmetrics, prometheus
from sim.exports.tracking import mlflow
from sim.exports.transparency import atrs, atrs_markdown

__all__ = [
    "atrs",
    "atrs_markdown",
    "focus",
    "mlflow",
    "model_card",
    "odcs",
    "openlineage",
    "openmetrics",
    "prometheus",
]
