"""The open checks of m10, Seeing cost."""

from autograder.tasks.m10 import allocate, bills, query, tag, unit
from autograder.variants.variant import Variant

__all__ = ["allocate", "prepare", "query", "tag", "unit"]


def prepare(variant: Variant) -> None:
    """Work out ahead what a learner's marks are held against."""
    bills.cases(variant)
