"""The open checks of m10, Seeing cost."""

from autograder.tasks.m10 import allocate, query, tag, unit

__all__ = ["allocate", "query", "tag", "unit"]
