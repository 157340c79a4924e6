"""The open checks of m09, Monitoring and drift."""

from autograder.tasks.m09 import distances, monitor, retrain
from autograder.tasks.m09.places import places, yardstick
from autograder.variants.variant import Variant

__all__ = ["distances", "monitor", "prepare", "retrain"]


def prepare(variant: Variant) -> None:
    """Work out ahead what a learner's marks are held against."""
    for place in places(variant):
        monitor.delays(place)
        yardstick(place)
