"""Questions put to the programme, answered with an interval."""

from sim.experiments.compare import compare
from sim.experiments.factorial import factorial
from sim.experiments.factors import disciplines, practices
from sim.experiments.forecast import forecast
from sim.experiments.replicate import replicate
from sim.experiments.sensitivity import sensitivity
from sim.experiments.shapley import shapley
from sim.experiments.study import Cell, study

__all__ = [
    "Cell",
    "compare",
    "disciplines",
    "factorial",
    "forecast",
    "practices",
    "replicate",
    "sensitivity",
    "shapley",
    "study",
]
