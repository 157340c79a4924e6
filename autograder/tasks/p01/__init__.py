"""The checks of p01, Two exercises: an estimator judged on a future, and a choice that a programme tries."""

from autograder.tasks.p01 import keep, train
from autograder.variants.variant import Variant

__all__ = ["keep", "prepare", "train"]


def prepare(variant: Variant) -> None:
    """Work out ahead what a learner's marks are held against."""
    train.futures(variant)
    for world in keep.worlds_of(variant):
        keep.ends(world)
