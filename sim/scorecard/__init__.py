"""The scorecard: seven families of measures, computed from a run's records. Nothing here simulates."""

from sim.scorecard.card import quarterly, scorecard
from sim.scorecard.headline import Headline, headline
from sim.scorecard.measure import FAMILIES, Measure
from sim.scorecard.measures import MEASURES, PER_SERVICE

__all__ = ["FAMILIES", "MEASURES", "PER_SERVICE", "Headline", "Measure", "headline", "quarterly", "scorecard"]
